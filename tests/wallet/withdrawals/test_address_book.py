"""The address book: what may be in it, and what is said about an address once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.wallet.house import at_once, execute, refused
from tests.wallet.withdrawals.house import (
    BITCOIN,
    ETHEREUM,
    OTHER_BITCOIN,
    address_of,
    ask,
    player_with,
    rules,
)
from wallet import payout_addresses
from wallet.keys.errors import AddressRefused
from wallet.models import MoneyEvent, PayoutAddress
from wallet.payout_addresses import MAX_ADDRESSES, add_address, declare_owner, remove_address
from wallet.withdrawals import errors

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_its_usual_form_and_waits() -> None:
    player = player_with()
    rules(address_wait_hours=24)
    entry = add_address(
        user=player, network="ethereum", address=f" {ETHEREUM.lower()} ", label="  my \n wallet "
    )
    assert (entry.address, entry.label, entry.owner) == (ETHEREUM, "my wallet", "")
    assert timedelta(hours=23) < entry.usable_from - timezone.now() <= timedelta(hours=24)
    assert MoneyEvent.objects.get(kind="payout_address_added").payload["address"] == ETHEREUM


def test_removing_and_adding_again_waits_again() -> None:
    player, other = player_with(), player_with()
    entry = address_of(player)
    with pytest.raises(errors.PayoutAddressUnknown):
        remove_address(user=other, address_id=entry.pk)
    remove_address(user=player, address_id=entry.pk)
    with pytest.raises(errors.PayoutAddressUnknown):
        remove_address(user=player, address_id=entry.pk)
    rules(address_wait_hours=24)
    assert address_of(player).usable_from > timezone.now()


@pytest.mark.parametrize("label", ["", "   ", "x" * 41, "a\x00b", "a\u202eb", None, 5])
def test_a_label_is_short_visible_text(label: Any) -> None:
    with pytest.raises(errors.LabelInvalid):
        add_address(user=player_with(), network="bitcoin", address=BITCOIN, label=label)


@pytest.mark.parametrize("address", [None, 5, b"bc1", "", "x" * 200, "비트코인"])
def test_what_is_no_address_is_refused(address: Any) -> None:
    with pytest.raises(AddressRefused):
        add_address(user=player_with(), network="bitcoin", address=address, label="a")


def test_whose_wallet_it_is_is_said_once() -> None:
    player = player_with()
    entry = address_of(player, owner="")
    say = partial(declare_owner, user=player, address_id=entry.pk)
    wrongs: list[dict[str, Any]] = [
        {"owner": ""},
        {"owner": "bank"},
        {"owner": "other"},
        {"owner": "other", "owner_name": "x" * 101},
        {"owner": "self", "exchange": "a\x00"},
    ]
    for wrong in wrongs:
        with pytest.raises(errors.OwnerInvalid):
            say(**wrong)
    said = say(owner="other", owner_name="Kim Minsu", exchange="Upbit")
    assert (said.owner, said.owner_name, said.exchange) == ("other", "Kim Minsu", "Upbit")
    assert say(owner="other", owner_name="Kim Minsu", exchange="Upbit") == said
    with pytest.raises(errors.OwnerInvalid):
        say(owner="self")
    with pytest.raises(errors.PayoutAddressUnknown):
        declare_owner(user=player_with(), address_id=entry.pk, owner="self")


def test_the_database_keeps_what_was_said_and_what_it_is() -> None:
    address_of(player_with())
    with refused("wallet_payout_address_owner_once"):
        execute("UPDATE wallet_payoutaddress SET owner_name = 'somebody'")
    for column, value in (("address", OTHER_BITCOIN), ("usable_from", timezone.now())):
        with refused("wallet_identity_fixed"):
            execute(f"UPDATE wallet_payoutaddress SET {column} = %s", [value])
    with refused("wallet_append_only"):
        execute("DELETE FROM wallet_payoutaddress")
    nameless = address_of(player_with(), owner="")
    with refused("wallet_payout_address_owner_named"):
        execute("UPDATE wallet_payoutaddress SET owner = 'other' WHERE id = %s", [nameless.pk])


@pytest.mark.django_db(transaction=True)
def test_an_address_is_not_removed_while_a_withdrawal_to_it_is_being_asked_for() -> None:
    player = player_with()
    entry = address_of(player)

    def remove() -> str:
        try:
            remove_address(user=player, address_id=entry.pk)
        except errors.PayoutAddressInUse as refusal:
            return refusal.code
        finally:
            connection.close()
        return "removed"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ask(player)
            removal = pool.submit(remove)
            wait([removal], timeout=0.5)
        assert removal.result() == "payout_address_in_use"


@pytest.mark.django_db(transaction=True)
def test_an_address_added_at_once_is_in_the_book_once_and_the_book_is_not_endless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    player = player_with()
    jobs = [partial(address_of, player)] * 6
    at_once(jobs)
    assert PayoutAddress.objects.count() == 1
    assert MAX_ADDRESSES > 1
    monkeypatch.setattr(payout_addresses, "MAX_ADDRESSES", 1)
    with pytest.raises(errors.AddressBookFull):
        address_of(player, OTHER_BITCOIN)
