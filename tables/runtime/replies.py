"""Answers to requests, as they are stored and sent: exactly one `ack` or `error` for each id.

The sentence for people is added at the edge, in the player's language; here stand code and facts.
"""

from typing import Any

import orjson

from tables.engine import Refused


def ack(request_id: str, version: int, **facts: Any) -> bytes:
    return orjson.dumps({"type": "ack", "id": request_id, "version": version, **facts})


def error(request_id: str, code: str, version: int, **facts: Any) -> bytes:
    return orjson.dumps(
        {"type": "error", "id": request_id, "code": code, "version": version, **facts}
    )


def refusal(request_id: str, refused: Refused, version: int) -> bytes:
    """The engine's no; its parameters (such as the smallest raise) go along."""
    return error(request_id, refused.code, version, **refused.params)


def conflict(request_id: str, version: int) -> bytes:
    """Another request had this id."""
    return error(request_id, "conflict", version)
