"""REST of what happened on one's account: in pages, and as a file."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import StreamingHttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from wallet.api.common import limited, refusals
from wallet.api.pages import NewestFirst
from wallet.api.serializers import LineSerializer
from wallet.models import Entry
from wallet.statement import KINDS, entries_of, line_of
from wallet.statement_file import NAME, statement_csv

FILTERS = [
    OpenApiParameter("kind", str, enum=KINDS, many=True, description="only these"),
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="from then on"),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="before then"),
]


# Those that can be reckoned with in any time zone.
YEARS = (
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2999, 12, 31, tzinfo=UTC)),
)


class StatementFilter(forms.Form):
    """Which part of a statement; times without a zone are in the site's."""

    kind = forms.MultipleChoiceField(choices=[(kind, kind) for kind in KINDS], required=False)
    start = forms.DateTimeField(required=False, validators=YEARS)
    end = forms.DateTimeField(required=False, validators=YEARS)


class ByNumber(NewestFirst):
    ordering = "-ordinal"


class StatementView(GenericAPIView[Entry]):
    """What happened on your account, newest first."""

    serializer_class = LineSerializer
    pagination_class = ByNumber

    @extend_schema(
        operation_id="wallet_statement_list",
        parameters=FILTERS,
        responses={200: LineSerializer(many=True), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        lines = [line_of(entry) for entry in page or ()]
        return self.get_paginated_response(LineSerializer(lines, many=True).data)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        return _filtered(self.request)


class _AnyFile(BaseContentNegotiation):
    """A file comes as what it is, whatever a client says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StatementFileView(APIView):
    """The same as a CSV file."""

    content_negotiation_class = _AnyFile

    @extend_schema(
        operation_id="wallet_statement_export",
        parameters=FILTERS,
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="The file."),
            **refusals(400, 429),
        },
    )
    @method_decorator(limited("statement-file", "10/m"))
    def get(self, request: Request) -> StreamingHttpResponse:
        return StreamingHttpResponse(
            statement_csv(_filtered(request).iterator(chunk_size=1_000)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{NAME}"'},
        )


def _filtered(request: Request) -> Any:
    form = StatementFilter(request.query_params)
    if not form.is_valid():
        raise ValidationError
    asked = form.cleaned_data
    return entries_of(
        user_id=user_of(request).pk, kinds=asked["kind"], start=asked["start"], end=asked["end"]
    )
