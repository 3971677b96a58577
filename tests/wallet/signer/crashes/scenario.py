"""What a scenario is: a story of passes, each of which is killed at every point, and its end."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.wallet.signer.crashes.sides import Side


def _nothing() -> None:
    """Nothing happens."""


@dataclass(frozen=True, slots=True)
class Step:
    """A pass of the signer (`which`: run or sweep), as if it were `later_s` later.

    `aftermath` is what the chain does right after the signer died in it.
    """

    name: str
    which: str = "run"
    later_s: int = 0
    aftermath: Callable[[], None] = _nothing


class Scenario(ABC):
    """Something that the signer does in several passes.

    `story` builds the world, and yields before each pass that is to be killed; when it goes on,
    the pass was made without a kill. `check` says what must be true when everything is over,
    wherever it was killed.
    """

    name: str
    # A test run kills at one of so many points; `make crashes` kills at every one.
    every = 8

    def __init__(self, side: Side) -> None:
        self.side = side

    @abstractmethod
    def story(self) -> Iterator[Step]: ...

    @abstractmethod
    def check(self) -> None: ...

    def next_signer(self) -> None:
        """What the signers after the dead one do, again and again."""
        self.side.house.pay()
