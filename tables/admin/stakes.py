"""Levels of blinds and buy-ins."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from tables.models import Stake
from tables.templatetags.poker import won


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
