"""The game: pure Python that turns commands into events.

    decide(state, command, now_ms) → Decision(events, state)   or raises Refused(code)
    apply(state, event) → state                                replays what was decided

No Django, clock, randomness or I/O: time, cards and ids come with the commands. Nobody else imports
PokerKit (`betting.py`, `cards.py`), but for the benchmark that measures the engine against it.

PokerKit takes most of a second to start. What needs it is imported when it is first asked for, so
that a process which only shows tables starts without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tables.engine.codec import command_from_data, dump, event_from_data, load, to_data
from tables.engine.config import TableConfig
from tables.engine.errors import Refused
from tables.engine.events import Event
from tables.engine.fold import fold
from tables.engine.snapshot import private_events, public_view
from tables.engine.state import TableState, new_table
from tables.engine.view import TableView

if TYPE_CHECKING:
    from tables.engine.apply_event import apply
    from tables.engine.clock import next_wakeup
    from tables.engine.decide_command import decide
    from tables.engine.draft import Decision

# No module here has the name of what it is asked for: importing it would hide this.
_WITH_POKERKIT = {
    "Decision": "draft",
    "apply": "apply_event",
    "decide": "decide_command",
    "next_wakeup": "clock",
}

__all__ = [
    "Decision",
    "Event",
    "Refused",
    "TableConfig",
    "TableState",
    "TableView",
    "apply",
    "command_from_data",
    "decide",
    "dump",
    "event_from_data",
    "fold",
    "load",
    "new_table",
    "next_wakeup",
    "private_events",
    "public_view",
    "to_data",
]


def __getattr__(name: str) -> Any:
    if name not in _WITH_POKERKIT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_WITH_POKERKIT[name]}"), name)
    globals()[name] = found
    return found
