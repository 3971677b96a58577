"""Who may look at a table that has no observers."""

from tables.consumers.visitor import Visitor
from tables.engine.view import TableView

# What may change who may look, as it stands in the frames.
_SEATS = (b"seat_reserved", b"seat_left", b"reservation_cancelled")
_OPTIONS = b"table_reconfigured"


def may_watch(view: TableView, visitor: Visitor | None) -> bool:
    """Players, and where the table allows it everyone; else who could take a free seat."""
    if view.config.observers:
        return True
    if visitor is None:
        return False
    has_seat = any(seat.user_id == visitor.user_id for seat in view.seats)
    return has_seat or len(view.seats) < view.config.seats


def may_matter(frame: bytes, *, players_only: bool) -> bool:
    """Whether a JSON frame may change who may look; a chat that says so costs a needless look."""
    if _OPTIONS in frame:
        return True
    return players_only and any(mark in frame for mark in _SEATS)
