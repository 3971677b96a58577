"""One pass over a network: follow its chain to the tip, then decide what that means.

Only one scanner of a network runs at a time (an advisory lock); and even without the lock a block
is written only after the one the cursor stands on, in the same transaction as the cursor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import structlog
from django.db.models import F

from wallet.addressing import is_offered
from wallet.advisory import LockClass, held
from wallet.assets import Network
from wallet.chains.compare import require_same_block
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    ChainError,
    NodeBehind,
    NodeUnavailable,
    ReadWithout,
)
from wallet.chains.types import BlockRef
from wallet.deposits import blocks, cold_storage, mempool, own_coins
from wallet.deposits.alerts import tell_staff
from wallet.deposits.bitcoin_reader import BitcoinReader
from wallet.deposits.crediting import credit_due
from wallet.deposits.errors import DepositsUndecided, ReorganisationTooDeep
from wallet.deposits.ethereum_reader import EthereumReader
from wallet.deposits.nodes import AnyReader, reader_of
from wallet.deposits.records import BOOKED
from wallet.deposits.reversing import undo_absent
from wallet.deposits.watch import load_watch, watched_outpoints
from wallet.errors import WalletError
from wallet.models import ChainBlock, ChainCursor, Deposit, DepositState

log = structlog.get_logger()

BATCH_BLOCKS = 100
# A scanner that is far behind gives way to others after so many, and goes on with the next beat.
MAX_BLOCKS_IN_A_PASS = 1_000
MAX_REORGANISATION = 100
MAX_TURNS_IN_A_PASS = 20
KEPT_HEADERS = 1_000

# Between the troubles of a pass in `ChainCursor.trouble`.
_BETWEEN = " | "
# What passes by itself; staff hear of the rest.
PASSING = (NodeUnavailable, NodeBehind, BlockOrphaned, BlockNotFound)


@dataclass(slots=True)
class Pass:
    """What a pass did. `trouble` is the code of what stopped it, or a part of it."""

    blocks: int = 0
    undone_blocks: int = 0
    decided: int = 0
    reversed: int = 0
    is_at_tip: bool = False
    is_busy: bool = False
    trouble: str = ""


def scan(network: str) -> Pass:
    """Follow the chain, reverse, credit. Nothing where the network is not offered or is scanned
    by another just now. The nodes' trouble is in the answer and in the cursor, never raised."""
    done = Pass()
    if not is_offered(network):
        return done
    with held(LockClass.SCANNER, network) as mine:
        if not mine:
            done.is_busy = True
            return done
        _run(reader_of(network), done)
    return done


def credit_ready(network: str) -> int:
    """Decide on what lies deep enough, without reading further; how many. Raises ChainError."""
    if not is_offered(network):
        return 0
    with held(LockClass.SCANNER, network) as mine:
        if not mine:
            return 0
        reader = reader_of(network)
        reader.prove_assets()
        return credit_due(reader, reader.reached())


def _run(reader: AnyReader, done: Pass) -> None:
    troubles: list[ChainError | WalletError] = []

    def attempt(step: Callable[[], None]) -> None:
        try:
            step()
        except (ChainError, WalletError) as error:
            troubles.append(error)

    attempt(lambda: _follow(reader, done))
    if not troubles:
        _count_confirmations(reader.network)
        if done.is_at_tip:
            attempt(lambda: _reverse(reader, done))
            if isinstance(reader, BitcoinReader):
                attempt(lambda: mempool.look(reader.first))
        attempt(reader.prove_assets)
        attempt(lambda: _decide(reader, done))
    _note_trouble(reader.network, troubles, done)


def _reverse(reader: AnyReader, done: Pass) -> None:
    try:
        done.reversed = undo_absent(reader)
    except ReadWithout as error:
        # Whoever was wrong, the next pass reads the block again.
        done.is_at_tip = False
        cursor = ChainCursor.objects.get(network=reader.network)
        below = ChainBlock.objects.filter(network=reader.network, height=error.height - 1).first()
        if below is not None:
            blocks.roll_back(reader.network, cursor, below)
        raise


def _decide(reader: AnyReader, done: Pass) -> None:
    reached = reader.reached()
    undecided: DepositsUndecided | None = None
    try:
        done.decided = credit_due(reader, reached)
    except DepositsUndecided as error:
        done.decided, undecided = error.decided, error
    if done.is_at_tip:
        own_coins.book_final(reader, reached)
        if isinstance(reader, EthereumReader):
            cold_storage.compare(reader)
    if undecided is not None:
        raise undecided


def _follow(reader: AnyReader, done: Pass) -> None:
    """Read blocks up to the tip, turning back wherever the chain has turned."""
    network = reader.network
    cursor = ChainCursor.objects.filter(network=network).first()
    if cursor is None:
        cursor = blocks.begin(network, reader.start())
    turns = 0
    while not done.is_at_tip and done.blocks < MAX_BLOCKS_IN_A_PASS:
        try:
            _next_batch(reader, done)
        except blocks.CursorMoved:
            done.is_busy = True
            return
        except (BlockOrphaned, BlockNotFound):
            # The chain turned while it was read.
            turns += 1
            if turns == MAX_TURNS_IN_A_PASS:
                raise
    ChainBlock.objects.filter(
        network=network, height__lt=ChainCursor.objects.get(network=network).height - KEPT_HEADERS
    ).delete()


def _next_batch(reader: AnyReader, done: Pass) -> None:
    network = reader.network
    tip = reader.first.tip()
    ChainCursor.objects.filter(network=network).update(tip_height=tip.height)
    cursor = ChainCursor.objects.get(network=network)
    if cursor.block_hash == tip.hash:
        done.is_at_tip = True
        return
    if tip.height <= cursor.height:
        if _is_stored(network, tip):
            raise NodeBehind(f"{network} is at {tip.height}, we are at {cursor.height}")
        _turn_back(reader, cursor, tip, done)
        return
    last = min(tip.height, cursor.height + BATCH_BLOCKS)
    refs = reader.first.blocks_at(range(cursor.height + 1, last + 1))
    if refs[0].parent_hash != cursor.block_hash:
        _turn_back(reader, cursor, tip, done)
        return
    for parent, ref in pairwise(refs):
        if ref.parent_hash != parent.hash:
            raise BlockOrphaned(parent.hash)
    watch = load_watch(network)
    for ref in refs:
        outpoints = watched_outpoints() if network == Network.BITCOIN else set()
        blocks.apply(network, reader.read_block(ref, watch, outpoints), watch)
        done.blocks += 1


def _turn_back(reader: AnyReader, cursor: ChainCursor, tip: BlockRef, done: Pass) -> None:
    """Go back to the newest block that both the node and we have."""
    network = reader.network
    highest = min(cursor.height, tip.height)
    lowest = cursor.height - MAX_REORGANISATION
    stored = ChainBlock.objects.filter(
        network=network, height__lte=highest, height__gte=lowest
    ).order_by("-height")
    for block in stored:
        if reader.first.block_at(block.height).hash == block.block_hash:
            _second_agrees(reader, block)
            blocks.roll_back(network, cursor, block)
            depth = cursor.height - block.height
            done.undone_blocks += depth
            log.warning("chain_reorganised", network=network, depth=depth, ancestor=block.height)
            return
    raise ReorganisationTooDeep(f"{network}: nothing in common from {lowest} to {highest}")


def _second_agrees(reader: AnyReader, ancestor: ChainBlock) -> None:
    """What is booked is not undone on one node's word."""
    booked = Deposit.objects.filter(
        network=reader.network, height__gt=ancestor.height, state__in=BOOKED
    )
    if reader.second is not None and booked.exists():
        require_same_block(reader.second, reader.first.block_at(ancestor.height + 1))


def _is_stored(network: str, block: BlockRef) -> bool:
    return ChainBlock.objects.filter(
        network=network, height=block.height, block_hash=block.hash
    ).exists()


def _count_confirmations(network: str) -> None:
    cursor = ChainCursor.objects.get(network=network)
    Deposit.objects.filter(
        network=network, state=DepositState.CONFIRMING, height__isnull=False
    ).update(confirmations=cursor.height - F("height") + 1)


def _note_trouble(network: str, troubles: list[ChainError | WalletError], done: Pass) -> None:
    done.trouble = troubles[0].code if troubles else ""
    cursor = ChainCursor.objects.filter(network=network).first()
    text = _BETWEEN.join(str(error)[: 200 // len(troubles) - len(_BETWEEN)] for error in troubles)
    before = cursor.trouble if cursor else ""
    known = {each.partition(":")[0] for each in before.split(_BETWEEN)}
    if cursor and text != before:
        ChainCursor.objects.filter(network=network).update(trouble=text)
    for error in troubles:
        if isinstance(error, PASSING):
            log.warning("scan_waits", network=network, code=error.code, detail=error.detail)
        elif error.code not in known and not isinstance(error, DepositsUndecided):
            # Of each of those staff were told by its id.
            tell_staff(error.code, f"chain:{network}", {"detail": error.detail})
