"""Templates, from which tables open and close by themselves."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from tables.admin.options import OPTION_FIELDSETS
from tables.models import TableTemplate


@admin.register(TableTemplate)
class TableTemplateAdmin(ModelAdmin):  # type: ignore[misc]
    """Kinds of tables. Taken out of use rather than deleted: hands refer to their tables."""

    list_display = ("name", "stake", "seats", "free_seats", "running", "is_enabled")
    list_filter = ("is_enabled", "seats", "stake")
    list_select_related = ("stake",)
    search_fields = ("name", "name_pattern", "stake__name")
    fieldsets = (
        (None, {"fields": (("name", "name_pattern"), ("stake", "seats"), "is_enabled")}),
        (
            _("How many tables"),
            {
                "fields": (("min_free_seats", "max_free_seats"), ("min_tables", "max_tables")),
                "description": _(
                    "Looked at every ten seconds. A table with players is never closed; an empty"
                    " one closes five minutes after it opened or was left, at the earliest."
                ),
            },
        ),
        *OPTION_FIELDSETS,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TableTemplate]:
        templates: QuerySet[TableTemplate] = super().get_queryset(request)
        open_now = Q(tables__is_open=True, tables__is_resting=False)
        return templates.annotate(running_count=Count("tables", filter=open_now))

    def save_model(
        self,
        request: HttpRequest,
        obj: TableTemplate,
        form: "ModelForm[TableTemplate]",
        change: bool,
    ) -> None:
        """Saves, and says what follows from it."""
        super().save_model(request, obj, form, change)
        if not obj.is_enabled:
            text = _("Its tables take no new players now, and close when the last one left.")
            self.message_user(request, text, messages.WARNING)
            return
        if change and set(form.changed_data) & {"stake", "seats"}:
            text = _("Tables with players keep their stake and seats until they are empty.")
            self.message_user(request, text, messages.WARNING)
        others = TableTemplate.objects.filter(stake=obj.stake, seats=obj.seats, is_enabled=True)
        if others.exclude(pk=obj.pk).exists():
            text = _("Another template in use has the same stake and seats: both keep seats free.")
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=_("free seats"), ordering="min_free_seats")
    def free_seats(self, template: TableTemplate) -> str:
        return f"{template.min_free_seats} – {template.max_free_seats}"

    @admin.display(description=_("open tables"), ordering="running_count")
    def running(self, template: Any) -> SafeString:
        path = f"{reverse('admin:tables_table_changelist')}?template__id__exact={template.pk}"
        limits = f"({template.min_tables} – {template.max_tables})"
        return format_html('<a href="{}">{} {}</a>', path, template.running_count, limits)
