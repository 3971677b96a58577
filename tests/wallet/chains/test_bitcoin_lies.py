"""A Bitcoin node that lies or lags: never a transfer, always a stated error."""

from typing import Any

import pytest

from tests.support.lying_node import LyingNode
from tests.wallet.chains.addresses import ADDRESS, OTHER_SCRIPT, SCRIPT
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.errors import (
    NodeAnswerInvalid,
    NodeBehind,
)
from wallet.devnodes.bitcoin_node import BitcoinNode


def test_a_block_with_another_payment_in_it_is_refused(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.mine()
    block = bitcoin.tip()
    pay, pay_more = (5_000).to_bytes(8, "little").hex(), (5_001).to_bytes(8, "little").hex()
    for old, new in ((pay, pay_more), (SCRIPT, OTHER_SCRIPT)):
        true = bitcoin_node.call("getblock", block.hash, 0)
        bitcoin_liar.tell("getblock", true.replace(old, new))
        assert true.replace(old, new) != true
        with pytest.raises(NodeAnswerInvalid):
            bitcoin.block_transfers(block, {SCRIPT, OTHER_SCRIPT})


def test_another_block_or_a_piece_of_one_is_refused(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    bitcoin_node.mine()
    block = bitcoin.tip()
    other = bitcoin_node.call("getblock", bitcoin_node.block_hash(439), 0)
    own = bitcoin_node.call("getblock", block.hash, 0)
    lies: list[Any] = [other, own[:-2], own + "00", own[:160], "", "zz", None, 7, {}]
    for lie in lies:
        bitcoin_liar.tell("getblock", lie)
        with pytest.raises(NodeAnswerInvalid):
            bitcoin.block_transfers(block, {SCRIPT})


def tell_header(node: LyingNode, verbose: Any, raw: Any) -> None:
    node.lies["getblockheader"] = lambda _method, params, _told: verbose if params[1] else raw


def test_headers_that_do_not_hold_are_refused(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    other_header = bitcoin_node.call("getblockheader", bitcoin_node.block_hash(439), False)
    header = bitcoin_node.call("getblockheader", bitcoin_node.tip())
    told = {name: header[name] for name in ("height", "confirmations")}
    raw_header = bitcoin_node.call("getblockheader", bitcoin_node.tip(), False)
    for field, value in (
        ("height", -1),
        ("height", "440"),
        ("height", True),
        ("confirmations", 0),
        ("confirmations", "1"),
        ("confirmations", -2),
        ("confirmations", None),
    ):
        tell_header(bitcoin_liar, {**told, field: value}, raw_header)
        with pytest.raises(NodeAnswerInvalid):
            bitcoin.tip()
    tell_header(bitcoin_liar, told, raw_header)
    bitcoin.tip()
    tell_header(bitcoin_liar, told, other_header)
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.tip()


def test_a_transaction_under_another_name_is_refused(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    asked = bitcoin_node.send(ADDRESS, 5_000)
    other = bitcoin_node.raw_transaction(bitcoin_node.send(ADDRESS, 6_000))
    bitcoin_liar.lies["getrawtransaction"] = lambda _m, params, told: (
        {**told, "hex": other} if params[1] else other
    )
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.transaction(asked)
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.transaction_status(asked)
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.mempool({SCRIPT})


def test_a_node_that_claims_to_have_sent_something_else_is_refused(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    bitcoin_liar.tell("sendrawtransaction", "11" * 32)
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.broadcast(bitcoin_node.sign_payment(ADDRESS, 5_000).raw)


@pytest.mark.parametrize("rate", ["0.0001", True, -0.5, 1e-9, 22_000_000, {}])
def test_a_fee_that_is_none_is_refused(
    bitcoin_liar: LyingNode, bitcoin: BitcoinChain, rate: Any
) -> None:
    bitcoin_liar.tell("estimatesmartfee", {"feerate": rate, "blocks": 6})
    with pytest.raises(NodeAnswerInvalid):
        bitcoin.fee_rate(6)


@pytest.mark.parametrize(
    ("field", "value"),
    [("value", 1), ("value", "0.1"), ("value", 0.000000001), ("scriptPubKey", {"hex": "0"})],
)
def test_an_output_that_is_none_is_refused(
    bitcoin_node: BitcoinNode,
    bitcoin_liar: LyingNode,
    bitcoin: BitcoinChain,
    field: str,
    value: Any,
) -> None:
    (coin,) = bitcoin_node.sign_payment(ADDRESS, 5_000).spends
    bitcoin_liar.lies["gettxout"] = lambda _m, _p, told: {**told, field: value}
    if (field, value) == ("value", 1):
        output = bitcoin.unspent(coin)
        assert output is not None
        assert output.value_sat == 10**8
    else:
        with pytest.raises(NodeAnswerInvalid):
            bitcoin.unspent(coin)


def test_a_node_that_downloads_the_chain_is_behind(
    bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    bitcoin_liar.tell("getblockchaininfo", {"chain": "regtest", "initialblockdownload": True})
    with pytest.raises(NodeBehind):
        bitcoin.tip()
