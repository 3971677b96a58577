"""What two members of staff do about a difference that stays: it is booked, and so the runs agree.

After a theft, or where coins came in a way that the scanner does not see. A surplus becomes the
operator's capital, a shortfall a loss. Withdrawals stay closed until two open them again.
"""

from django.db import transaction

from accounts.models import User
from wallet import chart, ledger, movements
from wallet.assets import NATIVE, facts
from wallet.chart import AccountSpec
from wallet.deposits.alerts import may_decide
from wallet.deposits.errors import MayNotDecide, VerdictIncomplete
from wallet.events import record
from wallet.models import ReconciliationRun, Transaction
from wallet.reconciliation.errors import DifferenceGone, DifferenceNotProven
from wallet.reconciliation.lasting import Lasting, booked_counts, lasting_of, subject_of


def require_lasting(
    *, run_id: int, asset: str, place: str, note: str, confirmed: bool = False
) -> Lasting:
    """The difference that this run found and the newest one finds as well.

    `confirmed`: the decision to book it counts as taken already. What it is booked on is locked
    until the caller's transaction ends. Raises DifferenceGone, DifferenceNotProven,
    VerdictIncomplete (no note).
    """
    ledger.lock([_custody(place, asset), chart.capital(asset), chart.losses(asset)])
    where = f"reconciliation {run_id}, {asset} {place}"
    run = ReconciliationRun.objects.filter(pk=run_id).first()
    newest = ReconciliationRun.objects.order_by("-id").first()
    if run is None or newest is None:
        raise DifferenceGone(where)
    if not (_is_proven(run, asset) and _is_proven(newest, asset)):
        raise DifferenceNotProven(where)
    found = lasting_of(run).get((asset, place))
    if found is None or lasting_of(newest).get((asset, place)) != found:
        raise DifferenceGone(where)
    if found.booked + confirmed != booked_counts().get((asset, place), 0):
        raise DifferenceGone(f"{where}: booked since")
    if not note.strip():
        raise VerdictIncomplete(where)
    return found


def decidable(run: ReconciliationRun) -> list[Lasting]:
    """What may be proposed on this run's page now."""
    newest = ReconciliationRun.objects.order_by("-id").first()
    if newest is None:
        return []
    booked, now = booked_counts(), lasting_of(newest)
    return [
        each
        for key, each in lasting_of(run).items()
        if now.get(key) == each
        and each.booked == booked.get(key, 0)
        and _is_proven(run, each.asset)
        and _is_proven(newest, each.asset)
    ]


def book(
    *, run_id: int, asset: str, place: str, units: int, staff: User, second: User, note: str
) -> Transaction:
    """Book a difference of just these units, with its proposal's confirmation.

    Raises MayNotDecide, and what `require_lasting` does.
    """
    with transaction.atomic():
        found = require_lasting(run_id=run_id, asset=asset, place=place, note=note, confirmed=True)
        if found.units != units:
            raise DifferenceGone(f"reconciliation {run_id}, {asset} {place}: {found.units} units")
        if staff.pk == second.pk or not (may_decide(staff) and may_decide(second)):
            raise MayNotDecide(f"users {staff.pk} and {second.pk}, reconciliation {run_id}")
        booked = movements.difference_booked(
            key=subject_of(run_id, asset, place),
            asset=asset,
            place=_custody(place, asset),
            units=units,
        )
        details = {
            "asset": asset,
            "place": place,
            "units": str(units),
            "by": staff.pk,
            "confirmed_by": second.pk,
            "note": note.strip()[:200],
            "transaction": booked.pk,
        }
        record("difference.booked", f"reconciliation:{run_id}", details)
        return booked


def _custody(place: str, asset: str) -> AccountSpec:
    return chart.custody("hot" if place == "hot" else "deposits", asset)


def _is_proven(run: ReconciliationRun, asset: str) -> bool:
    network = facts(asset).network
    told = (*run.report.get("unproven", ()), *run.report.get("postponed", ()))
    is_compared = NATIVE[network].value in run.report["assets"]
    return is_compared and not any(line.startswith(f"{network}: ") for line in told)
