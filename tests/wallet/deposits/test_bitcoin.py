"""Bitcoin deposits on a real node: from the mempool to the ledger."""

import pytest

from tests.wallet.deposits.site import (
    player_with_address,
    set_rates,
    states,
    the_deposit,
    won,
)
from tests.wallet.house import make_player
from wallet.addressing import deposit_address, new_deposit_address
from wallet.deposits import scanner
from wallet.deposits.selectors import player_deposits
from wallet.models import (
    ChainBlock,
    ChainCursor,
    Deposit,
    DepositState,
    MoneyEvent,
    Policy,
    Transaction,
)

pytestmark = pytest.mark.django_db


def test_a_deposit_is_seen_confirms_and_is_credited_at_the_bid(bitcoin):
    player, address = player_with_address("bitcoin")
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


def test_every_change_is_in_the_outbox(bitcoin):
    _, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000)
    bitcoin.scan_calmly()
    bitcoin.mine()
    bitcoin.scan_calmly()
    events = MoneyEvent.objects.filter(kind__startswith="deposit.").order_by("id")
    assert [event.kind for event in events] == [
        "deposit.seen",
        "deposit.confirming",
        "deposit.credited",
    ]
    assert events[2].payload["amount_units"] == "500000"


@pytest.mark.parametrize(
    ("amount_sat", "confirmations"),
    [
        (1_000_000, 1),
        (1_020_000, 3),
        (20_000_000, 3),
        (21_000_000, 6),
    ],
)
def test_more_value_lies_deeper(bitcoin, amount_sat, confirmations):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, amount_sat)
    for depth in range(1, confirmations):
        bitcoin.mine()
        bitcoin.scan_calmly()
        deposit = the_deposit(user_id=player)
        assert (deposit.state, deposit.confirmations) == ("confirming", depth)
        assert deposit.confirmations_needed == confirmations
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert won(player) == amount_sat * 99 // 100


def test_a_large_sum_in_small_payments_lies_as_deep_as_in_one(bitcoin):
    player, address = player_with_address("bitcoin")
    other, other_address = player_with_address("bitcoin")
    for _ in range(3):
        bitcoin.pay(address, 900_000)
    bitcoin.pay(other_address, 900_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert (won(player), won(other)) == (0, 891_000)
    bitcoin.mine(2)
    bitcoin.scan_calmly()
    assert won(player) == 3 * 891_000


def test_what_was_credited_lately_counts_for_the_depth_of_the_next(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 900_000, depth=1)
    bitcoin.scan_calmly()
    bitcoin.pay(address, 900_000, depth=1)
    bitcoin.scan_calmly()
    assert won(player) == 891_000
    bitcoin.mine(2)
    bitcoin.scan_calmly()
    assert won(player) == 2 * 891_000


def test_the_same_blocks_are_not_credited_twice(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    first = bitcoin.scan_calmly()
    second = bitcoin.scan_calmly()
    assert (first.decided, second.decided, second.blocks) == (1, 0, 0)
    assert won(player) == 495_000
    assert Deposit.objects.count() == 1


def test_one_transaction_may_pay_several_addresses_and_one_twice(bitcoin):
    first, address = player_with_address("bitcoin")
    second, other_address = player_with_address("bitcoin")
    signed = bitcoin.node.sign_payments(
        [(address, 100_000), (other_address, 200_000), (address, 300_000)]
    )
    bitcoin.node.broadcast(signed.raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert (won(first), won(second)) == (396_000, 198_000)
    assert set(Deposit.objects.values_list("place", flat=True)) == {"vout:0", "vout:1", "vout:2"}


def test_dust_is_booked_and_not_credited(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 1_999)
    bitcoin.pay(address, 2_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert the_deposit(amount_units=1_999).state == DepositState.DUST
    assert the_deposit(amount_units=2_000).state == DepositState.CREDITED
    assert won(player) == 1_980


def test_an_address_made_late_is_watched_from_then_on_and_older_ones_stay(bitcoin):
    player, first = player_with_address("bitcoin")
    second = new_deposit_address(user_id=player, network="bitcoin").address
    bitcoin.pay(first, 100_000)
    bitcoin.pay(second, 200_000)
    bitcoin.mine()
    late = make_player()
    address = deposit_address(user_id=late, network="bitcoin").address
    bitcoin.pay(address, 300_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert (won(player), won(late)) == (297_000, 297_000)


def test_a_scanner_far_behind_catches_up_in_batches(bitcoin, monkeypatch):
    player, address = player_with_address("bitcoin")
    monkeypatch.setattr(scanner, "BATCH_BLOCKS", 4)
    monkeypatch.setattr(scanner, "MAX_BLOCKS_IN_A_PASS", 10)
    for _ in range(25):
        bitcoin.pay(address, 10_000, depth=1)
    passes = [bitcoin.scan() for _ in range(3)]
    assert [each.is_at_tip for each in passes] == [False, False, True]
    assert sum(each.blocks for each in passes) == 25
    bitcoin.check()
    assert won(player) == 25 * 9_900


def test_the_first_scan_begins_below_the_tip_or_where_the_settings_say(bitcoin, settings):
    settings.BITCOIN_SCAN_FROM = 0
    bitcoin.scan_calmly()
    assert ChainCursor.objects.get().height == bitcoin.node.height()
    _, address = player_with_address("bitcoin")
    settings.BITCOIN_SCAN_FROM = bitcoin.node.height() + 1
    bitcoin.pay(address, 50_000, depth=20)
    ChainCursor.objects.all().delete()
    ChainBlock.objects.all().delete()
    done = bitcoin.scan_calmly()
    assert done.blocks == 20
    assert Deposit.objects.count() == 1


def test_the_rate_is_that_of_the_credit_not_of_the_sight(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000)
    bitcoin.scan_calmly()
    assert player_deposits(user_id=player)[0].expected_krw == 495_000
    set_rates(BTC=50_000_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert won(player) == 247_500


def test_without_a_rate_a_deposit_waits(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=6)
    Policy.objects.update(source_max_age_s=0)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.confirmations_needed) == ("confirming", 6)
    assert player_deposits(user_id=player)[0].expected_krw is None
    Policy.objects.update(source_max_age_s=3_600)
    bitcoin.scan_calmly()
    assert won(player) == 495_000


def test_the_player_sees_confirmations_and_the_expected_credit(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 5_000_000)
    bitcoin.scan_calmly()
    (seen,) = player_deposits(user_id=player)
    assert (seen.confirmations, seen.needed.confirmations) == (0, 3)
    assert seen.expected_krw == 4_950_000
    bitcoin.mine(2)
    bitcoin.scan_calmly()
    (confirming,) = player_deposits(user_id=player)
    assert (confirming.confirmations, confirming.needed.confirmations) == (2, 3)


def test_a_coinbase_is_no_deposit(bitcoin):
    _, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    bitcoin.node.mine(1, address)
    done = bitcoin.scan()
    assert (done.trouble, Deposit.objects.count()) == ("", 0)


def test_nothing_is_scanned_where_the_network_is_not_offered(bitcoin, settings):
    settings.BITCOIN_RPC_URL = ""
    assert bitcoin.scan() == scanner.Pass()
    assert not ChainCursor.objects.exists()


def test_a_credit_says_what_it_was_for(bitcoin):
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    booked = Transaction.objects.get(kind="deposit")
    assert deposit.transaction == booked
    assert booked.meta == {"deposit_id": deposit.pk, "user_id": player}
