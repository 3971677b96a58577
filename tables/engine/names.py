"""How a class is called on the wire and in the journal."""

import re

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake_case(name: str) -> str:
    """`TurnStarted` → `turn_started`."""
    return _BOUNDARY.sub("_", name).lower()
