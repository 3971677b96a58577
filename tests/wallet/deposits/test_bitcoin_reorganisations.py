"""Blocks that go away, and transactions that are replaced, on a real node."""

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.wallet.deposits.site import (
    BitcoinSite,
    make_staff,
    owed,
    player_with_address,
    set_rates,
    states,
    the_deposit,
    won,
)
from tests.wallet.house import make_player
from wallet.deposits import scanner
from wallet.models import ChainCursor, Deposit, MoneyEvent, Utxo
from wallet.services import buy_in, cash_out, settle_hand
from wallet.withdrawals import frozen_reason
from wallet.withdrawals.errors import WithdrawalsFrozen
from wallet.withdrawals.gates import refuse_while_frozen

pytestmark = pytest.mark.django_db


def test_a_deposit_whose_block_goes_before_the_credit_waits_for_another(
    bitcoin: BitcoinSite,
) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 5_000_000, depth=2)
    bitcoin.scan_calmly()
    bitcoin.branch(2)
    done = bitcoin.scan_calmly()
    assert done.undone_blocks == 2
    deposit = the_deposit(txid=txid)
    # It is back in the mempool.
    assert (deposit.state, deposit.height, deposit.confirmations) == ("seen", None, 0)
    bitcoin.mine(3)
    bitcoin.scan_calmly()
    deposit.refresh_from_db()
    assert states(deposit) == [
        "confirming",
        "orphaned",
        "seen",
        "confirming",
        "credited",
    ]
    assert won(player) == 4_950_000


def test_a_deposit_that_its_mempool_forgets_is_orphaned_and_may_come_again(
    bitcoin: BitcoinSite,
) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000)
    raw = bitcoin.node.raw_transaction(txid)
    bitcoin.scan_calmly()
    bitcoin.node.drop_transaction(txid)
    bitcoin.scan_calmly()
    deposit = the_deposit(txid=txid)
    assert (deposit.state, deposit.reason) == ("orphaned", "left_mempool")
    bitcoin.node.broadcast(raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert won(player) == 495_000


def test_the_same_transaction_in_another_block_is_the_same_credit(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000, depth=1)
    raw = bitcoin.node.raw_transaction(txid)
    bitcoin.scan_calmly()
    before = the_deposit(txid=txid)
    bitcoin.branch(1, raw)
    bitcoin.scan_calmly()
    after = the_deposit(txid=txid)
    assert after.block_hash != before.block_hash
    assert (after.state, after.transaction_id) == ("credited", before.transaction_id)
    assert states(after) == ["confirming", "credited"]
    assert (won(player), frozen_reason(player)) == (495_000, "")


def test_a_reversal_takes_what_is_there_and_notes_what_is_lacking(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    # Most of it is at a table.
    buy_in(user_id=player, table_id=1, amount_krw=400_000, key="b1")
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    deposit = the_deposit(txid=txid)
    assert (deposit.state, deposit.reason) == ("reversed", "reorganised")
    assert (won(player), owed(player)) == (0, 400_000)
    assert frozen_reason(player) == "receivable"
    alert = MoneyEvent.objects.get(kind="alert.deposit_reversed")
    assert alert.payload["owed_krw"] == 400_000
    # It comes again, at another rate: the debt is paid first.
    set_rates(BTC=200_000_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    deposit.refresh_from_db()
    assert (deposit.state, deposit.amount_krw) == ("credited", 990_000)
    assert (won(player), owed(player)) == (590_000, 0)
    assert frozen_reason(player) == ""


def test_a_reversal_after_the_chips_were_lost_in_a_hand(
    bitcoin: BitcoinSite,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    staff = make_staff()
    loser, address = player_with_address("bitcoin")
    winner = make_player(400_000)
    txid = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    for user_id in (loser, winner):
        buy_in(user_id=user_id, table_id=1, amount_krw=400_000, key=f"in{user_id}")
    settle_hand(
        table_id=1,
        hand_id="h1",
        net_krw={loser: -400_000, winner: 390_000},
        rake_krw=10_000,
    )
    cash_out(user_id=winner, table_id=1, amount_krw=790_000, key="out")
    bitcoin.branch(1)
    with django_capture_on_commit_callbacks(execute=True):
        bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "reversed"
    # What the winner has stays theirs; the loser owes what is not there to be taken.
    assert (won(loser), owed(loser), won(winner), owed(winner)) == (0, 400_000, 790_000, 0)
    with pytest.raises(WithdrawalsFrozen, match="receivable"):
        refuse_while_frozen(loser)
    assert frozen_reason(winner) == ""
    alert = MoneyEvent.objects.get(kind="alert.deposit_reversed")
    assert (alert.payload["user"], alert.payload["owed_krw"]) == (loser, 400_000)
    (mail,) = mailoutbox
    assert (mail.to, "owed_krw: 400000" in mail.body) == ([staff.email], True)


def test_a_reversal_freezes_withdrawals_even_where_nothing_is_owed(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    double = bitcoin.node.sign_payment(
        bitcoin.node.miner_address, 400_000, spending=bitcoin.spends(txid), fee_sat=5_000
    )
    bitcoin.branch(1, double.raw)
    bitcoin.scan_calmly()
    deposit = the_deposit(txid=txid)
    assert (deposit.state, deposit.reason) == ("reversed", "replaced")
    assert (won(player), owed(player)) == (0, 0)
    assert frozen_reason(player) == "deposit_reversed"


def test_a_conflicting_transaction_after_three_confirmations(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 10_000_000, depth=3)
    bitcoin.scan_calmly()
    assert won(player) == 9_900_000
    less = bitcoin.node.sign_payment(address, 50_000, spending=bitcoin.spends(txid))
    bitcoin.branch(3, less.raw)
    bitcoin.scan_calmly()
    assert (the_deposit(txid=txid).state, the_deposit(txid=txid).reason) == ("reversed", "replaced")
    assert the_deposit(txid=less.txid).state == "credited"
    assert won(player) == 49_500


def test_an_unconfirmed_deposit_is_replaced_by_one_that_pays_less(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 900_000)
    bitcoin.scan_calmly()
    less = bitcoin.node.sign_payment(
        address, 100_000, fee_sat=20_000, spending=bitcoin.spends(txid)
    )
    bitcoin.node.broadcast(less.raw)
    bitcoin.scan_calmly()
    assert (the_deposit(txid=txid).state, the_deposit(txid=txid).reason) == ("replaced", "replaced")
    assert the_deposit(txid=less.txid).state == "seen"
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert won(player) == 99_000
    assert states(the_deposit(txid=txid)) == ["seen", "replaced"]


def test_an_unconfirmed_deposit_is_replaced_by_one_that_pays_another(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 900_000)
    bitcoin.scan_calmly()
    away = bitcoin.node.sign_payment(
        bitcoin.node.miner_address, 100_000, fee_sat=20_000, spending=bitcoin.spends(txid)
    )
    bitcoin.node.broadcast(away.raw)
    bitcoin.mine(6)
    bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "replaced"
    assert won(player) == 0


def test_a_replaced_deposit_lives_again_when_the_chain_turns_back(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000)
    raw = bitcoin.node.raw_transaction(txid)
    bitcoin.scan_calmly()
    away = bitcoin.node.sign_payment(
        bitcoin.node.miner_address, 100_000, fee_sat=20_000, spending=bitcoin.spends(txid)
    )
    bitcoin.node.broadcast(away.raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "replaced"
    bitcoin.branch(1, raw)
    bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "credited"
    assert won(player) == 495_000


def test_dust_is_taken_back_with_its_block_and_booked_again_with_another(
    bitcoin: BitcoinSite,
) -> None:
    _, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 1_500, depth=1)
    bitcoin.scan_calmly()
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    assert states(the_deposit(txid=txid)) == ["confirming", "dust", "orphaned", "seen"]
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "dust"
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert the_deposit(txid=txid).state == "dust"


@pytest.mark.parametrize("depth", range(1, 7))
def test_reorganisations_of_every_depth(bitcoin: BitcoinSite, depth: int) -> None:
    player, address = player_with_address("bitcoin")
    for number in range(6):
        bitcoin.pay(address, 10_000 + number, depth=1)
    bitcoin.scan_calmly()
    bitcoin.branch(depth)
    bitcoin.scan_calmly()
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert set(Deposit.objects.values_list("state", flat=True)) == {"credited"}
    assert won(player) == sum((10_000 + number) * 99 // 100 for number in range(6))
    assert owed(player) == 0
    assert Utxo.objects.filter(height__isnull=True).count() == 0


def test_a_history_without_anything_in_common_stops_the_scan_and_tells_staff(
    bitcoin: BitcoinSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "MAX_REORGANISATION", 3)
    player, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    bitcoin.pay(address, 500_000, depth=5)
    bitcoin.scan_calmly()
    height = ChainCursor.objects.get().height
    bitcoin.branch(5)
    for _ in range(2):
        assert bitcoin.scan().trouble == "reorganisation_too_deep"
    assert (ChainCursor.objects.get().height, won(player)) == (height, 495_000)
    assert MoneyEvent.objects.filter(kind="alert.reorganisation_too_deep").count() == 1
