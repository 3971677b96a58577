"""Django's pages and REST under ASGI, a request in one thread from beginning to end."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

# So much of a streamed answer is made before it is sent.
PIECE_BYTES = 2**16


class PageHandler(ASGIHandler):
    """Django's handler, with middleware and view called as under WSGI.

    Ours are all synchronous. Django's own handler would run the middleware in the event loop and
    take each synchronous step of it to a thread and back: a dozen times for each request.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The response; everything that makes it runs in the request's own thread."""
        response = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            # Django would make the whole of it before it sends the first byte.
            response.streaming_content = _in_pieces(iter(response))
        return response


async def _in_pieces(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """What `parts` make, in the request's thread, no faster than it is taken.

    When the client goes away no more is made, and Django closes the response, in the same thread:
    a generator's own `close` ends its transaction and its cursor.
    """
    make = sync_to_async(_piece, thread_sensitive=True)
    is_over = False
    while not is_over:
        piece, is_over = await make(parts)
        if piece:
            yield piece


def _piece(parts: Iterator[bytes]) -> tuple[bytes, bool]:
    """The next piece, and whether it is the last."""
    made = bytearray()
    for part in parts:
        made += part
        if len(made) >= PIECE_BYTES:
            return bytes(made), False
    return bytes(made), True
