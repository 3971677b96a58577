"""A client of an Ethereum node's JSON-RPC. All amounts are in wei or the token's smallest unit."""

from collections.abc import Iterable
from dataclasses import dataclass

from wallet.chains.eip55 import checksummed, keccak256
from wallet.chains.erc20 import DECIMALS, WORD, TokenContract, balance_data
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    CallReverted,
    ContractInvalid,
    NodeAnswerInvalid,
    NodeRefused,
)
from wallet.chains.ethereum_blocks import EthereumBlocks
from wallet.chains.ethereum_broadcast import METHOD_NOT_FOUND, broadcast_result
from wallet.chains.rpc import JsonRpc
from wallet.chains.types import (
    Asset,
    BlockTag,
    Broadcast,
    BroadcastResult,
    TxState,
    TxStatus,
)
from wallet.chains.validation import (
    as_address,
    as_data,
    as_hash,
    as_list,
    as_object,
    as_quantity,
    require,
)

MAX_GAS = 2**40
MAX_NONCE = 2**64 - 2
EXECUTION_REVERTED = 3
# EIP-7702: what the code of an account that delegates is: this and an address.
DELEGATION = bytes.fromhex("ef0100")
DELEGATION_SIZE = 23


@dataclass(frozen=True, slots=True)
class EthereumFees:
    """Prices of gas in wei: the newest block's base fee (EIP-1559) and a usual tip."""

    base_fee_wei: int
    priority_fee_wei: int


class EthereumChain(EthereumBlocks):
    """One Ethereum node; only events of `tokens` count."""

    @classmethod
    def connect(
        cls, url: str, chain_id: int, tokens: Iterable[TokenContract] = ()
    ) -> "EthereumChain":
        """A client for a node's address; nothing is sent yet."""
        return cls(JsonRpc(url), chain_id, tokens)

    def check_token(self, asset: Asset) -> None:
        """`ContractInvalid` unless the token's contract is there with the asset's decimals."""
        address = self._tokens[asset]
        if not self.is_contract(address):
            raise ContractInvalid(f"{asset}: no contract at {checksummed(address)}")
        decimals = self._word({"to": address, "data": "0x" + DECIMALS.hex()})
        if decimals != asset.decimals:
            raise ContractInvalid(f"{asset}: {decimals} decimals instead of {asset.decimals}")

    def transaction_status(
        self, txid: str, *, sender: str | None = None, nonce: int | None = None
    ) -> TxStatus:
        """Where a transaction is. With `sender` and `nonce` also whether it was replaced.

        REPLACED means the nonce is used in the newest block by another transaction; it is for
        good when `nonce(sender, BlockTag.FINALIZED)` has passed it too.
        """
        status = self._included(txid)
        if status is None and self._rpc.call("eth_getTransactionByHash", txid) is not None:
            return TxStatus(TxState.PENDING)
        if status is None and sender is not None and nonce is not None:
            is_used = self.nonce(sender, BlockTag.LATEST) > nonce
            # Its own doing when it was confirmed between the questions.
            status = self._included(txid)
            if status is None and is_used:
                return TxStatus(TxState.REPLACED)
        return status or TxStatus(TxState.UNKNOWN)

    def nonce(self, address: str, at: BlockTag | int = BlockTag.LATEST) -> int:
        """How many transactions an address has sent as of a tag or a height: its next nonce."""
        block = at.value if isinstance(at, BlockTag) else hex(at)
        answer = self._rpc.call("eth_getTransactionCount", address, block)
        return as_quantity(answer, "eth_getTransactionCount", maximum=MAX_NONCE)

    def nonce_spender(self, address: str, nonce: int) -> str | None:
        """The transaction of a finalized block that used a nonce of an address; None: not yet.

        Looked for backwards, so the node needs the states since then; without an archive it has
        those of about the last 128 blocks, and `NodeRefused` says that it has them no more.
        `NodeAnswerInvalid` where the nonce was used without a transaction of the address.
        """
        high = self.block_by_tag(BlockTag.FINALIZED).height
        if self.nonce(address, high) <= nonce:
            return None
        low, step = high - 1, 1
        while low >= 0 and self.nonce(address, low) > nonce:
            step *= 2
            low, high = low - step, low
        low = max(low, -1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.nonce(address, middle) > nonce else (middle, high)
        return self._sent_in(high, address, nonce)

    def balance_wei(self, address: str, tag: BlockTag = BlockTag.LATEST) -> int:
        """An address's ETH."""
        answer = self._rpc.call("eth_getBalance", address, tag.value)
        return as_quantity(answer, "eth_getBalance")

    def token_balance(self, asset: Asset, address: str, tag: BlockTag = BlockTag.LATEST) -> int:
        """An address's tokens, as the contract tells."""
        call = {"to": self._tokens[asset], "data": "0x" + balance_data(address).hex()}
        return self._word(call, tag)

    def token_address(self, asset: Asset) -> str:
        """The token's contract, with its checksum."""
        return checksummed(self._tokens[asset])

    def is_contract(self, address: str) -> bool:
        """Has the address code of its own?

        An ordinary account that delegates to a contract (EIP-7702) keeps its key: it is none.
        """
        code = self._code(address)
        is_delegation = len(code) == DELEGATION_SIZE and code.startswith(DELEGATION)
        return bool(code) and not is_delegation

    def runs_code(self, address: str) -> bool:
        """Does code run when coins come to the address: its own, or what it delegates to?"""
        return bool(self._code(address))

    def fees(self) -> EthereumFees:
        """What gas costs now."""
        block = as_object(
            self._rpc.call("eth_getBlockByNumber", BlockTag.LATEST.value, False), "block"
        )
        return EthereumFees(
            as_quantity(block.get("baseFeePerGas"), "block.baseFeePerGas"),
            as_quantity(self._rpc.call("eth_maxPriorityFeePerGas"), "eth_maxPriorityFeePerGas"),
        )

    def estimate_gas(self, *, sender: str, to: str, value_wei: int = 0, data: bytes = b"") -> int:
        """The gas a transaction would need now; `CallReverted` when it would fail."""
        call = {"from": sender, "to": to, "value": hex(value_wei), "data": "0x" + data.hex()}
        try:
            answer = self._rpc.call("eth_estimateGas", call)
        except NodeRefused as refusal:
            if refusal.rpc_code == METHOD_NOT_FOUND or refusal.rpc_code > EXECUTION_REVERTED:
                raise
            raise CallReverted(refusal.detail) from None
        return as_quantity(answer, "eth_estimateGas", maximum=MAX_GAS)

    def broadcast(self, raw: str) -> Broadcast:
        """Send a signed transaction once; on `NodeUnavailable` it may have arrived."""
        txid = "0x" + keccak256(as_data(raw, "transaction")).hex()
        try:
            answer = as_hash(
                self._rpc.call_once("eth_sendRawTransaction", raw), "eth_sendRawTransaction"
            )
        except NodeRefused as refusal:
            return Broadcast(broadcast_result(refusal), txid, refusal.detail)
        require(answer == txid, "eth_sendRawTransaction: the hash of another transaction")
        return Broadcast(BroadcastResult.ACCEPTED, txid)

    def _code(self, address: str) -> bytes:
        answer = self._rpc.call("eth_getCode", address, BlockTag.LATEST.value)
        return as_data(answer, "eth_getCode")

    def _sent_in(self, height: int, address: str, nonce: int) -> str:
        """The hash of an address's transaction in the block at a height."""
        block = as_object(self._rpc.call("eth_getBlockByNumber", hex(height), True), "block")
        for each in as_list(block.get("transactions"), "block.transactions"):
            sent = as_object(each, "transaction")
            sender = as_address(sent.get("from"), "transaction.from")
            number = as_quantity(sent.get("nonce"), "transaction.nonce", maximum=MAX_NONCE)
            if (sender, number) == (address.lower(), nonce):
                return as_hash(sent.get("hash"), "transaction.hash")
        raise NodeAnswerInvalid(f"block {height} has no transaction with nonce {nonce}")

    def _included(self, txid: str) -> TxStatus | None:
        receipt = self.receipt(txid)
        if receipt is None:
            return None
        try:
            block = self.block_ref(receipt.block_hash)
        except (BlockOrphaned, BlockNotFound):
            return None
        depth = self.tip().height - block.height + 1
        state = TxState.INCLUDED if receipt.succeeded else TxState.FAILED
        return TxStatus(state, block, max(depth, 1), fee=receipt.fee_wei)

    def _word(self, call: dict[str, str], tag: BlockTag = BlockTag.LATEST) -> int:
        try:
            answer = as_data(self._rpc.call("eth_call", call, tag.value), "eth_call")
        except NodeRefused as refusal:
            raise ContractInvalid(refusal.detail) from None
        if len(answer) != WORD:
            raise ContractInvalid(f"{checksummed(call['to'])} answers {len(answer)} bytes")
        return int.from_bytes(answer, "big")
