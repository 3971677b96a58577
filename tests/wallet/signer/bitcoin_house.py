"""The house on a Bitcoin node."""

from dataclasses import dataclass

from django.db.models import Q

from tests.wallet.signer.house import House
from wallet.assets import Network
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.types import Outpoint
from wallet.deposits import scan
from wallet.devnodes.bitcoin_node import BASE_HEIGHT, BitcoinNode
from wallet.keys.addresses import parse_bitcoin_address
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.extended import bitcoin_address
from wallet.keys.signing import HOT, Secret, bitcoin_keys
from wallet.models import Payment, PaymentAttempt, Policy
from wallet.policies import policy
from wallet.signer.wallets import BITCOIN_FINAL_DEPTH as FINAL
from wallet.signer.wallets import HOT_KEY, BitcoinWallet

# Somebody else's account: players' own wallets, and the cold one.
OUTSIDE = 7
_ALL = Q()


@dataclass
class BitcoinHouse(House):
    """`fund` gives the hot wallet coins; `pay` is a pass, `mine` blocks and what a scan notes."""

    node: BitcoinNode
    seed: Secret
    wallet: BitcoinWallet

    def fund(self, *amounts_sat: int, depth: int = FINAL) -> None:
        """In blocks that have nothing else: what waits goes on waiting. Noted, not yet booked."""
        sent = self.node.sign_payments([(self.hot, amount_sat) for amount_sat in amounts_sat])
        self.node.mine_on(self.node.tip(), 1, raw=[sent.raw])
        self.scan()
        if depth > 1:
            self.node.mine_on(self.node.tip(), depth - 1)

    def mine(self, blocks: int = 1) -> None:
        self.node.mine(blocks)
        self.scan()

    def until_settled(self) -> None:
        """Six blocks, and the passes that see them."""
        self.mine()
        self.pay()
        self.mine(5)
        self.pay()

    def address(self) -> str:
        """A new address of a player's own wallet."""
        return address_of(self.seed, OUTSIDE, next(self.numbers))

    def received_sat(self, address: str) -> list[int]:
        """Every amount that the best chain and the mempool pay to an address."""
        script = parse_bitcoin_address(address, self.node.network).script
        with BitcoinChain.connect(self.node.url, self.node.network) as chain:
            mined = [
                transfer.amount
                for height in range(BASE_HEIGHT + 1, self.node.height() + 1)
                for transfer in chain.block(chain.block_at(height)).transfers_to([script])
            ]
            waiting = chain.mempool([script]).transfers
        return mined + [transfer.amount for transfer in waiting]

    def hot_sat(self) -> int:
        """What the chain says the hot wallet has."""
        return sum(int(coin["satoshi"]) for coin in self.node.call("listcoins", self.hot))

    def scan(self) -> None:
        """What the site's scanner notes; it books the operator's own coins at six blocks."""
        assert scan(Network.BITCOIN).trouble == ""

    def received_now(self, address: str) -> int:
        """What an address that nobody spends from has."""
        return sum(int(coin["satoshi"]) for coin in self.node.call("listcoins", address))

    def spend_elsewhere(self, payment: Payment, *, only: Q = _ALL) -> None:
        """Its inputs in a transaction of somebody else who has the key, in a block."""
        inputs = [
            BitcoinInput(Outpoint(row.txid, row.vout), row.script, row.amount_sat, HOT_KEY)
            for row in payment.inputs.filter(only)
        ]
        script = parse_bitcoin_address(self.address(), self.node.network).script
        total = sum(each.value_sat for each in inputs)
        signer = BitcoinSigner(bitcoin_keys(self.seed, self.node.network))
        stolen = signer.sign(inputs, [BitcoinOutput(script, total - 500)], max_fee_sat=500)
        self.node.mine_on(self.node.tip(), 1, raw=[stolen.raw])
        self.scan()
        # The scanner has stopped withdrawals; a person has looked and opens them again.
        assert policy().stopped_reason.startswith("no payment of ours spent")
        Policy.objects.update(withdrawals_open=True, stopped_reason="")

    def attempts(self) -> list[PaymentAttempt]:
        return list(PaymentAttempt.objects.order_by("payment_id", "number"))


def address_of(seed: Secret, account: int, index: int) -> str:
    keys = bitcoin_keys(seed, BitcoinNode.network)
    xpub = keys.account_xpub(account, testnet=True)
    return bitcoin_address(xpub, index=index, network=BitcoinNode.network)


def hot_address(seed: Secret) -> str:
    return address_of(seed, HOT, 0)
