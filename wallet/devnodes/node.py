"""What the nodes of both chains have in common: a process, and a client that asks it."""

from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from wallet.chains.errors import ChainError
from wallet.chains.rpc import JsonRpc
from wallet.devnodes.process import NodeProcess

RPC_SECONDS = 60


class Node:
    """A node on the loopback interface, started by `start` or by entering it.

    `is_up` is the method of its RPC that answers as soon as the node works.
    """

    is_up: ClassVar[str]

    def __init__(
        self, *, url: str, command: list[str], environment: dict[str, str], log: Path
    ) -> None:
        self.url = url
        self.command = command
        self.environment = environment
        self._process = NodeProcess(command, environment, log)
        self._rpc = JsonRpc(url, timeout=RPC_SECONDS)

    def start(self) -> None:
        """Start it and wait until it answers. Raises DevnodesUnavailable."""
        self._process.start(self.answers)

    def stop(self) -> None:
        self._process.stop()
        self._rpc.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def answers(self) -> bool:
        try:
            self._rpc.call_once(self.is_up)
        except ChainError:
            return False
        return True
