"""Every credit of a deposit, and every credit that was taken back, as the ledger booked it.

A deposit whose block goes away and comes again is credited more than once; each booking is a line
with the rate and the won of its own.
"""

from collections.abc import Generator
from typing import Final

from wallet.finance.period import Period
from wallet.finance.reading import amount, bounds, rows
from wallet.movements import DEPOSIT, DEPOSIT_REVERSAL, QUARANTINE_RELEASE
from wallet.spreadsheets import Cell

HEADER: Final = (
    *("booking", "booked_at", "ledger_transaction", "deposit", "player", "player_nickname"),
    *("asset", "network", "txid", "place", "amount", "amount_units", "rate_krw", "amount_krw"),
    *("seen_at", "credited_at", "state"),
)
# The won are what position's cost moved by. The rate is that of the credit, also where it is taken
# back. A booking without its deposit is left in, so that the sums are the ledger's.
_BOOKINGS = """
    SELECT t.kind, t.created_at, t.id, d.id, d.user_id, u.nickname, d.asset, d.network, d.txid,
      d.place, d.amount_units, r.bid_krw,
      (SELECT coalesce(sum(CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END), 0)
       FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id
       WHERE e.transaction_id = t.id AND a.kind = 'position_cost'),
      d.seen_at, d.credited_at, d.state
    FROM wallet_transaction t
    LEFT JOIN wallet_deposit d ON d.id = (t.meta->>'deposit_id')::bigint
    LEFT JOIN accounts_user u ON u.id = d.user_id
    LEFT JOIN LATERAL (
      SELECT (v.details->>'rate')::bigint AS rate_id FROM wallet_depositevent v
      WHERE v.deposit_id = d.id AND v.state = 'credited'
        AND (v.details->>'transaction')::bigint <= t.id
      ORDER BY v.id DESC LIMIT 1
    ) credit ON true
    LEFT JOIN wallet_rate r ON r.id = credit.rate_id
    WHERE t.kind = ANY(%(kinds)s) AND t.id >= %(first_id)s AND t.id < %(end_id)s
      AND t.created_at >= %(start)s AND t.created_at < %(end)s
    ORDER BY t.id
"""
_KINDS = [DEPOSIT, DEPOSIT_REVERSAL, QUARANTINE_RELEASE]


def deposits(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `deposits.csv`; what was taken back is below zero."""
    for kind, *about, asset, network, txid, place, units, rate, won, seen, credited, state in rows(
        _BOOKINGS, bounds(period) | {"kinds": _KINDS}
    ):
        is_back = kind == DEPOSIT_REVERSAL
        booked = None if units is None else int(-units if is_back else units)
        yield (
            *("reversed" if is_back else "credited", *about),
            *(asset, network, txid, place),
            None if booked is None else amount(asset, booked),
            *(booked, rate, int(won), seen, credited, state),
        )
