"""Bitcoin's own format of blocks and transactions, read from bytes.

Reading a raw block needs no trust in a node's JSON: hashes, the merkle root and the proof of work
are computed here. Formats: BIP141 (witness), BIP144 (serialisation), BIP22's raw blocks.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from wallet.chains.errors import NodeAnswerInvalid
from wallet.chains.types import BitcoinNetwork, Outpoint
from wallet.chains.validation import MAX_SATOSHI, as_hex, require

HEADER_SIZE = 80
NO_HASH = "00" * 32
COINBASE_INDEX = 0xFFFFFFFF
# The easiest target of each network, as a header's `bits` (kernel/chainparams.cpp).
EASIEST_BITS = {
    BitcoinNetwork.MAIN: 0x1D00FFFF,
    BitcoinNetwork.TEST: 0x1D00FFFF,
    BitcoinNetwork.TEST4: 0x1D00FFFF,
    BitcoinNetwork.SIGNET: 0x1E0377AE,
    BitcoinNetwork.REGTEST: 0x207FFFFF,
}


@dataclass(frozen=True, slots=True)
class Output:
    """`script` is hexadecimal."""

    index: int
    script: str
    value_sat: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """What of a transaction matters to a wallet. `spends` is empty for a coinbase."""

    txid: str
    spends: tuple[Outpoint, ...]
    outputs: tuple[Output, ...]
    vsize: int


@dataclass(frozen=True, slots=True)
class Header:
    """A block's header, whose hash satisfies the target that it names."""

    hash: str
    parent_hash: str
    merkle_root: str
    time: int


def read_transaction(raw: str) -> Transaction:
    """A transaction from hexadecimal; `NodeAnswerInvalid` when it is none."""
    reader = _Reader(bytes.fromhex(as_hex(raw, "transaction")))
    transaction = _transaction(reader)
    require(reader.at_end, "transaction: bytes after its end")
    return transaction


def read_block(raw: str, network: BitcoinNetwork) -> tuple[Header, tuple[Transaction, ...]]:
    """A block from hexadecimal: header and transactions, which its merkle root commits to."""
    reader = _Reader(bytes.fromhex(as_hex(raw, "block")))
    header = read_header(reader.take(HEADER_SIZE), network)
    transactions = tuple(_transaction(reader) for _ in range(reader.size()))
    require(reader.at_end, "block: bytes after its end")
    root = merkle_root(transaction.txid for transaction in transactions)
    require(root == header.merkle_root, "block: the transactions are not those of the header")
    return header, transactions


def read_header(raw: bytes, network: BitcoinNetwork) -> Header:
    """A header from its 80 bytes; its proof of work is checked, of the network's least or more."""
    require(len(raw) == HEADER_SIZE, "header: not 80 bytes")
    parent, root, time, bits = struct.unpack("<4x32s32sII4x", raw)
    digest = _hash(raw)
    target = _target(bits)
    require(target <= _target(EASIEST_BITS[network]), "header: too easy for its network")
    require(int.from_bytes(digest, "little") <= target, "header: not enough work")
    return Header(_shown(digest), _shown(parent), _shown(root), time)


def merkle_root(txids: Iterable[str]) -> str:
    """The root over a block's transactions. A pair of equal siblings is refused (CVE-2012-2459)."""
    level = [bytes.fromhex(txid)[::-1] for txid in txids]
    require(bool(level), "block: no transactions")
    while len(level) > 1:
        pairs = list(zip(level[::2], level[1::2], strict=False))
        require(all(left != right for left, right in pairs), "block: doubled transactions")
        if len(level) % 2:
            pairs.append((level[-1], level[-1]))
        level = [_hash(left + right) for left, right in pairs]
    return _shown(level[0])


def _transaction(reader: "_Reader") -> Transaction:
    start = reader.position
    version = reader.take(4)
    has_witness = reader.peek(2) == b"\x00\x01"
    if has_witness:
        reader.take(2)
    body_start = reader.position
    spends = tuple(_input(reader) for _ in range(reader.size()))
    outputs = tuple(_output(reader, index) for index in range(reader.size()))
    body = reader.data[body_start : reader.position]
    if has_witness:
        for _ in spends:
            for _ in range(reader.size()):
                reader.take(reader.size())
    lock_time = reader.take(4)
    stripped = version + body + lock_time
    weight = 3 * len(stripped) + reader.position - start
    require(bool(spends) and bool(outputs), "transaction: no inputs or no outputs")
    is_coinbase = spends[0] == Outpoint(NO_HASH, COINBASE_INDEX)
    return Transaction(
        txid=_shown(_hash(stripped)),
        spends=() if is_coinbase else spends,
        outputs=outputs,
        vsize=-(-weight // 4),
    )


def _input(reader: "_Reader") -> Outpoint:
    txid, index = _shown(reader.take(32)), int.from_bytes(reader.take(4), "little")
    reader.take(reader.size())
    reader.take(4)
    return Outpoint(txid, index)


def _output(reader: "_Reader", index: int) -> Output:
    value_sat = int.from_bytes(reader.take(8), "little")
    require(value_sat <= MAX_SATOSHI, "transaction: an output above 21 million BTC")
    return Output(index, reader.take(reader.size()).hex(), value_sat)


class _Reader:
    """Bytes read from the front."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position == len(self.data)

    def peek(self, length: int) -> bytes:
        return self.data[self.position : self.position + length]

    def take(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self.data):
            raise NodeAnswerInvalid("block or transaction: ends too early")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def size(self) -> int:
        """A number in Bitcoin's variable length ("CompactSize")."""
        first = self.take(1)[0]
        length = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first)
        return first if length is None else int.from_bytes(self.take(length), "little")


def _target(bits: int) -> int:
    """The largest hash that a header's `bits` allow."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    require(not bits & 0x800000 and mantissa > 0, "header: a negative or empty target")
    shift = 8 * (exponent - 3)
    target = mantissa << shift if shift >= 0 else mantissa >> -shift
    require(0 < target < 2**256, "header: an impossible target")
    return target


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def _shown(digest: bytes) -> str:
    """As explorers print it: the other way round."""
    return digest[::-1].hex()
