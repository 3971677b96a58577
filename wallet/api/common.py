"""What the views share."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponseBase
from django_ratelimit.decorators import ratelimit
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.views import APIView

from wallet.api.errors import ErrorSerializer, KeyMissing

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 80 visible ASCII characters, new for each withdrawal: the same key and body"
    " give the same withdrawal again, the same key with another body is refused (409)",
)


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """The schema of refusals, by status."""
    return {
        status: OpenApiResponse(ErrorSerializer, description=_WHY[status]) for status in statuses
    }


_WHY = {
    400: "The request makes no sense, or is refused.",
    403: "You may not do this at the moment.",
    404: "There is nothing of yours here.",
    409: "It does not fit what happened before.",
    429: "Too many requests.",
    503: "Closed, or there is no rate at the moment.",
}


def limited(group: str, rate: str) -> Callable[[_View], _View]:
    """So many requests of a user, counted together for a group."""
    return ratelimit(key="user", rate=rate, group=f"wallet-{group}", block=True)  # type: ignore[no-any-return]


class JSONView(APIView):
    """Bodies are JSON and nothing else: in a form every value is a string."""

    parser_classes = (JSONParser,)


class NewestFirst(CursorPagination):
    """Pages that stay in place while new rows come."""

    ordering: Any = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def idempotency_key_of(request: Request) -> str:
    """The header of a request that moves money. Raises KeyMissing."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        raise KeyMissing
    return str(key)
