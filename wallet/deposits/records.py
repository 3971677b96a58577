"""The one place that makes a deposit and changes its state: row, event and outbox together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from wallet.assets import Network
from wallet.chains.types import IncomingTransfer
from wallet.deposits.alerts import tell_staff
from wallet.deposits.watch import Owner
from wallet.events import event, record, record_all
from wallet.models import Deposit, DepositEvent, DepositState, MoneyEvent

# A ledger transaction stands for these.
BOOKED = (
    DepositState.CREDITED,
    DepositState.DUST,
    DepositState.QUARANTINED,
    DepositState.RETURNED,
)
# Its transaction came again and pays something else.
CHANGED = "changed"


# What `written_together` writes at its end.
_waiting: ContextVar[list[tuple[DepositEvent, MoneyEvent]] | None] = ContextVar(
    "waiting_deposit_events", default=None
)


@contextmanager
def written_together() -> Iterator[None]:
    """Within a database transaction: the events of many deposits go in at the end, as one."""
    waiting: list[tuple[DepositEvent, MoneyEvent]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    DepositEvent.objects.bulk_create([own for own, _ in waiting])
    record_all([outbox for _, outbox in waiting])


def create(network: str, transfer: IncomingTransfer, owner: Owner) -> Deposit:
    """A payment that was not known: SEEN without a block, CONFIRMING with one."""
    block = transfer.block
    deposit = Deposit.objects.create(
        user_id=owner.user_id,
        address_id=owner.address_id,
        network=network,
        asset=transfer.asset.value,
        txid=transfer.txid,
        place=transfer.place,
        amount_units=transfer.amount,
        sender=transfer.sender or "",
        spends=[str(outpoint) for outpoint in transfer.spends],
        state=DepositState.CONFIRMING if block else DepositState.SEEN,
        height=block.height if block else None,
        block_hash=block.hash if block else "",
    )
    _tell(deposit, None, {})
    return deposit


def move(
    deposit: Deposit,
    state: DepositState,
    *,
    reason: str = "",
    actor: User | None = None,
    details: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Change the state, with other columns in `fields`; `details` are for the record."""
    deposit.state = state
    deposit.reason = reason
    for name, value in fields.items():
        setattr(deposit, name, value)
    deposit.save(update_fields=["state", "reason", *fields])
    _tell(deposit, actor, dict(details or {}))


def place_in_block(deposit: Deposit, transfer: IncomingTransfer) -> None:
    """It is in this block now. What is booked for it stays; else it confirms (again)."""
    block = transfer.block
    if block is None or deposit.block_hash == block.hash:
        return
    where = {"height": block.height, "block_hash": block.hash}
    if deposit.state in BOOKED:
        deposit.height, deposit.block_hash = block.height, block.hash
        deposit.reason = _reason_of_booking(deposit)
        deposit.save(update_fields=["height", "block_hash", "reason"])
        record("deposit.moved", subject(deposit), where)
    else:
        move(
            deposit,
            DepositState.CONFIRMING,
            details=where,
            height=block.height,
            block_hash=block.hash,
            confirmations=0,
        )


def _reason_of_booking(deposit: Deposit) -> str:
    """Why it was booked as it is; what was noted while it was in no block is over."""
    booked = deposit.events.filter(state=deposit.state).order_by("-id")
    return booked.values_list("reason", flat=True).first() or ""


def is_same(deposit: Deposit, transfer: IncomingTransfer) -> bool:
    """Is this what the deposit is: asset, address, amount and sender too?"""
    is_bitcoin = deposit.network == Network.BITCOIN
    recipient = deposit.address.script if is_bitcoin else deposit.address.address
    return (deposit.txid, deposit.place, deposit.asset, deposit.amount_units) == (
        transfer.txid,
        transfer.place,
        transfer.asset.value,
        transfer.amount,
    ) and (recipient, deposit.sender) == (transfer.recipient, transfer.sender or "")


def give_way(deposit: Deposit, transfer: IncomingTransfer) -> None:
    """Its transaction pays this instead. One that is booked is reversed after the pass."""
    details = {
        "asset": transfer.asset.value,
        "recipient": transfer.recipient,
        "amount_units": str(transfer.amount),
    }
    if deposit.state in BOOKED and deposit.reason != CHANGED:
        deposit.reason = CHANGED
        deposit.save(update_fields=["reason"])
        tell_staff("deposit_changed", subject(deposit), details)
    elif deposit.state in {DepositState.SEEN, DepositState.ORPHANED}:
        move(deposit, DepositState.REPLACED, reason=CHANGED, details=details)


def without_booked_version(deposits: QuerySet[Deposit]) -> QuerySet[Deposit]:
    """Those that stand alone: nothing is booked for the same place of the same transaction."""
    same_place = Deposit.objects.filter(
        network=OuterRef("network"), txid=OuterRef("txid"), place=OuterRef("place")
    )
    return deposits.filter(~Exists(same_place.filter(state__in=BOOKED)))


def subject(deposit: Deposit) -> str:
    """How events name it."""
    return f"deposit:{deposit.pk}"


def _tell(deposit: Deposit, actor: User | None, details: dict[str, Any]) -> None:
    own = DepositEvent(
        deposit=deposit,
        state=deposit.state,
        reason=deposit.reason,
        actor=actor,
        details=details,
    )
    outbox = event(
        f"deposit.{deposit.state}",
        subject(deposit),
        {
            "user": deposit.user_id,
            "asset": deposit.asset,
            "txid": deposit.txid,
            "place": deposit.place,
            "amount_units": str(deposit.amount_units),
            "height": deposit.height,
            "reason": deposit.reason,
            "actor": actor.pk if actor else None,
            **details,
        },
    )
    waiting = _waiting.get()
    if waiting is None:
        own.save()
        record_all([outbox])
    else:
        waiting.append((own, outbox))
