"""REST of the address book, quotes and withdrawals."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from wallet import payout_addresses, withdrawals
from wallet.api.common import (
    IDEMPOTENCY_KEY,
    OPTIONAL_KEY,
    idempotency_key_of,
    idempotent,
    limited,
    refusals,
)
from wallet.api.pages import NewestFirst
from wallet.api.serializers import (
    NewPayoutAddressSerializer,
    NewQuoteSerializer,
    NewWithdrawalSerializer,
    PayoutAddressSerializer,
    QuoteSerializer,
    WithdrawalSerializer,
)
from wallet.models import Withdrawal
from wallet.sent import txids
from wallet.withdrawals.errors import WithdrawalUnknown


class PayoutAddressesView(APIView):
    """Your address book."""

    @extend_schema(
        operation_id="wallet_payout_addresses_list",
        responses=PayoutAddressSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        book = payout_addresses.addresses_of(user=user_of(request))
        return Response(PayoutAddressSerializer(book, many=True).data)

    @extend_schema(
        operation_id="wallet_payout_addresses_create",
        parameters=[OPTIONAL_KEY],
        request=NewPayoutAddressSerializer,
        responses={201: PayoutAddressSerializer, **refusals(400, 409, 429)},
    )
    @method_decorator(limited("payout-addresses", "20/m"))
    @idempotent
    def post(self, request: Request) -> Response:
        """Add an address; withdrawals to it wait for a day."""
        asked = NewPayoutAddressSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        entry = payout_addresses.add_address(user=user_of(request), **asked.validated_data)
        return Response(PayoutAddressSerializer(entry).data, status=201)


class PayoutAddressView(APIView):
    """One of them."""

    @extend_schema(
        operation_id="wallet_payout_addresses_destroy",
        parameters=[OPTIONAL_KEY],
        responses={204: None, **refusals(404, 409)},
    )
    @idempotent
    def delete(self, request: Request, address_id: int) -> Response:
        """Take it out of the book; a withdrawal to it that is not sent yet is cancelled first."""
        payout_addresses.remove_address(user=user_of(request), address_id=address_id)
        return Response(status=204)


class QuotesView(APIView):
    """Offers."""

    @extend_schema(
        operation_id="wallet_quotes_create",
        parameters=[OPTIONAL_KEY],
        request=NewQuoteSerializer,
        responses={201: QuoteSerializer, **refusals(400, 409, 429, 503)},
    )
    @method_decorator(limited("quotes", "60/m"))
    @idempotent
    def post(self, request: Request) -> Response:
        """Lock the rate for a withdrawal, for a short time; one that waits longer gets another."""
        asked = NewQuoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        offer = withdrawals.quote(user=user_of(request), **asked.validated_data)
        return Response(QuoteSerializer(offer).data, status=201)


class WithdrawalsView(GenericAPIView[Withdrawal]):
    """Your withdrawals."""

    serializer_class = WithdrawalSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Withdrawal.objects.none()
        own = Withdrawal.objects.filter(user=user_of(self.request))
        return own.select_related("quote__rate").prefetch_related("outputs")

    @extend_schema(
        operation_id="wallet_withdrawals_list",
        responses={200: WithdrawalSerializer(many=True), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(_told(page or []))

    @extend_schema(
        operation_id="wallet_withdrawals_create",
        parameters=[IDEMPOTENCY_KEY],
        request=NewWithdrawalSerializer,
        responses={201: WithdrawalSerializer, **refusals(400, 403, 404, 409, 429, 503)},
    )
    @method_decorator(limited("withdrawals", "30/m"))
    def post(self, request: Request) -> Response:
        """Ask for the withdrawal of a quote; its won is held at once."""
        key = idempotency_key_of(request)
        asked = NewWithdrawalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = withdrawals.request(user=user_of(request), key=key, **asked.validated_data)
        return Response(_told([row])[0], status=201)


class WithdrawalView(APIView):
    """One of them."""

    @extend_schema(
        operation_id="wallet_withdrawals_retrieve",
        responses={200: WithdrawalSerializer, **refusals(404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        row = Withdrawal.objects.filter(user=user_of(request), public_id=public_id).first()
        if row is None:
            raise WithdrawalUnknown(str(public_id))
        return Response(_told([row])[0])


class CancelView(APIView):
    """Calling one off."""

    @extend_schema(
        operation_id="wallet_withdrawals_cancel",
        parameters=[OPTIONAL_KEY],
        request=None,
        responses={200: WithdrawalSerializer, **refusals(404, 409, 429)},
    )
    @method_decorator(limited("withdrawals", "30/m"))
    @idempotent
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Call it off while it is not signed; doing it again changes nothing."""
        row = withdrawals.cancel(user=user_of(request), public_id=public_id)
        return Response(_told([row])[0])


def _told(rows: Sequence[Withdrawal]) -> Any:
    """What REST says of withdrawals, with their transactions from one query."""
    return WithdrawalSerializer(rows, many=True, context={"txids": txids(rows)}).data
