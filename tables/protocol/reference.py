"""The generated parts of `docs/protocol.md`: lists of messages, events, data and codes.

A part stands between `<!-- generated: name -->` and `<!-- end -->`; everything else is written by
hand.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import translation
from msgspec import Struct

from tables.protocol.codes import CLOSE_CODES, GROUPS
from tables.protocol.messages import SERVER_MESSAGES, public_events
from tables.protocol.requests import TABLE_REQUESTS
from tables.protocol.schema import schema

_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# What messages and events are made of, in the order in which a reader meets it.
DATA = (
    "WelcomeUser",
    "TableView",
    "TableConfig",
    "SeatView",
    "HandView",
    "TurnView",
    "ChoiceView",
    "WaiterView",
    "Options",
    "DealtIn",
    "Pot",
    "Share",
    "Result",
    "Owed",
    "LobbyTable",
)


def filled(text: str) -> str:
    """`text` with every generated part made new."""

    def part(match: re.Match[str]) -> str:
        return f"{match[1]}\n{_PARTS[match[2]]()}\n{match[3]}"

    with translation.override("en"):
        return _PART.sub(part, text)


def _messages(types: Iterable[type[Struct]]) -> str:
    definitions = schema()["$defs"]
    return "\n".join(
        _section(str(kind.__struct_config__.tag), kind, definitions[kind.__name__])
        for kind in types
    )


def _data() -> str:
    definitions = schema()["$defs"]
    sections = []
    for name in DATA:
        definition = definitions[name]
        text = definition.get("description", "")
        sections.append(_lines(name, text, definition))
    return "\n".join(sections)


def _section(title: str, kind: type[Struct], definition: dict[str, Any]) -> str:
    text = inspect.getdoc(kind) if kind.__doc__ else ""
    return _lines(title, text or "", definition)


def _lines(title: str, text: str, definition: dict[str, Any]) -> str:
    lines = [f"#### `{title}`", ""]
    if text:
        lines += [text, ""]
    fields = {n: f for n, f in definition["properties"].items() if n != "type"}
    if fields:
        required = definition.get("required", ())
        lines += ["| field | type | |", "|---|---|---|"]
        for name, field in fields.items():
            note = _note(field)
            if name not in required:
                note = f"{note} (may be left out)".strip()
            lines.append(f"| `{name}` | {_type(field)} | {note} |")
        lines.append("")
    return "\n".join(lines)


def _note(field: dict[str, Any]) -> str:
    """A field's description; that of a field which may be null stands with its other type."""
    options = (field, *field.get("anyOf", ()))
    return next((o["description"] for o in options if "description" in o), "")


def _type(field: dict[str, Any]) -> str:
    """A field's type in a few words."""
    if "anyOf" in field:
        names = list(dict.fromkeys(_type(option) for option in field["anyOf"]))
        return "event" if len(names) > 6 else " or ".join(names)
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return _array(field)
    kind = str(field.get("type", "any"))
    return kind + _range(field)


def _array(field: dict[str, Any]) -> str:
    fixed = field.get("prefixItems")
    if fixed:
        return f"array of {len(fixed)} {_type(fixed[0])}s"
    items = field.get("items")
    return f"array of {_type(items)}s" if items else "array"


def _range(field: dict[str, Any]) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if high is not None:
        return f", {low:,} to {high:,}"
    if "maxLength" in field:
        return f", 1 to {field['maxLength']} characters"
    return ""


def _codes() -> str:
    titles = {
        "frame": "The frame is no message. The connection closes after the error.",
        "request": "The request itself is wrong. Correct it; the connection goes on.",
        "connection": "The connection refuses.",
        "table": "The table refuses.",
        "money": "The ledger refuses.",
        "rest": "Over REST only.",
    }
    lines = []
    for name, group in GROUPS.items():
        lines += [f"**{titles[name]}**", "", "| code | sentence |", "|---|---|"]
        lines += [f"| `{code}` | {sentence} |" for code, sentence in group.items()]
        lines.append("")
    return "\n".join(lines)


def _close_codes() -> str:
    lines = ["| code | reason |", "|---|---|"]
    return "\n".join([*lines, *(f"| {code} | {why} |" for code, why in CLOSE_CODES.items()), ""])


_PARTS: dict[str, Callable[[], str]] = {
    "requests": lambda: _messages(TABLE_REQUESTS),
    "messages": lambda: _messages(SERVER_MESSAGES),
    "events": lambda: _messages(public_events()),
    "data": _data,
    "codes": _codes,
    "close_codes": _close_codes,
}
