"""Every code that a client can meet has a sentence."""

from typing import get_args

from django.utils import translation

from tables.engine.errors import Code
from tables.protocol import codes
from wallet.errors import WalletError
from wallet.limits.errors import (
    DepositLimit,
    DepositsClosed,
    IdentityNeeded,
    LossLimit,
    PlayRefused,
    SelfExcluded,
    TimeLimit,
    TooYoung,
)


def test_every_refusal_of_the_table_has_a_sentence() -> None:
    assert set(codes.TABLE) == set(get_args(Code))


def test_every_refusal_of_the_wallet_has_a_sentence() -> None:
    of_the_ledger = {
        error.code
        for error in WalletError.__subclasses__()
        if error.__module__ == WalletError.__module__
    }
    assert len(of_the_ledger) >= 7
    assert of_the_ledger < set(codes.MONEY)


def test_every_refusal_that_a_buy_in_meets_has_a_sentence() -> None:
    at_a_buy_in = {SelfExcluded, TooYoung, LossLimit, TimeLimit}
    assert {error.code for error in (PlayRefused, *at_a_buy_in)} < set(codes.MONEY)
    others = {IdentityNeeded, DepositLimit, DepositsClosed}
    assert set(PlayRefused.__subclasses__()) == at_a_buy_in | others


def test_no_code_means_two_things() -> None:
    assert sum(len(group) for group in codes.GROUPS.values()) == len(codes.ALL)


def test_an_unknown_code_still_has_a_sentence() -> None:
    with translation.override("en"):
        assert codes.sentence("something_new") == "The request was refused."
        assert codes.sentence("not_your_turn") == "It is not your turn."
