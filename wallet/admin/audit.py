"""The audit chain and money events: to look at."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from wallet.admin.tools import ReadOnlyAdmin
from wallet.models import AuditRecord, MoneyEvent


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The chain in the database; `manage.py check_audit` compares it with the other two."""

    list_display = ("seq", "sealed_at", "told", "hash")
    search_fields = ("=seq", "=hash", "=transaction__key", "=event__subject")
    search_help_text = _("Number, hash, key of a transaction or subject of an event")
    ordering = ("-seq",)
    fields = ("seq", "sealed_at", "content", "previous_hash", "hash")
    readonly_fields = fields

    @admin.display(description=_("tells of"))
    def told(self, record: AuditRecord) -> str:
        content = json.loads(record.body)
        return f"{content['kind']} {content.get('key') or content.get('subject')}"

    @admin.display(description=_("content"))
    def content(self, record: AuditRecord) -> str:
        return pretty(json.loads(record.body))


@admin.register(MoneyEvent)
class MoneyEventAdmin(ReadOnlyAdmin):
    """What happened around money and is no ledger transaction."""

    list_display = ("id", "at", "kind", "subject")
    list_filter = ("kind", "at")
    search_fields = ("=subject", "=kind")
    search_help_text = _("Exact subject or kind")
    ordering = ("-id",)
    fields = ("kind", "subject", "at", "content")
    readonly_fields = fields

    @admin.display(description=_("content"))
    def content(self, event: MoneyEvent) -> str:
        return pretty(event.payload)


def pretty(content: Any) -> str:
    """JSON, indented, as text."""
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
    return format_html('<pre style="white-space: pre-wrap">{}</pre>', text)
