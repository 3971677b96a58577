"""What a withdrawal is, as one hash: staff approve it, and the signer computes it again."""

import hashlib
import json
from typing import Any

from wallet.models import Withdrawal


def content_hash(withdrawal: Withdrawal) -> str:
    """SHA-256 over what is to be paid, in hexadecimal.

    Over the withdrawal's own id too, so that an approval cannot be used for another withdrawal
    with the same content. Amounts are strings, because JSON has no integers of 38 digits.
    """
    return _digest(
        {
            "withdrawal": str(withdrawal.public_id),
            "user": withdrawal.user_id,
            "asset": withdrawal.asset,
            "network": withdrawal.network,
            "address": withdrawal.address,
            "amount_krw": str(withdrawal.amount_krw),
            "fee_krw": str(withdrawal.fee_krw),
            "amount_units": str(withdrawal.amount_units),
            "fee_cap_units": str(withdrawal.fee_cap_units),
            "revision": withdrawal.revision,
        }
    )


def request_hash(*, quote_id: object, payout_address_id: int) -> str:
    """What a player asked for under an idempotency key."""
    return _digest({"quote": str(quote_id), "payout_address": payout_address_id})


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
