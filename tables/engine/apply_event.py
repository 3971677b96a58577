"""What each event does to a table's state.

`APPLY` changes a fork in place; `apply` is the public, pure form of it.
"""

from collections.abc import Callable
from typing import Any

from tables.engine.apply_after import AFTER
from tables.engine.apply_hand import HAND
from tables.engine.apply_seats import SEATS
from tables.engine.events import Event
from tables.engine.state import TableState

APPLY: dict[type[Event], Callable[[TableState, Any], None]] = SEATS | HAND | AFTER


def apply(state: TableState, event: Event) -> TableState:
    """The state after `event`; `state` itself stays as it was."""
    after = state.fork()
    APPLY[type(event)](after, event)
    return after
