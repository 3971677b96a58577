"""Asking a node: retries, broken answers, and what may be seen of its address."""

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from poker_site.embedded.registry import free_port
from tests.support.lying_node import LyingNode, Refusal, lying_node
from wallet.chains.errors import NodeAnswerInvalid, NodeBehind, NodeRefused, NodeUnavailable
from wallet.chains.rpc import ATTEMPTS, JsonRpc, parse
from wallet.devnodes.bitcoin_node import BitcoinNode


@pytest.fixture
def node(bitcoin_node: BitcoinNode) -> Iterator[LyingNode]:
    with lying_node(bitcoin_node.url) as node:
        yield node


@pytest.fixture
def rpc(node: LyingNode) -> Iterator[JsonRpc]:
    with JsonRpc(node.url, timeout=5) as rpc:
        yield rpc


def test_a_question_is_asked_again_when_no_answer_comes(node: LyingNode, rpc: JsonRpc) -> None:
    node.failures = ATTEMPTS - 1
    assert rpc.call("getblockcount") == 440


def test_questions_end_after_a_few_attempts(node: LyingNode, rpc: JsonRpc) -> None:
    node.failures = 100
    with pytest.raises(NodeUnavailable):
        rpc.call("getblockcount")
    assert len(node.asked) == ATTEMPTS


def test_what_changes_something_is_sent_once(node: LyingNode, rpc: JsonRpc) -> None:
    node.failures = 1
    with pytest.raises(NodeUnavailable):
        rpc.call_once("getblockcount")
    assert len(node.asked) == 1


def test_an_error_of_the_node_is_not_asked_again(node: LyingNode, rpc: JsonRpc) -> None:
    with pytest.raises(NodeRefused) as refused:
        rpc.call("getblockhash", 10_000_000)
    assert refused.value.rpc_code == -8
    assert len(node.asked) == 1


def test_a_node_that_still_loads_is_behind(node: LyingNode, rpc: JsonRpc) -> None:
    def loading(*_: object) -> None:
        raise Refusal({"code": -28, "message": "Loading block index…"})

    node.lies["getblockcount"] = loading
    with pytest.raises(NodeBehind):
        rpc.call("getblockcount")


def test_a_busy_gateway_is_no_answer(node: LyingNode, rpc: JsonRpc) -> None:
    node.status, node.body = 503, b"<html>try again</html>"
    with pytest.raises(NodeUnavailable):
        rpc.call("getblockcount")
    assert len(node.asked) == ATTEMPTS


def test_a_wrong_password_is_told(bitcoin_node: BitcoinNode) -> None:
    host = bitcoin_node.url.rpartition("@")[2]
    with JsonRpc(f"http://node:wrong@{host}") as rpc, pytest.raises(NodeRefused) as refused:
        rpc.call("getblockcount")
    assert refused.value.rpc_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b"7",
        b'{"id": 1}',
        b'{"id": -1, "result": 440}',
        b'{"id": 1, "result": NaN}',
        b'{"id": 1, "result": 1e99999999999999999999}',
        b'{"id": 1, "result": Infinity}',
        b'{"id": 1, "error": "no"}',
        b'{"id": 1, "error": {"code": "x"}}',
        b'{"id": 1, "result": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_broken_answer_is_invalid(node: LyingNode, rpc: JsonRpc, body: bytes) -> None:
    node.body = body
    with pytest.raises(NodeAnswerInvalid):
        rpc.call("getblockcount")


@pytest.mark.parametrize("body", [b"{}", b"[]", b"[1, 2]", b'[{"id": 1, "result": 2}]'])
def test_a_batch_is_answered_whole_or_not_at_all(
    node: LyingNode, rpc: JsonRpc, body: bytes
) -> None:
    node.body = body
    with pytest.raises(NodeAnswerInvalid):
        rpc.batch("getblockhash", [[1], [2]])


def test_a_batch_keeps_its_order_over_several_requests(
    bitcoin_node: BitcoinNode, rpc: JsonRpc
) -> None:
    heights = [height % 440 for height in range(0, 2_500, 11)]
    hashes = [bitcoin_node.block_hash(height) for height in range(440)]
    assert rpc.batch("getblockhash", [[height] for height in heights]) == [
        hashes[height] for height in heights
    ]


def test_numbers_are_exact() -> None:
    assert parse(b"0.1") + parse(b"0.2") == Decimal("0.3")
    assert parse(b"20999999.99999999") == Decimal("20999999.99999999")


def test_an_address_with_a_password_is_seen_nowhere(
    caplog: pytest.LogCaptureFixture, bitcoin_node: BitcoinNode
) -> None:
    caplog.set_level(logging.DEBUG)
    password = bitcoin_node.url.split(":")[2].split("@")[0]
    with JsonRpc(bitcoin_node.url) as rpc:
        rpc.call("getblockcount")
        assert password not in repr(rpc)
    secret = "key-in-the-path"
    with (
        JsonRpc(f"http://127.0.0.1:{free_port()}/{secret}") as rpc,
        pytest.raises(NodeUnavailable) as refused,
    ):
        rpc.call("getblockcount")
    assert refused.value.__cause__ is None
    assert secret not in str(refused.value) + repr(refused.value)
    assert password not in caplog.text
    assert secret not in caplog.text


def test_an_error_report_does_not_have_the_address(node: LyingNode) -> None:
    reports: list[str] = []

    class Collected(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            reports.append(envelope.serialize().decode())

    node.body = b'{"id": 1, "result": 440}'
    scope = sentry_sdk.get_global_scope()
    before = scope.client
    sentry_sdk.init(dsn="http://key@127.0.0.1:1/1", transport=Collected)
    try:
        with JsonRpc(f"{node.url}/key-in-the-path") as rpc:
            assert rpc.call("getblockcount") == 440
        sentry_sdk.capture_message("told")
        sentry_sdk.flush()
    finally:
        scope.set_client(before)
    (report,) = reports
    assert "told" in report
    assert "key-in-the-path" not in report


def test_a_path_is_asked_as_it_stands(node: LyingNode) -> None:
    with JsonRpc(f"{node.url}/v3/key?chain=1") as rpc:
        assert rpc.call("getblockcount") == 440
    assert node.paths == ["/v3/key?chain=1"]


@pytest.mark.parametrize("url", ["", "localhost:8332", "ftp://host", "http://", "file:///etc"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        JsonRpc(url)
