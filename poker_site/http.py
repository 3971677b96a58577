"""Django's pages and REST under ASGI, a request in one thread from beginning to end."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PageHandler(ASGIHandler):
    """Django's handler, with middleware and view called as under WSGI.

    Ours are all synchronous. Django's own handler would run the middleware in the event loop and
    take each synchronous step of it to a thread and back: a dozen times for each request.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The response; everything that makes it runs in the request's own thread."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
