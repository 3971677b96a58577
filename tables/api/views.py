"""The REST views: they look up, serialise, and hold no rule."""

from typing import Any

import msgspec
from django.http import Http404
from django.utils.decorators import method_decorator
from django_ratelimit.decorators import ratelimit
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tables import rathole, selectors, tickets
from tables.api.errors import ErrorSerializer
from tables.api.serializers import (
    BuyInSerializer,
    MeSerializer,
    StakeSerializer,
    TableSerializer,
    TicketSerializer,
)
from tables.api.users import user_of
from tables.models import Stake, Table
from tables.runtime.gateway import lobby_now
from tables.runtime.messages import TableSummary
from wallet.selectors import balance_krw, escrow_by_table

NOT_FOUND = {404: OpenApiResponse(ErrorSerializer, description="There is nothing here.")}


def session_key_of(request: Request) -> str | None:
    """The login that a request came with: an API session's token, or the browser's session."""
    token = request.headers.get("X-Session-Token")
    return token or request.session.session_key


class WsTicketView(APIView):
    """A one-time ticket to open a WebSocket with, for programs."""

    @extend_schema(
        operation_id="ws_ticket_create",
        request=None,
        responses={
            201: TicketSerializer,
            429: OpenApiResponse(ErrorSerializer, description="Too many tickets."),
        },
    )
    @method_decorator(ratelimit(key="user", rate="60/m", group="ws-ticket", block=True))
    def post(self, request: Request) -> Response:
        ticket = tickets.issue(user_id=user_of(request).pk, session_key=session_key_of(request))
        return Response({"ticket": ticket, "expires_in": tickets.LIFETIME_S}, status=201)


class StakeListView(ListAPIView[Stake]):
    """Every stake, smallest first."""

    permission_classes = (AllowAny,)
    serializer_class = StakeSerializer
    pagination_class = None
    queryset = selectors.stakes()


def table_data(facts: selectors.TableFacts, summary: TableSummary | None) -> dict[str, Any]:
    idle = TableSummary(
        table_id=facts.table_id,
        players=0,
        seats=facts.seats,
        in_hand=False,
        hands_per_hour=0,
        average_pot_krw=0,
    )
    return msgspec.structs.asdict(summary or idle) | msgspec.structs.asdict(facts)


class TableListView(APIView):
    """Every open table, with what goes on there."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="tables_list", responses=TableSerializer(many=True))
    def get(self, request: Request) -> Response:
        summaries = lobby_now()
        rows = [
            table_data(facts, summaries.get(facts.table_id))
            for facts in selectors.table_facts().values()
            if facts.is_open
        ]
        return Response(TableSerializer(rows, many=True).data)


class TableView(APIView):
    """One table."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="tables_retrieve", responses={200: TableSerializer, **NOT_FOUND})
    def get(self, request: Request, table_id: int) -> Response:
        facts = selectors.table_facts().get(table_id)
        if facts is None:
            raise Http404
        return Response(TableSerializer(table_data(facts, lobby_now().get(table_id))).data)


class BuyInView(APIView):
    """What you may sit down with at a table."""

    @extend_schema(operation_id="tables_buy_in", responses={200: BuyInSerializer, **NOT_FOUND})
    def get(self, request: Request, table_id: int) -> Response:
        table = Table.objects.select_related("stake").filter(pk=table_id).first()
        if table is None:
            raise Http404
        allowed = rathole.buy_in_range(table=table, user_id=user_of(request).pk)
        return Response(BuyInSerializer(allowed).data)


class MeView(APIView):
    """You, and your money."""

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        user = user_of(request)
        in_play = sum(users.get(user.pk, 0) for users in escrow_by_table().values())
        return Response(
            MeSerializer(
                {
                    "user_id": user.pk,
                    "nickname": user.nickname,
                    "balance_krw": balance_krw(user_id=user.pk),
                    "in_play_krw": in_play,
                }
            ).data
        )
