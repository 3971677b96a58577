"""What the views share."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpResponseBase
from django_ratelimit.decorators import ratelimit
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from wallet import idempotency
from wallet.api.errors import ErrorSerializer, KeyMissing

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])
_Method = TypeVar("_Method", bound=Callable[..., Response])

_KEY = "1 to 80 visible ASCII characters, new for each request: the same key and content"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description=f"{_KEY} give the same withdrawal or repayment again, whenever that is; the same"
    " key with other content is refused (409)",
)
OPTIONAL_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description=f"{_KEY} within 24 hours change nothing and get the same answer, with the header"
    " `Idempotent-Replayed: true`; the same key with other content is refused (409). What was"
    " refused may be sent again under its key.",
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


def idempotency_key_of(request: Request) -> str:
    """The header of a request that moves money. Raises KeyMissing."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        raise KeyMissing
    return str(key)


def idempotent(view: _Method) -> _Method:
    """A method that changes something: under an `Idempotency-Key` it does so once.

    Inside of `limited`, so that repeating counts as asking.
    """

    @wraps(view)
    def answer(self: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(self, request, *args, **kwargs)

        def change() -> idempotency.Answer:
            made = view(self, request, *args, **kwargs)
            body = None if made.data is None else json.loads(JSONRenderer().render(made.data))
            return idempotency.Answer(made.status_code, body)

        asked = idempotency.content_hash(
            method=str(request.method), path=request.path, body=request.data
        )
        found = idempotency.once(user_id=user_of(request).pk, key=key, asked=asked, change=change)
        headers = {"Idempotent-Replayed": "true"} if found.is_repeated else None
        return Response(found.body, status=found.status, headers=headers)

    return cast(_Method, answer)
