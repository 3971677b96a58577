"""Kill -9 at every step: before and after each commit and each call of a node.

Wherever the signer dies, the next one pays each withdrawal exactly once, and the ledger says what
the chain says.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.support.servers import wait_until
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.crashing import CrashingSigner, crashing_signer
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, booked, held_krw, player_krw
from wallet.assets import Asset, Network
from wallet.keys.signing import Secret
from wallet.models import Transaction, Withdrawal, WithdrawalState
from wallet.signer.errors import SignerBusy

pytestmark = pytest.mark.django_db(transaction=True)

# More points than any pass has: a matrix that does not end is a mistake.
MOST_POINTS = 200
# Long enough that what waits counts as stuck.
LATER_S = 10_000
STAGES = ("send", "replace", "follow", "settle")


@pytest.fixture
def signer_of(
    wallet_seed: Secret,
) -> Iterator[Callable[[], CrashingSigner]]:
    """Starts the signer that dies, when the settings are the test's."""
    started = []

    def start() -> CrashingSigner:
        manager = crashing_signer(wallet_seed)
        signer = manager.__enter__()
        started.append(manager)
        return signer

    yield start
    for manager in started:
        manager.__exit__(None, None, None)


@pytest.mark.parametrize("stage", STAGES)
def test_bitcoin_is_paid_once_wherever_the_signer_dies(
    bitcoin_house: BitcoinHouse, signer_of: Callable[[], CrashingSigner], stage: str
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    signer = signer_of()
    for point in range(1, MOST_POINTS):
        withdrawal = approved(house.address(), 100_000)
        killed, points = _live_until(house, signer, stage, die_at=point, final=6)
        _recover(house, final=6)
        _assert_paid_once(withdrawal, house.received_now(withdrawal.address))
        assert booked("hot", Asset.BTC) == house.hot_sat()
        if not killed:
            assert points == point - 1, "every point was died at"
            break
    print(f"bitcoin {stage}: {point - 1} points")
    assert point > 4


@pytest.mark.parametrize("stage", STAGES)
def test_ethereum_is_paid_once_wherever_the_signer_dies(
    ethereum_house: EthereumHouse, signer_of: Callable[[], CrashingSigner], stage: str
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 1_000 * ETHER)
    house.fund(Asset.USDT, 10**12)
    signer = signer_of()
    for point in range(1, MOST_POINTS):
        withdrawal = approved(house.address(), 5_000_000, Asset.USDT)
        killed, points = _live_until(house, signer, stage, die_at=point, final=TO_FINAL)
        _recover(house, final=TO_FINAL)
        _assert_paid_once(withdrawal, house.balance(Asset.USDT, withdrawal.address))
        for asset in (Asset.ETH, Asset.USDT):
            assert booked("hot", asset) == house.hot_units(asset)
        if not killed:
            assert points == point - 1, "every point was died at"
            break
    print(f"ethereum {stage}: {point - 1} points")
    assert point > 4


House = BitcoinHouse | EthereumHouse


def _live_until(
    house: House, signer: CrashingSigner, stage: str, *, die_at: int, final: int
) -> tuple[bool, int]:
    """Bring the withdrawal to the pass of its stage, which is the one that dies."""
    network = Network.BITCOIN if isinstance(house, BitcoinHouse) else Network.ETHEREUM
    if stage == "send":
        return signer.run(network, die_at=die_at)
    house.pay()
    if stage == "replace":
        return signer.run(network, die_at=die_at, later_s=LATER_S)
    house.mine()
    if stage == "settle":
        house.pay()
        house.mine(final)
    return signer.run(network, die_at=die_at)


def _recover(house: House, *, final: int) -> None:
    """What the next signer does, while the chain goes on."""
    wait_until(lambda: _pays(house), seconds=20, what="the dead signer's lock is free")
    house.mine()
    house.pay()
    house.mine(final)
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
