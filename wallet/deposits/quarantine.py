"""What staff decides on deposits in quarantine.

It needs the permission `wallet.decide_quarantine`, and nobody decides on a deposit of their own,
nor credits one while their account, rights or login are new (`wallet.staff`). A return is on
nobody's word alone, nor is a credit of what would be the house's own coins (`TAKES_TWO`): these
take a second member of staff (`wallet.proposals`).
"""

import re
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import User
from wallet import movements, rates
from wallet.assets import Network, value_krw
from wallet.deposits.alerts import may_decide
from wallet.deposits.crediting import UNCREDITED
from wallet.deposits.eligibility import FROM_OWN_ADDRESS, RETURNED_BEFORE
from wallet.deposits.errors import (
    MayNotDecide,
    NoSuchDeposit,
    NotInQuarantine,
    ReturnIncomplete,
)
from wallet.deposits.records import move
from wallet.models import Deposit, DepositState
from wallet.staff import require_known

_TXID = {
    Network.BITCOIN: re.compile(r"[0-9a-f]{64}", re.ASCII),
    Network.ETHEREUM: re.compile(r"0x[0-9a-f]{64}", re.ASCII),
}


# Why a deposit is in quarantine that one member of staff alone does not credit: no player paid it,
# or its sender has it back.
TAKES_TWO = frozenset({FROM_OWN_ADDRESS, RETURNED_BEFORE})


def credit_from_quarantine(
    *, deposit_id: int, staff: User, second: User | None = None, note: str = ""
) -> Deposit:
    """Credit the player, at the rate of this moment.

    Raises NotInQuarantine, MayNotDecide, StaffTooNew, NoSuchDeposit, NoRate.
    """
    with transaction.atomic():
        deposit = require_waiting(deposit_id=deposit_id, staff=staff)
        if deposit.reason in TAKES_TWO or second is not None:
            _require_second(deposit, staff, second)
        else:
            require_known(staff)
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
                **({"confirmed_by": second.pk} if second else {}),
            },
            credited_at=datetime.now(UTC),
            rate=rate,
            amount_krw=amount_krw,
            transaction=booked,
        )
        return deposit


def return_from_quarantine(
    *, deposit_id: int, staff: User, second: User, reason: str, external_txid: str
) -> Deposit:
    """Note that the sender was paid back with this transaction, out of the operator's own coins.

    Nothing is sent here. The coins that arrived stay where they are and are the operator's.
    Raises NotInQuarantine, MayNotDecide, NoSuchDeposit, ReturnIncomplete.
    """
    with transaction.atomic():
        deposit, txid = require_returnable(
            deposit_id=deposit_id, staff=staff, reason=reason, external_txid=external_txid
        )
        _require_second(deposit, staff, second)
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
            details={
                "transaction": booked.pk,
                "txid": txid,
                "note": reason.strip()[:200],
                "confirmed_by": second.pk,
            },
        )
        return deposit


def require_waiting(*, deposit_id: int, staff: User) -> Deposit:
    """A deposit that this member of staff may decide on, locked until the transaction ends.

    Raises NotInQuarantine, MayNotDecide, NoSuchDeposit.
    """
    deposit = Deposit.objects.select_for_update().filter(pk=deposit_id).first()
    if deposit is None:
        raise NoSuchDeposit(str(deposit_id))
    if not may_decide(staff) or staff.pk == deposit.user_id:
        raise MayNotDecide(f"user {staff.pk}, deposit {deposit_id}")
    if deposit.state != DepositState.QUARANTINED or deposit.height is None:
        raise NotInQuarantine(str(deposit_id))
    return deposit


def require_returnable(
    *, deposit_id: int, staff: User, reason: str, external_txid: str
) -> tuple[Deposit, str]:
    """The same for a return, with the transaction that paid the sender back.

    Raises ReturnIncomplete, too.
    """
    deposit = require_waiting(deposit_id=deposit_id, staff=staff)
    txid = external_txid.strip().lower()
    if not reason.strip() or not _TXID[Network(deposit.network)].fullmatch(txid):
        raise ReturnIncomplete(str(deposit_id))
    if txid == deposit.txid:
        raise ReturnIncomplete(f"{deposit_id}: the deposit itself")
    return deposit, txid


def _require_second(deposit: Deposit, staff: User, second: User | None) -> None:
    if second is None or second.pk in (staff.pk, deposit.user_id) or not may_decide(second):
        raise MayNotDecide(f"deposit {deposit.pk} takes two")
