"""What a comparison of chain and ledger found. Amounts are in an asset's own unit."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from wallet.assets import coins, whole

Place = Literal["deposits", "hot", "cold"]
PLACES: tuple[Place, ...] = ("deposits", "hot", "cold")
# So many of each kind are told of; the rest is a number.
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that chain and ledger disagree on. `where` is an address or an output."""

    asset: str
    place: str
    where: str
    ledger_units: int
    chain_units: int

    def __str__(self) -> str:
        return (
            f"{self.asset} {self.place} {self.where}: the ledger has"
            f" {coins(self.asset, self.ledger_units)}, the chain"
            f" {coins(self.asset, self.chain_units)}"
        )

    def as_data(self) -> dict[str, str]:
        """For `ReconciliationRun.report`: whole coins as strings."""
        return {
            "asset": self.asset,
            "place": self.place,
            "where": self.where,
            "ledger": f"{whole(self.asset, self.ledger_units):f}",
            "chain": f"{whole(self.asset, self.chain_units):f}",
        }


@dataclass(frozen=True, slots=True)
class Unproven:
    """What could not be looked at, and why: nothing is known to be wrong, nothing to be right."""

    subject: str
    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.subject}: {self.code}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Holding:
    """One place of one asset.

    `pending_units` is what the chain has and the ledger does not have yet (a deposit that
    confirms), less what it has already and the block that was looked at does not. `nodes_agree`:
    every node says the same.
    """

    asset: str
    place: Place
    ledger_units: int
    chain_units: int
    pending_units: int
    nodes_agree: bool = True

    @property
    def off_units(self) -> int:
        """Above zero: more on the chain than anybody knows of."""
        return self.chain_units - self.pending_units - self.ledger_units


@dataclass
class Findings:
    """All of one comparison."""

    holdings: list[Holding] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    unproven: list[Unproven] = field(default_factory=list)
    # What is in the ledger and comes from nowhere (`wallet.provenance`).
    unfounded: list[str] = field(default_factory=list)
    # What somebody else was busy with; the next run asks again.
    postponed: list[Unproven] = field(default_factory=list)
    # The block of each network that was looked at.
    heights: dict[str, int] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        return not self.differences and not self.unproven and not self.unfounded

    @property
    def stopping(self) -> str:
        """A digest of all that stops withdrawals, by how much it is off; empty where nothing does.

        The same in the next run while nothing else is found, whatever else moved meanwhile.
        """
        off = [
            f"{each.asset} {each.place} {each.where} {each.chain_units - each.ledger_units}"
            for each in self.differences
        ]
        lines = [*sorted(off), *self.unfounded]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""

    def add(self, holding: Holding, differences: list[Difference]) -> None:
        """One place; where it is off and nothing says where, the whole place is."""
        self.holdings.append(holding)
        if holding.off_units and not differences:
            known = holding.ledger_units + holding.pending_units
            differences = [
                Difference(holding.asset, holding.place, "in all", known, holding.chain_units)
            ]
        self.differences += differences

    def as_data(self) -> dict[str, object]:
        """For `ReconciliationRun.report`: whole coins as strings."""
        assets: dict[str, dict[str, dict[str, str]]] = {}
        for row in self.holdings:
            assets.setdefault(row.asset, {})[row.place] = {
                "ledger": f"{whole(row.asset, row.ledger_units):f}",
                "chain": f"{whole(row.asset, row.chain_units):f}",
                "pending": f"{whole(row.asset, row.pending_units):f}",
                "off": f"{whole(row.asset, row.off_units):f}",
            }
        return {
            "assets": assets,
            "heights": self.heights,
            "differences": [str(each) for each in self.differences[:MOST_TOLD]],
            "differences_in_all": len(self.differences),
            "found": [each.as_data() for each in self.differences[:MOST_TOLD]],
            "unfounded": self.unfounded,
            "postponed": [str(each) for each in self.postponed],
            "unproven": [str(each) for each in self.unproven[:MOST_TOLD]],
            "stopping": self.stopping,
        }
