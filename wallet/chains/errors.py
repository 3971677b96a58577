"""Why a node's answer cannot be used.

ChainError
├── NodeUnavailable      node_unavailable       no answer; what was sent may have arrived
├── NodeAnswerInvalid    node_answer_invalid    an answer that breaks the format or itself
├── NodeRefused          node_refused           an error of JSON-RPC; `rpc_code` is its number
├── NodeBehind           node_behind            the node has not come as far as it must
├── WrongChain           wrong_chain            the node serves another network
├── BlockNotFound        block_not_found        the node does not know this block
├── BlockOrphaned        block_orphaned         the block is not in the node's best chain (now)
├── CallReverted         call_reverted          the call would fail, so it has no gas estimate
├── ContractInvalid      contract_invalid       no code there, or not the decimals we count with
├── TracingUnsupported   tracing_unsupported    the node cannot show ETH that contracts move
└── NodesDisagree        nodes_disagree         two providers tell different things
    └── ReadWithout      nodes_disagree         a payment is in a block that was read without it

None of them leads to a credit or a payment. `code` is stable, `sentence` says what staff can do;
neither these nor their causes contain a node's address, which may hold a password.
"""

from typing import ClassVar


class ChainError(Exception):
    """A node's answer cannot be used; nothing may be booked on it."""

    code: ClassVar[str] = "chain_error"
    sentence: ClassVar[str] = "The node's answer cannot be used. Look at the node's log."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class NodeUnavailable(ChainError):
    """No (complete) answer. A transaction that was being sent may have arrived."""

    code = "node_unavailable"
    sentence = "The node does not answer. Check that it runs and that its address is right."


class NodeAnswerInvalid(ChainError):
    """The answer breaks the format, or contradicts itself or the question."""

    code = "node_answer_invalid"
    sentence = "The node answers nonsense. Replace it or ask its provider."


class NodeRefused(ChainError):
    """An error of JSON-RPC that has no meaning of its own here."""

    code = "node_refused"
    sentence = "The node refuses the request. Check its version, its settings and our rights."

    def __init__(self, detail: str = "", *, rpc_code: int = 0) -> None:
        super().__init__(detail)
        self.rpc_code = rpc_code


class NodeBehind(ChainError):
    """The node has not come as far as it must, or is still loading."""

    code = "node_behind"
    sentence = "The node lags behind. Wait until it has caught up."


class WrongChain(ChainError):
    """The node serves another network than the settings say."""

    code = "wrong_chain"
    sentence = "The node serves another network. Check its address and the network's setting."


class BlockNotFound(ChainError):
    """The node does not know the block."""

    code = "block_not_found"
    sentence = "The node does not know this block. It may lag behind, or the block is gone."


class BlockOrphaned(ChainError):
    """The block is not, or no longer, in the node's best chain."""

    code = "block_orphaned"
    sentence = "The chain was reorganised. The next scan follows it."


class CallReverted(ChainError):
    """The transaction would fail."""

    code = "call_reverted"
    sentence = "The contract would refuse this. Check the balance and the contract's blacklist."


class ContractInvalid(ChainError):
    """Not the token contract that the settings describe."""

    code = "contract_invalid"
    sentence = "The token's contract is not what the settings say. Check address and decimals."


class TracingUnsupported(ChainError):
    """The node lacks `trace_block`, so a contract's payments in ETH would go unseen."""

    code = "tracing_unsupported"
    sentence = "The node cannot trace. Use one with trace_block (Erigon, Nethermind, Reth, Besu)."


class NodesDisagree(ChainError):
    """Two providers tell different things about the same chain."""

    code = "nodes_disagree"
    sentence = "The two providers disagree. Credit nothing until someone has looked at both."


class ReadWithout(NodesDisagree):
    """A block, at `height`, was read without a payment that a node has in it."""

    def __init__(self, detail: str, *, height: int) -> None:
        super().__init__(detail)
        self.height = height
