"""Bitcoin's client against a real node."""

import pytest

from tests.wallet.chains.addresses import ADDRESS, OTHER_ADDRESS, OTHER_SCRIPT, SCRIPT
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.errors import BlockNotFound, BlockOrphaned, WrongChain
from wallet.chains.types import (
    Asset,
    BitcoinNetwork,
    BroadcastResult,
    Outpoint,
    TxState,
)
from wallet.devnodes.bitcoin_node import BitcoinNode

NOWHERE = "11" * 32


def test_a_tip_is_the_newest_block_and_names_its_parent(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    parent, newest = bitcoin_node.mine(2)
    tip = bitcoin_chain.tip()
    assert (tip.hash, tip.parent_hash) == (newest, parent)
    assert bitcoin_chain.block_at(tip.height) == tip == bitcoin_chain.block_ref(newest)


def test_blocks_that_are_not_there_are_said_to_be_missing(bitcoin_chain: BitcoinChain) -> None:
    with pytest.raises(BlockNotFound):
        bitcoin_chain.block_at(bitcoin_chain.tip().height + 1)
    with pytest.raises(BlockNotFound):
        bitcoin_chain.block_ref(NOWHERE)


def test_another_network_is_refused_before_anything_is_read(bitcoin_node: BitcoinNode) -> None:
    with (
        BitcoinChain.connect(bitcoin_node.url, BitcoinNetwork.MAIN) as chain,
        pytest.raises(WrongChain),
    ):
        chain.tip()


def test_a_payment_is_found_in_the_mempool_and_then_in_its_block(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    txid = bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.send(OTHER_ADDRESS, 6_000)
    (seen,) = bitcoin_chain.mempool({SCRIPT}).transfers
    assert (seen.asset, seen.txid, seen.recipient, seen.amount, seen.block) == (
        Asset.BTC,
        txid,
        SCRIPT,
        5_000,
        None,
    )
    bitcoin_node.mine()
    block = bitcoin_chain.tip()
    (confirmed,) = bitcoin_chain.block_transfers(block, {SCRIPT})
    assert confirmed.identity == seen.identity
    assert confirmed.block == block
    assert bitcoin_chain.mempool({SCRIPT}).txids == frozenset()


def test_every_output_of_a_transaction_is_a_payment_of_its_own(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    payments = [(ADDRESS, 5_000), (OTHER_ADDRESS, 6_000), (ADDRESS, 5_000)]
    bitcoin_node.broadcast(bitcoin_node.sign_payments(payments).raw)
    bitcoin_node.mine()
    found = bitcoin_chain.block_transfers(bitcoin_chain.tip(), {SCRIPT, OTHER_SCRIPT})
    assert [(each.place, each.recipient, each.amount) for each in found] == [
        ("vout:0", SCRIPT, 5_000),
        ("vout:1", OTHER_SCRIPT, 6_000),
        ("vout:2", SCRIPT, 5_000),
    ]


def test_the_mempool_is_read_once(bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain) -> None:
    bitcoin_node.send(ADDRESS, 5_000)
    first = bitcoin_chain.mempool({SCRIPT})
    later_txid = bitcoin_node.send(ADDRESS, 7_000)
    second = bitcoin_chain.mempool({SCRIPT}, known=first.txids)
    assert [transfer.txid for transfer in second.transfers] == [later_txid]
    assert second.txids == first.txids | {later_txid}


def test_a_mined_block_pays_no_deposit_by_its_coinbase(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    bitcoin_node.mine(1, ADDRESS)
    assert bitcoin_chain.block_transfers(bitcoin_chain.tip(), {SCRIPT}) == ()


def test_depth_counts_from_one_in_the_newest_block(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    txid = bitcoin_node.send(ADDRESS, 5_000)
    assert bitcoin_chain.transaction_status(txid).state is TxState.PENDING
    bitcoin_node.mine()
    status = bitcoin_chain.transaction_status(txid)
    assert (status.state, status.depth, status.block) == (
        TxState.INCLUDED,
        1,
        bitcoin_chain.tip(),
    )
    bitcoin_node.mine(5)
    assert bitcoin_chain.transaction_status(txid).depth == 6


def test_a_reorganisation_orphans_the_block_and_gives_the_payment_back_to_the_mempool(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    root = bitcoin_node.tip()
    txid = bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.mine()
    orphan = bitcoin_chain.tip()
    bitcoin_node.mine_on(root, 2)
    with pytest.raises(BlockOrphaned):
        bitcoin_chain.block_ref(orphan.hash)
    with pytest.raises(BlockOrphaned):
        bitcoin_chain.block_transfers(orphan, {SCRIPT})
    assert bitcoin_chain.transaction_status(txid).state is TxState.PENDING


def test_a_payment_keeps_its_identity_in_another_block(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    root = bitcoin_node.tip()
    txid = bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.mine()
    (before,) = bitcoin_chain.block_transfers(bitcoin_chain.tip(), {SCRIPT})
    new_hash, _ = bitcoin_node.mine_on(root, 2, raw=[bitcoin_node.raw_transaction(txid)])
    (after,) = bitcoin_chain.block_transfers(bitcoin_chain.block_ref(new_hash), {SCRIPT})
    assert after.identity == before.identity
    assert after.block != before.block


def test_a_replacement_in_the_mempool_is_named(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    bitcoin_node.broadcast(paid.raw)
    taken_back = bitcoin_node.sign_payment(
        OTHER_ADDRESS, 5_000, fee_sat=5_000, spending=paid.spends
    )
    bitcoin_node.broadcast(taken_back.raw)
    status = bitcoin_chain.transaction_status(paid.txid, spends=paid.spends)
    assert (status.state, status.replaced_by) == (TxState.UNKNOWN, taken_back.txid)


def test_a_double_spend_in_the_chain_is_a_replacement(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    root = bitcoin_node.tip()
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    bitcoin_node.broadcast(paid.raw)
    bitcoin_node.mine(3)
    taken_back = bitcoin_node.sign_payment(OTHER_ADDRESS, 5_000, spending=paid.spends)
    first, *_ = bitcoin_node.mine_on(root, 4, raw=[taken_back.raw])
    status = bitcoin_chain.transaction_status(paid.txid, spends=paid.spends)
    assert status.state is TxState.REPLACED
    block = bitcoin_chain.block(bitcoin_chain.block_ref(first))
    assert block.spenders(paid.spends) == dict.fromkeys(paid.spends, taken_back.txid)


def test_a_transaction_that_is_only_forgotten_is_not_replaced(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    bitcoin_node.broadcast(paid.raw)
    bitcoin_node.drop_transaction(paid.txid)
    status = bitcoin_chain.transaction_status(paid.txid, spends=paid.spends)
    assert (status.state, status.replaced_by) == (TxState.UNKNOWN, None)


def test_an_output_is_unspent_until_the_mempool_or_a_block_spends_it(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    (coin,) = paid.spends
    before = bitcoin_chain.unspent(coin)
    assert before is not None
    assert before.script == bitcoin_node.miner_script
    bitcoin_node.broadcast(paid.raw)
    assert bitcoin_chain.unspent(coin) is None
    assert bitcoin_chain.mempool_spender(coin) == paid.txid
    assert bitcoin_chain.unspent(coin, include_mempool=False) is not None
    received = bitcoin_chain.unspent(Outpoint(paid.txid, 0))
    assert received is not None
    assert (received.script, received.value_sat, received.depth) == (SCRIPT, 5_000, 0)
    bitcoin_node.mine()
    assert bitcoin_chain.unspent(coin, include_mempool=False) is None
    assert bitcoin_chain.mempool_spender(coin) is None


def test_sending_the_same_bytes_again_is_no_failure(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    first, again = bitcoin_chain.broadcast(paid.raw), bitcoin_chain.broadcast(paid.raw)
    assert first.is_in_network
    assert again.is_in_network
    bitcoin_node.mine()
    assert bitcoin_chain.broadcast(paid.raw).result is BroadcastResult.ALREADY_MINED
    assert first.txid == paid.txid


def test_refused_transactions_say_why(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000, fee_sat=2_000)
    bitcoin_chain.broadcast(paid.raw)
    cheaper = bitcoin_node.sign_payment(OTHER_ADDRESS, 5_000, spending=paid.spends)
    assert bitcoin_chain.broadcast(cheaper.raw).result is BroadcastResult.FEE_TOO_LOW
    bitcoin_node.mine()
    assert bitcoin_chain.broadcast(cheaper.raw).result is BroadcastResult.INPUTS_SPENT
    tampered = bitcoin_node.sign_payment(ADDRESS, 5_000).raw
    flipped = tampered.replace("88130000", "89130000", 1)
    assert bitcoin_chain.broadcast(flipped).result is BroadcastResult.REJECTED
    assert bitcoin_node.mempool_txids() == []


def test_a_fee_rate_is_the_estimate_within_limits_or_the_fallback(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain
) -> None:
    with BitcoinChain.connect(
        bitcoin_node.url, bitcoin_node.network, fallback_fee_rate=7_000, max_fee_rate=90_000
    ) as chain:
        assert chain.fee_rate(6) == 7_000
        for estimate, rate in ((23_456, 23_456), (10, 1_000), (10**9, 90_000)):
            bitcoin_node.set_fee_rate(estimate)
            assert chain.fee_rate(6) == rate
