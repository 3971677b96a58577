"""Stakes and tables can be changed; everything that play has written can only be looked at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from poker_site.admin_tools import ReadOnlyAdmin, ReadOnlyInline
from tables.hand_log import cards_text, hand_lines
from tables.history.archive import FORMATS, zip_file
from tables.history.selectors import for_staff
from tables.models import Departure, Hand, HandPlayer, Shard, Sitting, Stake, Table, TableSettlement
from tables.templatetags.poker import signed_won, won


@admin.register(Stake)
class StakeAdmin(ModelAdmin):  # type: ignore[misc]
    """Levels of blinds and buy-ins."""

    list_display = ("name", "blinds", "ante", "buy_in", "table_count")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name",)}),
        (_("Blinds, in won"), {"fields": ("small_blind_krw", "big_blind_krw", "ante_krw")}),
        (_("Buy-in, in won"), {"fields": ("min_buy_in_krw", "max_buy_in_krw")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stake]:
        stakes: QuerySet[Stake] = super().get_queryset(request)
        return stakes.annotate(table_count=Count("tables"))

    @admin.display(description=_("blinds"), ordering="big_blind_krw")
    def blinds(self, stake: Stake) -> str:
        return f"{won(stake.small_blind_krw)} / {won(stake.big_blind_krw)}"

    @admin.display(description=_("ante"), ordering="ante_krw")
    def ante(self, stake: Stake) -> str:
        return won(stake.ante_krw) if stake.ante_krw else "–"

    @admin.display(description=_("buy-in"), ordering="max_buy_in_krw")
    def buy_in(self, stake: Stake) -> str:
        return f"{won(stake.min_buy_in_krw)} – {won(stake.max_buy_in_krw)}"

    @admin.display(description=_("tables"), ordering="table_count")
    def table_count(self, stake: Any) -> int:
        return int(stake.table_count)


@admin.register(Table)
class TableAdmin(ModelAdmin):  # type: ignore[misc]
    """Tables: what they are, whether they are open, and how many sit there."""

    list_display = ("name", "stake", "seats", "seated", "is_open", "is_demo")
    list_filter = ("is_open", "is_demo", "seats", "stake")
    list_select_related = ("stake",)
    search_fields = ("name", "stake__name")
    actions = ("open_tables", "close_tables")
    readonly_fields = ("created_at",)
    fieldsets = (
        (None, {"fields": ("name", "stake", "seats", "is_open", "is_demo")}),
        (_("Pace"), {"fields": ("action_seconds", "hand_pause_ms")}),
        (_("Dates"), {"fields": ("created_at",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Table]:
        tables: QuerySet[Table] = super().get_queryset(request)
        return tables.annotate(
            seated_count=Count("sittings", filter=Q(sittings__ended_at__isnull=True))
        )

    @admin.display(description=_("seated"), ordering="seated_count")
    def seated(self, table: Any) -> str:
        return f"{table.seated_count} / {table.seats}"

    @admin.action(description=_("Open the selected tables"), permissions=["change"])
    def open_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> None:
        self._set_open(request, queryset, is_open=True)

    @admin.action(description=_("Close the selected tables"), permissions=["change"])
    def close_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> None:
        self._set_open(request, queryset, is_open=False)

    def _set_open(self, request: HttpRequest, queryset: QuerySet[Table], *, is_open: bool) -> None:
        changing = list(queryset.exclude(is_open=is_open))
        for table in changing:
            table.is_open = is_open
            table.save(update_fields=["is_open"])
            self.log_change(request, table, "is_open")
        text = ngettext("%(count)d table changed.", "%(count)d tables changed.", len(changing))
        self.message_user(request, text % {"count": len(changing)}, messages.SUCCESS)


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
