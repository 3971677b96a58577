"""A site with real nodes: pay into it, scan, and compare its books with the chain."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.wallet.house import make_player, season
from wallet import chart, deposits, movements
from wallet.addressing import bitcoin_script_of, deposit_address
from wallet.assets import Asset, Network, assets_of
from wallet.chains.bitcoin_wire import Transaction, read_transaction
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import Outpoint
from wallet.deposits.selectors import unbooked_units
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.invariants import check_ledger
from wallet.keys.signing import PrivateKeys
from wallet.models import Deposit, DepositAddress, Rate, Utxo
from wallet.reconciliation.findings import PLACES


def set_rates(*, age_s: int = 0, **krw: int) -> None:
    """Rates of now; the bid is 1 % below, the ask 1 % above."""
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    for asset, price in krw.items():
        mid = Decimal(price)
        Rate.objects.create(
            asset=asset,
            mid_krw=mid,
            bid_krw=mid * Decimal("0.99"),
            ask_krw=mid * Decimal("1.01"),
            at=at,
        )


def player_with_address(network: str) -> tuple[int, str]:
    user_id = make_player()
    return user_id, deposit_address(user_id=user_id, network=network).address


def make_staff(*, may_decide: bool = True) -> User:
    staff = User.objects.get(pk=make_player())
    staff.is_staff = True
    staff.save()
    if may_decide:
        staff.user_permissions.add(Permission.objects.get(codename="decide_quarantine"))
    return season(staff)


def won(user_id: int) -> int:
    return movements.balance(chart.player(user_id))


def owed(user_id: int) -> int:
    return movements.balance(chart.receivable(user_id))


def states(deposit: Deposit) -> list[str]:
    """The states it went through."""
    return list(deposit.events.order_by("id").values_list("state", flat=True))


def the_deposit(**fields: object) -> Deposit:
    return Deposit.objects.get(**fields)


class _Site:
    network: str

    def scan(self) -> deposits.Pass:
        return deposits.scan(self.network)

    def scan_calmly(self) -> deposits.Pass:
        """A pass without trouble, after which books and chain agree."""
        done = self.scan()
        assert done.trouble == ""
        assert done.is_at_tip
        self.check()
        return done

    def check(self) -> None:
        """The ledger is in order, and holds what the chain holds."""
        assert [check.discrepancies for check in check_ledger() if check.discrepancies] == []
        for asset in assets_of(self.network):
            unbooked = unbooked_units(asset=asset)
            booked = {place: movements.balance(chart.custody(place, asset)) for place in PLACES}
            expected = {place: booked[place] + unbooked[place] for place in PLACES}
            assert self.on_chain(asset) == expected, asset

    def on_chain(self, asset: Asset) -> dict[str, int]:
        raise NotImplementedError


class BitcoinSite(_Site):
    network = Network.BITCOIN

    def __init__(self, node: BitcoinNode, keys: PrivateKeys) -> None:
        self.node = node
        self.keys = keys

    def pay(self, address: str, amount_sat: int, *, depth: int = 0) -> str:
        """Its transaction's id; with `depth` confirmations."""
        txid = self.node.send(address, amount_sat)
        if depth:
            self.node.mine(depth)
        return txid

    def mine(self, count: int = 1) -> None:
        self.node.mine(count)

    def branch(self, depth: int, *raw: str, extra: int = 1) -> None:
        """Replace the newest blocks by as many and `extra`; `raw` in the first of the new ones."""
        parent = self.node.block_hash(self.node.height() - depth)
        self.node.mine_on(parent, depth + extra, raw=raw)

    def spends(self, txid: str) -> list[Outpoint]:
        return [
            Outpoint(each["txid"], each["vout"])
            for each in self.node.call("getrawtransaction", txid, True)["vin"]
        ]

    def outpoint(self, txid: str, address: str) -> Outpoint:
        """The output of a transaction that pays an address."""
        script = bitcoin_script_of(address)
        outputs = self._transaction(txid).outputs
        return next(Outpoint(txid, each.index) for each in outputs if each.script == script)

    def value(self, outpoint: Outpoint) -> int:
        return self._transaction(outpoint.txid).outputs[outpoint.index].value_sat

    def script_of(self, address: str) -> str:
        return bitcoin_script_of(address)

    def _transaction(self, txid: str) -> Transaction:
        return read_transaction(self.node.raw_transaction(txid))

    def on_chain(self, asset: Asset) -> dict[str, int]:
        rows = DepositAddress.objects.filter(network=self.network)
        addresses = {
            "deposits": list(rows.values_list("address", flat=True)),
            "hot": [settings.BITCOIN_HOT_ADDRESS],
            "cold": [settings.BITCOIN_COLD_ADDRESS],
        }
        return {place: sum(map(self._confirmed_sat, each)) for place, each in addresses.items()}

    def check(self) -> None:
        super().check()
        for place, is_deposit in (("deposits", True), ("hot", False)):
            rows = Utxo.objects.filter(
                height__isnull=False,
                spent_height__isnull=True,
                deposit_address__isnull=not is_deposit,
            )
            tracked = sum(rows.values_list("amount_sat", flat=True))
            assert tracked == self.on_chain(Asset.BTC)[place], place

    def _confirmed_sat(self, address: str) -> int:
        coins = self.node.call("listcoins", address)
        return sum(coin["satoshi"] for coin in coins if coin["height"] >= 0)


class EthereumSite(_Site):
    network = Network.ETHEREUM

    def __init__(self, node: EthereumNode, chain: EthereumChain, tokens: DeployedTokens) -> None:
        self.node = node
        self.chain = chain
        self.tokens = tokens

    def mine(self, count: int = 1) -> None:
        self.node.mine(count)

    def on_chain(self, asset: Asset) -> dict[str, int]:
        rows = DepositAddress.objects.filter(network=self.network)
        cold = settings.ETHEREUM_COLD_ADDRESS
        addresses = {
            "deposits": list(rows.values_list("address", flat=True)),
            "hot": [settings.ETHEREUM_HOT_ADDRESS],
            "cold": [cold] if cold else [],
        }
        return {
            place: sum(self._balance(asset, address) for address in each)
            for place, each in addresses.items()
        }

    def _balance(self, asset: Asset, address: str) -> int:
        if asset == Asset.ETH:
            return self.chain.balance_wei(address)
        return self.chain.token_balance(ChainAsset(asset.value), address)
