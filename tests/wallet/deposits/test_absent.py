"""Deposits in no block: there may be any number of them, and only a few concern a block."""

import pytest
from django.db import connection

from tests.wallet.deposits.site import BitcoinSite, player_with_address
from wallet.deposits import blocks
from wallet.deposits.watch import watched_outpoints
from wallet.models import Deposit, DepositAddress

MANY = 3_000

pytestmark = pytest.mark.django_db


def test_deposits_in_no_block_are_found_by_what_they_spend(bitcoin: BitcoinSite) -> None:
    """Whoever replaces payments again and again makes no block slower to read."""
    user_id, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    outputs = [f"{n:064x}:0" for n in range(3)]
    of = DepositAddress.objects.get(user_id=user_id)
    states = ["seen", "replaced", "orphaned", *["seen"] * MANY]
    outputs += [f"{n:064x}:1" for n in range(MANY)]
    Deposit.objects.bulk_create(
        Deposit(
            user_id=user_id,
            address=of,
            network="bitcoin",
            asset="BTC",
            txid=f"{n + 9:064x}",
            place="vout:0",
            amount_units=1_000,
            spends=[outputs[n], f"{'ab' * 32}:{n}"],
            state=state,
        )
        for n, state in enumerate(states)
    )
    assert of.address == address
    found = blocks.absent_spenders("bitcoin", [outputs[0], outputs[1], f"{'cd' * 32}:5"])
    assert [deposit.state for deposit in found] == ["seen"]
    watched = {str(outpoint) for outpoint in watched_outpoints()}
    assert watched.intersection(outputs[:3]) == {outputs[0], outputs[2]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('wallet_deposit_absent'::regclass)")
        cursor.execute("ANALYZE wallet_deposit")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "wallet_deposit_absent" in found.explain()
