"""What play has written: it can only be looked at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from poker_site.admin_tools import ReadOnlyAdmin, ReadOnlyInline
from tables.hand_log import cards_text, hand_lines
from tables.history.archive import FORMATS, zip_file
from tables.history.selectors import for_staff
from tables.models import Departure, Hand, HandPlayer, Shard, Sitting, TableSettlement
from tables.templatetags.poker import signed_won, won


class HandPlayerInline(ReadOnlyInline):
    """Who played. Hole cards only of players who showed them at the table."""

    model = HandPlayer
    hide_title = True
    fields = ("seat", "user", "stack", "net", "cards")
    readonly_fields = fields
    ordering = ("seat",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandPlayer]:
        players: QuerySet[HandPlayer] = super().get_queryset(request)
        return players.select_related("user").order_by("seat")

    @admin.display(description=_("stack before"))
    def stack(self, player: HandPlayer) -> str:
        return won(player.stack_krw)

    @admin.display(description=_("won or lost"))
    def net(self, player: HandPlayer) -> str:
        return signed_won(player.net_krw)

    @admin.display(description=_("shown cards"))
    def cards(self, player: HandPlayer) -> str:
        return cards_text(player.hole_cards) if player.shown else "–"


@admin.register(Hand)
class HandAdmin(ReadOnlyAdmin):
    """Finished hands, as everyone at the table saw them."""

    list_display = ("id", "table", "number", "finished_at", "board_cards", "pot", "rake", "is_void")
    list_filter = ("is_void", ("table", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("table",)
    search_fields = ("id", "players__user__nickname", "players__user__email")
    date_hierarchy = "finished_at"
    inlines = (HandPlayerInline,)
    actions = ("export_phh", "export_pokerstars")
    fieldsets = (
        (None, {"fields": ("id", "table", "number", "started_at", "finished_at", "is_void")}),
        (_("Money"), {"fields": ("blinds", "pot", "rake")}),
        (_("What happened"), {"fields": ("board_cards", "story")}),
    )
    readonly_fields = ("board_cards", "blinds", "pot", "rake", "story")

    @admin.display(description=_("board"))
    def board_cards(self, hand: Hand) -> str:
        return cards_text(hand.board) or "–"

    @admin.display(description=_("blinds"))
    def blinds(self, hand: Hand) -> str:
        return f"{won(hand.small_blind_krw)} / {won(hand.big_blind_krw)}"

    @admin.display(description=_("pot"), ordering="pot_krw")
    def pot(self, hand: Hand) -> str:
        return won(hand.pot_krw)

    @admin.display(description=_("rake"), ordering="rake_krw")
    def rake(self, hand: Hand) -> str:
        return won(hand.rake_krw)

    @admin.action(description=_("Export the selected hands as PHH"), permissions=["view"])
    def export_phh(self, request: HttpRequest, queryset: QuerySet[Hand]) -> StreamingHttpResponse:
        return zip_file(request, for_staff(queryset), FORMATS["phh"], name="hands")

    @admin.action(description=_("Export the selected hands as PokerStars"), permissions=["view"])
    def export_pokerstars(
        self, request: HttpRequest, queryset: QuerySet[Hand]
    ) -> StreamingHttpResponse:
        return zip_file(request, for_staff(queryset), FORMATS["pokerstars"], name="hands")

    @admin.display(description=_("events"))
    def story(self, hand: Hand) -> SafeString:
        players = hand.players.select_related("user")
        lines = hand_lines(hand.events, {player.seat: str(player.user) for player in players})
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))


@admin.register(Sitting)
class SittingAdmin(ReadOnlyAdmin):
    """Who sits or sat where, from the paid buy-in to the paid cash-out."""

    list_display = ("user", "table", "seat", "started_at", "ended_at")
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        ("table", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("user", "table")
    search_fields = ("user__nickname", "user__email", "table__name", "buy_in_id")
    date_hierarchy = "started_at"
    ordering = ("-started_at",)


@admin.register(Departure)
class DepartureAdmin(ReadOnlyAdmin):
    """Who left with how much, and whether it was brought back to the stake."""

    list_display = ("user", "stake", "table", "amount", "at", "brought_back_at")
    list_filter = (
        ("brought_back_at", admin.EmptyFieldListFilter),
        ("stake", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("user", "stake", "table")
    search_fields = ("user__nickname", "user__email", "table__name", "cash_out_id")
    date_hierarchy = "at"
    ordering = ("-at",)

    @admin.display(description=_("left with"), ordering="amount_krw")
    def amount(self, departure: Departure) -> str:
        return won(departure.amount_krw)


@admin.register(Shard)
class ShardAdmin(ReadOnlyAdmin):
    """Which runner owns which part of the tables, and since when."""

    list_display = ("number", "owner", "epoch", "generation", "taken_at")
    ordering = ("number",)


@admin.register(TableSettlement)
class TableSettlementAdmin(ReadOnlyAdmin):
    """How far each table's hands are in the ledger."""

    list_display = ("table", "last_entry", "settled_at")
    list_select_related = ("table",)
    search_fields = ("table__name",)
