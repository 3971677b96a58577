"""REST of the limits one sets oneself."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from wallet import limits
from wallet.api.common import OPTIONAL_KEY, idempotent, limited, refusals
from wallet.api.serializers import (
    ExclusionSerializer,
    LimitSerializer,
    NewExclusionSerializer,
    NewLimitSerializer,
)
from wallet.models import Exclusion


class LimitsView(APIView):
    """Your limits."""

    @extend_schema(operation_id="wallet_limits_list", responses=LimitSerializer(many=True))
    def get(self, request: Request) -> Response:
        user_id = user_of(request).pk
        return Response(_told(limits.limits_of(user_id=user_id), user_id))

    @extend_schema(
        operation_id="wallet_limits_set",
        parameters=[OPTIONAL_KEY],
        request=NewLimitSerializer,
        responses={200: LimitSerializer, **refusals(400, 409, 429)},
    )
    @method_decorator(limited("limits", "20/m"))
    @idempotent
    def post(self, request: Request) -> Response:
        """Set one: a lower one counts at once, a higher one after 24 hours."""
        asked = NewLimitSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user_id = user_of(request).pk
        found = limits.set_limit(user_id=user_id, **asked.validated_data)
        return Response(_told([found], user_id)[0])


class ExclusionView(APIView):
    """Keeping yourself out."""

    @extend_schema(operation_id="wallet_exclusion_retrieve", responses=ExclusionSerializer)
    def get(self, request: Request) -> Response:
        found = limits.active_exclusion(user_id=user_of(request).pk)
        return Response(ExclusionSerializer(_exclusion(found)).data)

    @extend_schema(
        operation_id="wallet_exclusion_create",
        parameters=[OPTIONAL_KEY],
        request=NewExclusionSerializer,
        responses={201: ExclusionSerializer, **refusals(400, 409, 429)},
    )
    @method_decorator(limited("limits", "20/m"))
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep yourself out of play and deposits. It cannot be taken back or made shorter."""
        asked = NewExclusionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        days = asked.validated_data["days"]
        until = None if days is None else timezone.now() + timedelta(days=days)
        row = limits.exclude(user_id=user_of(request).pk, until=until)
        row.refresh_from_db()
        return Response(ExclusionSerializer(_exclusion(row)).data, status=201)


def _told(rows: list[limits.LimitNow], user_id: int) -> Any:
    context = {"left_to_deposit_krw": limits.left_to_deposit(user_id=user_id)}
    return LimitSerializer(rows, many=True, context=context).data


def _exclusion(row: Exclusion | None) -> dict[str, Any]:
    return {
        "is_excluded": row is not None,
        "since": row.since if row else None,
        "until": row.until if row else None,
    }
