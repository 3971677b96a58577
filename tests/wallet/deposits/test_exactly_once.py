"""Scanners at once, and a thousand deposits among reorganisations."""

from contextlib import nullcontext

import pytest
from django.core.mail import EmailMessage
from django.db.models import Count, Sum

from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    make_staff,
    player_with_address,
    the_deposit,
    won,
)
from tests.wallet.house import at_once
from wallet.advisory import LockClass, held
from wallet.deposits import scanner
from wallet.models import (
    ChainCursor,
    Deposit,
    DepositEvent,
    DepositState,
    MoneyEvent,
    Transaction,
)
from wallet.services import buy_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


def pay_block(bitcoin: BitcoinSite, payments: list[tuple[str, int]]) -> None:
    """One transaction that pays all, in a block of its own."""
    bitcoin.node.broadcast(bitcoin.node.sign_payments(payments).raw)
    bitcoin.mine()


def every_deposit_is_credited_once(amounts_sat: list[int]) -> None:
    rows = Deposit.objects.values_list("amount_units", "state", "amount_krw")
    assert sorted(rows) == sorted(
        (amount_sat, "credited", amount_sat * 99 // 100) for amount_sat in amounts_sat
    )
    credits_of = Transaction.objects.filter(kind="deposit").values("meta__deposit_id")
    reversals = Transaction.objects.filter(kind="deposit_reversal").count()
    assert credits_of.count() - reversals == len(amounts_sat)
    booked = Transaction.objects.filter(kind="deposit").aggregate(n=Count("id"))["n"]
    events = DepositEvent.objects.filter(state=DepositState.CREDITED).count()
    assert events == booked


@pytest.mark.parametrize("with_lock", [True, False])
def test_scanners_at_once_credit_each_deposit_once(
    bitcoin: BitcoinSite, monkeypatch: pytest.MonkeyPatch, with_lock: bool
) -> None:
    """Without the lock the cursor alone keeps them apart."""
    if not with_lock:
        monkeypatch.setattr(scanner, "held", _no_lock)
    player, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    amounts = [10_000 + number for number in range(12)]
    for number in range(0, 12, 3):
        pay_block(bitcoin, [(address, each) for each in amounts[number : number + 3]])
    passes = at_once([bitcoin.scan] * 4, threads=4)
    assert [each for each in passes if isinstance(each, Exception)] == []
    bitcoin.scan_calmly()
    every_deposit_is_credited_once(amounts)
    assert won(player) == sum(each * 99 // 100 for each in amounts)


@pytest.mark.parametrize("with_lock", [True, False])
def test_beats_at_once_on_ethereum_credit_each_deposit_once(
    ethereum: EthereumSite, monkeypatch: pytest.MonkeyPatch, with_lock: bool
) -> None:
    if not with_lock:
        monkeypatch.setattr(scanner, "held", _no_lock)
    player, address = player_with_address("ethereum")
    ethereum.scan_calmly()
    for number in range(6):
        ethereum.node.send(address, 10**15 + number)
        ethereum.node.mint_token(ethereum.tokens.usdt, address, 2_000_000 + number)
        ethereum.mine()
    ethereum.mine(4)
    passes = at_once([ethereum.scan] * 4, threads=4)
    assert [each for each in passes if isinstance(each, Exception)] == []
    assert sum(each.blocks for each in passes) == 10
    ethereum.scan_calmly()
    assert set(Deposit.objects.values_list("state", flat=True)) == {"credited"}
    assert Transaction.objects.filter(kind="deposit").count() == Deposit.objects.count() == 12
    assert won(player) == 6 * (4_950 + 2_772)


def test_a_scanner_gives_way_to_one_that_runs(bitcoin: BitcoinSite) -> None:
    player_with_address("bitcoin")
    bitcoin.scan_calmly()
    height = ChainCursor.objects.get().height
    bitcoin.mine()
    with held(LockClass.SCANNER, "bitcoin") as mine:
        assert mine
        (other,) = at_once([bitcoin.scan])
        assert (other.is_busy, other.blocks) == (True, 0)
    assert ChainCursor.objects.get().height == height
    bitcoin.scan_calmly()


def test_a_thousand_deposits_in_fifty_blocks_with_reorganisations(bitcoin: BitcoinSite) -> None:
    """Reorganisations of depth 1 to 6, twice each, some scanned before and some not."""
    players = [player_with_address("bitcoin") for _ in range(10)]
    amounts, depths = [], iter([1, 2, 3, 4, 5, 6] * 2)
    for block in range(50):
        payments = [(players[number % 10][1], 2_000 + 20 * block + number) for number in range(20)]
        amounts += [amount_sat for _, amount_sat in payments]
        pay_block(bitcoin, payments)
        if block % 4 == 3 and (depth := next(depths, None)):
            if block % 8 == 7:
                bitcoin.scan()
            bitcoin.branch(depth)
            bitcoin.mine()
    done = bitcoin.scan_calmly()
    assert done.blocks + done.undone_blocks > 0
    bitcoin.mine(6)
    bitcoin.scan_calmly()
    every_deposit_is_credited_once(amounts)
    total = Deposit.objects.aggregate(total=Sum("amount_krw"))["total"]
    assert sum(won(user_id) for user_id, _ in players) == total


def test_staff_gets_a_mail_when_a_deposit_is_reversed(
    bitcoin: BitcoinSite, mailoutbox: list[EmailMessage]
) -> None:
    staff = make_staff()
    make_staff(may_decide=False)
    player, address = player_with_address("bitcoin")
    txid = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    buy_in(user_id=player, table_id=1, amount_krw=495_000, key="b1")
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    (mail,) = mailoutbox
    assert mail.to == [staff.email]
    assert f"deposit:{the_deposit(txid=txid).pk}" in mail.body
    assert "owed_krw: 495000" in mail.body
    assert MoneyEvent.objects.filter(kind="alert.deposit_reversed").count() == 1


def _no_lock(*_arguments: object) -> nullcontext[bool]:
    return nullcontext(True)
