"""What all events have in common."""

from typing import ClassVar, Literal

import msgspec

from tables.engine.names import snake_case

Audience = Literal["public", "owner", "house"]
Street = Literal["preflop", "flop", "turn", "river"]


class Event(
    msgspec.Struct, frozen=True, tag_field="type", tag=snake_case, forbid_unknown_fields=True
):
    """Base of all events."""

    audience: ClassVar[Audience] = "public"
