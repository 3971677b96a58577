"""Hands as files: one hand as it is, many in a zip that is written while it is sent.

However many hands are asked for, a few are in memory: rows are read in batches, each by a query of
its own, and a piece of the zip leaves as soon as it is full.
"""

import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from tables.history.phh import phh, phhs
from tables.history.played import PlayedHand, played
from tables.history.pokerstars import pokerstars
from tables.history.search import with_hands
from tables.models import HandPlayer

BATCH = 100
HANDS_IN_A_FILE = 500
PIECE_BYTES = 64 * 1024

_Response = TypeVar("_Response", HttpResponse, StreamingHttpResponse)


class Format(msgspec.Struct, frozen=True):
    """A way to write hands down; `many` gives the pieces of a file of several."""

    suffix: str
    suffix_of_many: str
    content_type: str
    one: Callable[[PlayedHand], str]
    many: Callable[[Iterable[PlayedHand]], Iterator[str]]


FORMATS = {
    "phh": Format(".phh", ".phhs", "application/toml; charset=utf-8", phh, phhs),
    "pokerstars": Format(
        ".txt",
        ".txt",
        "text/plain; charset=utf-8",
        pokerstars,
        lambda hands: (pokerstars(hand) for hand in hands),
    ),
}


def each(rows: QuerySet[HandPlayer], *, viewer_id: int | None) -> Iterator[PlayedHand]:
    """The hands of `rows`, oldest first, as the viewer may see them."""
    rows = with_hands(rows.order_by("finished_at", "hand_id", "seat"))
    after = Q()
    while batch := list(rows.filter(after)[:BATCH]):
        for row in batch:
            yield played(row.hand, viewer_id=viewer_id)
        last = batch[-1]
        after = Q(finished_at__gt=last.finished_at) | Q(
            finished_at=last.finished_at, hand_id__gt=last.hand_id
        )


def one_file(hand: PlayedHand, style: Format) -> HttpResponse:
    """A response with one hand to download."""
    name = f"table-{hand.table_id}-hand-{hand.number}{style.suffix}"
    response = HttpResponse(style.one(hand), content_type=style.content_type)
    return _attached(response, name)


def zip_file(
    request: HttpRequest, hands: Iterator[PlayedHand], style: Format, *, name: str
) -> StreamingHttpResponse:
    """A response with many hands to download; `name` is without its suffix."""
    pieces = zipped(hands, style, name=name)
    # Under ASGI a plain iterator would be collected before the first byte leaves.
    content = _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type="application/zip")
    return _attached(response, f"{name}.zip")


def _attached(response: _Response, name: str) -> _Response:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def zipped(hands: Iterator[PlayedHand], style: Format, *, name: str) -> Iterator[bytes]:
    """The bytes of a zip with files of up to `HANDS_IN_A_FILE` hands."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        number = 0
        while (first := next(hands, None)) is not None:
            number += 1
            part = chain((first,), islice(hands, HANDS_IN_A_FILE - 1))
            with archive.open(f"{name}-{number:03}{style.suffix_of_many}", "w") as file:
                for text in style.many(part):
                    file.write(text.encode())
                    if pipe.size >= PIECE_BYTES:
                        yield pipe.take()
    yield pipe.take()


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    step = sync_to_async(lambda: next(pieces, b""))
    while piece := await step():
        yield piece


class _Pipe(io.RawIOBase):
    """What was written since the last `take`. It cannot seek, so `ZipFile` only appends."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self.parts)
        self.parts, self.size = [], 0
        return taken
