"""What REST says of one's money. Won are integers; coins are strings, because wei are too many."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wallet.api.fields import StrictCharField, StrictSerializer, WonField
from wallet.assets import Asset, Network, whole
from wallet.deposits.reasons import code_for_player
from wallet.deposits.selectors import PlayerDeposit
from wallet.limits import LimitNow
from wallet.models import (
    Deposit,
    DepositState,
    LimitKind,
    LimitPeriod,
    WalletOwner,
    Withdrawal,
    WithdrawalState,
)
from wallet.withdrawals.reasons import codes_for_player

COINS = "whole coins, exactly"
UNITS = "in satoshi, wei or millionths of a token"


class WalletSerializer(serializers.Serializer[Any]):
    """Your money, in won."""

    balance_krw = serializers.IntegerField(help_text="away from the tables, free")
    held_krw = serializers.IntegerField(help_text="held for withdrawals")
    in_play_krw = serializers.IntegerField(help_text="at tables, as of the last settled hands")
    owed_krw = serializers.IntegerField(help_text="what you owe the house")
    withdrawable_hour_krw = serializers.IntegerField(
        source="left.hour_krw", help_text="what you may still ask to withdraw within an hour"
    )
    withdrawable_day_krw = serializers.IntegerField(
        source="left.day_krw", help_text="the same within 24 hours; the lower one counts"
    )
    withdrawable_more_at = serializers.DateTimeField(
        source="left.more_at",
        allow_null=True,
        help_text="when these leave more; null where they leave all that they ever do",
    )


class NewRepaymentSerializer(StrictSerializer):
    """How much of what you owe you would like to pay from your balance."""

    amount_krw = WonField(help_text="at most so much, what you owe and what you have")


class RepaymentSerializer(serializers.Serializer[Any]):
    """What was paid."""

    paid_krw = serializers.IntegerField()
    owed_krw = serializers.IntegerField(help_text="what you owe now")
    balance_krw = serializers.IntegerField(help_text="what you have now")


class NetworkSerializer(StrictSerializer):
    """Which network."""

    network = serializers.ChoiceField(Network.choices)


class DepositAddressSerializer(serializers.Serializer[Any]):
    """Where to send coins; only these assets, only over this network."""

    network = serializers.ChoiceField(Network.choices)
    network_name = serializers.CharField()
    address = serializers.CharField()
    assets = serializers.ListField(
        child=serializers.CharField(),
        help_text="what is taken now; coins of any other asset may be lost",
    )


class _OfAsset(serializers.Serializer[Any]):
    asset = serializers.ChoiceField(Asset.choices)
    amount = serializers.SerializerMethodField(help_text=COINS)
    amount_units = serializers.CharField(help_text=UNITS)

    def get_amount(self, row: Any) -> str:
        return f"{whole(row.asset, row.amount_units):f}"


class DepositSerializer(_OfAsset):
    """Coins that you sent."""

    id = serializers.IntegerField()
    network = serializers.ChoiceField(Network.choices)
    address = serializers.CharField(source="address.address")
    txid = serializers.CharField()
    state = serializers.ChoiceField(DepositState.choices)
    reason = serializers.SerializerMethodField(
        help_text="why it is not credited: a code; `review` where staff look at it; else empty"
    )
    explanation = serializers.SerializerMethodField(
        help_text="the same as a sentence, in the language of the request; else empty"
    )
    returned_txid = serializers.SerializerMethodField(
        help_text="the transaction that sent the coins back; null unless `state` says so"
    )
    confirmations = serializers.IntegerField()
    confirmations_needed = serializers.IntegerField(allow_null=True)
    finality_needed = serializers.CharField()
    amount_krw = serializers.IntegerField(
        source="credited_krw", allow_null=True, help_text="credited; null unless `state` says so"
    )
    expected_krw = serializers.SerializerMethodField(
        help_text="what it would be credited with now, about; null where it is credited, there is"
        " no rate at the moment, or it will not be credited as it is"
    )
    seen_at = serializers.DateTimeField()
    credited_at = serializers.DateTimeField(
        allow_null=True, help_text="when it was credited last, also where that was taken back"
    )

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_expected_krw(self, row: Deposit) -> int | None:
        return self._shown(row).expected_krw

    def get_reason(self, row: Deposit) -> str:
        return code_for_player(row)

    def get_explanation(self, row: Deposit) -> str:
        return self._shown(row).explanation

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_returned_txid(self, row: Deposit) -> str | None:
        return self._shown(row).returned_txid or None

    def _shown(self, row: Deposit) -> PlayerDeposit:
        found: PlayerDeposit = self.context["shown"][row.pk]
        return found


class RateSerializer(serializers.Serializer[Any]):
    """What a coin costs now, in won."""

    asset = serializers.ChoiceField(Asset.choices)
    bid_krw = serializers.DecimalField(30, 8, allow_null=True, help_text="credited for a deposit")
    ask_krw = serializers.DecimalField(30, 8, allow_null=True, help_text="taken for a withdrawal")
    at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(help_text="why there is no rate: a code; else empty")


class NewPayoutAddressSerializer(StrictSerializer):
    """An address for the book."""

    network = serializers.ChoiceField(Network.choices)
    address = StrictCharField(max_length=200)
    label = StrictCharField(max_length=40)  # type: ignore[assignment]
    owner = serializers.ChoiceField(WalletOwner.choices, help_text="whose wallet it is")
    owner_name = StrictCharField(
        max_length=100, required=False, allow_blank=True, help_text="needed for another's wallet"
    )
    exchange = StrictCharField(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="the exchange that keeps the wallet; empty for a private one",
    )


class PayoutAddressSerializer(serializers.Serializer[Any]):
    """An address of your book."""

    id = serializers.IntegerField()
    network = serializers.ChoiceField(Network.choices)
    address = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    owner = serializers.ChoiceField([*WalletOwner.choices, ("", "")])
    owner_name = serializers.CharField()
    exchange = serializers.CharField()
    created_at = serializers.DateTimeField()
    usable_from = serializers.DateTimeField(help_text="withdrawals wait until then")


class NewQuoteSerializer(StrictSerializer):
    """What you would like to pay for."""

    asset = StrictCharField(help_text="BTC, ETH, USDT or USDC")
    amount_krw = WonField(help_text="what you pay in all, the fee included")


class QuoteSerializer(_OfAsset):
    """An offer with a locked rate, for one use."""

    quote_id = serializers.UUIDField(source="public_id")
    amount_krw = serializers.IntegerField(help_text="what you pay in all")
    fee_krw = serializers.IntegerField(help_text="of it the fee")
    rate_krw = serializers.DecimalField(30, 8, source="rate.ask_krw", help_text="won for a coin")
    expires_at = serializers.DateTimeField()


class NewWithdrawalSerializer(StrictSerializer):
    """Which offer, and where to."""

    quote_id = serializers.UUIDField()
    payout_address_id = serializers.IntegerField(min_value=1)


class WithdrawalSerializer(_OfAsset):
    """A withdrawal of yours."""

    id = serializers.UUIDField(source="public_id")
    network = serializers.ChoiceField(Network.choices)
    address = serializers.CharField()
    amount_krw = serializers.IntegerField()
    fee_krw = serializers.IntegerField()
    rate_krw = serializers.DecimalField(30, 8, source="quote.rate.ask_krw", help_text="won a coin")
    is_rate_fixed = serializers.BooleanField(
        help_text="false until a payment has it: the coins are about so many, and follow from the"
        " rate of when it is sent"
    )
    state = serializers.ChoiceField(WithdrawalState.choices)
    reasons = serializers.SerializerMethodField(
        help_text="why it waits: codes; `review` where staff look at it"
    )
    txid = serializers.SerializerMethodField(
        help_text="the transaction that pays it; null until it is sent. While it is in no block it"
        " may be replaced by another."
    )
    requested_at = serializers.DateTimeField()
    waits_until = serializers.DateTimeField(source="cooling_until", allow_null=True)
    changed_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, row: Withdrawal) -> list[str]:
        return codes_for_player(row)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_txid(self, row: Withdrawal) -> str | None:
        found: str | None = self.context["txids"].get(row.pk)
        return found


class LineSerializer(serializers.Serializer[Any]):
    """A movement on your account."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    amount_krw = serializers.IntegerField(help_text="below zero where it left the account")
    balance_krw = serializers.IntegerField(help_text="after it")
    reference = serializers.CharField(help_text="such as `table:5`, or empty")


class NewLimitSerializer(StrictSerializer):
    """A limit in won, or in minutes for `time`; null lifts it."""

    kind = serializers.ChoiceField(LimitKind.choices)
    period = serializers.ChoiceField(LimitPeriod.choices)
    value = WonField(allow_null=True)


class LimitSerializer(serializers.Serializer[Any]):
    """A limit of yours; `value` null: there is none."""

    kind = serializers.ChoiceField(LimitKind.choices)
    period = serializers.ChoiceField(LimitPeriod.choices)
    value = serializers.IntegerField(allow_null=True)
    left_krw = serializers.SerializerMethodField(
        help_text="of a deposit limit: what may still be credited in this period; else null"
    )
    next_value = serializers.IntegerField(allow_null=True)
    next_at = serializers.DateTimeField(
        allow_null=True, help_text="when `next_value` counts; null where nothing is to change"
    )

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_left_krw(self, row: LimitNow) -> int | None:
        left_krw: Mapping[LimitPeriod, int] = self.context["left_to_deposit_krw"]
        return left_krw.get(row.period) if row.kind == LimitKind.DEPOSIT else None


class NewExclusionSerializer(StrictSerializer):
    """For how long; null: for good. It cannot be taken back or made shorter."""

    days = serializers.IntegerField(min_value=1, max_value=3_650, allow_null=True)


class ExclusionSerializer(serializers.Serializer[Any]):
    """Whether you are kept out of play and deposits."""

    is_excluded = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="null while excluded: for good")
