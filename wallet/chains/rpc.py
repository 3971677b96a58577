"""JSON-RPC over HTTP: timeouts, bounded retries of what only reads, exact numbers.

A node's address may hold a password or a key, so it is in no log line, no error and no repr. That
is why requests go to httpx' transport and not through its client: the client logs addresses, and
error reporters hook into it to record them. Errors of the transport are not chained to ours.
"""

import json
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from wallet.chains.errors import NodeAnswerInvalid, NodeBehind, NodeRefused, NodeUnavailable
from wallet.chains.types import Closing

ATTEMPTS = 4
MAX_ANSWER_BYTES = 128 * 1024 * 1024
BATCH = 100
# Bitcoin Core while it loads its block index.
IN_WARM_UP = -28

_retrying = Retrying(
    retry=retry_if_exception_type(NodeUnavailable),
    stop=stop_after_attempt(ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=2),
    reraise=True,
)


class JsonRpc(Closing):
    """One node. `url` is `http(s)://[user:password@]host[:port][/path]`; times are in seconds."""

    def __init__(self, url: str, *, timeout: float = 10, connect_timeout: float = 3) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a node's address must be http(s)://[user:password@]host[:port]")
        self._host = parts.hostname
        self._ids = count(1)
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._headers = {"Content-Type": "application/json"}
        if parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {b64encode(user.encode()).decode()}"
        self._timeout = {"timeout": httpx.Timeout(timeout, connect=connect_timeout).as_dict()}
        self._transport = httpx.HTTPTransport(trust_env=False, verify=_certificates())

    def __repr__(self) -> str:
        return f"<JsonRpc {self._host}>"

    def close(self) -> None:
        self._transport.close()

    def call(self, method: str, *params: Any) -> Any:
        """The result of a request that only reads; asked again when there is no answer.

        Raises `NodeUnavailable`, `NodeAnswerInvalid`, `NodeRefused`, `NodeBehind`.
        """
        return _retrying(self.call_once, method, *params)

    def call_once(self, method: str, *params: Any) -> Any:
        """The same without another attempt: for what changes something."""
        request = self._request(method, params)
        return _result(self._post(request), request)

    def batch(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        """The results of one method for many parameters, in order; only for what reads.

        A parameter that the node refuses gives its `NodeRefused` in the place of a result.
        """
        results: list[Any] = []
        for start in range(0, len(params), BATCH):
            results += _retrying(self._batch_once, method, params[start : start + BATCH])
        return results

    def _batch_once(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        requests = [self._request(method, each) for each in params]
        answers = self._post(requests)
        if not isinstance(answers, list) or len(answers) != len(requests):
            raise NodeAnswerInvalid(f"{method}: a batch of {len(requests)} was not answered whole")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [_result_or_refusal(by_id.get(request["id"]), request) for request in requests]

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, content: Any) -> Any:
        request = httpx.Request(
            "POST",
            self._url,
            headers=self._headers,
            content=json.dumps(content),
            extensions=self._timeout,
        )
        try:
            with closing(self._transport.handle_request(request)) as response:
                status, body = response.status_code, _read(response)
        except httpx.HTTPError as error:
            raise NodeUnavailable(type(error).__name__) from None
        if status in {401, 403}:
            raise NodeRefused(f"HTTP {status}: wrong name, password or key", rpc_code=status)
        try:
            return parse(body)
        except NodeAnswerInvalid:
            if status != httpx.codes.OK:
                raise NodeUnavailable(f"HTTP {status}") from None
            raise


def parse(body: bytes) -> Any:
    """JSON with exact decimals; NaN, infinities and endless nesting are refused."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_not_a_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise NodeAnswerInvalid(f"not JSON: {body[:80]!r}") from None


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(text)


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust: read once, because reading takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise NodeAnswerInvalid(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _result(answer: Any, request: dict[str, Any]) -> Any:
    method = request["method"]
    if not isinstance(answer, dict):
        raise NodeAnswerInvalid(f"{method}: the answer is no object")
    error = answer.get("error")
    if error is not None:
        raise _refusal(method, error)
    if answer.get("id") != request["id"]:
        raise NodeAnswerInvalid(f"{method}: the answer belongs to another request")
    if "result" not in answer:
        raise NodeAnswerInvalid(f"{method}: the answer has no result")
    return answer["result"]


def _result_or_refusal(answer: Any, request: dict[str, Any]) -> Any:
    try:
        return _result(answer, request)
    except NodeRefused as refusal:
        return refusal


def _refusal(method: str, error: Any) -> Exception:
    if not isinstance(error, dict) or type(error.get("code")) is not int:
        return NodeAnswerInvalid(f"{method}: an error without a code")
    code, text = error["code"], str(error.get("message", ""))[:500]
    if code == IN_WARM_UP:
        return NodeBehind(text)
    return NodeRefused(f"{method}: {text}", rpc_code=code)
