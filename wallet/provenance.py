"""Where the ledger's won came from: every won of the house's books has a record of its own.

The database refuses what is unbalanced. A balanced transaction can still be made up by whoever may
write rows: won for a player, against the house's cost of coins that nobody sent. So

- accounts are those of the chart (`wallet.chart`), each with its own code;
- each kind of transaction moves only what its kind moves (`SHAPES`);
- what a deposit brought is its player's, worth its rate, and is booked as often as it is credited;
- what is held, given back, paid out or repaid is the withdrawal's or debt's, and its player's;
- the house's accounts hold what deposits and withdrawals say.

That deposits and payments are on the chain is for the reconciliation (`wallet.reconciliation`) to
prove. Hands are not read: there are many, and `tables.invariants` proves them.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from wallet import debts, movements, services
from wallet.assets import Asset, facts
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
    debts.REPAYMENT: ((AccountKind.PLAYER, _D), (AccountKind.RECEIVABLE, _C)),
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
# Transactions between players, tables and rake touch none of the house's other accounts.
_OF_THE_GAME = (AccountKind.PLAYER, AccountKind.ESCROW, AccountKind.RAKE)
# Their keys are `<kind>:<deposit>` or `<kind>:<deposit>:<nth>`.
_OF_A_DEPOSIT = (movements.DEPOSIT, movements.DEPOSIT_REVERSAL, movements.QUARANTINE_RELEASE)
# Their keys are `<kind>:<public id>`.
_OF_A_WITHDRAWAL = (movements.WITHDRAWAL_HOLD, movements.WITHDRAWAL_RELEASE)

_NOT_OF_THE_CHART = """
SELECT a.code, a.kind FROM wallet_account a
WHERE CASE
  WHEN a.kind IN ('player', 'held', 'receivable')
    THEN (a.code, a.currency, a.normal_side, a.may_overdraw, a.table_id)
      IS NOT DISTINCT FROM (a.kind || ':' || a.user_id || ':KRW', 'KRW',
        CASE a.kind WHEN 'receivable' THEN 'D' ELSE 'C' END, false, NULL::bigint)
  WHEN a.kind = 'escrow'
    THEN (a.code, a.currency, a.normal_side, a.may_overdraw)
      IS NOT DISTINCT FROM ('escrow:' || a.table_id || ':' || a.user_id, 'KRW', 'C', false)
  WHEN a.kind = 'rake'
    THEN (a.code, a.currency, a.normal_side, a.may_overdraw, a.user_id)
      IS NOT DISTINCT FROM ('rake:' || a.table_id, 'KRW', 'C', false, NULL::bigint)
  WHEN a.user_id IS NOT NULL OR a.table_id IS NOT NULL THEN false
  WHEN a.kind IN ('play_money', 'fees')
    THEN (a.code, a.currency, a.normal_side, a.may_overdraw)
      = ('house:' || a.kind || ':KRW', 'KRW', CASE a.kind WHEN 'fees' THEN 'C' ELSE 'D' END, false)
  WHEN a.kind = 'position_cost'
    THEN a.currency = 'KRW' AND a.normal_side = 'D' AND a.may_overdraw AND a.code = ANY(%(costs)s)
  WHEN a.currency <> ALL(%(assets)s) OR NOT a.may_overdraw THEN false
  WHEN a.kind = 'custody'
    THEN a.normal_side = 'D' AND a.code IN ('custody:deposits:' || a.currency,
      'custody:hot:' || a.currency, 'custody:cold:' || a.currency)
  WHEN a.kind IN ('position', 'quarantine', 'dust', 'capital', 'network_fees', 'losses')
    THEN (a.code, a.normal_side) = (a.kind || ':' || a.currency,
      CASE WHEN a.kind IN ('network_fees', 'losses') THEN 'D' ELSE 'C' END)
  ELSE false END IS NOT TRUE
ORDER BY a.id LIMIT 20
"""

_MISSHAPEN = """
WITH house AS MATERIALIZED (
  SELECT DISTINCT e.transaction_id AS id
  FROM wallet_account a CROSS JOIN LATERAL (
    SELECT transaction_id FROM wallet_entry WHERE account_id = a.id OFFSET 0) e
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

# Transactions of some kinds, and the reversals of such, by the key of the original.
_NAMED = """
named AS MATERIALIZED (
  SELECT id, split_part(key, ':', 2) AS number FROM wallet_transaction WHERE kind = ANY(%(kinds)s)
  UNION ALL
  SELECT r.id, split_part(o.key, ':', 2)
  FROM wallet_transaction r JOIN wallet_transaction o ON o.id = r.reverses_id
  WHERE r.kind = %(reversal)s AND o.kind = ANY(%(kinds)s)
)"""
_SIGNED = "CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END"

_DEPOSITS = f"""
WITH {_NAMED}, booked AS (
  SELECT named.number,
         coalesce(sum({_SIGNED}) FILTER (WHERE a.kind = 'position_cost'), 0) AS krw,
         coalesce(-sum({_SIGNED}) FILTER (WHERE a.kind = 'position'), 0) AS units,
         bool_and(a.user_id IS NULL OR a.user_id IS NOT DISTINCT FROM d.user_id) AS is_its_players,
         bool_and(a.kind NOT IN ('position', 'position_cost')
                  OR split_part(a.code, ':', 2) IS NOT DISTINCT FROM d.asset) AS is_its_asset
  FROM named JOIN wallet_entry e ON e.transaction_id = named.id
  JOIN wallet_account a ON a.id = e.account_id
  LEFT JOIN wallet_deposit d ON d.id::text = named.number
  GROUP BY named.number
), recorded AS (
  SELECT d.id::text AS number, d.amount_krw AS krw, d.amount_units AS units,
         d.amount_krw * o.units <= d.amount_units * r.bid_krw
           AND (d.amount_krw + 1) * o.units > d.amount_units * r.bid_krw AS is_worth_it
  FROM wallet_deposit d LEFT JOIN wallet_rate r ON r.id = d.rate_id AND r.asset = d.asset
  LEFT JOIN unnest(%(assets)s::text[], %(ones)s::numeric[]) AS o (asset, units)
    ON o.asset = d.asset
  WHERE d.state = 'credited'
)
SELECT number, coalesce(booked.krw, 0), coalesce(recorded.krw, 0)
FROM booked FULL JOIN recorded USING (number)
WHERE (coalesce(booked.krw, 0), coalesce(booked.units, 0))
        <> (coalesce(recorded.krw, 0), coalesce(recorded.units, 0))
   OR NOT coalesce(is_its_players AND is_its_asset, true)
   OR (recorded.number IS NOT NULL AND is_worth_it IS NOT TRUE)
ORDER BY number LIMIT 20
"""  # noqa: S608  (constants only)

_HOLDS = f"""
WITH {_NAMED}
SELECT t.key, a.code
FROM named JOIN wallet_transaction t ON t.id = named.id
JOIN wallet_entry e ON e.transaction_id = t.id JOIN wallet_account a ON a.id = e.account_id
LEFT JOIN wallet_withdrawal w ON w.public_id::text = named.number
WHERE w.id IS NULL OR (a.user_id, e.amount) IS DISTINCT FROM (w.user_id, w.amount_krw)
UNION ALL
SELECT t.key, a.code
FROM wallet_transaction t JOIN wallet_entry e ON e.transaction_id = t.id
JOIN wallet_account a ON a.id = e.account_id AND a.kind = 'held'
WHERE t.kind = %(payment)s AND e.amount IS DISTINCT FROM (
  SELECT sum(w.amount_krw) FROM wallet_withdrawal w
  WHERE w.closing_id = t.id AND w.user_id = a.user_id AND w.state = 'settled')
UNION ALL
SELECT t.key, a.code FROM wallet_transaction t JOIN wallet_entry e ON e.transaction_id = t.id
JOIN wallet_account a ON a.id = e.account_id
WHERE t.kind = %(repayment)s AND a.user_id::text IS DISTINCT FROM split_part(t.key, ':', 2)
LIMIT 20
"""  # noqa: S608  (constants only)

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

    Costs as much as there are accounts, deposits, withdrawals and payments. Each question is one
    statement, so it needs no snapshot.
    """
    return [*_not_of_the_chart(), *_misshapen(), *_deposits(), *_holds(), *_off()]


def _not_of_the_chart() -> Iterator[str]:
    assets = [asset.value for asset in Asset]
    values = {"assets": assets, "costs": [f"position:{asset}:KRW" for asset in assets]}
    for code, kind in _rows(_NOT_OF_THE_CHART, values):
        yield f"account {code} is no {kind} of the chart"


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


def _deposits() -> Iterator[str]:
    values = {
        "kinds": list(_OF_A_DEPOSIT),
        "reversal": REVERSAL,
        "assets": [asset.value for asset in Asset],
        "ones": [facts(asset).one for asset in Asset],
    }
    for number, booked, recorded in _rows(_DEPOSITS, values):
        yield (
            f"deposit {number}: {booked} won are booked, it is worth {recorded}"
            if booked != recorded
            else f"deposit {number}: its {booked} won are not what its coins, rate and player say"
        )


def _holds() -> Iterator[str]:
    values = {
        "kinds": list(_OF_A_WITHDRAWAL),
        "reversal": REVERSAL,
        "payment": movements.PAYMENT,
        "repayment": debts.REPAYMENT,
    }
    for key, code in _rows(_HOLDS, values):
        yield f"transaction {key}: what it moves on {code} is no withdrawal's or debt of its player"


def _off() -> Iterator[str]:
    for code, booked, recorded in _rows(_OFF):
        yield f"account {code} has {booked}, deposits and withdrawals make it {recorded}"


def _rows(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
