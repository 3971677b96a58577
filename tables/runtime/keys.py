"""Every Redis key of the running game.

All keys of a shard carry its hash tag, so that one Lua call may touch a table's state and the
shard's read position together, in a Redis Cluster too.
"""

from dataclasses import dataclass

RUNNERS = "poker:runners"  # sorted set: runner id → server ms of its last sign of life
LOBBY = "poker:lobby"  # hash: table id → summary
WEB_HEARTBEAT = "poker:web:{}"  # string with a time to live, one for each web process


def shard_of(table_id: int, shards: int) -> int:
    """The shard a table belongs to; table ids are dense, so the remainder spreads them evenly."""
    return table_id % shards


@dataclass(frozen=True, slots=True)
class ShardKeys:
    """Keys of one shard."""

    number: int

    @property
    def tag(self) -> str:
        return f"poker:{{s{self.number}}}"

    @property
    def lease(self) -> str:
        """String with a time to live: the runner that owns the shard (a hint, not a proof)."""
        return f"{self.tag}:lease"

    @property
    def fence(self) -> str:
        """Hash: `epoch`, `generation`, `position` in the stream, `alive_ms` of the owner."""
        return f"{self.tag}:fence"

    @property
    def commands(self) -> str:
        """Stream of command envelopes."""
        return f"{self.tag}:commands"

    @property
    def unsettled(self) -> str:
        """Set of table ids whose outbox has entries."""
        return f"{self.tag}:unsettled"

    def table(self, table_id: int) -> "TableKeys":
        return TableKeys(f"{self.tag}:t{table_id}")


@dataclass(frozen=True, slots=True)
class TableKeys:
    """Keys of one table."""

    base: str

    @property
    def head(self) -> str:
        """Hash: `version`, and the `token` of the commit that made it."""
        return f"{self.base}:head"

    @property
    def journal(self) -> str:
        """Stream: entry `<version>-0` is the frame of that version."""
        return f"{self.base}:journal"

    @property
    def snapshot(self) -> str:
        """String: the state between hands, with its version."""
        return f"{self.base}:snapshot"

    @property
    def outbox(self) -> str:
        """Stream: what the ledger has still to learn; entry `<version>-<n>`."""
        return f"{self.base}:outbox"

    @property
    def presence(self) -> str:
        """Hash: connection id → `<user id>@<web process>`."""
        return f"{self.base}:presence"

    def reply(self, user_id: int, request_id: str) -> str:
        """Hash with a time to live: `digest` of the request and the `body` of its answer."""
        return f"{self.base}:reply:{user_id}:{request_id}"
