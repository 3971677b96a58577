"""Mail to players: what was told, and what still waits for a mail server."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wallet.admin.tools import ReadOnlyAdmin, link, long
from wallet.models import Letter


class NotSent(admin.SimpleListFilter):
    """What the mail server did not take yet, or not at all."""

    title = _("sent")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(sent_at__isnull=True) if self.value() == "no" else queryset


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Each is written with what it tells, and sent by the worker."""

    list_display = ("id", "user", "kind", "about", "language", "at", "sent_at", "tries")
    list_filter = (NotSent, "kind", "at")
    list_select_related = ("user", "withdrawal", "payout_address")
    search_fields = ("user__nickname", "user__email")
    ordering = ("-id",)

    @admin.display(description=_("what it is about"))
    def about(self, letter: Letter) -> str:
        if letter.withdrawal is not None:
            return link("withdrawal", letter.withdrawal_id, letter.withdrawal)
        return long(letter.payout_address)
