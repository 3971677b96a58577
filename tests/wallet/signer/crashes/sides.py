"""Both networks alike: coins for the hot wallet, blocks, what arrived, and somebody else with the
key."""

from abc import ABC, abstractmethod

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved
from wallet.assets import Asset, Network
from wallet.chains.types import BlockTag
from wallet.deposits import scan
from wallet.keys.ethereum_signer import EthereumTransaction
from wallet.models import DepositAddress, Payment, PaymentAttempt, PaymentState, Utxo, Withdrawal
from wallet.signer.wallets import HOT_KEY

GWEI = 10**9
USDT = 10**6
# By (asset, place): what reconciliation must find off.
Off = dict[tuple[str, str], int]


class Side(ABC):
    """A network with its house. `final` blocks bring what is in the mempool to its end."""

    network: Network
    final: int
    house: BitcoinHouse | EthereumHouse

    @abstractmethod
    def found(self) -> None:
        """Give the hot wallet the operator's coins, booked."""

    @abstractmethod
    def ask(self) -> Withdrawal:
        """An approved withdrawal to an address that nobody else pays."""

    @abstractmethod
    def mine(self, blocks: int = 1) -> None: ...

    @abstractmethod
    def received(self, address: str) -> list[int]:
        """What an address has: each output's worth, or the whole balance."""

    @abstractmethod
    def mine_first_attempt(self) -> None:
        """A block with the first attempt of the payment, whatever the mempool has."""

    @abstractmethod
    def spend_elsewhere(self) -> Off:
        """Somebody else with our key uses the payment's inputs or nonce, for good."""

    @abstractmethod
    def count_transactions(self) -> tuple[int, int]:
        """How many transactions our addresses made (on the chain, by our payments)."""


class BitcoinSide(Side):
    network = Network.BITCOIN
    final = 6
    house: BitcoinHouse

    def __init__(self, house: BitcoinHouse) -> None:
        self.house = house
        self._strangers = 0

    def found(self) -> None:
        self.house.fund(1_000_000, 1_000_000)
        self.mine(self.final)

    def ask(self) -> Withdrawal:
        return approved(self.house.address(), 100_000)

    def mine(self, blocks: int = 1) -> None:
        self.house.mine(blocks)

    def received(self, address: str) -> list[int]:
        return [int(coin["satoshi"]) for coin in self.house.node.call("listcoins", address)]

    def mine_first_attempt(self) -> None:
        first = PaymentAttempt.objects.get(number=1)
        self.house.node.mine_on(self.house.node.tip(), 1, raw=[first.raw])
        self.house.scan()

    def spend_elsewhere(self) -> Off:
        payment = self.house.payment()
        lost = sum(payment.inputs.values_list("amount_sat", flat=True))
        self.house.spend_elsewhere(payment)
        self._strangers += 1
        self.mine(self.final)
        return {(Asset.BTC, "hot"): -lost}

    def count_transactions(self) -> tuple[int, int]:
        """By the coins of ours that are gone, as the scanner saw it."""
        spenders = Utxo.objects.exclude(spent_txid="").values("spent_txid").distinct()
        over = Payment.objects.filter(state=PaymentState.SETTLED)
        return spenders.count() - self._strangers, over.count()


class EthereumSide(Side):
    network = Network.ETHEREUM
    final = TO_FINAL
    house: EthereumHouse

    def __init__(self, house: EthereumHouse, asset: Asset = Asset.ETH) -> None:
        self.house = house
        self.asset = asset
        self._strangers = 0

    def found(self) -> None:
        self.begin_to_scan()
        self.house.fund(Asset.ETH, 20 * ETHER, book=False)
        if self.asset != Asset.ETH:
            self.house.fund(self.asset, 500 * USDT, book=False)
        self.mine(self.final)
        self.scan()

    def begin_to_scan(self) -> None:
        """From a final block, so that all that comes is seen."""
        self.mine(self.final)
        self.scan()

    def scan(self) -> None:
        assert scan(self.network).trouble == ""

    def ask(self) -> Withdrawal:
        units = ETHER if self.asset == Asset.ETH else 5 * USDT
        return approved(self.house.address(), units, self.asset)

    def mine(self, blocks: int = 1) -> None:
        self.house.node.call("anvil_mine", hex(blocks))

    def received(self, address: str) -> list[int]:
        return [self.house.balance(self.asset, address)]

    def mine_first_attempt(self) -> None:
        first = PaymentAttempt.objects.get(number=1)
        self.house.node.call("anvil_dropAllTransactions")
        self.house.node.call("eth_sendRawTransaction", first.raw)
        self.mine()

    def spend_elsewhere(self) -> Off:
        node, chain = self.house.node, self.house.chain
        node.call("anvil_dropAllTransactions")
        nonce = self.house.payment().nonce
        assert nonce is not None
        stolen = self.house.wallet.signer.sign(
            EthereumTransaction(
                chain.chain_id,
                nonce,
                self.house.address(),
                ETHER,
                21_000,
                100 * GWEI,
                GWEI,
            ),
            HOT_KEY,
            max_gas_cost_wei=ETHER,
        )
        node.call("eth_sendRawTransaction", stolen.raw)
        self.mine(self.final)
        self._strangers += 1
        fee = chain.transaction_status(stolen.txid).fee
        assert fee is not None
        return {(Asset.ETH, "hot"): -ETHER - fee}

    def count_transactions(self) -> tuple[int, int]:
        """By the nonces of our addresses: every transaction that they ever made counts."""
        ours = [self.house.hot, *DepositAddress.objects.values_list("address", flat=True)]
        made = sum(self.house.chain.nonce(each, BlockTag.LATEST) for each in ours)
        over = Payment.objects.filter(state__in=(PaymentState.SETTLED, PaymentState.FAILED))
        return made - self._strangers, over.count()
