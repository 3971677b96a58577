"""REST of what one has, where to send coins, and what they cost."""

from dataclasses import asdict
from typing import Any

from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from wallet import addressing, debts, limits, rates, withdrawals
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
    DepositAddressSerializer,
    DepositSerializer,
    NetworkSerializer,
    NewRepaymentSerializer,
    RateSerializer,
    RepaymentSerializer,
    WalletSerializer,
)
from wallet.assets import Asset, Network
from wallet.deposits.selectors import shown
from wallet.models import Deposit, DepositAddress
from wallet.rates.errors import NoRate
from wallet.selectors import money_of


class WalletView(APIView):
    """Your money."""

    @extend_schema(operation_id="wallet_retrieve", responses=WalletSerializer)
    def get(self, request: Request) -> Response:
        user_id = user_of(request).pk
        left = withdrawals.left_to_withdraw(user_id=user_id)
        return Response(WalletSerializer(asdict(money_of(user_id=user_id)) | {"left": left}).data)


class RepaymentsView(APIView):
    """What you owe after a deposit went away."""

    @extend_schema(
        operation_id="wallet_repayments_create",
        parameters=[IDEMPOTENCY_KEY],
        request=NewRepaymentSerializer,
        responses={201: RepaymentSerializer, **refusals(400, 409, 429)},
    )
    @method_decorator(limited("repayments", "30/m"))
    def post(self, request: Request) -> Response:
        """Pay it from your balance; while you owe something, nothing can be withdrawn."""
        key = idempotency_key_of(request)
        asked = NewRepaymentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user_id = user_of(request).pk
        paid_krw = debts.repay(user_id=user_id, key=key, **asked.validated_data)
        now = money_of(user_id=user_id)
        found = {"paid_krw": paid_krw, "owed_krw": now.owed_krw, "balance_krw": now.balance_krw}
        return Response(RepaymentSerializer(found).data, status=201)


class DepositAddressesView(APIView):
    """Your deposit addresses."""

    @extend_schema(
        operation_id="wallet_deposit_addresses_list",
        responses={200: DepositAddressSerializer(many=True), **refusals(403, 503)},
    )
    @method_decorator(limited("deposit-addresses-read", "120/m"))
    def get(self, request: Request) -> Response:
        """The newest address on each network with a coin that is taken; first ones are made."""
        user_id = user_of(request).pk
        limits.check_deposit(user_id=user_id)
        rows = [
            addressing.deposit_address(user_id=user_id, network=network)
            for network in Network.values
            if addressing.offered_assets(network)
        ]
        found = [_address(row) for row in rows]
        return Response(DepositAddressSerializer(found, many=True).data)

    @extend_schema(
        operation_id="wallet_deposit_addresses_create",
        parameters=[OPTIONAL_KEY],
        request=NetworkSerializer,
        responses={201: DepositAddressSerializer, **refusals(400, 403, 409, 429, 503)},
    )
    @method_decorator(limited("deposit-addresses", "10/m"))
    @idempotent
    def post(self, request: Request) -> Response:
        """One more address; coins that are sent to the older ones still arrive."""
        asked = NetworkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user_id = user_of(request).pk
        limits.check_deposit(user_id=user_id)
        row = addressing.new_deposit_address(user_id=user_id, **asked.validated_data)
        return Response(DepositAddressSerializer(_address(row)).data, status=201)


@extend_schema(responses={200: DepositSerializer(many=True), **refusals(400)})
class DepositListView(ListAPIView[Deposit]):
    """Coins that you sent, newest first."""

    serializer_class = DepositSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Deposit.objects.none()
        return Deposit.objects.filter(user=user_of(self.request)).select_related("address")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With what the player sees of each deposit of the page, at one look at the rates."""
        seen = {row.deposit.pk: row for row in shown(args[0] if args else ())}
        context = {**kwargs.pop("context", {}), "shown": seen}
        return DepositSerializer(*args, context=context, **kwargs)


class RatesView(APIView):
    """What coins cost now."""

    @extend_schema(operation_id="wallet_rates_list", responses=RateSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(RateSerializer([_rate(asset) for asset in Asset], many=True).data)


def _address(row: DepositAddress) -> dict[str, Any]:
    return {
        "network": row.network,
        "network_name": Network(row.network).label,
        "address": row.address,
        "assets": addressing.offered_assets(row.network),
    }


def _rate(asset: Asset) -> dict[str, Any]:
    try:
        rate = rates.current(asset)
    except NoRate as error:
        nothing = dict.fromkeys(("bid_krw", "ask_krw", "at"))
        return {"asset": asset, "refusal": error.code, **nothing}
    return {
        "asset": asset,
        "bid_krw": rate.bid_krw,
        "ask_krw": rate.ask_krw,
        "at": rate.at,
        "refusal": "",
    }
