"""Differences that both looks of a run found alike: what two members of staff may have booked.

Kept with the run (`ReconciliationRun.report["lasting"]`), which the database never lets change.
What is booked is as the chain had it from then on, address by address and output by output.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from wallet.assets import Asset, Network, assets_of
from wallet.models import Proposal, ProposalKind, ProposalState, ReconciliationRun
from wallet.reconciliation.findings import Findings

# Of cold storage it is `deposits.cold_storage` that says what came, and asks what left.
DECIDABLE = ("deposits", "hot")
# Of (asset, place), how many differences there were booked before a run began.
Counts = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Lasting:
    """One place of an asset. Units above zero: more on the chain than in the ledger.

    `where` says of which addresses or outputs how much; `booked` how many differences of this
    place had been booked before the run began.
    """

    asset: str
    place: str
    units: int
    where: dict[str, int]
    booked: int

    def as_data(self) -> dict[str, Any]:
        """For `ReconciliationRun.report`."""
        where = {at: str(units) for at, units in self.where.items()}
        return {
            "asset": self.asset,
            "place": self.place,
            "units": str(self.units),
            "where": where,
            "booked": self.booked,
        }


def found_by_both(first: Findings, second: Findings, booked: Counts) -> list[Lasting]:
    """What is off by the same in both looks, at the same addresses or outputs, for every node."""
    before = _off(first, booked)
    return [each for key, each in _off(second, booked).items() if before.get(key) == each]


def lasting_of(run: ReconciliationRun) -> dict[tuple[str, str], Lasting]:
    """By asset and place."""
    found = {}
    for row in run.report.get("lasting", ()):
        where = {at: int(units) for at, units in row["where"].items()}
        found[row["asset"], row["place"]] = Lasting(
            row["asset"], row["place"], int(row["units"]), where, row["booked"]
        )
    return found


def subject_of(run_id: int, asset: str, place: str) -> str:
    """What a proposal to book a difference is about."""
    return f"{run_id}:{asset}:{place}"


def booked_counts() -> Counts:
    """As of now."""
    counts: Counts = defaultdict(int)
    for _, asset, place in _booked():
        counts[asset, place] += 1
    return counts


def booked_differences(network: str) -> list[Lasting]:
    """Those of a network's assets, in the order in which they were booked."""
    of_network = {asset.value for asset in assets_of(Network(network))}
    booked = [each for each in _booked() if each[1] in of_network]
    runs = ReconciliationRun.objects.in_bulk({run_id for run_id, _, _ in booked})
    return [lasting_of(runs[run_id])[asset, place] for run_id, asset, place in booked]


def _booked() -> list[tuple[int, str, str]]:
    done = Proposal.objects.filter(kind=ProposalKind.DIFFERENCE, state=ProposalState.DONE)
    subjects = done.order_by("decided_at", "id").values_list("subject", flat=True)
    return [parse_subject(subject) for subject in subjects]


def parse_subject(subject: str) -> tuple[int, str, str]:
    """Run, asset and place. Raises ValueError for what is no subject of a difference."""
    run_id, asset, place = subject.split(":")
    if place not in DECIDABLE:
        raise ValueError(subject)
    return int(run_id), Asset(asset).value, place


def _off(findings: Findings, booked: Counts) -> dict[tuple[str, str], Lasting]:
    where: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in findings.differences:
        where[each.asset, each.place][each.where] = each.chain_units - each.ledger_units
    off: dict[tuple[str, str], Lasting] = {}
    for holding in findings.holdings:
        key = holding.asset, holding.place
        if holding.off_units and holding.nodes_agree and holding.place in DECIDABLE:
            off[key] = Lasting(*key, holding.off_units, where[key], booked.get(key, 0))
    return off
