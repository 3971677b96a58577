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


class Labels(dict[Any, str]):
    """Colours of labels by their texts, for `unfold.decorators.display`.

    A lazy text has the hash of its translation at the moment it was put in, when nobody's language
    was active; so texts are compared as they are now.
    """

    def __contains__(self, text: object) -> bool:
        return any(str(each) == str(text) for each in self)

    def __getitem__(self, text: object) -> str:
        return next(colour for each, colour in self.items() if str(each) == str(text))
