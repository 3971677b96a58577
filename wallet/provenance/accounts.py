"""Accounts are those of the chart (`wallet.chart`)."""

from collections.abc import Iterator

from wallet.assets import Asset
from wallet.provenance.query import rows

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


def not_of_the_chart() -> Iterator[str]:
    assets = [asset.value for asset in Asset]
    values = {"assets": assets, "costs": [f"position:{asset}:KRW" for asset in assets]}
    for code, kind in rows(_NOT_OF_THE_CHART, values):
        yield f"account {code} is no {kind} of the chart"
