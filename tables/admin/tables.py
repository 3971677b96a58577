"""Tables: what they are, whether they are open, and how many sit there."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from poker_site.admin_tools import Labels
from tables.admin.options import OPTION_FIELDSETS
from tables.models import Table

STATES = {"open": _("open"), "resting": _("resting"), "closed": _("closed")}


@admin.register(Table)
class TableAdmin(ModelAdmin):  # type: ignore[misc]
    """Tables. The options of a template's table are changed in the template."""

    list_display = ("name", "stake", "seats", "seated", "state", "template", "is_demo")
    list_filter = ("is_open", "is_resting", "is_demo", "seats", "stake", "template")
    list_select_related = ("stake", "template")
    search_fields = ("name", "stake__name")
    actions = ("open_tables", "close_tables")
    readonly_fields = ("created_at", "opened_at", "state")
    fieldsets = (
        (None, {"fields": ("name", ("stake", "seats"), "template", "is_open", "is_demo")}),
        *OPTION_FIELDSETS,
        (_("Dates"), {"fields": (("state", "opened_at", "created_at"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Table]:
        tables: QuerySet[Table] = super().get_queryset(request)
        return tables.annotate(
            seated_count=Count("sittings", filter=Q(sittings__ended_at__isnull=True))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Table | None = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None or obj.template_id is None:
            return fields
        return (*fields, "stake", *Table.OPTIONS)

    def save_model(
        self, request: HttpRequest, obj: Table, form: "ModelForm[Table]", change: bool
    ) -> None:
        """Saves, and says when it takes effect where somebody notices."""
        super().save_model(request, obj, form, change)
        if not change or not obj.sittings.filter(ended_at=None).exists():
            return
        if not obj.is_open:
            text = _("Players sit there: they are paid out when the running hand is over.")
            self.message_user(request, text, messages.WARNING)
        elif set(form.changed_data) & set(Table.OPTIONS):
            text = _("Players sit there: the new options are in force from the next hand on.")
            self.message_user(request, text, messages.INFO)

    @admin.display(description=_("seated"), ordering="seated_count")
    def seated(self, table: Any) -> str:
        return f"{table.seated_count} / {table.seats}"

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="is_open",
        label=Labels(
            {STATES["open"]: "success", STATES["resting"]: "info", STATES["closed"]: "danger"}
        ),
    )
    def state(self, table: Table) -> Any:
        if not table.is_open:
            return STATES["closed"]
        return STATES["resting" if table.is_resting else "open"]

    @admin.action(description=_("Open the selected tables"), permissions=["change"])
    def open_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> None:
        self._set_open(request, queryset, is_open=True)

    @admin.action(
        description=_("Close the selected tables (players are paid out after the hand)"),
        permissions=["change"],
    )
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
