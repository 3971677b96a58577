"""What the wallet's admin pages share: read-only pages, links, amounts, and decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from wallet.assets import Network, coins
from wallet.errors import WalletError
from wallet.models import Account


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


class DecisionsMixin:
    """A page with a form for a decision above what it decides on.

    `decisions` maps what the buttons post (`decision`) to a function of (request, object id) that
    calls a service; the service's refusal is shown, and nothing else can be posted.
    """

    decisions: dict[str, Callable[[Any, HttpRequest, int], Any]]
    decision_permission: str
    decision_done: Any

    def may_decide(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.decision_permission))

    def get_urls(self) -> list[Any]:
        info = self.model._meta  # type: ignore[attr-defined]
        name = f"{info.app_label}_{info.model_name}_decide"
        view = self.admin_site.admin_view(self.decide)  # type: ignore[attr-defined]
        own = [path("<int:object_id>/decide/", view, name=name)]
        return own + super().get_urls()  # type: ignore[misc,no-any-return]

    def decide(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Carry a decision out, and go back to the page. 403 without the permission."""
        if not self.may_decide(request):
            raise PermissionDenied
        info = self.model._meta  # type: ignore[attr-defined]
        back = reverse(f"admin:{info.app_label}_{info.model_name}_change", args=[object_id])
        decision = self.decisions.get(request.POST.get("decision", ""))
        if request.method != "POST" or decision is None:
            return HttpResponseRedirect(back)
        try:
            decision(self, request, object_id)
        except WalletError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)  # type: ignore[attr-defined]
        else:
            self.message_user(request, self.decision_done, messages.SUCCESS)  # type: ignore[attr-defined]
        return HttpResponseRedirect(back)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"may_decide": self.may_decide(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc,no-any-return]


def long(text: object) -> str:
    """A hash or an address that may break anywhere, so that it fits a phone."""
    return format_html('<span style="overflow-wrap: anywhere">{}</span>', text)


def link(model: str, pk: object, text: object) -> str:
    """A link to a page of the wallet's admin."""
    return format_html(
        '<a class="text-primary-600" style="overflow-wrap: anywhere" href="{}">{}</a>',
        reverse(f"admin:wallet_{model}_change", args=[pk]),
        text,
    )


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


def native(network: str, units: int | None) -> str:
    """A fee in the network's own coin, or a dash."""
    if units is None:
        return "-"
    return coins("BTC" if network == Network.BITCOIN else "ETH", units)
