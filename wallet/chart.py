"""The chart of accounts: which accounts there are and how their codes are written.

| code                    | kind       | side   | what its balance is                      |
|-------------------------|------------|--------|------------------------------------------|
| `player:<user>:KRW`     | player     | credit | what a player can sit down with          |
| `escrow:<table>:<user>` | escrow     | credit | what a player has at a table, as settled |
| `rake:<table>`          | rake       | credit | what the house took at a table           |
| `house:play_money:KRW`  | play_money | debit  | play money that was given away           |

Rake is kept by table: one account for the house would be one row that every hand waits for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wallet.models import Account, AccountKind, Currency, Side


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account by what it is, whether its row is there yet or not."""

    code: str
    kind: AccountKind
    currency: Currency
    normal_side: Side
    user_id: int | None = None
    table_id: int | None = None
    may_overdraw: bool = False


def player(user_id: int) -> AccountSpec:
    """A player's won, away from the tables."""
    return AccountSpec(
        f"player:{user_id}:KRW", AccountKind.PLAYER, Currency.KRW, Side.CREDIT, user_id=user_id
    )


def escrow(table_id: int, user_id: int) -> AccountSpec:
    """A player's won at one table."""
    return AccountSpec(
        f"escrow:{table_id}:{user_id}",
        AccountKind.ESCROW,
        Currency.KRW,
        Side.CREDIT,
        user_id=user_id,
        table_id=table_id,
    )


def rake(table_id: int) -> AccountSpec:
    """The house's won from one table."""
    return AccountSpec(
        f"rake:{table_id}", AccountKind.RAKE, Currency.KRW, Side.CREDIT, table_id=table_id
    )


def play_money() -> AccountSpec:
    """The other side of play money: what the house has given away."""
    return AccountSpec("house:play_money:KRW", AccountKind.PLAY_MONEY, Currency.KRW, Side.DEBIT)


def open_accounts(specs: Iterable[AccountSpec]) -> dict[str, int]:
    """Open the accounts that are not there yet; all their ids by code."""
    by_code = {spec.code: spec for spec in specs}
    ids = _known_ids(by_code)
    missing = sorted(by_code.keys() - ids.keys())
    if missing:
        # In the order of codes, so that two who open the same accounts never wait in a circle.
        Account.objects.bulk_create(
            [_row(by_code[code]) for code in missing], ignore_conflicts=True
        )
        ids |= _known_ids(missing)
    return ids


def _known_ids(codes: Iterable[str]) -> dict[str, int]:
    return dict(Account.objects.filter(code__in=list(codes)).values_list("code", "id"))


def _row(spec: AccountSpec) -> Account:
    return Account(
        code=spec.code,
        kind=spec.kind,
        currency=spec.currency,
        normal_side=spec.normal_side,
        user_id=spec.user_id,
        table_id=spec.table_id,
        may_overdraw=spec.may_overdraw,
    )
