"""An Ethereum node for development (anvil), with accounts of its own to send from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wallet.chains.eip55 import checksummed
from wallet.chains.erc20 import transfer_data
from wallet.devnodes.abi import Argument, call_data
from wallet.devnodes.installation import Installation
from wallet.devnodes.node import Node
from wallet.devnodes.tokens import creation_code

CHAIN_ID = 31337
SLOTS_IN_AN_EPOCH = 4
GAS_LIMIT = 3_000_000
STATE_SECONDS = 5


class EthereumNode(Node):
    """One node on the loopback interface. `state` keeps its chain when the process ends.

    Blocks come only from `mine`. `safe` is 4 blocks behind the newest, `finalized` 8.
    """

    chain_id = CHAIN_ID
    is_up = "eth_chainId"

    def __init__(
        self, installation: Installation, *, port: int, log: Path, state: Path | None = None
    ) -> None:
        super().__init__(
            url=f"http://127.0.0.1:{port}",
            command=[
                str(installation.anvil),
                *("--host", "127.0.0.1", "--port", str(port)),
                *("--chain-id", str(CHAIN_ID), "--no-mining", "--silent"),
                *("--slots-in-an-epoch", str(SLOTS_IN_AN_EPOCH)),
                *(_keeping(state) if state else ()),
            ],
            environment=installation.environment(),
            log=log,
        )
        self._accounts: list[str] = []
        self._installation, self._log, self._state = installation, log, state

    def at(self, port: int) -> "EthereumNode":
        """The same chain at another port, where nobody looks; one of both runs at a time."""
        return EthereumNode(self._installation, port=port, log=self._log, state=self._state)

    @property
    def accounts(self) -> list[str]:
        """The node's own rich accounts; the first of them sends unless another is named."""
        if not self._accounts:
            self._accounts = [checksummed(each) for each in self._rpc.call_once("eth_accounts")]
        return self._accounts

    def height(self) -> int:
        return int(self._rpc.call_once("eth_blockNumber"), 16)

    def block_hash(self, height: int) -> str:
        return str(self._rpc.call_once("eth_getBlockByNumber", hex(height), False)["hash"])

    def mine(self, count: int = 1) -> list[str]:
        """Blocks, the first of them with the pending transactions; their hashes."""
        start = self.height()
        self._rpc.call_once("anvil_mine", hex(count))
        return [self.block_hash(height) for height in range(start + 1, start + count + 1)]

    def send(self, to: str, amount_wei: int, **options: Any) -> str:
        """Pay ETH from an account of the node; it waits for `mine` then. Options: `transact`'s."""
        return self._send({"to": to, "value": hex(amount_wei)}, **options)

    def transact(
        self, to: str, signature: str, *arguments: Argument, value_wei: int = 0, **options: Any
    ) -> str:
        """Call a contract, as `transact(token, "mint(address,uint256)", to, 5)`.

        Options: `sender`, `nonce`, `gas`, `max_fee_wei`, `priority_fee_wei`.
        """
        data = "0x" + call_data(signature, *arguments).hex()
        return self._send({"to": to, "value": hex(value_wei), "data": data}, **options)

    def transfer_token(self, contract: str, to: str, amount: int, **options: Any) -> str:
        """`transfer` of a token from an account of the node."""
        data = "0x" + transfer_data(to, amount).hex()
        return self._send({"to": contract, "data": data}, **options)

    def mint_token(self, contract: str, to: str, amount: int) -> str:
        """New tokens; `Transfer` names the zero address as their sender."""
        return self.transact(contract, "mint(address,uint256)", to, amount)

    def deploy(self, name: str, *arguments: Argument) -> str:
        """Put a contract of `Tokens.sol` on the chain, in a block of its own; its address."""
        txid = self._send({"data": "0x" + creation_code(name, *arguments).hex()})
        self.mine()
        receipt = self._rpc.call_once("eth_getTransactionReceipt", txid)
        if receipt is None or receipt["status"] != "0x1":
            raise RuntimeError(f"{name} was not deployed: {receipt}")
        return checksummed(receipt["contractAddress"])

    def fund(self, address: str, amount_wei: int) -> None:
        """Give an address a balance, without any transaction."""
        self._rpc.call_once("anvil_setBalance", address, hex(amount_wei))

    def impersonate(self, address: str) -> None:
        """Let `sender=address` send without its key."""
        self._rpc.call_once("anvil_impersonateAccount", address)

    def reorganise(
        self, depth: int, transactions: Sequence[tuple[str | dict[str, Any], int]] = ()
    ) -> None:
        """Replace the newest `depth` blocks by as many others.

        `transactions` are pairs of a raw transaction, or a call's fields, and the number (from 0)
        of the new block that has it; what was in the old blocks is gone otherwise.
        """
        self._rpc.call_once("anvil_reorg", depth, [list(pair) for pair in transactions])

    def raw_transaction(self, txid: str) -> str:
        """The signed bytes of a transaction that the node knows."""
        return str(self._rpc.call_once("eth_getRawTransactionByHash", txid))

    def snapshot(self) -> str:
        """A name for the chain as it is now; `revert` goes back to it once."""
        return str(self._rpc.call_once("anvil_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Back to a snapshot; the mempool is empty then."""
        self._rpc.call_once("anvil_dropAllTransactions")
        if not self._rpc.call_once("anvil_revert", snapshot):
            raise ValueError("no such snapshot")

    def set_base_fee(self, wei: int) -> None:
        """The next block's base fee."""
        self._rpc.call_once("anvil_setNextBlockBaseFeePerGas", hex(wei))

    def drop_transaction(self, txid: str) -> None:
        """The mempool forgets it."""
        self._rpc.call_once("anvil_dropTransaction", txid)

    def call(self, method: str, *params: Any) -> Any:
        """Any other call of its RPC."""
        return self._rpc.call_once(method, *params)

    def _send(
        self,
        fields: dict[str, str],
        *,
        sender: str | None = None,
        nonce: int | None = None,
        gas: int = GAS_LIMIT,
        max_fee_wei: int | None = None,
        priority_fee_wei: int | None = None,
    ) -> str:
        numbers = {
            "nonce": nonce,
            "gas": gas,
            "maxFeePerGas": max_fee_wei,
            "maxPriorityFeePerGas": priority_fee_wei,
        }
        given = {name: hex(number) for name, number in numbers.items() if number is not None}
        transaction = {"from": sender or self.accounts[0], **fields, **given}
        return str(self._rpc.call_once("eth_sendTransaction", transaction))


def _keeping(state: Path) -> tuple[str, ...]:
    return (
        "--state",
        str(state),
        "--state-interval",
        str(STATE_SECONDS),
        "--preserve-historical-states",
    )
