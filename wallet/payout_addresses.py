"""A player's address book: where money may go, and whose wallet that is.

A new address waits `Policy.address_wait_hours` before money goes there. What it is never changes;
whose it is (the Travel Rule) is said once.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from wallet import addressing, events, letters
from wallet.assets import Network
from wallet.keys.addresses import parse_bitcoin_address, parse_ethereum_address
from wallet.keys.errors import AddressRefused
from wallet.models import PayoutAddress, WalletOwner, Withdrawal
from wallet.policies import policy
from wallet.withdrawals.errors import (
    AddressBookFull,
    LabelInvalid,
    OwnerInvalid,
    PayoutAddressInUse,
    PayoutAddressKnown,
    PayoutAddressUnknown,
)
from wallet.withdrawals.states import BEFORE_SIGNING

MAX_ADDRESSES = 50
MAX_LABEL = 40
MAX_NAME = 100


def add_address(
    *,
    user: User,
    network: str,
    address: str,
    label: str,
    owner: str = "",
    owner_name: str = "",
    exchange: str = "",
) -> PayoutAddress:
    """Put an address into the book.

    `owner` is `self` or `other` (then with `owner_name`); `exchange` names the exchange that keeps
    the wallet, empty for a private one. With `owner` empty it can be said later (`declare_owner`).
    Raises AddressRefused (checksum, network, zero, ours, a token's contract), LabelInvalid,
    OwnerInvalid, PayoutAddressKnown, AddressBookFull.
    """
    label = _text(label, MAX_LABEL)
    if not label:
        raise LabelInvalid
    declared = _declared(owner, owner_name, exchange) if owner or owner_name or exchange else {}
    known = normalised(network=network, address=address)
    with transaction.atomic():
        # One after the other, so that the book's size holds.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        book = addresses_of(user=user)
        if book.filter(network=network, address=known).exists():
            raise PayoutAddressKnown(known)
        if book.count() >= MAX_ADDRESSES:
            raise AddressBookFull(str(user.pk))
        entry = PayoutAddress.objects.create(
            user=user,
            network=network,
            address=known,
            label=label,
            usable_from=timezone.now() + timedelta(hours=policy().address_wait_hours),
            **declared,
        )
        events.record(
            "payout_address_added",
            f"payout_address:{entry.pk}",
            {"user_id": user.pk, "network": network, "address": known, **declared},
        )
        letters.address_added(entry)
    entry.refresh_from_db(fields=["created_at"])
    return entry


def declare_owner(
    *, user: User, address_id: int, owner: str, owner_name: str = "", exchange: str = ""
) -> PayoutAddress:
    """Say whose wallet an address of the book is, where that was not said yet.

    Raises PayoutAddressUnknown, OwnerInvalid (also where it was said before, and differently).
    """
    declared = _declared(owner, owner_name, exchange)
    with transaction.atomic():
        entry = _entry(user, address_id)
        said = {name: getattr(entry, name) for name in declared}
        if entry.owner:
            if said != declared:
                raise OwnerInvalid("it was said before")
            return entry
        for name, value in declared.items():
            setattr(entry, name, value)
        entry.save(update_fields=list(declared))
        events.record(
            "payout_address_declared",
            f"payout_address:{entry.pk}",
            {"user_id": user.pk, **declared},
        )
    return entry


def remove_address(*, user: User, address_id: int) -> None:
    """Take an address out of the book: nothing is signed for it any more.

    Raises PayoutAddressUnknown, and PayoutAddressInUse while a withdrawal to it waits for its
    signature: who does not want the money there any more calls that off first.
    """
    with transaction.atomic():
        entry = _entry(user, address_id)
        waiting = Withdrawal.objects.filter(payout_address=entry, state__in=BEFORE_SIGNING)
        if waiting.exists():
            raise PayoutAddressInUse(str(address_id))
        entry.removed_at = timezone.now()
        entry.save(update_fields=["removed_at"])
        events.record("payout_address_removed", f"payout_address:{entry.pk}", {"user_id": user.pk})


def addresses_of(*, user: User) -> QuerySet[PayoutAddress]:
    """The book, oldest first."""
    return PayoutAddress.objects.filter(user=user, removed_at__isnull=True).order_by("pk")


def normalised(*, network: str, address: str) -> str:
    """The address in its usual form, if money may be sent there. Raises AddressRefused."""
    if type(address) is not str:
        raise AddressRefused("address_malformed")
    match network:
        case Network.BITCOIN:
            known = parse_bitcoin_address(address, addressing.bitcoin_network()).address
        case Network.ETHEREUM:
            known = parse_ethereum_address(address)
            if known in addressing.token_contracts().values():
                raise AddressRefused("address_contract")
        case _:
            raise AddressRefused("address_wrong_network")
    if addressing.is_ours(network=network, address=known):
        raise AddressRefused("address_own")
    return known


def _entry(user: User, address_id: int) -> PayoutAddress:
    book = PayoutAddress.objects.select_for_update(no_key=True)
    entry = book.filter(user=user, pk=address_id, removed_at__isnull=True).first()
    if entry is None:
        raise PayoutAddressUnknown(str(address_id))
    return entry


def _declared(owner: str, owner_name: str, exchange: str) -> dict[str, str]:
    names = {"owner_name": _text(owner_name, MAX_NAME), "exchange": _text(exchange, MAX_NAME)}
    unreadable = (owner_name and not names["owner_name"]) or (exchange and not names["exchange"])
    nameless = owner == WalletOwner.OTHER and not names["owner_name"]
    if owner not in WalletOwner.values or unreadable or nameless:
        raise OwnerInvalid(repr(owner))
    return {"owner": str(owner), **names}


def _text(value: str, most: int) -> str:
    """One line of visible text; empty where it is none, or too long."""
    if type(value) is not str:
        return ""
    value = " ".join(value.split())
    return value if len(value) <= most and value.isprintable() else ""
