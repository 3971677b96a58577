"""The JSON Schema (2020-12) of every message, made from `messages` and the engine's events.

`docs/protocol.schema.json` is this, written by `manage.py protocol_docs`. MessagePack frames carry
the same data.
"""

from typing import Any, Union

import msgspec

from tables.protocol.messages import SERVER_MESSAGES, public_events
from tables.protocol.requests import LOBBY_REQUESTS, TABLE_REQUESTS

REF = "#/$defs/{name}"


def schema() -> dict[str, Any]:
    """The whole document. `$defs` has the four directions, and every message and event by name."""
    directions = {
        "TableRequest": TABLE_REQUESTS,
        "LobbyRequest": LOBBY_REQUESTS,
        "ServerMessage": SERVER_MESSAGES,
        "PublicEvent": public_events(),
    }
    unions = [Union[types] for types in directions.values()]  # noqa: UP007  (made at run time)
    tops, definitions = msgspec.json.schema_components(unions, ref_template=REF)
    _open_what_the_server_sends(definitions)
    for name, top in zip(directions, tops, strict=True):
        definitions[name] = top
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages of the poker room's WebSocket, version 1",
        "anyOf": [{"$ref": REF.format(name=name)} for name in ("TableRequest", "ServerMessage")],
        "$defs": dict(sorted(definitions.items())),
    }


def _open_what_the_server_sends(definitions: dict[str, Any]) -> None:
    """A client must live with fields that are added later; only requests are closed."""
    requests = {request.__name__ for request in (*TABLE_REQUESTS, *LOBBY_REQUESTS)}
    for name, definition in definitions.items():
        if name not in requests:
            definition.pop("additionalProperties", None)
