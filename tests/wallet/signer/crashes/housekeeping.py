"""The house's own payments: deposits into the hot wallet, its surplus to the cold address."""

from abc import abstractmethod
from collections.abc import Iterator

from django.conf import settings

from tests.wallet.deposits.site import set_rates
from tests.wallet.house import make_player
from tests.wallet.signer.crashes.ending import books_agree
from tests.wallet.signer.crashes.scenario import Scenario, Step
from tests.wallet.signer.crashes.sides import USDT, BitcoinSide, EthereumSide
from tests.wallet.signer.crashes.withdrawing import LATER_S
from tests.wallet.signer.ethereum_house import ETHER
from tests.wallet.signer.house import booked
from wallet.addressing import deposit_address
from wallet.assets import Asset
from wallet.models import (
    AssetPolicy,
    Deposit,
    DepositState,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
)
from wallet.policies import asset_policy

NO_LIMIT = 10**30


class HousePayment(Scenario):
    """One movement of the house's own coins, however often it was tried."""

    every = 12

    def story(self) -> Iterator[Step]:
        self.begin()
        yield Step("prepare and send", which="sweep")
        yield from self.until_settled()

    @abstractmethod
    def begin(self) -> None: ...

    def until_settled(self) -> Iterator[Step]:
        self.first_block()
        yield Step("follow")
        self.side.mine(self.side.final - 1)
        yield Step("settle")

    def first_block(self) -> None:
        self.side.mine()

    def next_signer(self) -> None:
        self.side.house.pay()
        self.side.house.sweep()

    def check(self) -> None:
        settled = Payment.objects.filter(state=PaymentState.SETTLED).order_by("id")
        assert tuple(settled.values_list("kind", "asset")) == self.movements()
        self.check_places()
        books_agree(self.side)

    @abstractmethod
    def movements(self) -> tuple[tuple[str, str], ...]:
        """Kind and asset of the payments that there must be in the end."""

    @abstractmethod
    def check_places(self) -> None:
        """The coins are where they should be."""


class BitcoinSweep(HousePayment):
    name = "sweep of bitcoin"
    side: BitcoinSide

    def begin(self) -> None:
        _begin(Asset.BTC)
        house = self.side.house
        addresses = [new_address(self.side) for _ in range(3)]
        house.scan()
        for address in addresses:
            house.node.send(address, 400_000)
        house.mine(6)
        assert Deposit.objects.filter(state=DepositState.CREDITED).count() == 3

    def movements(self) -> tuple[tuple[str, str], ...]:
        return ((PaymentKind.SWEEP, Asset.BTC),)

    def check_places(self) -> None:
        payment = Payment.objects.get(state=PaymentState.SETTLED)
        swept = 1_200_000 - (payment.fee_paid_units or 0)
        assert self.side.received(self.side.house.hot) == [swept]
        assert booked("deposits", Asset.BTC) == 0


class EthereumSweep(HousePayment):
    """ETH, or a token whose address gets the gas for it first."""

    side: EthereumSide

    def __init__(self, side: EthereumSide) -> None:
        super().__init__(side)
        self.name = f"sweep of {side.asset}" + (", its gas topped up" if self.is_token else "")

    @property
    def is_token(self) -> bool:
        return self.side.asset != Asset.ETH

    def story(self) -> Iterator[Step]:
        yield from super().story()
        if self.is_token:
            yield Step("sweep", which="sweep")
            yield from self.until_settled()

    def begin(self) -> None:
        side, house = self.side, self.side.house
        _begin(Asset.ETH, Asset.USDT, Asset.USDC)
        self.address = new_address(side)
        side.begin_to_scan()
        if self.is_token:
            house.fund(Asset.ETH, 10 * ETHER, book=False)
            house.node.mint_token(house.contract(side.asset), self.address, 500 * USDT)
        else:
            house.node.send(self.address, ETHER)
        side.mine(side.final)
        side.scan()
        assert Deposit.objects.get().state == DepositState.CREDITED

    def movements(self) -> tuple[tuple[str, str], ...]:
        sweep = (PaymentKind.SWEEP.value, self.side.asset.value)
        return ((PaymentKind.GAS, Asset.ETH), sweep) if self.is_token else (sweep,)

    def check_places(self) -> None:
        house, asset = self.side.house, self.side.asset
        if self.is_token:
            assert house.hot_units(asset) == 500 * USDT
            assert house.balance(asset, self.address) == 0
        else:
            assert house.hot_units(asset) > ETHER * 99 // 100
        assert Deposit.objects.count() == 1, "the gas is no deposit of the player's"


class ReplacedSweep(HousePayment):
    """It waits too long and is sent again with higher fees: one of its two attempts confirms."""

    every = 16
    first_confirms = False

    def __init__(self, side: BitcoinSide | EthereumSide) -> None:
        super().__init__(side)
        winner = "first" if self.first_confirms else "newest"
        self.name += f", replaced, the {winner} attempt confirms"

    def story(self) -> Iterator[Step]:
        self.begin()
        self.side.house.sweep()
        if self.first_confirms:
            yield Step("replace", later_s=LATER_S, aftermath=self.side.mine_first_attempt)
        else:
            yield Step("replace", later_s=LATER_S)
        assert PaymentAttempt.objects.count() == 2
        yield from self.until_settled()

    def first_block(self) -> None:
        if self.first_confirms:
            self.side.mine_first_attempt()
        else:
            super().first_block()

    def check(self) -> None:
        super().check()
        if self.first_confirms:
            assert PaymentAttempt.objects.get(number=1).is_confirmed


class BitcoinReplacedSweep(ReplacedSweep, BitcoinSweep): ...


class BitcoinReplacedSweepFirst(BitcoinReplacedSweep):
    first_confirms = True


class EthereumReplacedSweep(ReplacedSweep, EthereumSweep): ...


class EthereumReplacedSweepFirst(EthereumReplacedSweep):
    first_confirms = True


class BitcoinCold(HousePayment):
    name = "surplus of bitcoin to the cold address"
    side: BitcoinSide

    def begin(self) -> None:
        _begin(Asset.BTC, hot_least_units=1_000_000, hot_most_units=3_000_000)
        self.side.house.fund(10_000_000)
        self.side.mine(self.side.final)

    def movements(self) -> tuple[tuple[str, str], ...]:
        return ((PaymentKind.COLD, Asset.BTC),)

    def check_places(self) -> None:
        assert self.side.received(settings.BITCOIN_COLD_ADDRESS) == [8_000_000]


class EthereumCold(HousePayment):
    name = "surplus of ether to the cold address"
    side: EthereumSide

    def begin(self) -> None:
        _begin(Asset.USDT, Asset.USDC)
        _begin(Asset.ETH, hot_least_units=ETHER, hot_most_units=3 * ETHER)
        self.side.found()

    def movements(self) -> tuple[tuple[str, str], ...]:
        return ((PaymentKind.COLD, Asset.ETH),)

    def check_places(self) -> None:
        assert self.side.received(settings.ETHEREUM_COLD_ADDRESS) == [18 * ETHER]


def new_address(side: BitcoinSide | EthereumSide) -> str:
    """A deposit address of a new player."""
    return deposit_address(user_id=make_player(), network=side.network).address


def _begin(*assets: Asset, hot_least_units: int = 0, hot_most_units: int = NO_LIMIT) -> None:
    """Rates of now, and the limits of the hot wallet's float."""
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    for asset in assets:
        asset_policy(asset)
        AssetPolicy.objects.filter(asset=asset).update(
            hot_least_units=hot_least_units, hot_most_units=hot_most_units
        )
