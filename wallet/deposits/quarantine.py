"""What staff decides on deposits in quarantine.

It needs the permission `wallet.decide_quarantine`, and nobody decides on a deposit of their own.
"""

import re
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import User
from wallet import movements, rates
from wallet.assets import Network, value_krw
from wallet.deposits.alerts import PERMISSION
from wallet.deposits.crediting import UNCREDITED
from wallet.deposits.errors import (
    MayNotDecide,
    NoSuchDeposit,
    NotInQuarantine,
    ReturnIncomplete,
)
from wallet.deposits.records import move
from wallet.models import Deposit, DepositState

_TXID = {
    Network.BITCOIN: re.compile(r"[0-9a-f]{64}", re.ASCII),
    Network.ETHEREUM: re.compile(r"0x[0-9a-f]{64}", re.ASCII),
}


def credit_from_quarantine(*, deposit_id: int, staff: User, note: str = "") -> Deposit:
    """Credit the player, at the rate of this moment.

    Raises NotInQuarantine, MayNotDecide, NoSuchDeposit, NoRate.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id, staff)
        if deposit.state != DepositState.QUARANTINED or deposit.height is None:
            raise NotInQuarantine(str(deposit_id))
        rate = rates.current(deposit.asset)
        amount_krw = value_krw(deposit.asset, deposit.amount_units, rate.bid_krw)
        booked = movements.release_quarantine(
            deposit_id=deposit.pk,
            user_id=deposit.user_id,
            asset=deposit.asset,
            amount_units=deposit.amount_units,
            amount_krw=amount_krw,
        )
        move(
            deposit,
            DepositState.CREDITED,
            actor=staff,
            details={
                "rate": rate.pk,
                "amount_krw": amount_krw,
                "transaction": booked.pk,
                "note": note[:200],
            },
            credited_at=datetime.now(UTC),
            rate=rate,
            amount_krw=amount_krw,
            transaction=booked,
        )
        return deposit


def return_from_quarantine(
    *, deposit_id: int, staff: User, reason: str, external_txid: str
) -> Deposit:
    """Note that the sender was paid back with this transaction, out of the operator's own coins.

    Nothing is sent here. The coins that arrived stay where they are and are the operator's.
    Raises NotInQuarantine, MayNotDecide, NoSuchDeposit, ReturnIncomplete.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id, staff)
        if deposit.state != DepositState.QUARANTINED or deposit.height is None:
            raise NotInQuarantine(str(deposit_id))
        reason, txid = reason.strip(), external_txid.strip().lower()
        if not reason or not _TXID[Network(deposit.network)].fullmatch(txid):
            raise ReturnIncomplete(str(deposit_id))
        if txid == deposit.txid:
            raise ReturnIncomplete(f"{deposit_id}: the deposit itself")
        booked = movements.return_quarantine(
            deposit_id=deposit.pk,
            nth=deposit.events.filter(state__in=UNCREDITED).count(),
            asset=deposit.asset,
            amount_units=deposit.amount_units,
        )
        move(
            deposit,
            DepositState.RETURNED,
            reason=deposit.reason,
            actor=staff,
            details={"transaction": booked.pk, "txid": txid, "note": reason[:200]},
        )
        return deposit


def _locked(deposit_id: int, staff: User) -> Deposit:
    deposit = Deposit.objects.select_for_update().filter(pk=deposit_id).first()
    if deposit is None:
        raise NoSuchDeposit(str(deposit_id))
    may = staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)
    if not may or staff.pk == deposit.user_id:
        raise MayNotDecide(f"user {staff.pk}, deposit {deposit_id}")
    return deposit
