"""Transactions of deposits, withdrawals and decisions, beside the records of these."""

from collections.abc import Iterator

from wallet import movements
from wallet.assets import Asset, facts
from wallet.ledger import REVERSAL
from wallet.provenance.query import rows

# Their keys are `<kind>:<deposit>` or `<kind>:<deposit>:<nth>`.
_OF_A_DEPOSIT = (movements.DEPOSIT, movements.DEPOSIT_REVERSAL, movements.QUARANTINE_RELEASE)
# Their keys are `<kind>:<public id>`.
_OF_A_WITHDRAWAL = (movements.WITHDRAWAL_HOLD, movements.WITHDRAWAL_RELEASE)

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

# Of each difference of chain and ledger: what two of staff confirmed, beside what was booked.
_DIFFERENCES = f"""
WITH confirmed AS (
  SELECT 'difference:' || subject AS key, d ->> 'asset' AS asset, d ->> 'place' AS place,
         (d ->> 'units')::numeric AS units
  FROM wallet_proposal CROSS JOIN LATERAL (SELECT content::jsonb -> 'details' AS d) AS details
  WHERE kind = %(difference)s AND state = 'done'
), expected AS (
  SELECT key, 'custody:' || place || ':' || asset AS code, units FROM confirmed
  UNION ALL
  SELECT key, CASE WHEN units > 0 THEN 'capital:' ELSE 'losses:' END || asset, -units FROM confirmed
), named AS MATERIALIZED (
  SELECT id, key FROM wallet_transaction WHERE kind = %(difference)s
  UNION ALL
  SELECT r.id, r.key
  FROM wallet_transaction r JOIN wallet_transaction o ON o.id = r.reverses_id
  WHERE r.kind = %(reversal)s AND o.kind = %(difference)s
), booked AS (
  SELECT named.key, a.code, sum({_SIGNED}) AS units
  FROM named JOIN wallet_entry e ON e.transaction_id = named.id
  JOIN wallet_account a ON a.id = e.account_id
  GROUP BY named.key, a.code
)
SELECT key, code, coalesce(booked.units, 0), coalesce(expected.units, 0)
FROM booked FULL JOIN expected USING (key, code)
WHERE booked.units IS DISTINCT FROM expected.units
ORDER BY key, code LIMIT 20
"""  # noqa: S608  (constants only)


def deposits() -> Iterator[str]:
    values = {
        "kinds": list(_OF_A_DEPOSIT),
        "reversal": REVERSAL,
        "assets": [asset.value for asset in Asset],
        "ones": [facts(asset).one for asset in Asset],
    }
    for number, booked, recorded in rows(_DEPOSITS, values):
        yield (
            f"deposit {number}: {booked} won are booked, it is worth {recorded}"
            if booked != recorded
            else f"deposit {number}: its {booked} won are not what its coins, rate and player say"
        )


def holds() -> Iterator[str]:
    values = {
        "kinds": list(_OF_A_WITHDRAWAL),
        "reversal": REVERSAL,
        "payment": movements.PAYMENT,
    }
    for key, code in rows(_HOLDS, values):
        yield f"transaction {key}: what it moves on {code} is no withdrawal's of that player"


def off() -> Iterator[str]:
    for code, booked, recorded in rows(_OFF):
        yield f"account {code} has {booked}, deposits and withdrawals make it {recorded}"


def differences() -> Iterator[str]:
    values = {"difference": movements.DIFFERENCE, "reversal": REVERSAL}
    for key, code, booked, confirmed in rows(_DIFFERENCES, values):
        yield f"transaction {key}: {booked} on {code}, and two of staff confirmed {confirmed}"
