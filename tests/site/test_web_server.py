"""What the web server itself refuses, before any code of ours sees it."""

import collections
import contextlib
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.support.site import RunningSite


def lobby(site: RunningSite) -> ClientConnection:
    return connect(
        f"{site.url.replace('http', 'ws')}/ws/lobby/",
        origin=Origin(site.url),
        subprotocols=[Subprotocol("poker.v1.json")],
        proxy=None,
    )


def close_code(connection: ClientConnection) -> int | None:
    with contextlib.suppress(ConnectionClosed):
        collections.deque(connection, maxlen=0)
    return connection.close_code


def test_a_frame_over_8_kib_closes_the_socket(site: RunningSite) -> None:
    with lobby(site) as connection:
        connection.send("x" * 8193)
        assert close_code(connection) == 1009


def test_fragments_that_add_up_to_more_close_it_too(site: RunningSite) -> None:
    with lobby(site) as connection:
        with contextlib.suppress(ConnectionClosed):  # while the last one is on its way
            connection.send(iter(["x" * 4000] * 3))
        assert close_code(connection) == 1009


def test_compression_is_not_offered(site: RunningSite) -> None:
    with lobby(site) as connection:
        assert connection.response is not None
        assert "Sec-WebSocket-Extensions" not in connection.response.headers


def test_garbage_leaves_the_process_alive(site: RunningSite) -> None:
    pids = site.pids()
    address = urlsplit(site.url)
    for raw in (b"\x00" * 5000, b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100_000):
        with socket.create_connection((address.hostname, address.port), timeout=5) as peer:
            peer.sendall(raw)
            peer.settimeout(1)
            try:
                peer.recv(1000)
            except OSError:
                continue
    assert httpx.get(f"{site.url}/healthz/live").status_code == 200
    assert site.pids() == pids


def test_pages_allow_nothing_inline_and_say_no_server(site: RunningSite) -> None:
    answer = httpx.get(f"{site.url}/accounts/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in answer.headers


def test_only_the_admin_may_evaluate(site: RunningSite) -> None:
    policy = httpx.get(f"{site.url}/admin/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy


def test_on_an_inherited_socket_a_client_has_an_address() -> None:
    """A socket taken for a Unix one has none, and delays its answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "poker_site.web_server", "--fd", str(listener.fileno())]
        command += ["--application", "tests.support.whoami:application"]
        with subprocess.Popen(command, pass_fds=[listener.fileno()]) as process:
            try:
                port = listener.getsockname()[1]
                answer = httpx.get(f"http://127.0.0.1:{port}/", timeout=20)
                assert answer.text == "127.0.0.1"
            finally:
                process.terminate()


def test_a_web_process_starts_without_pokerkit() -> None:
    """Where a killed one starts again, its imports take a core from those that have its players."""
    program = "import sys, poker_site.asgi; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"poker_site.urls", "tables.consumers.table", "tables.history.pokerstars"} <= loaded
    assert not [name for name in loaded if name.partition(".")[0] == "pokerkit"]
