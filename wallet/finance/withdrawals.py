"""Every withdrawal that was asked for or ended in a period.

Its times are those of its hold and of its closing in the ledger, so a withdrawal is in the file of
the days that have these in the other files. What is beside them is as of now.
"""

from collections.abc import Generator
from typing import Final

from wallet.assets import NATIVE, Network
from wallet.finance.period import Period
from wallet.finance.reading import amount, bounds, rows
from wallet.spreadsheets import Cell

HEADER: Final = (
    *("withdrawal", "requested_at", "ended_at", "state", "player", "player_nickname"),
    *("asset", "network", "address", "address_label", "amount_krw", "fee_krw"),
    *("amount", "amount_units", "rate_krw", "approved_by"),
    *("payment", "txid", "network_fee", "network_fee_units", "network_fee_asset"),
    *("hold_transaction", "closing_transaction"),
)
_WITHDRAWALS = """
    SELECT w.public_id, hold.created_at, closing.created_at, w.state, w.user_id, u.nickname,
      w.asset, w.network, w.address, book.label, w.amount_krw, w.fee_krw, w.amount_units,
      r.ask_krw, approvals.by, p.id,
      (SELECT txid FROM wallet_paymentattempt t WHERE t.payment_id = p.id AND t.is_confirmed),
      p.fee_paid_units, w.hold_id, w.closing_id
    FROM wallet_withdrawal w
    JOIN wallet_transaction hold ON hold.id = w.hold_id
    LEFT JOIN wallet_transaction closing ON closing.id = w.closing_id
    JOIN accounts_user u ON u.id = w.user_id
    JOIN wallet_payoutaddress book ON book.id = w.payout_address_id
    JOIN wallet_withdrawalquote q ON q.id = w.quote_id
    JOIN wallet_rate r ON r.id = q.rate_id
    LEFT JOIN wallet_paymentoutput o ON o.withdrawal_id = w.id AND NOT o.is_void
    LEFT JOIN wallet_payment p ON p.id = o.payment_id
    LEFT JOIN LATERAL (
      SELECT string_agg(concat(s.id, ' ', s.nickname), '; ' ORDER BY v.id) AS by
      FROM wallet_approval v JOIN accounts_user s ON s.id = v.staff_id
      WHERE v.withdrawal_id = w.id AND v.approved
    ) approvals ON true
    WHERE w.id IN (
      SELECT id FROM wallet_withdrawal WHERE hold_id >= %(first_id)s AND hold_id < %(end_id)s
      UNION
      SELECT id FROM wallet_withdrawal WHERE closing_id >= %(first_id)s AND closing_id < %(end_id)s
    ) AND (
      (hold.created_at >= %(start)s AND hold.created_at < %(end)s)
      OR (closing.created_at >= %(start)s AND closing.created_at < %(end)s)
    )
    ORDER BY w.id
"""


def withdrawals(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `withdrawals.csv`."""
    for public_id, *about, units, rate, approved_by, payment, txid, fee, hold, closing in rows(
        _WITHDRAWALS, bounds(period)
    ):
        *times_and_who, asset, network, address, label, amount_krw, fee_krw = about
        native = NATIVE[Network(network)]
        yield (
            *(str(public_id), *times_and_who, asset, network, address, label),
            *(int(amount_krw), int(fee_krw)),
            *(amount(asset, units), int(units), rate, approved_by, payment, txid),
            None if fee is None else amount(native, fee),
            None if fee is None else int(fee),
            None if fee is None else str(native),
            *(hold, closing),
        )
