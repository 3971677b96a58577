"""Bitcoin deposits on a real node: from the mempool to the ledger."""

import pytest

from tests.wallet.deposits.site import player_with_address, states, the_deposit, won

pytestmark = pytest.mark.django_db


def test_a_deposit_is_seen_confirms_and_is_credited_at_the_bid(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    txid = bitcoin.pay(address, 500_000)
    bitcoin.scan_calmly()
    deposit = the_deposit(txid=txid)
    assert (deposit.state, deposit.height, won(player)) == ("seen", None, 0)
    bitcoin.mine()
    bitcoin.scan_calmly()
    deposit.refresh_from_db()
    assert (deposit.state, deposit.confirmations, deposit.confirmations_needed) == (
        "credited",
        1,
        1,
    )
    assert (deposit.amount_units, deposit.amount_krw, won(player)) == (500_000, 495_000, 495_000)
    assert states(deposit) == ["seen", "confirming", "credited"]
