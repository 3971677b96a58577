"""The web process: uvicorn with this site's options.

    python -m poker_site.web_server --fd 0
    python -m poker_site.web_server --host 0.0.0.0 --port 8000

With `--fd` several processes share one listening socket that their supervisor holds. uvicorn's own
option of that name takes any socket for one of the Unix kind: replies would then wait for the
client's acknowledgements (Nagle's algorithm, 40 ms), and clients would have no address to limit.

A process starts while others serve, and where one was killed they have its players to take over.
So it imports at a low priority, and takes a connection only when nothing is left to import.
"""

import argparse
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id

import uvicorn
from uvicorn.importer import import_from_string

SITE = "poker_site.asgi:application"
# A fifth of what a process that serves gets of a busy core.
NICENESS = 7


def config(application: object = SITE) -> uvicorn.Config:
    """Frames of at most 8 KiB, no compression (no bombs), no trust in proxies' headers."""
    return uvicorn.Config(
        application,  # type: ignore[arg-type]
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=8192,
        ws_per_message_deflate=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=2,
    )


def listening(descriptor: int | None, host: str, port: int) -> socket.socket:
    """The inherited socket, or a new one."""
    if descriptor is not None:
        return socket.socket(fileno=os.dup(descriptor))
    return socket.create_server((host, port), backlog=2048)


def load(application: str) -> object:
    """Import the application, giving way to what else runs.

    In a thread of its own: on Linux it alone is slowed down, and who may not raise a priority need
    not do so afterwards.
    """
    with ThreadPoolExecutor(1, initializer=_give_way) as importing:
        return importing.submit(import_from_string, application).result()


def _give_way() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve pages, REST and WebSockets.")
    parser.add_argument("--fd", type=int, help="an inherited listening socket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--application", default=SITE)
    options = parser.parse_args()
    listener = listening(options.fd, options.host, options.port)
    uvicorn.Server(config(load(options.application))).run(sockets=[listener])


if __name__ == "__main__":
    main()
