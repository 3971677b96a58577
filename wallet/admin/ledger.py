"""The ledger in the admin: to look at, never to change, not even for superusers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from wallet.admin.tools import ReadOnlyAdmin, ReadOnlyInline, link, money
from wallet.models import Account, Entry, Transaction


class EntryInline(ReadOnlyInline):
    """The two or more sides of a transaction."""

    model = Entry
    extra = 0
    fields = ("account_link", "side", "amount_shown", "balance_shown", "ordinal")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries: QuerySet[Entry] = super().get_queryset(request)
        return entries.select_related("account").order_by("id")

    @admin.display(description=_("account"))
    def account_link(self, entry: Entry) -> str:
        return link("account", entry.account_id, entry.account)

    @admin.display(description=_("amount"))
    def amount_shown(self, entry: Entry) -> str:
        return money(entry.amount, entry.account)

    @admin.display(description=_("balance after"))
    def balance_shown(self, entry: Entry) -> str:
        return money(entry.balance_after, entry.account)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts and their balances."""

    list_display = ("code", "kind", "balance_shown", "entry_count", "user", "table_id", "closed_at")
    list_filter = ("kind", "currency", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("code", "user__nickname", "user__email")
    search_help_text = _("Code, nickname or email address")
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        *("code", "kind", "currency", "normal_side", "balance_shown", "debits", "credits"),
        *("entries_link", "user", "table_id", "may_overdraw", "opened_at", "closed_at"),
    )
    readonly_fields = fields

    @admin.display(description=_("balance"))
    def balance_shown(self, account: Account) -> str:
        return money(account.balance, account)

    @admin.display(description=_("entries"))
    def entries_link(self, account: Account) -> str:
        url = reverse("admin:wallet_entry_changelist")
        return format_html(
            '<a href="{}?account__id__exact={}">{}</a>', url, account.pk, account.entry_count
        )


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    """Transactions with their entries."""

    list_display = ("id", "kind", "key", "created_at", "reverses_link")
    list_filter = ("kind", "created_at", ("reverses", admin.EmptyFieldListFilter))
    search_fields = ("=key", "=id", "=entries__account__code", "=entries__account__user__nickname")
    search_help_text = _("Exact key, number, account code or nickname")
    ordering = ("-id",)
    show_full_result_count = False
    inlines = (EntryInline,)
    fields = ("kind", "key", "created_at", "reverses_link", "reversal_link", "meta", "content_hash")
    readonly_fields = fields

    @admin.display(description=_("reverses"))
    def reverses_link(self, transaction: Transaction) -> str:
        number = transaction.reverses_id
        return link("transaction", number, f"#{number}") if number else "-"

    @admin.display(description=_("reversed by"))
    def reversal_link(self, transaction: Transaction) -> str:
        reversal = transaction.reversed_by.first()
        return link("transaction", reversal.pk, f"#{reversal.pk}") if reversal else "-"


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Entries of all transactions, newest first."""

    list_display = (
        *("id", "transaction_link", "account_link", "side"),
        *("amount_shown", "balance_shown", "created"),
    )
    list_filter = ("side", "account__kind", "account__currency", "transaction__kind")
    list_select_related = ("account", "transaction")
    search_fields = ("=account__code", "=transaction__key", "=account__user__nickname")
    search_help_text = _("Exact account code, key or nickname")
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        *("transaction_link", "account_link", "side", "amount_shown"),
        *("balance_shown", "ordinal", "created"),
    )
    readonly_fields = fields

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The page of an account links to its entries."""
        if lookup == "account__id__exact":
            return True
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed

    @admin.display(description=_("transaction"))
    def transaction_link(self, entry: Entry) -> str:
        return link("transaction", entry.transaction_id, entry.transaction)

    @admin.display(description=_("account"))
    def account_link(self, entry: Entry) -> str:
        return link("account", entry.account_id, entry.account)

    @admin.display(description=_("amount"))
    def amount_shown(self, entry: Entry) -> str:
        return money(entry.amount, entry.account)

    @admin.display(description=_("balance after"))
    def balance_shown(self, entry: Entry) -> str:
        return money(entry.balance_after, entry.account)

    @admin.display(description=_("created"))
    def created(self, entry: Entry) -> Any:
        return entry.transaction.created_at
