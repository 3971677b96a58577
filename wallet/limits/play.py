"""What a player did at the tables, asked of whoever knows: the wallet does not know tables.

The tables register how to find out when the site starts (`register`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Played:
    """Minutes with a seat, and what settled hands won (+) or lost (-)."""

    minutes: int = 0
    net_krw: int = 0


class PlayRecord(Protocol):
    """Finds out what a user played since a moment; a seat that is still taken counts until now."""

    def __call__(self, *, user_id: int, since: datetime) -> Played: ...


def _nobody_played(*, user_id: int, since: datetime) -> Played:
    return Played()


_record: PlayRecord = _nobody_played


def register(record: PlayRecord) -> PlayRecord:
    """From now on `record` is asked; returns who was asked before."""
    global _record
    before, _record = _record, record
    return before


def played(*, user_id: int, since: datetime) -> Played:
    """What a user played since then."""
    return _record(user_id=user_id, since=since)
