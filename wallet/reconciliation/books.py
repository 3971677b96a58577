"""The ledger's side of the comparison."""

from wallet import chart
from wallet.assets import Asset
from wallet.models import Account, AccountKind
from wallet.reconciliation.findings import PLACES

# Units by (asset, place).
Books = dict[tuple[str, str], int]


def custody() -> Books:
    """What the ledger says we hold, by the accounts of the chart and no others of their kind."""
    places = {
        chart.custody(place, asset).code: (asset.value, place)
        for asset in Asset
        for place in PLACES
    }
    rows = Account.objects.filter(kind=AccountKind.CUSTODY, code__in=places)
    return {places[row.code]: row.balance for row in rows}
