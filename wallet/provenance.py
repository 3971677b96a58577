"""Where the ledger's won came from: every won of the house's books has a record of its own.

The database refuses what is unbalanced. A balanced transaction can still be made up by whoever may
write rows: won for a player, against the house's cost of coins that nobody sent. So each kind of
transaction moves only what its kind moves, a deposit's won goes only to its player, and the house's
accounts hold what the deposits and withdrawals say. That those are on the chain is for the
reconciliation (`wallet.reconciliation`) to prove.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from wallet import movements, services
from wallet.ledger import REVERSAL
from wallet.models import AccountKind, Side

_D, _C = Side.DEBIT, Side.CREDIT
_Shape = tuple[tuple[AccountKind, Side], ...]

_ARRIVED: _Shape = ((AccountKind.CUSTODY, _D),)
_BOUGHT: _Shape = (
    (AccountKind.POSITION, _C),
    (AccountKind.POSITION_COST, _D),
    (AccountKind.RECEIVABLE, _C),
    (AccountKind.PLAYER, _C),
)
# What each kind of transaction may touch, and on which side.
SHAPES: dict[str, _Shape] = {
    services.PLAY_GRANT: ((AccountKind.PLAY_MONEY, _D), (AccountKind.PLAYER, _C)),
    movements.DEPOSIT: (*_ARRIVED, *_BOUGHT),
    movements.DEPOSIT_REVERSAL: (
        (AccountKind.CUSTODY, _C),
        (AccountKind.POSITION, _D),
        (AccountKind.POSITION_COST, _C),
        (AccountKind.RECEIVABLE, _D),
        (AccountKind.PLAYER, _D),
    ),
    movements.DUST: (*_ARRIVED, (AccountKind.DUST, _C)),
    movements.QUARANTINE: (*_ARRIVED, (AccountKind.QUARANTINE, _C)),
    movements.QUARANTINE_RELEASE: ((AccountKind.QUARANTINE, _D), *_BOUGHT),
    movements.QUARANTINE_GONE: (
        (AccountKind.CUSTODY, _C),
        (AccountKind.QUARANTINE, _D),
        (AccountKind.DUST, _D),
        (AccountKind.CAPITAL, _D),
    ),
    movements.QUARANTINE_RETURN: ((AccountKind.QUARANTINE, _D), (AccountKind.CAPITAL, _C)),
    movements.WITHDRAWAL_HOLD: ((AccountKind.PLAYER, _D), (AccountKind.HELD, _C)),
    movements.WITHDRAWAL_RELEASE: ((AccountKind.HELD, _D), (AccountKind.PLAYER, _C)),
    movements.PAYMENT: (
        (AccountKind.CUSTODY, _D),
        (AccountKind.CUSTODY, _C),
        (AccountKind.POSITION, _D),
        (AccountKind.POSITION_COST, _C),
        (AccountKind.HELD, _D),
        (AccountKind.FEES, _C),
        (AccountKind.NETWORK_FEES, _D),
    ),
    movements.CAPITAL: (
        (AccountKind.CUSTODY, _D),
        (AccountKind.CUSTODY, _C),
        (AccountKind.CAPITAL, _D),
        (AccountKind.CAPITAL, _C),
    ),
    movements.LOSS: ((AccountKind.CUSTODY, _C), (AccountKind.LOSSES, _D)),
}
# Transactions between players, tables and rake touch none of the house's other accounts, so they
# are not looked at: there are as many of them as hands.
_OF_THE_GAME = (AccountKind.PLAYER, AccountKind.ESCROW, AccountKind.RAKE)
# Their keys are `<kind>:<deposit>` or `<kind>:<deposit>:<nth>`.
_OF_A_DEPOSIT = (movements.DEPOSIT, movements.DEPOSIT_REVERSAL, movements.QUARANTINE_RELEASE)

_MISSHAPEN = """
WITH house AS MATERIALIZED (
  SELECT DISTINCT e.transaction_id AS id
  FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id
  WHERE NOT a.kind = ANY(%(game)s)
), shape AS (
  SELECT * FROM unnest(%(kinds)s::text[], %(accounts)s::text[], %(sides)s::text[])
    AS s (kind, account_kind, side)
)
SELECT t.key, t.kind, a.code, e.side
FROM house
JOIN wallet_transaction t ON t.id = house.id
LEFT JOIN wallet_transaction original ON original.id = t.reverses_id
JOIN wallet_entry e ON e.transaction_id = t.id
JOIN wallet_account a ON a.id = e.account_id
WHERE (t.kind = %(reversal)s) <> (original.id IS NOT NULL)
   OR NOT EXISTS (
     SELECT FROM shape s
     WHERE s.kind = coalesce(original.kind, t.kind) AND s.account_kind = a.kind
       AND (s.side = e.side) = (original.id IS NULL))
ORDER BY t.id, e.id LIMIT 20
"""

_NOT_ITS_PLAYERS = """
SELECT t.key, a.code
FROM wallet_transaction t
LEFT JOIN wallet_transaction original ON original.id = t.reverses_id
LEFT JOIN wallet_deposit d
  ON d.id::text = split_part(coalesce(original.key, t.key), ':', 2)
JOIN wallet_entry e ON e.transaction_id = t.id
JOIN wallet_account a ON a.id = e.account_id
WHERE coalesce(original.kind, t.kind) = ANY(%(of_a_deposit)s)
  AND (d.id IS NULL OR (a.user_id IS NOT NULL AND a.user_id <> d.user_id))
ORDER BY t.id, e.id LIMIT 20
"""

_BALANCE = "CASE a.normal_side WHEN 'C' THEN a.credits - a.debits ELSE a.debits - a.credits END"

# What the deposits and withdrawals say should be on the accounts, beside what is.
_OFF = f"""
WITH settled AS (
  SELECT asset, sum(amount_units) AS units, sum(amount_krw - fee_krw) AS paid_krw,
         sum(fee_krw) AS fees_krw
  FROM wallet_withdrawal WHERE state = 'settled' GROUP BY asset
), arrived AS (
  SELECT asset, state, sum(amount_units) AS units, sum(amount_krw) AS krw
  FROM wallet_deposit WHERE state IN ('credited', 'dust', 'quarantined') GROUP BY asset, state
), recorded AS (
  SELECT 'position:' || asset AS code, units FROM arrived WHERE state = 'credited'
  UNION ALL SELECT 'position:' || asset || ':KRW', krw FROM arrived WHERE state = 'credited'
  UNION ALL SELECT 'dust:' || asset, units FROM arrived WHERE state = 'dust'
  UNION ALL SELECT 'quarantine:' || asset, units FROM arrived WHERE state = 'quarantined'
  UNION ALL SELECT 'position:' || asset, -units FROM settled
  UNION ALL SELECT 'position:' || asset || ':KRW', -paid_krw FROM settled
  UNION ALL SELECT 'house:fees:KRW', fees_krw FROM settled
  UNION ALL SELECT 'held:' || user_id || ':KRW', amount_krw FROM wallet_withdrawal
    WHERE closing_id IS NULL
), expected AS (
  SELECT code, sum(units) AS units FROM recorded GROUP BY code
), booked AS (
  SELECT a.code, {_BALANCE} AS units FROM wallet_account a
  WHERE a.kind IN ('position', 'position_cost', 'dust', 'quarantine', 'fees', 'held')
)
SELECT code, coalesce(booked.units, 0), coalesce(expected.units, 0)
FROM booked FULL JOIN expected USING (code)
WHERE coalesce(booked.units, 0) <> coalesce(expected.units, 0)
ORDER BY code LIMIT 20
"""  # noqa: S608  (constants only)


def without_origin() -> list[str]:
    """What is in the ledger and has no origin, a line each; nothing where all is well.

    Costs as much as there are deposits, withdrawals and payments; hands are not read. Call it in
    one snapshot (`wallet.invariants.snapshot`).
    """
    return [*_misshapen(), *_not_its_players(), *_off()]


def _misshapen() -> Iterator[str]:
    rows = [(kind, of, side) for kind, shape in SHAPES.items() for of, side in shape]
    kinds, accounts, sides = (list(map(str, column)) for column in zip(*rows, strict=True))
    values = {
        "game": list(map(str, _OF_THE_GAME)),
        "reversal": REVERSAL,
        "kinds": kinds,
        "accounts": accounts,
        "sides": sides,
    }
    for key, kind, code, side in _rows(_MISSHAPEN, values):
        yield f"transaction {key}: a {kind} has no entry ({side}) on {code}"


def _not_its_players() -> Iterator[str]:
    for key, code in _rows(_NOT_ITS_PLAYERS, {"of_a_deposit": list(_OF_A_DEPOSIT)}):
        yield f"transaction {key}: no deposit of that number is of the player of {code}"


def _off() -> Iterator[str]:
    for code, booked, recorded in _rows(_OFF):
        yield f"account {code} has {booked}, deposits and withdrawals make it {recorded}"


def _rows(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
