"""Someone between us and a real node, who may change its answers: a provider that lies or lags."""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

# (method, parameters, the node's result) → the result that is passed on
Tamper = Callable[[str, list[Any], Any], Any]


class Middleman:
    """Passes requests on to the node at `url`; `tamper` may change what comes back."""

    def __init__(self, url: str, tamper: Tamper | None = None) -> None:
        self._node = urlsplit(url)
        self.tamper = tamper
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        port = self._server.server_address[1]
        credentials = self._node.netloc.rpartition("@")[0]
        self.url = f"http://{credentials + '@' if credentials else ''}127.0.0.1:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(str(self._node.hostname), self._node.port, timeout=30)
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            return response.status, self._changed(body, response.read())
        finally:
            connection.close()

    def _changed(self, request: bytes, answer: bytes) -> bytes:
        if self.tamper is None:
            return answer
        asked = json.loads(request)
        told = json.loads(answer)
        many = asked if isinstance(asked, list) else [asked]
        by_id = {each["id"]: each for each in (told if isinstance(told, list) else [told])}
        for each in many:
            reply = by_id[each["id"]]
            if reply.get("result") is not None:
                result = self.tamper(each["method"], each.get("params", []), reply["result"])
                reply["result"] = result
        return json.dumps(told).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept = ("Authorization", "Content-Type")
                headers = {name: self.headers[name] for name in kept if name in self.headers}
                status, answer = owner.answer(headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments: object) -> None:
                """Nothing: the test's output is for the test."""

        return Handler
