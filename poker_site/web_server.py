"""The web process: uvicorn with this site's options.

    python -m poker_site.web_server --fd 0
    python -m poker_site.web_server --host 0.0.0.0 --port 8000

With `--fd` several processes share one listening socket that their supervisor holds. uvicorn's own
option of that name takes any socket for one of the Unix kind: replies would then wait for the
client's acknowledgements (Nagle's algorithm, 40 ms), and clients would have no address to limit.

Where a process was killed, the others have its players to take over. So the one that replaces it
gives them a moment before it takes a core to import the site, and lets nobody in before all is
imported and warm.
"""

import argparse
import os
import select
import socket
import time

import structlog
import uvicorn
from uvicorn.importer import import_from_string

from poker_site.warm_up import warm_up

SITE = "poker_site.asgi:application"
GIVE_WAY_S = 1.5
# A connection that waits this long waits because no other process serves.
UNSERVED_S = 0.4

log = structlog.get_logger()


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


class Server(uvicorn.Server):
    """Lets nobody in before its first requests, which are slow, are done."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if not self.config.loaded:
            self.config.load()
        await warm_up(self.config.app)
        await super().startup(sockets)
        log.info("web_started")


def listening(descriptor: int | None, host: str, port: int) -> socket.socket:
    """The inherited socket, or a new one."""
    if descriptor is not None:
        return socket.socket(fileno=os.dup(descriptor))
    return socket.create_server((host, port), backlog=2048)


def give_way(listener: socket.socket) -> None:
    """Do nothing for a moment, unless nobody takes the connections that come in meanwhile."""
    end = time.monotonic() + GIVE_WAY_S
    while (left_s := end - time.monotonic()) > 0:
        if select.select([listener], [], [], left_s)[0]:
            time.sleep(UNSERVED_S)
            if select.select([listener], [], [], 0)[0]:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve pages, REST and WebSockets.")
    parser.add_argument("--fd", type=int, help="an inherited listening socket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--application", default=SITE)
    options = parser.parse_args()
    listener = listening(options.fd, options.host, options.port)
    if options.fd is not None:
        give_way(listener)
    application = import_from_string(options.application)
    Server(config(application)).run(sockets=[listener])


if __name__ == "__main__":
    main()
