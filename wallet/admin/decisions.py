"""What staff decide on: the form above the object, who may post it, and the history below it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from wallet.admin.audit import pretty
from wallet.admin.tools import ReadOnlyAdmin, ReadOnlyInline, player
from wallet.errors import WalletError


class DecisionsMixin:
    """A page with a form for a decision above what it decides on.

    `decisions` maps what the buttons post (`decision`) to a function of (request, object id) that
    calls a service; the service's refusal is shown, and nothing else can be posted. Where the
    function returns a sentence, that is shown instead of `decision_done`.
    """

    decisions: dict[str, Callable[[Any, HttpRequest, int], Any]]
    decision_permission: str
    decision_done: Any

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """Name and text of what to know of `row` before deciding, shown above the form's fields."""
        return []

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
            said = decision(self, request, object_id)
        except WalletError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)  # type: ignore[attr-defined]
        else:
            self.message_user(request, said or self.decision_done, messages.SUCCESS)  # type: ignore[attr-defined]
        return HttpResponseRedirect(back)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        context = {
            "may_decide": self.may_decide(request),
            "facts": self.facts(row) if row is not None else [],
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc,no-any-return]


class OfPlayerAdmin(DecisionsMixin, ReadOnlyAdmin):
    """Players' money that staff decide on: the newest first, with its player."""

    list_select_related = ("user",)
    ordering = ("-id",)

    @admin.display(description=_("user"))
    def owner(self, row: Any) -> str:
        return player(row.user)


class HistoryInline(ReadOnlyInline):
    """The way it went, event by event."""

    fields = ("at", "state", "reason", "actor", "shown")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("details"))
    def shown(self, event: Any) -> str:
        return pretty(event.details) if event.details else ""
