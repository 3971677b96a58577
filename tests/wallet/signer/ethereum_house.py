"""The house on an Ethereum node."""

from dataclasses import dataclass, field

from tests.wallet.signer.house import House, fund_ledger
from wallet.assets import Asset
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset as ChainAsset
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.keys.extended import ethereum_address
from wallet.keys.signing import HOT, Secret, ethereum_keys
from wallet.signer.wallets import EthereumWallet

OUTSIDE = 7
ETHER = 10**18
# `finalized` is eight blocks behind the newest.
TO_FINAL = 9


@dataclass
class EthereumHouse(House):
    """`fund` gives the hot wallet coins; `pay` is a pass of the signer."""

    node: EthereumNode
    seed: Secret
    wallet: EthereumWallet
    tokens: DeployedTokens = field(kw_only=True)
    chain: EthereumChain = field(kw_only=True)

    def fund(self, asset: str, units: int, *, book: bool = True) -> None:
        """Without `book` for tests that scan: the scanner books it."""
        if asset == Asset.ETH:
            self.node.send(self.hot, units)
        else:
            self.node.mint_token(self.contract(asset), self.hot, units)
        if book:
            fund_ledger(asset, units)
        self.node.mine()

    def contract(self, asset: str) -> str:
        return self.tokens.usdt if asset == Asset.USDT else self.tokens.usdc

    def mine(self, blocks: int = 1) -> None:
        self.node.mine(blocks)

    def until_settled(self) -> None:
        self.mine()
        self.pay()
        self.mine(TO_FINAL)
        self.pay()

    def address(self) -> str:
        """A new address of a player's own wallet."""
        return address_of(self.seed, OUTSIDE, next(self.numbers))

    def balance(self, asset: str, address: str) -> int:
        if asset == Asset.ETH:
            return self.chain.balance_wei(address)
        return self.chain.token_balance(ChainAsset(asset), address)

    def hot_units(self, asset: str) -> int:
        return self.balance(asset, self.hot)


def address_of(seed: Secret, account: int, index: int) -> str:
    return ethereum_address(ethereum_keys(seed).account_xpub(account), index=index)


def hot_address(seed: Secret) -> str:
    return address_of(seed, HOT, 0)
