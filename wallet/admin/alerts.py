"""Everything that staff were told, from wherever in the wallet, and who looked at it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.decorators import display

from wallet.admin.audit import pretty
from wallet.admin.tools import ReadOnlyAdmin
from wallet.alerts import note_seen
from wallet.models import Alert

# What the codes mean; the others are shown as they are.
_MEANINGS = {
    "audit_discrepancy": _("The audit logs do not agree"),
    "audit_log_shrunk": _("An audit log lost records"),
    "capital_reorganised": _("Coins of the house went away with their block"),
    "chain_and_ledger_disagree": _("Chain and ledger disagree: withdrawals are closed"),
    "ledger_without_origin": _(
        "Something in the ledger comes from nowhere: withdrawals are closed"
    ),
    "cold_balance_disagrees": _("Nodes disagree about cold storage"),
    "deposit_reversed": _("A credited deposit went away"),
    "deposit_undecided": _("A deposit cannot be decided on"),
    "fee_above_cap": _("The network's fee is above the cap"),
    "hot_wallet_low": _("The hot wallet has too little for what is approved"),
    "insolvent": _("Our coins do not cover what we owe"),
    "left_cold_storage": _("Coins left cold storage"),
    "no_cold_address": _("There is too much in the hot wallet, and no cold address"),
    "node_contradicts_itself": _("A node contradicts itself"),
    "quarantine": _("A deposit waits for a decision"),
    "rate_unbelievable": _("A withdrawal's rate is not what the exchanges say"),
    "rates_halted": _("Quotes of an asset stopped"),
    "reconciliation_not_proven": _("A chain could not be compared with the ledger"),
    "staff_changed": _("A member of staff, or their rights or login, is new"),
    "decision_waits": _("A colleague's decision waits to be confirmed"),
    "stuck": _("A payment is stuck"),
    "unknown_spend": _("Coins left one of our addresses, not by a payment of ours"),
}


class IsOpen(admin.SimpleListFilter):
    """Whether somebody has looked at it."""

    title = pgettext_lazy("alert", "looked at")
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not yet")), ("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(seen__isnull=self.value() == "no")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Alerts of deposits, withdrawals, the signer, rates, reconciliation and the audit logs."""

    list_display = ("id", "at", "meaning", "subject", "shortly", "is_seen", "by")
    list_filter = (IsOpen, "at")
    list_select_related = ("seen__staff",)
    search_fields = ("=subject", "kind")
    search_help_text = _("Exact subject, or part of the code")
    ordering = ("-id",)
    fields = ("at", "meaning", "kind", "subject", "content", "by")
    readonly_fields = fields
    actions = ("mark_seen",)

    def has_see_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("wallet.add_alertseen"))

    @admin.action(description=_("Note that you have looked at them"), permissions=["see"])
    def mark_seen(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        alert_ids = queryset.values_list("pk", flat=True)
        count = note_seen(alert_ids=alert_ids, staff=request.user)  # type: ignore[arg-type]
        text = ngettext("%(count)d alert was noted.", "%(count)d alerts were noted.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    @admin.display(description=_("what"), ordering="kind")
    def meaning(self, alert: Alert) -> str:
        return str(_MEANINGS.get(alert.code, alert.code))

    @admin.display(description=_("details"))
    def shortly(self, alert: Alert) -> str:
        lines = [(name, str(value)[:120]) for name, value in list(alert.payload.items())[:3]]
        shown = format_html_join("", '<div style="overflow-wrap: anywhere">{}: {}</div>', lines)
        return shown or "-"

    @admin.display(description=_("details"))
    def content(self, alert: Alert) -> str:
        return pretty(alert.payload)

    @display(description=pgettext_lazy("alert", "looked at"), boolean=True)  # type: ignore[untyped-decorator]
    def is_seen(self, alert: Alert) -> bool:
        return hasattr(alert, "seen")

    @admin.display(description=_("seen by"))
    def by(self, alert: Alert) -> str:
        return str(alert.seen.staff) if hasattr(alert, "seen") else "-"
