"""The chart of accounts: which accounts there are and how their codes are written.

| code                    | kind       | side   | what its balance is                      |
|-------------------------|------------|--------|------------------------------------------|
| `player:<user>:KRW`     | player     | credit | what a player can sit down with          |
| `escrow:<table>:<user>` | escrow     | credit | what a player has at a table, as settled |
| `rake:<table>`          | rake       | credit | what the house took at a table           |
| `house:play_money:KRW`  | play_money | debit  | play money that was given away           |
| `held:<user>:KRW`       | held       | credit | won held for a player's withdrawals      |
| `receivable:<user>:KRW` | receivable | debit  | won a player owes the house |
| `house:fees:KRW`        | fees       | credit | withdrawal fees taken                    |

and for each asset, in its own unit unless it says won:

| code                      | kind          | side   | what its balance is                    |
|---------------------------|---------------|--------|----------------------------------------|
| `custody:deposits:<asset>`| custody       | debit  | coins at players' deposit addresses    |
| `custody:hot:<asset>`     | custody       | debit  | coins in the hot wallet                |
| `custody:cold:<asset>`    | custody       | debit  | coins in cold storage                  |
| `position:<asset>`        | position      | credit | coins bought, net, from players |
| `position:<asset>:KRW`    | position_cost | debit  | won given, net, for the position |
| `quarantine:<asset>`      | quarantine    | credit | coins that arrived and are nobody's yet |
| `dust:<asset>`            | dust          | credit | deposits too small to credit           |
| `capital:<asset>`         | capital       | credit | the operator's own coins               |
| `network_fees:<asset>`    | network_fees  | debit  | fees paid to the network               |
| `losses:<asset>`          | losses        | debit  | coins that are lost, as staff decided  |

Rake is kept by table: one account for the house would be one row that every hand waits for. The
worth of a position less its cost is the house's exposure. House accounts of coins may be overdrawn:
what the chain says is booked even where it surprises us, and the reconciliation tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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


def held(user_id: int) -> AccountSpec:
    """A player's won that a withdrawal waits for."""
    return AccountSpec(
        f"held:{user_id}:KRW", AccountKind.HELD, Currency.KRW, Side.CREDIT, user_id=user_id
    )


def receivable(user_id: int) -> AccountSpec:
    """Won a player owes the house; while there is some, nothing is paid out."""
    return AccountSpec(
        f"receivable:{user_id}:KRW",
        AccountKind.RECEIVABLE,
        Currency.KRW,
        Side.DEBIT,
        user_id=user_id,
    )


def fees() -> AccountSpec:
    """Withdrawal fees the house took, in won."""
    return AccountSpec("house:fees:KRW", AccountKind.FEES, Currency.KRW, Side.CREDIT)


def custody(place: Literal["deposits", "hot", "cold"], asset: str) -> AccountSpec:
    """Coins that we hold, by where they are."""
    return _of_asset(f"custody:{place}:{asset}", AccountKind.CUSTODY, asset, Side.DEBIT)


def position(asset: str) -> AccountSpec:
    """Coins the house bought from players, less those it sold to them; may be below zero."""
    return _of_asset(f"position:{asset}", AccountKind.POSITION, asset, Side.CREDIT)


def position_cost(asset: str) -> AccountSpec:
    """Won the house gave for its position, less what it took."""
    return _of_asset(f"position:{asset}:KRW", AccountKind.POSITION_COST, Currency.KRW, Side.DEBIT)


def quarantine(asset: str) -> AccountSpec:
    """Coins that arrived and wait for staff."""
    return _of_asset(f"quarantine:{asset}", AccountKind.QUARANTINE, asset, Side.CREDIT)


def dust(asset: str) -> AccountSpec:
    """Coins that arrived and are too few to credit."""
    return _of_asset(f"dust:{asset}", AccountKind.DUST, asset, Side.CREDIT)


def capital(asset: str) -> AccountSpec:
    """The operator's own coins in our custody."""
    return _of_asset(f"capital:{asset}", AccountKind.CAPITAL, asset, Side.CREDIT)


def network_fees(asset: str) -> AccountSpec:
    """What the network took, in its native coin."""
    return _of_asset(f"network_fees:{asset}", AccountKind.NETWORK_FEES, asset, Side.DEBIT)


def losses(asset: str) -> AccountSpec:
    """Coins that were taken from us."""
    return _of_asset(f"losses:{asset}", AccountKind.LOSSES, asset, Side.DEBIT)


def _of_asset(code: str, kind: AccountKind, currency: str, side: Side) -> AccountSpec:
    return AccountSpec(code, kind, Currency(currency), side, may_overdraw=True)


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
