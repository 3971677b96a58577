"""Money out, until it is handed to the signer. `docs/withdrawals.md` tells it in one page.

quote → request (held) → COOLING → APPROVAL (0, 1 or 2 staff) → APPROVED → the signer's.
"""

from wallet.withdrawals.advancing import advance
from wallet.withdrawals.ceilings import LeftToWithdraw, left_to_withdraw
from wallet.withdrawals.content import content_hash
from wallet.withdrawals.decisions import approvals_given, approvals_needed, approve, reject
from wallet.withdrawals.gates import frozen_reason
from wallet.withdrawals.progress import fix_rate_to_pay, mark
from wallet.withdrawals.quotes import quote
from wallet.withdrawals.requests import cancel, request

__all__ = [
    "LeftToWithdraw",
    "advance",
    "approvals_given",
    "approvals_needed",
    "approve",
    "cancel",
    "content_hash",
    "fix_rate_to_pay",
    "frozen_reason",
    "left_to_withdraw",
    "mark",
    "quote",
    "reject",
    "request",
]
