"""Deposits whose block went away after something was booked for them.

It happens once the scanner has read the whole new branch: most transactions are in it again, and
stay as they are booked.
"""

from django.db import transaction

from wallet import chart, movements
from wallet.chart import AccountSpec
from wallet.deposits.alerts import tell_staff
from wallet.deposits.blocks import REORGANISED, REPLACED
from wallet.deposits.crediting import UNCREDITED
from wallet.deposits.records import BOOKED, move, subject
from wallet.models import Deposit, DepositState


def undo_absent(network: str) -> int:
    """Take back what is booked for deposits that are in no block; how many."""
    absent = Deposit.objects.filter(network=network, state__in=BOOKED, height__isnull=True)
    return sum(_undo(pk) for pk in absent.order_by("id").values_list("id", flat=True))


def _undo(deposit_id: int) -> bool:
    with transaction.atomic():
        deposit = Deposit.objects.select_for_update().get(pk=deposit_id)
        if deposit.state not in BOOKED or deposit.height is not None:
            return False
        if deposit.state == DepositState.CREDITED:
            _reverse(deposit)
        else:
            _unbook(deposit)
        return True


def _reverse(deposit: Deposit) -> None:
    if deposit.amount_krw is None:
        raise AssertionError("a credited deposit has its won")
    owed = chart.receivable(deposit.user_id)
    before_krw = movements.balance(owed)
    booked = movements.reverse_deposit(
        deposit_id=deposit.pk,
        nth=deposit.events.filter(state=DepositState.CREDITED).count(),
        user_id=deposit.user_id,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
        amount_krw=deposit.amount_krw,
    )
    details = {
        "transaction": booked.pk,
        "amount_krw": deposit.amount_krw,
        "owed_krw": movements.balance(owed) - before_krw,
    }
    move(
        deposit,
        DepositState.REVERSED,
        reason=deposit.reason or REORGANISED,
        details=details,
        confirmations=0,
    )
    tell_staff("deposit_reversed", subject(deposit), {"user": deposit.user_id, **details})


def _unbook(deposit: Deposit) -> None:
    booked = movements.unbook(
        deposit_id=deposit.pk,
        nth=deposit.events.filter(state__in=UNCREDITED).count(),
        held_by=_holder(deposit),
        asset=deposit.asset,
        amount_units=deposit.amount_units,
    )
    # A replaced one cannot come again unless the chain turns once more.
    is_replaced = deposit.reason == REPLACED
    move(
        deposit,
        DepositState.REPLACED if is_replaced else DepositState.ORPHANED,
        reason=deposit.reason if is_replaced else REORGANISED,
        details={"transaction": booked.pk},
        confirmations=0,
    )


def _holder(deposit: Deposit) -> AccountSpec:
    match deposit.state:
        case DepositState.DUST:
            return chart.dust(deposit.asset)
        case DepositState.RETURNED:
            return chart.capital(deposit.asset)
        case _:
            return chart.quarantine(deposit.asset)
