"""A full Bitcoin node on regtest, with coins of its own to send."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wallet.chains.types import BitcoinNetwork, Outpoint
from wallet.devnodes.dev_keys import DEV_SEED, MINER, miner_signer
from wallet.devnodes.installation import SOURCES, Installation
from wallet.devnodes.node import Node
from wallet.keys.addresses import parse_bitcoin_address
from wallet.keys.bitcoin_signer import (
    BitcoinInput,
    BitcoinOutput,
    SignedBitcoin,
    dust_limit_sat,
)
from wallet.keys.extended import bitcoin_address
from wallet.keys.signing import bitcoin_keys

# Regtest activates segwit (BIP9) at block 432; there are mature coins by then.
BASE_HEIGHT = 440
DEFAULT_FEE_SAT = 1_000
COINBASE_MATURITY = 100


class BitcoinNode(Node):
    """One node on the loopback interface. `journal` keeps its chain when the process ends.

    Blocks come only from `mine` and `mine_on`. Addresses are bech32 or base58 of regtest.
    """

    network = BitcoinNetwork.REGTEST
    is_up = "getblockcount"

    def __init__(
        self,
        installation: Installation,
        *,
        port: int,
        password: str,
        log: Path,
        journal: Path | None = None,
    ) -> None:
        script = str(SOURCES / "bitcoin_node.js")
        kept = [str(journal)] if journal else []
        super().__init__(
            url=f"http://node:{password}@127.0.0.1:{port}",
            command=[str(installation.node), script, str(port), *kept],
            environment=installation.environment() | {"BITCOIN_RPC_PASSWORD": password},
            log=log,
        )
        self._signer = miner_signer()
        self.miner_script = self._signer.script(MINER)
        self.miner_address = _miner_address()

    def start(self) -> None:
        """Start it and mine its first coins, if it has none."""
        super().start()
        self.prepare()

    def prepare(self) -> None:
        """Mine up to the height where the node has coins to send."""
        missing = BASE_HEIGHT - self.height()
        if missing > 0:
            self.mine(missing)

    def reset(self) -> None:
        """Forget all blocks above the first ones, and the mempool."""
        self._rpc.call_once("resetto", self.block_hash(BASE_HEIGHT))

    def height(self) -> int:
        return int(self._rpc.call_once("getblockcount"))

    def block_hash(self, height: int) -> str:
        return str(self._rpc.call_once("getblockhash", height))

    def tip(self) -> str:
        """The hash of the newest block."""
        return str(self._rpc.call_once("getbestblockhash"))

    def mine(self, count: int = 1, address: str | None = None) -> list[str]:
        """Blocks with the mempool's transactions; their hashes."""
        hashes = self._rpc.call_once("generatetoaddress", count, address or self.miner_address)
        return [str(each) for each in hashes]

    def mine_on(
        self, parent: str, count: int, address: str | None = None, raw: Sequence[str] = ()
    ) -> list[str]:
        """Blocks upon any known block, without the mempool; `raw` transactions in the first.

        A fork that becomes longer than the best chain is a true reorganisation. It begins at
        `BASE_HEIGHT` or above: below are the blocks that `reset` goes back to.
        """
        if self._rpc.call_once("getblockheader", parent)["height"] < BASE_HEIGHT:
            raise ValueError(f"a fork begins at height {BASE_HEIGHT} or above")
        hashes = self._rpc.call_once(
            "mineon", parent, count, address or self.miner_address, list(raw)
        )
        return [str(each) for each in hashes]

    def send(self, address: str, amount_sat: int, *, fee_sat: int = DEFAULT_FEE_SAT) -> str:
        """Pay from the node's own coins; the transaction is in the mempool then."""
        return self.broadcast(self.sign_payment(address, amount_sat, fee_sat=fee_sat).raw)

    def sign_payment(
        self,
        address: str,
        amount_sat: int,
        *,
        fee_sat: int = DEFAULT_FEE_SAT,
        spending: Iterable[Outpoint] | None = None,
    ) -> SignedBitcoin:
        """A payment that is not sent yet.

        With `spending` from these of the node's coins: the same ones again, another recipient or
        a higher fee make a double spend or a replacement.
        """
        return self.sign_payments([(address, amount_sat)], fee_sat=fee_sat, spending=spending)

    def sign_payments(
        self,
        payments: Sequence[tuple[str, int]],
        *,
        fee_sat: int = DEFAULT_FEE_SAT,
        spending: Iterable[Outpoint] | None = None,
    ) -> SignedBitcoin:
        """One transaction with several recipients; what is left goes back to the node."""
        outputs = [
            BitcoinOutput(parse_bitcoin_address(address, self.network).script, amount_sat)
            for address, amount_sat in payments
        ]
        needed = sum(output.value_sat for output in outputs) + fee_sat
        coins = self._chosen(needed) if spending is None else self._named(spending)
        change = sum(coin.value_sat for coin in coins) - needed
        if change >= dust_limit_sat(self.miner_script):
            outputs.append(BitcoinOutput(self.miner_script, change))
            change = 0
        return self._signer.sign(coins, outputs, max_fee_sat=fee_sat + change)

    def broadcast(self, raw: str) -> str:
        """Into the mempool; a `NodeRefused` where the node does not take it."""
        return str(self._rpc.call_once("sendrawtransaction", raw))

    def drop_transaction(self, txid: str) -> None:
        """The mempool forgets it, as when it expired."""
        self._rpc.call_once("droptransaction", txid)

    def raw_transaction(self, txid: str) -> str:
        return str(self._rpc.call_once("getrawtransaction", txid))

    def mempool_txids(self) -> list[str]:
        return [str(each) for each in self._rpc.call_once("getrawmempool")]

    def set_fee_rate(self, sat_per_kvb: int | None) -> None:
        """What the node estimates; None: it has no estimate."""
        self._rpc.call_once("setfeerate", sat_per_kvb)

    def call(self, method: str, *params: Any) -> Any:
        """Any other call of its RPC."""
        return self._rpc.call_once(method, *params)

    def _chosen(self, needed_sat: int) -> list[BitcoinInput]:
        chosen: list[BitcoinInput] = []
        for coin in self._spendable():
            chosen.append(coin)
            if sum(each.value_sat for each in chosen) >= needed_sat:
                return chosen
        raise ValueError(f"the node has no {needed_sat} sat to send")

    def _spendable(self) -> list[BitcoinInput]:
        next_height = self.height() + 1
        coins = sorted(
            self._rpc.call_once("listcoins", self.miner_address),
            # Confirmed coins first, the oldest of them first.
            key=lambda coin: (coin["height"] < 0, coin["height"], coin["txid"], coin["vout"]),
        )
        return [
            self._input(Outpoint(coin["txid"], coin["vout"]), coin["satoshi"])
            for coin in coins
            if not coin["coinbase"] or next_height - coin["height"] >= COINBASE_MATURITY
        ]

    def _named(self, outpoints: Iterable[Outpoint]) -> list[BitcoinInput]:
        coins = []
        for outpoint in outpoints:
            parent = self._rpc.call_once("getrawtransaction", outpoint.txid, True)
            value = parent["vout"][outpoint.index]["value"]
            coins.append(self._input(outpoint, int(value * 10**8)))
        return coins

    def _input(self, outpoint: Outpoint, value_sat: int) -> BitcoinInput:
        return BitcoinInput(outpoint, self.miner_script, value_sat, MINER)


def _miner_address() -> str:
    keys = bitcoin_keys(DEV_SEED, BitcoinNetwork.REGTEST)
    return bitcoin_address(
        keys.account_xpub(MINER.account, testnet=True),
        index=MINER.index,
        network=BitcoinNetwork.REGTEST,
    )
