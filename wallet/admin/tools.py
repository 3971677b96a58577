"""What the wallet's admin pages share: read-only pages, links and amounts."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from wallet.assets import Network, coins
from wallet.models import Account, Currency, Rate, Transaction


class ReadOnly:
    """No adding, changing or deleting; a correction is a reversal (`docs/ledger.md`)."""

    def has_add_permission(self, *_arguments: Any) -> bool:
        return False

    def has_change_permission(self, *_arguments: Any) -> bool:
        return False

    def has_delete_permission(self, *_arguments: Any) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """A model that staff look at and the site alone writes."""

    show_full_result_count = False
    list_per_page = 50


class ReadOnlyInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """Rows that staff look at and the site alone writes."""

    extra = 0
    can_delete = False
    show_change_link = False


# What is proposed is done when a colleague confirms it.
PROPOSED = _(
    "Proposed. Nothing is done yet: a colleague must confirm it under “Decisions that wait”."
)


def long(text: object) -> str:
    """A hash or an address that may break anywhere, so that it fits a phone."""
    return format_html('<span class="anywhere">{}</span>', text)


def link(model: str, pk: object, text: object) -> str:
    """A link to a page of the wallet's admin."""
    return format_html(
        '<a class="anywhere text-primary-600" href="{}">{}</a>',
        reverse(f"admin:wallet_{model}_change", args=[pk]),
        text,
    )


def booked(transaction: Transaction | None) -> str:
    """A link to a ledger transaction, or a dash."""
    return link("transaction", transaction.pk, transaction) if transaction else "-"


def priced(rate: Rate | None) -> str:
    """A link to a rate, or a dash."""
    return link("rate", rate.pk, rate) if rate else "-"


def player(user: Any) -> str:
    """A link to a player's page."""
    return format_html(
        '<a class="text-primary-600" href="{}">{}</a>',
        reverse("admin:accounts_user_change", args=[user.pk]),
        user,
    )


def money(amount: int, account: Account) -> str:
    """`1,000 KRW`; the currency's own unit, as the ledger counts it."""
    return f"{intcomma(amount, use_l10n=False)} {account.get_currency_display()}"


def won(amount_krw: int | None) -> str:
    """`₩1,000`, `−₩1,000`, or a dash."""
    if amount_krw is None:
        return "-"
    return f"{'−' if amount_krw < 0 else ''}₩{intcomma(abs(amount_krw), use_l10n=False)}"


def amount(asset: str, units: int) -> str:
    """`0.0015 BTC`."""
    return coins(asset, units)


def whole_amount(currency: str, units: int) -> str:
    """`₩1,000`, or `1,000.5` whole coins to the last unit; `−` before what is below zero."""
    if currency == Currency.KRW:
        return won(units)
    number, point, decimals = coins(currency, abs(units)).split()[0].partition(".")
    return f"{'−' if units < 0 else ''}{int(number):,}{point}{decimals}"


def native(network: str, units: int | None) -> str:
    """A fee in the network's own coin, or a dash."""
    if units is None:
        return "-"
    return coins("BTC" if network == Network.BITCOIN else "ETH", units)
