"""Who may look at a table that has no observers."""

from tables.consumers.visitor import Visitor
from tables.engine.view import TableView

# What may change who may look, as it stands in the frames.
_SEATS = (b"seat_reserved", b"seat_left", b"seat_offered", b"waiting_list_left")
_OPTIONS = b"table_reconfigured"


def may_watch(view: TableView, visitor: Visitor | None) -> bool:
    """Players, who waits for a seat, and where the table allows it everyone; else who could take a
    free seat."""
    if view.config.observers:
        return True
    if visitor is None:
        return False
    if any(waiter.user_id == visitor.user_id for waiter in view.waiting):
        return True
    # A seat that is offered to somebody waiting is theirs for the moment.
    holders = [seat.user_id for seat in view.seats]
    holders += [waiter.user_id for waiter in view.waiting if waiter.seat is not None]
    return visitor.user_id in holders or len(holders) < view.config.seats


def may_matter(frame: bytes, *, players_only: bool) -> bool:
    """Whether a JSON frame may change who may look; a chat that says so costs a needless look."""
    if _OPTIONS in frame:
        return True
    return players_only and any(mark in frame for mark in _SEATS)
