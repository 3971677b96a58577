"""How the admin looks: its name, its colours and what stands in its sidebar."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the admin that belongs to no model."""

    url: str
    permission: str
    icon: str
    title: Any


# Title of the group, then its pages, and its models with their icons. Models that are not
# registered are left out.
_SIDEBAR: tuple[tuple[Any, tuple[_Page | tuple[str, str], ...]], ...] = (
    (
        _("Players"),
        (("accounts.User", "person"), ("mfa.Authenticator", "phonelink_lock")),
    ),
    (
        _("Tables"),
        (
            ("tables.Table", "table_restaurant"),
            ("tables.TableTemplate", "content_copy"),
            ("tables.Stake", "paid"),
            ("tables.Sitting", "event_seat"),
            ("tables.Hand", "playing_cards"),
        ),
    ),
    (
        _("Money"),
        (
            ("wallet.Alert", "notifications"),
            ("wallet.Proposal", "group_add"),
            ("wallet.Withdrawal", "north_east"),
            ("wallet.Deposit", "south_west"),
            ("wallet.Payment", "send"),
            _Page("admin-finance", "wallet.view_finance", "menu_book", _("Finance")),
            ("wallet.Policy", "tune"),
            ("wallet.AssetPolicy", "currency_bitcoin"),
            ("wallet.Rate", "show_chart"),
            ("wallet.RateHalt", "front_hand"),
            ("wallet.HousePosition", "account_balance_wallet"),
            ("wallet.ReconciliationRun", "balance"),
            ("wallet.Account", "account_balance"),
            ("wallet.Transaction", "receipt_long"),
            ("wallet.Entry", "list_alt"),
            ("wallet.AuditRecord", "link"),
            ("wallet.MoneyEvent", "history"),
            ("wallet.StaffChange", "manage_accounts"),
        ),
    ),
    (
        _("Addresses and chains"),
        (
            ("wallet.ChainCursor", "hub"),
            ("wallet.DepositAddress", "qr_code"),
            ("wallet.PayoutAddress", "contacts"),
            ("wallet.Utxo", "toll"),
            ("wallet.OwnTransfer", "savings"),
            ("wallet.StrayTransfer", "report"),
            ("wallet.WithdrawalQuote", "request_quote"),
            ("wallet.RateSample", "query_stats"),
        ),
    ),
    (
        _("Protection of players"),
        (
            ("wallet.Letter", "mail"),
            ("wallet.PlayerLimit", "speed"),
            ("wallet.Exclusion", "block"),
            ("wallet.Identity", "badge"),
        ),
    ),
    (
        _("Operations"),
        (
            ("tables.Shard", "dns"),
            ("tables.TableSettlement", "checklist"),
            ("django_celery_beat.PeriodicTask", "schedule"),
            ("auth.Group", "group"),
        ),
    ),
)

# Of these the sidebar counts what waits for staff.
_COUNTED = {
    "wallet.Alert": "alert",
    "wallet.Withdrawal": "withdrawal",
    "wallet.Deposit": "deposit",
    "wallet.Proposal": "proposal",
}


def environment(request: HttpRequest) -> list[Any]:
    """The badge at the top: nobody should take one installation for another."""
    return [_("Development"), "info"] if settings.DEBUG else [_("Live"), "danger"]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar, of what this member of staff may see."""
    home = {"title": _("Overview"), "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [home]}]
    for title, entries in _SIDEBAR:
        items = [item for entry in entries if (item := _item(request, entry))]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _item(request: HttpRequest, entry: _Page | tuple[str, str]) -> dict[str, Any] | None:
    if not isinstance(entry, _Page):
        return _model_item(request, *entry)
    if not request.user.has_perm(entry.permission):
        return None
    return {"title": entry.title, "icon": entry.icon, "link": reverse(entry.url)}


def _model_item(request: HttpRequest, label: str, icon: str) -> dict[str, Any] | None:
    from django.contrib import admin  # the settings import this module before there are apps

    try:
        model = apps.get_model(label)
    except LookupError:
        return None
    if model not in admin.site._registry:
        return None
    if not admin.site.get_model_admin(model).has_view_permission(request):
        return None
    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    title = capfirst(model._meta.verbose_name_plural)
    item: dict[str, Any] = {"title": title, "icon": icon, "link": link}
    if label in _COUNTED:
        item |= {"badge": _waiting(request).get(_COUNTED[label], 0), "badge_variant": "danger"}
    return item


def overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The index page says how much waits for staff."""
    return context | {"waiting": _waiting(request)}


def _waiting(request: HttpRequest) -> dict[str, int]:
    """For who may see it; counted once a request."""
    from wallet.waiting import waiting_for  # the settings import this module before there are apps

    known: dict[str, int] | None = getattr(request, "_waiting", None)
    if known is None:
        known = waiting_for(request.user)  # type: ignore[arg-type]
        request._waiting = known  # type: ignore[attr-defined]
    return known


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Poker room"),
    "SITE_HEADER": _("Poker room"),
    "SITE_SUBHEADER": _("Administration"),
    "SITE_SYMBOL": "playing_cards",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("tables/img/icon.svg"),
        }
    ],
    "STYLES": [lambda _request: static("wallet/css/admin.css")],
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "poker_site.admin_theme.overview",
    "ENVIRONMENT": "poker_site.admin_theme.environment",
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.113)",
            "100": "oklch(95% .052 163.051)",
            "200": "oklch(90.5% .093 164.15)",
            "300": "oklch(84.5% .143 164.978)",
            "400": "oklch(76.5% .177 163.223)",
            "500": "oklch(69.6% .17 162.48)",
            "600": "oklch(52% .12 163.225)",
            "700": "oklch(45% .105 165.612)",
            "800": "oklch(40% .09 166.913)",
            "900": "oklch(36% .075 168.94)",
            "950": "oklch(26.2% .051 172.552)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "poker_site.admin_theme.navigation",
    },
}
