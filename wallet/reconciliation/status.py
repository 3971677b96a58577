"""Everything about money in and out that somebody on duty wants to see, with what is wrong of it.

Reads what the site knows (cursors, ledger, queues, rates) and asks the nodes for their height.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from wallet import chart, movements
from wallet.addressing import is_offered
from wallet.assets import Asset, Network, coins, facts, whole
from wallet.chains.errors import ChainError
from wallet.deposits.nodes import reader_of
from wallet.models import (
    AuditRecord,
    ChainCursor,
    Deposit,
    DepositState,
    MoneyEvent,
    Payment,
    PaymentState,
    RateHalt,
    ReconciliationRun,
    Transaction,
    Withdrawal,
    WithdrawalState,
)
from wallet.policies import policy
from wallet.rates import current
from wallet.rates.errors import NoRate
from wallet.rates.selectors import newest
from wallet.reconciliation.findings import PLACES
from wallet.reconciliation.proof import Compared, last_compared
from wallet.reconciliation.solvency import solvency

# A scanner that is further behind has a problem: half an hour of each chain.
MOST_LAG = {Network.BITCOIN: 3, Network.ETHEREUM: 150}
RECONCILED_WITHIN = timedelta(hours=3)
SEALED_WITHIN = timedelta(minutes=2)
SETTLED_WITHIN = timedelta(hours=6)

_WORK = (
    (
        "deposits",
        Deposit,
        (DepositState.SEEN, DepositState.CONFIRMING, DepositState.QUARANTINED),
    ),
    (
        "withdrawals",
        Withdrawal,
        (
            WithdrawalState.COOLING,
            WithdrawalState.APPROVAL,
            WithdrawalState.APPROVED,
            WithdrawalState.SIGNED,
            WithdrawalState.BROADCAST,
            WithdrawalState.CONFIRMED,
        ),
    ),
    (
        "payments",
        Payment,
        (
            PaymentState.PREPARED,
            PaymentState.SIGNED,
            PaymentState.BROADCAST,
            PaymentState.CONFIRMED,
        ),
    ),
)


@dataclass
class Status:
    """`lines` are facts by section, in order; `wrong` what somebody has to look at.

    `figures` are the same for programs: JSON, with coins and won as strings.
    """

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def tell(self, section: str, name: str, fact: str, trouble: str = "") -> None:
        self.lines.append((section, name, fact))
        if trouble:
            self.wrong.append(f"{section}, {name}: {trouble}")


def wallet_status(*, now: datetime | None = None) -> Status:
    """All of it, as of now."""
    now = now or datetime.now(UTC)
    status = Status()
    for network in Network:
        _chain(status, network, now)
    compared = last_compared()
    for asset in Asset:
        _coins(status, asset)
        _compared(status, asset, compared, now)
    _liabilities(status)
    _work(status, now)
    for asset in Asset:
        _rate(status, asset, now)
    _audit(status, now)
    _proof(status, now)
    _switches(status)
    return status


def _chain(status: Status, network: Network, now: datetime) -> None:
    if not is_offered(network):
        status.tell("chain", network, "not offered")
        return
    cursor = ChainCursor.objects.filter(network=network).first()
    if cursor is None:
        status.tell("chain", network, "never scanned", "never scanned")
        return
    heights = []
    for name, height in _node_heights(network):
        if height is None:
            status.tell("node", name, "does not answer", "does not answer")
        else:
            status.tell("node", name, f"height {height}")
            heights.append(height)
    lag = max(0, max([cursor.tip_height, *heights]) - cursor.height)
    age = now - cursor.scanned_at
    trouble = cursor.trouble
    if lag > MOST_LAG[network]:
        trouble = trouble or f"{lag} blocks behind"
    fact = f"scanned to {cursor.height}, lag {lag}, last block {_seconds(age)} ago"
    status.tell("chain", network, fact, trouble)
    status.figures.setdefault("chains", {})[network.value] = {
        "scanned_to": cursor.height,
        "lag": lag,
        "node_heights": heights,
        "trouble": trouble,
    }


def _node_heights(network: Network) -> Iterator[tuple[str, int | None]]:
    reader = reader_of(network)
    for number, node in enumerate((reader.first, reader.second), start=1):
        if node is None:
            continue
        try:
            yield f"{network} {number}", node.tip().height
        except ChainError:
            yield f"{network} {number}", None


def _coins(status: Status, asset: Asset) -> None:
    """What the ledger says now."""
    figures = status.figures.setdefault("coins", {}).setdefault(asset.value, {})
    for place in PLACES:
        units = movements.balance(chart.custody(place, asset))
        figures[place] = f"{whole(asset, units):f}"
        trouble = "below zero" if units < 0 else ""
        status.tell("coins", f"{asset} {place}", coins(asset, units), trouble)
    if quarantined := movements.balance(chart.quarantine(asset)):
        status.tell("coins", f"{asset} in quarantine", coins(asset, quarantined))


def _compared(
    status: Status, asset: Asset, compared: dict[tuple[str, str], Compared], now: datetime
) -> None:
    """What the chain and the ledger said when they were last compared."""
    figures = status.figures.setdefault("compared", {}).setdefault(asset.value, {})
    is_expected = is_offered(facts(asset).network)
    for place in PLACES:
        name = f"{asset} {place}"
        found = compared.get((asset.value, place))
        if found is None:
            if is_expected:
                status.tell("compared", name, "never", "never compared")
            continue
        figures[place] = found.as_data()
        trouble = f"the difference is {found.off.normalize():f} {asset}" if found.off else ""
        if is_expected and now - found.at > RECONCILED_WITHIN:
            trouble = f"not compared for {_seconds(now - found.at)}"
        fact = (
            f"chain {found.chain.normalize():f}, ledger {found.ledger.normalize():f},"
            f" on its way {found.pending.normalize():f}, difference {found.off.normalize():f}"
            f" (#{found.run_id}, {_seconds(now - found.at)} ago, block {found.height})"
        )
        status.tell("compared", name, fact, trouble)


def _liabilities(status: Status) -> None:
    found = solvency()
    status.figures["solvency"] = found.as_data() | {"is_solvent": found.is_solvent}
    status.tell("won", "players, escrow and holds", f"{found.players_krw:,}")
    status.tell("won", "of it play money", f"{found.play_money_krw:,}")
    status.tell("won", "owed against coins", f"{found.owed_krw:,}")
    status.tell("won", "our coins at the bid", f"{found.assets_krw:,}")
    trouble = "" if found.is_solvent else "our coins do not cover what we owe"
    if found.missing_rates:
        trouble = f"no rate of {', '.join(found.missing_rates)}"
    fact = f"{found.after_haircut_krw:,}"
    status.tell("won", "our coins after the haircut", fact, trouble)
    status.tell("won", "ratio", "nothing is owed" if found.ratio is None else f"{found.ratio:f}")


def _work(status: Status, now: datetime) -> None:
    for name, model, states in _WORK:
        counts = dict(
            model.objects.filter(state__in=states)
            .values_list("state")
            .annotate(number=Count("id"))
            .order_by()
        )
        fact = ", ".join(f"{counts[each]} {each}" for each in states if each in counts)
        status.figures.setdefault("pending", {})[name] = counts
        trouble = ""
        if name == "payments":
            late = Payment.objects.filter(state__in=states, created_at__lt=now - SETTLED_WITHIN)
            trouble = f"{late.count()} not settled after 6 hours" if late.exists() else ""
        status.tell("pending", name, fact or "none", trouble)


def _rate(status: Status, asset: Asset, now: datetime) -> None:
    rate = newest(asset)
    fact = "never" if rate is None else f"{rate.mid_krw:f} won, {_seconds(now - rate.at)} old"
    try:
        current(asset, now=now)
    except NoRate as refusal:
        status.tell("rate", asset, fact, str(refusal))
    else:
        status.tell("rate", asset, fact)
    for halt in RateHalt.objects.filter(asset=asset, lifted_at=None):
        status.tell("rate", f"{asset} halted", f"{halt.reason} since {halt.since:%F %T %Z}")


def _audit(status: Status, now: datetime) -> None:
    """What is not sealed in the first log yet, and for how long that has waited."""
    sealed = AuditRecord.objects.aggregate(Max("transaction_id"), Max("event_id"))
    transactions = Transaction.objects.filter(pk__gt=sealed["transaction_id__max"] or 0)
    events = MoneyEvent.objects.filter(pk__gt=sealed["event_id__max"] or 0)
    waiting = transactions.count() + events.count()
    oldest = min(
        filter(
            None,
            (
                transactions.order_by("pk").values_list("created_at", flat=True).first(),
                events.order_by("pk").values_list("at", flat=True).first(),
            ),
        ),
        default=now,
    )
    trouble = f"unsealed for {_seconds(now - oldest)}" if now - oldest > SEALED_WITHIN else ""
    status.tell("audit", "records", f"{AuditRecord.objects.count()} sealed, {waiting} not", trouble)


def _proof(status: Status, now: datetime) -> None:
    run = ReconciliationRun.objects.order_by("-id").first()
    if run is None:
        status.tell("proof", "reconciliation", "never run", "never run")
        return
    trouble = ""
    if not run.is_ok:
        trouble = "chain and ledger disagree, or could not be compared"
    elif not run.is_solvent:
        trouble = "not solvent"
    elif now - run.at > RECONCILED_WITHIN:
        trouble = f"not run for {_seconds(now - run.at)}"
    status.tell("proof", "reconciliation", f"#{run.pk}, {_seconds(now - run.at)} ago", trouble)
    for line in [*run.report.get("differences", ()), *run.report.get("unproven", ())]:
        status.tell("proof", "found", line)
    for line in run.report.get("postponed", ()):
        status.tell("proof", "not checked now, asked again", line)
    status.figures["reconciliation"] = {
        "run": run.pk,
        "at": run.at.isoformat(),
        "is_ok": run.is_ok,
        "is_solvent": run.is_solvent,
        "heights": run.report["heights"],
    }


def _switches(status: Status) -> None:
    rules = policy()
    status.tell("switch", "deposits are shown", "yes" if rules.deposits_open else "no")
    fact = "yes" if rules.withdrawals_open else "no"
    status.tell("switch", "withdrawals are open", fact, rules.stopped_reason)


def _seconds(age: timedelta) -> str:
    """`75 s`, `3 min`, `5 h`, `4 d`: two digits are enough."""
    seconds = int(age.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
