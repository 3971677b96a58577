"""Rates, the samples behind them, and halts that staff lift."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wallet.admin.decisions import DecisionsMixin
from wallet.admin.tools import ReadOnlyAdmin, ReadOnlyInline, amount, priced, won
from wallet.models import HousePosition, Rate, RateHalt, RateSample
from wallet.models.rates import price
from wallet.rates.selectors import Position, positions
from wallet.rates.services import lift_halt


class SampleInline(ReadOnlyInline):
    """What the sources said."""

    model = RateSample
    fields = ("source", "price", "source_at", "fetched_at", "refusal", "detail")
    readonly_fields = fields

    @admin.display(description=_("price"))
    def price(self, sample: RateSample) -> str:
        return price(sample.price_krw)


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Prices in won for a whole coin that were agreed on."""

    list_display = ("id", "asset", "bid", "middle", "ask", "at")
    list_filter = ("asset", "at")
    ordering = ("-id",)
    inlines = (SampleInline,)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=_("bid"), ordering="bid_krw")
    def bid(self, rate: Rate) -> str:
        return price(rate.bid_krw)

    @admin.display(description=_("middle"), ordering="mid_krw")
    def middle(self, rate: Rate) -> str:
        return price(rate.mid_krw)

    @admin.display(description=_("ask"), ordering="ask_krw")
    def ask(self, rate: Rate) -> str:
        return price(rate.ask_krw)


@admin.register(RateSample)
class RateSampleAdmin(ReadOnlyAdmin):
    """Every answer of every source, those that did not count too."""

    list_display = ("id", "source", "asset", "price", "source_at", "fetched_at", "refusal")
    list_filter = ("source", "asset", "refusal", "fetched_at")
    ordering = ("-id",)
    fields = (*list_display, "detail", "rate_link")
    readonly_fields = fields

    @admin.display(description=_("price"), ordering="price_krw")
    def price(self, sample: RateSample) -> str:
        return price(sample.price_krw)

    @admin.display(description=_("rate"))
    def rate_link(self, sample: RateSample) -> str:
        return priced(sample.rate)


@admin.register(RateHalt)
class RateHaltAdmin(DecisionsMixin, ReadOnlyAdmin):
    """Assets whose quotes are stopped; staff lift a halt when they have looked."""

    list_display = ("asset", "reason", "detail", "since", "lifted_at", "lifted_by")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter), "asset", "since")
    ordering = ("-id",)
    fields = list_display
    readonly_fields = fields
    change_form_outer_before_template = "admin_wallet/lift_halt.html"
    decision_permission = "wallet.lift_halt"
    decision_done = _("Quotes go on with the next rates that agree.")

    def _lift(self, request: HttpRequest, object_id: int) -> None:
        lift_halt(halt_id=object_id, staff=request.user)  # type: ignore[arg-type]

    decisions = {"lift": _lift}  # noqa: RUF012


@admin.register(HousePosition)
class HousePositionAdmin(ReadOnlyAdmin):
    """What the house holds of each asset from buying and selling, and what that is worth now."""

    list_display = ("asset", "units", "cost", "worth", "exposure", "rate")
    list_display_links = None
    ordering = ("currency",)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=_("asset"), ordering="currency")
    def asset(self, account: HousePosition) -> str:
        # The currency's own name is of its smallest unit; these are whole coins.
        return account.currency

    @admin.display(description=_("coins"))
    def units(self, account: HousePosition) -> str:
        return amount(account.currency, account.balance)

    @admin.display(description=_("cost"))
    def cost(self, account: HousePosition) -> str:
        return won(_position(account).cost_krw)

    @admin.display(description=_("worth now"))
    def worth(self, account: HousePosition) -> str:
        return won(_position(account).worth_krw)

    @admin.display(description=_("gain or loss"))
    def exposure(self, account: HousePosition) -> str:
        return won(_position(account).exposure_krw)

    @admin.display(description=_("rate"))
    def rate(self, account: HousePosition) -> str:
        return priced(_position(account).rate)


def _position(account: HousePosition) -> Position:
    """With its rate, once for a row."""
    known: Position | None = getattr(account, "_position", None)
    if known is None:
        known = next(each for each in positions() if each.asset == account.currency)
        account._position = known  # type: ignore[attr-defined]
    return known
