"""The ledger's side of the comparison."""

from wallet.models import Account, AccountKind

# Units by (asset, place).
Books = dict[tuple[str, str], int]


def custody() -> Books:
    """What the ledger says we hold: the accounts `custody:<place>:<asset>`."""
    rows = Account.objects.filter(kind=AccountKind.CUSTODY)
    return {(row.currency, row.code.split(":")[1]): row.balance for row in rows}
