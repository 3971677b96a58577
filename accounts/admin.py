"""Users in the admin. Staff look after players; only superusers touch staff, roles and logins."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import User
from accounts.services import FOR_GOOD, mute_in_chats, set_active, set_email

_FOR_SUPERUSERS = ("email", "is_staff", "is_superuser", "groups", "user_permissions", "is_bot")


class NewUserForm(UserCreationForm):  # type: ignore[misc]
    """Email, nickname and password."""

    class Meta:
        model = User
        fields = ("email", "nickname")


class EditUserForm(UserChangeForm):  # type: ignore[misc]
    """Everything but the password, which has a page of its own."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """Users. Nobody is deleted: hands and money refer to them; deactivate instead."""

    form = EditUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("nickname", "email", "is_active", "is_staff", "is_bot", "date_joined")
    list_filter = ("is_active", "is_bot", "is_staff", "is_superuser")
    list_filter_submit = False
    search_fields = ("email", "nickname")
    ordering = ("-date_joined",)
    date_hierarchy = "date_joined"
    actions = (
        *("activate", "deactivate"),
        *("mute_for_an_hour", "mute_for_a_day", "mute_for_good", "unmute"),
    )
    readonly_fields = ("last_login", "date_joined", "chat_muted_until")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("nickname", "email", "password", "is_active", "is_bot")}),
        (_("Rights"), {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Chat"), {"fields": ("chat_muted_until",)}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "nickname", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff and superusers are changed by superusers only, whatever permissions say."""
        if obj is not None and (obj.is_staff or obj.is_superuser):
            return bool(request.user.is_superuser)
        return bool(super().has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None or request.user.is_superuser:
            return fields
        return (*fields, *_FOR_SUPERUSERS)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A password set by staff opens the player's wallet: superusers only."""
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool
    ) -> None:
        """Saves, and keeps the address that allauth verifies in step."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            set_email(user=obj, email=obj.email)

    @admin.action(description=_("Activate the selected users"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_active(request, queryset, active=True)

    @admin.action(description=_("Deactivate the selected users"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_active(request, queryset, active=False)

    @admin.action(description=_("Mute in chats for an hour"), permissions=["change"])
    def mute_for_an_hour(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._mute(request, queryset, timezone.now() + timedelta(hours=1))

    @admin.action(description=_("Mute in chats for a day"), permissions=["change"])
    def mute_for_a_day(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._mute(request, queryset, timezone.now() + timedelta(days=1))

    @admin.action(description=_("Mute in chats for good"), permissions=["change"])
    def mute_for_good(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._mute(request, queryset, FOR_GOOD)

    @admin.action(description=_("Let speak in chats again"), permissions=["change"])
    def unmute(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._mute(request, queryset, None)

    def _mute(self, request: HttpRequest, queryset: QuerySet[User], until: datetime | None) -> None:
        users = [user for user in queryset if self.has_change_permission(request, user)]
        count = mute_in_chats(users=users, until=until)
        self._changed(request, users, count, "chat_muted_until")

    def _set_active(self, request: HttpRequest, queryset: QuerySet[User], *, active: bool) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        users = [user for user in chosen if self.has_change_permission(request, user)]
        count = set_active(users=users, active=active)
        self._changed(request, users, count, "is_active")

    def _changed(self, request: HttpRequest, users: list[User], count: int, field: str) -> None:
        for user in users:
            self.log_change(request, user, field)
        text = ngettext("%(count)d user changed.", "%(count)d users changed.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
