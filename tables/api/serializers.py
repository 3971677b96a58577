"""What REST sends. Amounts are whole won, cards are rank then suit (`As`)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tables.models import Hand, HandPlayer, Sitting, Stake


class StakeSerializer(serializers.ModelSerializer[Stake]):
    """A level of blinds."""

    class Meta:
        model = Stake
        fields = (
            "id",
            "name",
            "small_blind_krw",
            "big_blind_krw",
            "ante_krw",
            "min_buy_in_krw",
            "max_buy_in_krw",
        )
        read_only_fields = fields


class TableSerializer(serializers.Serializer[Any]):
    """A table and what goes on there now."""

    table_id = serializers.IntegerField()
    name = serializers.CharField()
    is_open = serializers.BooleanField()
    is_demo = serializers.BooleanField(help_text="bots of the house play here")
    seats = serializers.IntegerField()
    action_seconds = serializers.IntegerField(help_text="time to act")
    stake_id = serializers.IntegerField()
    stake = serializers.CharField()
    small_blind_krw = serializers.IntegerField()
    big_blind_krw = serializers.IntegerField()
    ante_krw = serializers.IntegerField()
    min_buy_in_krw = serializers.IntegerField()
    max_buy_in_krw = serializers.IntegerField()
    players = serializers.IntegerField(help_text="taken seats")
    in_hand = serializers.BooleanField()
    hands_per_hour = serializers.IntegerField()
    average_pot_krw = serializers.IntegerField()


class BuyInSerializer(serializers.Serializer[Any]):
    """What you may sit down with at a table now.

    Who left the same stake with more within the last two hours brings that much back, or all of
    the balance.
    """

    least_krw = serializers.IntegerField()
    most_krw = serializers.IntegerField(help_text="by the rules; your balance may be less")
    balance_krw = serializers.IntegerField()
    because_of_rathole = serializers.BooleanField(
        help_text="whether least_krw is higher because of what you left with"
    )
    until = serializers.DateTimeField(
        allow_null=True, help_text="when that stops counting; null where it does not count"
    )


class TicketSerializer(serializers.Serializer[Any]):
    """A one-time ticket for the header `Authorization: Ticket …` of a WebSocket handshake."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")


class MeSerializer(serializers.Serializer[Any]):
    """The logged-in user."""

    user_id = serializers.IntegerField()
    nickname = serializers.CharField()
    balance_krw = serializers.IntegerField(help_text="away from the tables")
    in_play_krw = serializers.IntegerField(help_text="at tables, as of the last settled hands")


class HandPlayerSerializer(serializers.ModelSerializer[HandPlayer]):
    """One player's part; `cards` are null where they were not shown and are not yours."""

    user_id = serializers.IntegerField()
    nickname = serializers.CharField(source="user.nickname")
    cards = serializers.SerializerMethodField()

    class Meta:
        model = HandPlayer
        fields = (
            "seat",
            "user_id",
            "nickname",
            "position",
            "stack_krw",
            "net_krw",
            "saw_showdown",
            "shown",
            "cards",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField(), allow_null=True))
    def get_cards(self, player: HandPlayer) -> list[str] | None:
        if player.user_id != self.context["request"].user.pk and not player.shown:
            return None
        return pairs(player.hole_cards)


class HandSerializer(serializers.ModelSerializer[Hand]):
    """A hand that you played."""

    table_id = serializers.IntegerField()
    table = serializers.CharField(source="table.name")
    board = serializers.SerializerMethodField()
    players = HandPlayerSerializer(many=True)

    class Meta:
        model = Hand
        fields: tuple[str, ...] = (
            "id",
            "table_id",
            "table",
            "number",
            "started_at",
            "finished_at",
            "small_blind_krw",
            "big_blind_krw",
            "ante_krw",
            "board",
            "pot_krw",
            "rake_krw",
            "is_void",
            "players",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_board(self, hand: Hand) -> list[str]:
        return pairs(hand.board)


class HandDetailSerializer(HandSerializer):
    """A hand that you played, with its public events as the table sent them."""

    events = serializers.ListField(child=serializers.DictField())

    class Meta(HandSerializer.Meta):
        fields: tuple[str, ...] = (*HandSerializer.Meta.fields, "events")
        read_only_fields = fields


class SittingSerializer(serializers.ModelSerializer[Sitting]):
    """Your stay at a table, from buy-in to cash-out."""

    table_id = serializers.IntegerField()
    table = serializers.CharField(source="table.name")

    class Meta:
        model = Sitting
        fields = ("id", "table_id", "table", "seat", "started_at", "ended_at")
        read_only_fields = fields


def pairs(cards: str) -> list[str]:
    """`AsTd` → `["As", "Td"]`."""
    return [cards[at : at + 2] for at in range(0, len(cards), 2)]
