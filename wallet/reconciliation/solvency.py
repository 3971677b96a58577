"""What we have against what we owe, in won.

    Σ coins × bid × (1 − haircut)  ≥  won of players + escrow + holds − play money

Coins: all in custody, the operator's capital and what is on its way out included (its won is still
held), without what is in quarantine, which is nobody's yet. No more of them than the chain has.

Play money is owed to nobody: the house gave it away against no coins. It mixes with won that was
paid for, at the tables and in the rake; so as not to owe too little, all the house took (rake and
fees) counts as taken from play money first. Where none was issued, as in every installation for
real money, all won of players is owed.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from wallet import chart, movements
from wallet.assets import Asset, value_krw
from wallet.models import Account, AccountKind
from wallet.policies import policy
from wallet.rates import current
from wallet.rates.errors import NoRate
from wallet.reconciliation.findings import PLACES, Findings

BASIS_POINTS = 10_000
OWED = (AccountKind.PLAYER, AccountKind.ESCROW, AccountKind.HELD)
TAKEN = (AccountKind.RAKE, AccountKind.FEES)


@dataclass(frozen=True, slots=True)
class Solvency:
    """All in won. `missing_rates` are assets that we have and could not value: they count 0."""

    assets_krw: int
    after_haircut_krw: int
    players_krw: int
    play_money_krw: int
    owed_krw: int
    missing_rates: list[str] = field(default_factory=list)

    @property
    def is_solvent(self) -> bool:
        return self.after_haircut_krw >= self.owed_krw

    @property
    def ratio(self) -> Decimal | None:
        """What we have, before the haircut, for each won that we owe; None: nothing is owed."""
        if not self.owed_krw:
            return None
        return (Decimal(self.assets_krw) / self.owed_krw).quantize(Decimal("0.0001"))

    def as_data(self) -> dict[str, object]:
        """For `ReconciliationRun.report`."""
        return {
            "assets_krw": str(self.assets_krw),
            "after_haircut_krw": str(self.after_haircut_krw),
            "players_krw": str(self.players_krw),
            "play_money_krw": str(self.play_money_krw),
            "owed_krw": str(self.owed_krw),
            "ratio": None if self.ratio is None else f"{self.ratio:f}",
            "missing_rates": self.missing_rates,
        }


def solvency(findings: Findings | None = None) -> Solvency:
    """Of now. With `findings` no coin counts that the chain does not have."""
    haircut_bps = policy().haircut_bps
    assets_krw = after_krw = 0
    missing = []
    for asset in Asset:
        units = _counted_units(asset, findings)
        if units <= 0:
            continue
        try:
            bid_krw = current(asset).bid_krw
        except NoRate:
            missing.append(asset.value)
            continue
        worth_krw = value_krw(asset, units, bid_krw)
        assets_krw += worth_krw
        after_krw += worth_krw * (BASIS_POINTS - haircut_bps) // BASIS_POINTS
    balances = _won_by_kind()
    players_krw = sum(balances.get(kind, 0) for kind in OWED)
    taken_krw = sum(balances.get(kind, 0) for kind in TAKEN)
    play_money_krw = max(0, movements.balance(chart.play_money()) - taken_krw)
    return Solvency(
        assets_krw=assets_krw,
        after_haircut_krw=after_krw,
        players_krw=players_krw,
        play_money_krw=play_money_krw,
        owed_krw=max(0, players_krw - play_money_krw),
        missing_rates=missing,
    )


def _won_by_kind() -> dict[str, int]:
    rows = Account.objects.filter(kind__in=(*OWED, *TAKEN)).values("kind")
    sums = rows.annotate(debits_sum=Sum("debits"), credits_sum=Sum("credits"))
    return {row["kind"]: int(row["credits_sum"] - row["debits_sum"]) for row in sums}


def _counted_units(asset: Asset, findings: Findings | None) -> int:
    """Ours by the ledger, less what the chain lacks of it, less quarantine."""
    units = sum(movements.balance(chart.custody(place, asset)) for place in PLACES)
    if findings is not None:
        units += sum(min(0, row.off_units) for row in findings.holdings if row.asset == asset)
    return units - movements.balance(chart.quarantine(asset))
