"""A server for pages without a site: the site's own files, and whatever else a test answers.

A browser's routes would do, but each request goes to the test and back, and nothing is remembered.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from typing import Final

from django.contrib.staticfiles import finders

STATIC: Final = Path(__file__).resolve().parents[2] / "tables" / "static"

# The body and its type for a path.
Answer = Callable[[str], tuple[bytes, str]]


class FileServer(ThreadingHTTPServer):
    """On a port of its own; `answer` is asked for all that is no file."""

    daemon_threads = True
    answer: Answer

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@cache
def _file(name: str) -> Path:
    return Path(str(finders.find(name)))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FileServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/static/"):
            file = _file(path.removeprefix("/static/"))
            kind = guess_type(file.name)[0] or "application/octet-stream"
            self._send(file.read_bytes(), kind, "max-age=600, immutable")
        else:
            self._send(*self.server.answer(path), "no-store")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.do_GET()

    def log_request(self, *what: object) -> None:
        """Nobody asks what was fetched."""

    def _send(self, body: bytes, kind: str, remembered: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", remembered)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_files() -> Iterator[FileServer]:
    with FileServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
