"""The game: pure Python that turns commands into events.

    decide(state, command, now_ms) → Decision(events, state)   or raises Refused(code)
    apply(state, event) → state                                replays what was decided

No Django, clock, randomness or I/O: time, cards and ids come with the commands. Nobody else imports
PokerKit (`betting.py`, `cards.py`), but for the benchmark that measures the engine against it.
"""

from tables.engine.apply import apply
from tables.engine.clock import next_wakeup
from tables.engine.codec import command_from_data, dump, event_from_data, load, to_data
from tables.engine.config import TableConfig
from tables.engine.decide import decide
from tables.engine.draft import Decision
from tables.engine.errors import Refused
from tables.engine.events import Event
from tables.engine.fold import fold
from tables.engine.snapshot import private_events, public_view
from tables.engine.state import TableState, new_table
from tables.engine.view import TableView

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
