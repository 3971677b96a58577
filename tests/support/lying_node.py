"""A node that lies: a real HTTP server before a real node that changes what it answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

Answer = dict[str, Any]
Rewrite = Callable[[str, list[Any], Any], Any]


class LyingNode:
    """Answers as the node behind it, but for what a test sets.

    `lies` maps a method to a function (method, parameters, true result) → told result; raise
    `Refusal` in it to tell an error. Methods in `withheld` never reach the node.
    `body` replaces whole answers, `status` their HTTP status; `failures` is how many requests from
    now on are cut off without an answer.
    """

    def __init__(self, node_url: str, port: int) -> None:
        parts = urlsplit(node_url)
        user = parts.netloc.rpartition("@")[0]
        self.url = f"http://{user}@127.0.0.1:{port}" if user else f"http://127.0.0.1:{port}"
        self.lies: dict[str, Rewrite] = {}
        self.withheld: set[str] = set()
        self.body: bytes | None = None
        self.status = 200
        self.failures = 0
        self.asked: list[str] = []
        self.paths: list[str] = []
        self._node = httpx.Client(base_url=node_url, timeout=30, trust_env=False)

    def tell(self, method: str, result: Any) -> None:
        """Answer this method with `result` whatever it asks."""
        self.lies[method] = lambda *_: result

    def refuse(self, method: str, code: int, message: str) -> None:
        """Refuse this method, and keep it from the node."""

        def refusal(*_: Any) -> Any:
            raise Refusal({"code": code, "message": message})

        self.lies[method] = refusal
        self.withheld.add(method)

    def be_honest(self) -> None:
        """No lies from now on."""
        self.lies.clear()
        self.withheld.clear()

    def close(self) -> None:
        self._node.close()

    def answer(self, request: bytes) -> bytes:
        asked = json.loads(request)
        single = isinstance(asked, dict)
        answers = [self._one(each) for each in ([asked] if single else asked)]
        if self.body is not None:
            return self.body
        return json.dumps(answers[0] if single else answers).encode()

    def _one(self, request: Answer) -> Answer:
        method = request["method"]
        self.asked.append(method)
        told: Answer = {}
        if method not in self.withheld:
            told = self._node.post("", json=request).json()
        if lie := self.lies.get(method):
            try:
                result = lie(method, request["params"], told.get("result"))
            except Refusal as refusal:
                return {"id": request["id"], "error": refusal.args[0], "result": None}
            told = {"id": request["id"], "error": None, "result": result}
        return told


class Refusal(Exception):
    """A lie that is an error of JSON-RPC."""


@contextmanager
def lying_node(node_url: str) -> Iterator[LyingNode]:
    """Between us and the node at this address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            if node.failures:
                node.failures -= 1
                node.asked.append("(cut off)")
                self.close_connection = True
                return
            node.paths.append(self.path)
            body = node.answer(request)
            self.send_response(node.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    node = LyingNode(node_url, server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        node.close()
