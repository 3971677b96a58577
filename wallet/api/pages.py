"""Long lists over REST: a page at a time, with the address of the next one."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from wallet.api.errors import CursorInvalid


class NewestFirst(CursorPagination):
    """Pages that stay in place while new rows come. Raises CursorInvalid."""

    ordering: Any = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, OverflowError, ValidationError, DataError) as error:
            # The framework decodes a cursor, but does not look whether a row could be there.
            if self.cursor_query_param not in request.query_params:
                raise
            raise CursorInvalid from error
