"""What several apps' admin pages share."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class ReadOnly:
    """Nothing can be added, changed or deleted; whoever may view sees everything there is."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """A model that staff look at and the site alone writes."""


class ReadOnlyInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """Rows that staff look at and the site alone writes."""

    extra = 0
    can_delete = False
    show_change_link = False
