"""What a withdrawal is, as one hash: staff approve it, and the signer computes it again.

The database computes it too: `wallet_content_hash` in `migrations/0018_rates_of_withdrawals.py`.
"""

import hashlib
import json
from typing import Any

from wallet.assets import units_for
from wallet.models import Withdrawal


def content_hash(withdrawal: Withdrawal) -> str:
    """SHA-256 over what is to be paid, in hexadecimal.

    Over the withdrawal's own id too, so that an approval cannot be used for another withdrawal
    with the same content. Amounts are strings, because JSON has no integers of 38 digits. The
    coins are not in it: they follow from the won and the rate (`follows_from_quote`), which may be
    fixed again after staff decided.
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
            "fee_cap_units": str(withdrawal.fee_cap_units),
            "revision": withdrawal.revision,
        }
    )


def follows_from_quote(withdrawal: Withdrawal) -> bool:
    """Whether it is what its quote offered, with as many coins as the won buys at its rate."""
    quote = withdrawal.quote
    offered = (quote.user_id, quote.asset, quote.amount_krw, quote.fee_krw, quote.amount_units)
    bought_krw = quote.amount_krw - quote.fee_krw
    return offered == (
        withdrawal.user_id,
        withdrawal.asset,
        withdrawal.amount_krw,
        withdrawal.fee_krw,
        withdrawal.amount_units,
    ) and quote.amount_units == units_for(quote.asset, bought_krw, quote.rate.ask_krw)


def request_hash(*, quote_id: object, payout_address_id: int) -> str:
    """What a player asked for under an idempotency key."""
    return _digest({"quote": str(quote_id), "payout_address": payout_address_id})


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
