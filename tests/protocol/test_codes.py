"""Every code that a client can meet has a sentence."""

from typing import get_args

from django.utils import translation

from tables.engine.errors import Code
from tables.protocol import codes
from wallet.errors import WalletError


def test_every_refusal_of_the_table_has_a_sentence() -> None:
    assert set(codes.TABLE) == set(get_args(Code))


def test_every_refusal_of_the_wallet_has_a_sentence() -> None:
    assert {error.code for error in WalletError.__subclasses__()} < set(codes.MONEY)


def test_no_code_means_two_things() -> None:
    assert sum(len(group) for group in codes.GROUPS.values()) == len(codes.ALL)


def test_an_unknown_code_still_has_a_sentence() -> None:
    with translation.override("en"):
        assert codes.sentence("something_new") == "The request was refused."
        assert codes.sentence("not_your_turn") == "It is not your turn."
