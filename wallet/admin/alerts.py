"""Everything that staff were told, from wherever in the wallet, and who looked at it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from wallet.admin.audit import pretty
from wallet.admin.tools import ReadOnlyAdmin, long
from wallet.alerts import note_seen
from wallet.meanings import meaning_of
from wallet.models import Alert


class IsOpen(admin.SimpleListFilter):
    """Whether somebody has looked at it."""

    title = _("noted")
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

    list_display = ("id", "at", "meaning", "about", "shortly", "is_seen", "by")
    list_filter = (IsOpen, "at")
    list_select_related = ("seen__staff",)
    search_fields = ("=subject", "kind")
    search_help_text = _("Exact subject, or part of the code")
    ordering = ("-id",)
    fields = ("at", "meaning", "todo", "kind", "about", "content", "by")
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
        return str(meaning_of(alert.code).what)

    @admin.display(description=_("what to do"))
    def todo(self, alert: Alert) -> str:
        return str(meaning_of(alert.code).todo)

    @admin.display(description=_("subject"), ordering="subject")
    def about(self, alert: Alert) -> str:
        return long(alert.subject)

    @admin.display(description=_("details"))
    def shortly(self, alert: Alert) -> str:
        lines = [(name, str(value)[:120]) for name, value in list(alert.payload.items())[:3]]
        return long(format_html_join(mark_safe("<br>"), "{}: {}", lines)) if lines else "-"

    @admin.display(description=_("details"))
    def content(self, alert: Alert) -> str:
        return pretty(alert.payload)

    @display(description=_("noted"), boolean=True)  # type: ignore[untyped-decorator]
    def is_seen(self, alert: Alert) -> bool:
        return hasattr(alert, "seen")

    @admin.display(description=_("seen by"))
    def by(self, alert: Alert) -> str:
        return str(alert.seen.staff) if hasattr(alert, "seen") else "-"
