"""What protects players: their limits to look at, exclusions to add, identity to verify."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from wallet.admin.tools import ReadOnlyAdmin
from wallet.errors import WalletError
from wallet.events import record
from wallet.limits.errors import OwnIdentity
from wallet.limits.exclusions import exclude
from wallet.models import Exclusion, Identity, PlayerLimit


@admin.register(PlayerLimit)
class PlayerLimitAdmin(ReadOnlyAdmin):
    """What players set for themselves."""

    list_display = ("user", "kind", "period", "value", "set_at", "effective_at")
    list_filter = ("kind", "period", "set_at")
    list_select_related = ("user",)
    search_fields = ("user__nickname", "user__email")
    ordering = ("-id",)
    fields = list_display
    readonly_fields = fields


@admin.register(Exclusion)
class ExclusionAdmin(ModelAdmin):  # type: ignore[misc]
    """Players who are kept out. Staff add one; nobody shortens it."""

    list_display = ("user", "since", "until", "by", "note")
    list_filter = ("since", ("by", admin.EmptyFieldListFilter))
    list_select_related = ("user", "by")
    search_fields = ("user__nickname", "user__email")
    ordering = ("-id",)
    autocomplete_fields = ("user",)
    fields = ("user", "until", "note")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """An exclusion that would be shorter is refused with its sentence."""
        try:
            added: HttpResponse = super().add_view(request, form_url, extra_context)
        except WalletError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:wallet_exclusion_changelist"))
        return added

    def save_model(
        self, request: HttpRequest, obj: Exclusion, form: "ModelForm[Any]", change: bool
    ) -> None:
        made = exclude(
            user_id=obj.user_id,
            until=obj.until,
            by=request.user,  # type: ignore[arg-type]
            note=obj.note,
        )
        obj.pk = made.pk


@admin.register(Identity)
class IdentityAdmin(ModelAdmin):  # type: ignore[misc]
    """What staff verified about a player."""

    list_display = ("user", "level", "born_on", "verified_at", "verified_by")
    list_filter = ("level", "verified_at")
    list_select_related = ("user", "verified_by")
    search_fields = ("user__nickname", "user__email")
    autocomplete_fields = ("user",)
    fields = ("user", "born_on", "level", "verified_at", "verified_by")
    readonly_fields = ("verified_at", "verified_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "user") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """One's own is refused with its sentence."""
        try:
            shown: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except OwnIdentity as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:wallet_identity_changelist"))
        return shown

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Identity, form: "ModelForm[Any]", change: bool
    ) -> None:
        if obj.user_id == request.user.pk:
            raise OwnIdentity(str(obj.user_id))
        obj.verified_at = timezone.now()
        obj.verified_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        record(
            "identity_verified",
            str(obj.user_id),
            {"level": obj.level, "by": request.user.pk, "changed": form.changed_data},
        )
