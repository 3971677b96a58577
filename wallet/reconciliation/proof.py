"""What the last comparisons of chain and ledger found, for those who look later."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from wallet.assets import NATIVE, Network, assets_of
from wallet.models import ReconciliationRun


@dataclass(frozen=True, slots=True)
class Compared:
    """One place of an asset when it was last compared; whole coins.

    `pending` is what the chain had and the ledger did not have yet, `off` what nobody knows of.
    """

    run_id: int
    at: datetime
    height: int
    chain: Decimal
    ledger: Decimal
    pending: Decimal
    off: Decimal

    def as_data(self) -> dict[str, str | int]:
        """JSON, with coins as strings."""
        coins = {name: f"{getattr(self, name):f}" for name in ("chain", "ledger", "pending", "off")}
        return {"run": self.run_id, "at": self.at.isoformat(), "height": self.height, **coins}


def last_compared() -> dict[tuple[str, str], Compared]:
    """By asset and place; each network by its newest run that could look at it."""
    found: dict[tuple[str, str], Compared] = {}
    for network in Network:
        runs = ReconciliationRun.objects.filter(report__assets__has_key=NATIVE[network].value)
        run = runs.order_by("-id").first()
        if run is None:
            continue
        for asset in assets_of(network):
            for place, row in run.report["assets"].get(asset.value, {}).items():
                found[asset.value, place] = _compared(run, network, row)
    return found


def _compared(run: ReconciliationRun, network: Network, row: dict[str, Any]) -> Compared:
    return Compared(
        run_id=run.pk,
        at=run.at,
        height=run.report["heights"][network.value],
        **{name: Decimal(row[name]) for name in ("chain", "ledger", "pending", "off")},
    )
