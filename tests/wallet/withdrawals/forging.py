"""Withdrawals and quotes as somebody with the site's role in the database could write them."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tests.wallet.house import execute
from tests.wallet.withdrawals.house import address_of
from wallet import movements, withdrawals
from wallet.models import Rate, Withdrawal
from wallet.policies import asset_policy

Columns = dict[str, Any]


def withdrawal(player: User, asked_krw: int = 100_000, **changes: Any) -> Columns:
    """The columns of an automatic one. All of it is right, unless `changes` say otherwise."""
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=asked_krw)
    entry = address_of(player)
    public_id = uuid.uuid4()
    with transaction.atomic():
        hold = movements.hold(str(public_id), user_id=player.pk, amount_krw=asked_krw)
    return {
        "public_id": public_id,
        "user_id": player.pk,
        "key": public_id.hex,
        "request_hash": "",
        "quote_id": offer.pk,
        "asset": "BTC",
        "network": "bitcoin",
        "address": entry.address,
        "payout_address_id": entry.pk,
        "amount_krw": asked_krw,
        "fee_krw": offer.fee_krw,
        "amount_units": offer.amount_units,
        "fee_cap_units": 100_000,
        "revision": 1,
        "state": "approved",
        "approvals_needed": 0,
        "cooling_until": None,
        "hold_id": hold.pk,
        **changes,
    }


def insert_withdrawal(columns: Columns) -> Withdrawal:
    """With the hash that fits, for it is no secret, unless the columns have another."""
    honest = withdrawals.content_hash(Withdrawal(**columns))
    _insert("wallet_withdrawal", {"content_hash": honest, "flags": "[]", "reason": "", **columns})
    return Withdrawal.objects.get(public_id=columns["public_id"])


def quote(player: User, rate: Rate, **changes: Any) -> Columns:
    """The columns of a quote for 103,000 won at a rate; 3,000 of it are the fee."""
    assert asset_policy("BTC").withdrawal_fee_krw == 3_000
    return {
        "public_id": uuid.uuid4(),
        "user_id": player.pk,
        "asset": "BTC",
        "amount_krw": 103_000,
        "fee_krw": 3_000,
        "amount_units": 100_000 * 10**8 // int(rate.ask_krw),
        "rate_id": rate.pk,
        "expires_at": timezone.now() + timedelta(seconds=60),
        "replaces_id": None,
        **changes,
    }


def insert_quote(columns: Columns) -> None:
    _insert("wallet_withdrawalquote", columns)


def _insert(table: str, columns: Columns) -> None:
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))
