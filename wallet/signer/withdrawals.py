"""What the signer needs of withdrawals: their content, their player's standing, their states."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from wallet import chart, movements
from wallet.events import record
from wallet.models import (
    Account,
    DepositAddress,
    Transaction,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalState,
)


def content_hash(withdrawal: Withdrawal) -> str:
    """What staff approve: SHA-256 over what is to be paid, to whom, and the most it may cost."""
    content = {
        "withdrawal": str(withdrawal.public_id),
        "user": withdrawal.user_id,
        "asset": withdrawal.asset,
        "network": withdrawal.network,
        "address": withdrawal.address,
        "amount_units": str(withdrawal.amount_units),
        "amount_krw": str(withdrawal.amount_krw),
        "fee_krw": str(withdrawal.fee_krw),
        "fee_cap_units": str(withdrawal.fee_cap_units),
        "revision": withdrawal.revision,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_reason(user_id: int) -> str:
    """Why nothing is paid to a player now, as a code; empty when something may be."""
    owed = Account.objects.filter(code=chart.receivable(user_id).code).first()
    return "owes" if owed is not None and owed.balance > 0 else ""


def is_ours(*, network: str, address: str) -> bool:
    """A deposit address, a wallet of the house's, or a token's contract."""
    own = {
        settings.BITCOIN_HOT_ADDRESS,
        settings.BITCOIN_COLD_ADDRESS,
        settings.ETHEREUM_HOT_ADDRESS,
        settings.ETHEREUM_COLD_ADDRESS,
        settings.USDT_CONTRACT,
        settings.USDC_CONTRACT,
    }
    return (
        address in own - {""}
        or DepositAddress.objects.filter(network=network, address=address).exists()
    )


def mark(
    withdrawal: Withdrawal,
    state: WithdrawalState,
    *,
    reason: str = "",
    actor: Any = None,
    details: Mapping[str, Any] | None = None,
    closing: Transaction | None = None,
) -> None:
    """Bring a locked withdrawal into a state, with its event, in the caller's transaction."""
    if state == WithdrawalState.FAILED:
        closing = movements.release(withdrawal)
    withdrawal.state = state
    withdrawal.reason = reason
    withdrawal.changed_at = timezone.now()
    withdrawal.closing = closing
    withdrawal.save(update_fields=["state", "reason", "changed_at", "closing"])
    WithdrawalEvent.objects.create(
        withdrawal=withdrawal, state=state, reason=reason, actor=actor, details=dict(details or {})
    )
    record(f"withdrawal_{state}", str(withdrawal.public_id), {"reason": reason})
