"""Kill -9 at every step: before and after each commit and each call of a node.

Wherever the signer dies, the next one pays each withdrawal exactly once, and the ledger says what
the chain says.
"""

from collections.abc import Callable

import pytest

from tests.support.servers import wait_until
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.crashing import CrashingSigner, crashing_signer
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, booked, fund_ledger, held_krw, player_krw
from wallet.assets import Asset
from wallet.models import Transaction, Withdrawal, WithdrawalState
from wallet.signer.errors import SignerBusy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

# More points than any pass has: a matrix that does not end is a mistake.
MOST_POINTS = 70
# Long enough that what waits counts as stuck.
LATER_S = 10_000
STAGES = ("send", "replace", "follow", "settle")
House = BitcoinHouse | EthereumHouse


def test_bitcoin_is_paid_once_wherever_the_signer_dies(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    # A coin for each point, and change that nobody looks at.
    house.fund(*[1_000_000] * len(STAGES) * MOST_POINTS)
    fund_ledger(Asset.BTC, house.hot_sat())

    def pay_one(signer: CrashingSigner, stage: str, point: int) -> bool:
        withdrawal = approved(house.address(), 100_000)
        killed = _die(house, signer, stage, point=point, final=6)
        _recover(house, final=6)
        _assert_paid_once(withdrawal, house.received_now(withdrawal.address))
        assert booked("hot", Asset.BTC) == house.hot_sat()
        return killed

    _at_every_point(house, pay_one)


def test_ethereum_is_paid_once_wherever_the_signer_dies(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 1_000 * ETHER)
    house.fund(Asset.USDT, 10**12)

    def pay_one(signer: CrashingSigner, stage: str, point: int) -> bool:
        withdrawal = approved(house.address(), 5_000_000, Asset.USDT)
        killed = _die(house, signer, stage, point=point, final=TO_FINAL)
        _recover(house, final=TO_FINAL)
        _assert_paid_once(withdrawal, house.balance(Asset.USDT, withdrawal.address))
        for asset in (Asset.ETH, Asset.USDT):
            assert booked("hot", asset) == house.hot_units(asset)
        return killed

    _at_every_point(house, pay_one)


def _at_every_point(house: House, pay_one: Callable[[CrashingSigner, str, int], bool]) -> None:
    """A withdrawal for each point of each stage's pass, until the pass comes to its end."""
    with crashing_signer(house.wallet.network, house.seed) as signer:
        for stage in STAGES:
            point = 1
            while pay_one(signer, stage, point):
                point += 1
                assert point < MOST_POINTS
            assert signer.last_count == point - 1 > 4, "it died at every point of the pass"
            print(f"{house.wallet.network}, {stage}: {signer.last_count} points")


def _die(house: House, signer: CrashingSigner, stage: str, *, point: int, final: int) -> bool:
    """Bring the withdrawal to the pass of its stage, and kill that one; was it killed?"""
    if stage == "send":
        return signer.run(die_at=point)
    house.pay()
    if stage == "replace":
        return signer.run(die_at=point, later_s=LATER_S)
    house.node.mine()
    if stage == "settle":
        house.pay()
        house.node.mine(final)
    return signer.run(die_at=point)


def _recover(house: House, *, final: int) -> None:
    """What the next signer does, while the chain goes on."""
    wait_until(lambda: _pays(house), seconds=60, what="the dead signer's lock is free")
    house.node.mine(final)
    house.pay()


def _pays(house: House) -> bool:
    try:
        house.pay()
    except SignerBusy:
        return False
    return True


def _assert_paid_once(withdrawal: Withdrawal, received: int) -> None:
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.SETTLED
    assert received == withdrawal.amount_units
    assert held_krw(withdrawal) == player_krw(withdrawal) == 0
    closings = Transaction.objects.filter(
        entries__account__code=f"held:{withdrawal.user_id}:KRW", kind="payment"
    )
    assert list(closings) == [withdrawal.closing]
