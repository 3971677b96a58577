"""Paying into the site, and taking out of it what the ledger does not know of."""

from dataclasses import dataclass

from django.conf import settings

from tests.wallet.house import make_player, put_into
from wallet import deposits
from wallet.addressing import bitcoin_script_of, deposit_address
from wallet.assets import Network
from wallet.chains.types import Outpoint
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner, SignedBitcoin
from wallet.keys.signing import DEPOSITS, HOT, KeyPath, PrivateKeys
from wallet.models import (
    DepositAddress,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    Utxo,
)

FEE_SAT = 1_000
# Bitcoin: six deep is final. The Ethereum node calls the eighth block below its head final.
FINAL_BLOCKS = {Network.BITCOIN: 6, Network.ETHEREUM: 9}


def new_address(network: str) -> str:
    """A deposit address of a new player."""
    return deposit_address(user_id=make_player(), network=network).address


@dataclass
class BitcoinSite:
    node: BitcoinNode
    keys: PrivateKeys

    def start(self, *, deposit_sat: int = 0, hot_sat: int = 0, cold_sat: int = 0) -> None:
        """Final coins at each place, in the ledger."""
        deposits.scan(Network.BITCOIN)
        for address, amount_sat in (
            (new_address(Network.BITCOIN) if deposit_sat else "", deposit_sat),
            (settings.BITCOIN_HOT_ADDRESS, hot_sat),
            (settings.BITCOIN_COLD_ADDRESS, cold_sat),
        ):
            if amount_sat:
                self.node.send(address, amount_sat)
        self.settle()

    def settle(self) -> None:
        self.node.mine(FINAL_BLOCKS[Network.BITCOIN])
        done = deposits.scan(Network.BITCOIN)
        assert (done.trouble, done.is_at_tip) == ("", True)

    def spend(self, row: Utxo, to: str) -> SignedBitcoin:
        """A transaction that spends one of our outputs, as who has our keys can make it."""
        at = row.deposit_address
        key = KeyPath(DEPOSITS, at.derivation_index) if at else KeyPath(HOT, 0)
        return BitcoinSigner(self.keys).sign(
            [BitcoinInput(Outpoint(row.txid, row.vout), row.script, row.amount_sat, key)],
            [BitcoinOutput(bitcoin_script_of(to), row.amount_sat - FEE_SAT)],
            max_fee_sat=FEE_SAT,
        )

    def payment(self, row: Utxo, to: str, state: str) -> SignedBitcoin:
        """The same as a payment of ours, not sent yet."""
        signed = self.spend(row, to)
        payment = Payment.objects.create(
            network=Network.BITCOIN,
            asset="BTC",
            kind=PaymentKind.COLD,
            from_address=settings.BITCOIN_HOT_ADDRESS,
            amount_units=row.amount_sat - FEE_SAT,
            fee_cap_units=FEE_SAT,
            state=PaymentState.PREPARED,
        )
        PaymentAttempt.objects.create(
            payment=payment,
            number=1,
            network=Network.BITCOIN,
            txid=signed.txid,
            raw=signed.raw,
            fee_units=FEE_SAT,
            fee_rate=FEE_SAT,
        )
        put_into(payment, state)
        row.spent_by = payment
        row.save(update_fields=["spent_by"])
        return signed


@dataclass
class EthereumSite:
    node: EthereumNode
    tokens: DeployedTokens

    def start(self) -> None:
        """The scan begins at the newest final block, so that what comes is seen."""
        self.node.mine(FINAL_BLOCKS[Network.ETHEREUM])
        deposits.scan(Network.ETHEREUM)

    def settle(self) -> None:
        self.node.mine(FINAL_BLOCKS[Network.ETHEREUM])
        done = deposits.scan(Network.ETHEREUM)
        assert (done.trouble, done.is_at_tip) == ("", True)

    def pay(self, *, wei: int = 0, usdt: int = 0, usdc: int = 0) -> str:
        """To a new player's address, which is returned."""
        address = new_address(Network.ETHEREUM)
        if wei:
            self.node.send(address, wei)
        for contract, amount in ((self.tokens.usdt, usdt), (self.tokens.usdc, usdc)):
            if amount:
                self.node.mint_token(contract, address, amount)
        return address

    def address_of(self, address: str) -> DepositAddress:
        return DepositAddress.objects.get(address=address)
