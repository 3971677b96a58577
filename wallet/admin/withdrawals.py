"""Withdrawals: the queue of those that need staff, each with its reasons, content and history."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from poker_site.admin_tools import Labels
from wallet import withdrawals as services
from wallet.admin.decisions import HistoryInline, OfPlayerAdmin
from wallet.admin.tools import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    amount,
    booked,
    link,
    long,
    native,
    player,
    priced,
    won,
)
from wallet.models import (
    Approval,
    PaymentOutput,
    PayoutAddress,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalQuote,
    WithdrawalState,
)
from wallet.withdrawals.reasons import sentence
from wallet.withdrawals.states import BEFORE_SIGNING


class ApprovalInline(ReadOnlyInline):
    """Who decided what, on which content."""

    model = Approval
    fields = ("at", "staff", "approved", "note", "content_hash")
    readonly_fields = fields
    ordering = ("id",)


class EventInline(HistoryInline):
    """The way it went."""

    model = WithdrawalEvent


class OutputInline(ReadOnlyInline):
    """The payments that were made for it; more than one only where an earlier one is void."""

    model = PaymentOutput
    fields = ("payment_link", "address", "is_void")
    readonly_fields = fields

    @admin.display(description=_("payment"))
    def payment_link(self, output: PaymentOutput) -> str:
        return link("payment", output.payment_id, output.payment)


class Queue(admin.SimpleListFilter):
    """What is open, and of it what waits for a decision."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("review", _("Waits for a decision")), ("open", _("Not ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "review":
            return queryset.filter(state=WithdrawalState.APPROVAL)
        if self.value() == "open":
            return queryset.filter(closing__isnull=True)
        return queryset


@admin.register(Withdrawal)
class WithdrawalAdmin(OfPlayerAdmin):
    """Every withdrawal. Those in review are approved or rejected here, by content."""

    list_display = ("id", "owner", "asked", "coins", "labelled", "reasons", "requested_at")
    list_filter = (Queue, "state", "asset", "requested_at")
    search_fields = ("=public_id", "=address", "user__nickname", "user__email")
    search_help_text = _("Exact id or address, nickname or email address")
    inlines = (ApprovalInline, EventInline, OutputInline)
    fieldsets = (
        (
            _("What is to be paid"),
            {
                "fields": (
                    *("owner", "asked", "fee", "coins", "network", "to", "book_entry"),
                    *("fee_cap", "rate_link", "revision", "content"),
                )
            },
        ),
        (
            _("Where it stands"),
            {
                "fields": (
                    *("labelled", "reasons", "decided", "cooling_until", "expires_at"),
                    *("why_so", "requested_at", "changed_at", "public_id", "hold_link"),
                    "closing_link",
                )
            },
        ),
    )
    readonly_fields = tuple(name for _, part in fieldsets for name in part["fields"])
    change_form_outer_before_template = "admin_wallet/decide_withdrawal.html"
    decision_permission = "wallet.approve_withdrawal"
    decision_done = _("Your decision is recorded.")

    def facts(self, row: Withdrawal) -> list[tuple[Any, Any]]:
        given = row.approvals.select_related("staff").order_by("id")
        lines = [(f"{each.staff}: {each.note or '-'}",) for each in given if each.approved]
        if services.approvals_needed(row) > row.approvals_needed:
            lines.append((gettext("The rules of now ask for more than when it was requested."),))
        approvals = format_html(
            "{}{}", self.decided(row), format_html_join("", "<div>{}</div>", lines)
        )
        return [(_("Why it is looked at"), self.reasons(row)), (_("Approvals so far"), approvals)]

    def _approve(self, request: HttpRequest, object_id: int) -> None:
        services.approve(**self._decided(request, object_id))

    def _reject(self, request: HttpRequest, object_id: int) -> None:
        services.reject(**self._decided(request, object_id))

    decisions = {"approve": _approve, "reject": _reject}  # noqa: RUF012

    def _decided(self, request: HttpRequest, object_id: int) -> dict[str, Any]:
        row = Withdrawal.objects.filter(pk=object_id).values_list("public_id", flat=True).first()
        return {
            "staff": request.user,
            "public_id": row or "",
            # What the page showed, not what is there now.
            "content_hash": request.POST.get("content_hash", ""),
            "note": request.POST.get("note", ""),
        }

    @admin.display(description=_("amount"))
    def asked(self, withdrawal: Withdrawal) -> str:
        return won(withdrawal.amount_krw)

    @admin.display(description=_("fee"))
    def fee(self, withdrawal: Withdrawal) -> str:
        return won(withdrawal.fee_krw)

    @admin.display(description=_("coins"))
    def coins(self, withdrawal: Withdrawal) -> str:
        # What is approved is the won; the coins follow from the rate of when it is sent.
        about = "" if withdrawal.is_rate_fixed else "≈ "
        return about + amount(withdrawal.asset, withdrawal.amount_units)

    @admin.display(description=_("address"))
    def to(self, withdrawal: Withdrawal) -> str:
        return long(withdrawal.address)

    @admin.display(description=_("content hash"))
    def content(self, withdrawal: Withdrawal) -> str:
        return long(withdrawal.content_hash)

    @admin.display(description=_("fee cap"))
    def fee_cap(self, withdrawal: Withdrawal) -> str:
        return native(withdrawal.network, withdrawal.fee_cap_units)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label=Labels(
            {
                WithdrawalState.SETTLED.label: "success",
                WithdrawalState.APPROVAL.label: "danger",
                WithdrawalState.COOLING.label: "warning",
                WithdrawalState.APPROVED.label: "info",
                WithdrawalState.SIGNED.label: "info",
                WithdrawalState.BROADCAST.label: "info",
                WithdrawalState.CONFIRMED.label: "info",
            }
        ),
    )
    def labelled(self, withdrawal: Withdrawal) -> str:
        return withdrawal.get_state_display()

    @admin.display(description=_("why it is looked at"))
    def reasons(self, withdrawal: Withdrawal) -> str:
        lines = [(sentence(flag),) for flag in withdrawal.flags]
        return format_html_join("", "<div>{}</div>", lines) or "-"

    @admin.display(description=_("why it is in this state"))
    def why_so(self, withdrawal: Withdrawal) -> str:
        return withdrawal.reason or "-"

    @admin.display(description=_("approvals"))
    def decided(self, withdrawal: Withdrawal) -> str:
        """Those that count, of those that are needed now; what is signed needs no more."""
        needed = withdrawal.approvals_needed
        if withdrawal.state in BEFORE_SIGNING:
            needed = services.approvals_needed(withdrawal)
        return f"{services.approvals_given(withdrawal)} / {needed}"

    @admin.display(description=_("address book entry"))
    def book_entry(self, withdrawal: Withdrawal) -> str:
        return link("payoutaddress", withdrawal.payout_address_id, withdrawal.payout_address)

    @admin.display(description=_("rate"))
    def rate_link(self, withdrawal: Withdrawal) -> str:
        return priced(withdrawal.quote.rate)

    @admin.display(description=_("hold"))
    def hold_link(self, withdrawal: Withdrawal) -> str:
        return booked(withdrawal.hold)

    @admin.display(description=_("closing"))
    def closing_link(self, withdrawal: Withdrawal) -> str:
        return booked(withdrawal.closing)


@admin.register(PayoutAddress)
class PayoutAddressAdmin(ReadOnlyAdmin):
    """Players' address books."""

    list_display = ("label", "address", "network", "owner", "usable_from", "removed_at")
    list_filter = ("network", ("removed_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("user",)
    search_fields = ("=address", "user__nickname", "user__email")
    search_help_text = _("Exact address, nickname or email address")
    ordering = ("-id",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in PayoutAddress._meta.fields]

    @admin.display(description=_("user"))
    def owner(self, address: PayoutAddress) -> str:
        return player(address.user)


@admin.register(WithdrawalQuote)
class WithdrawalQuoteAdmin(ReadOnlyAdmin):
    """Offers that were made, taken or not."""

    list_display = ("public_id", "user", "asked", "coins", "rate", "created_at", "expires_at")
    list_filter = ("asset", "created_at")
    list_select_related = ("user", "rate")
    search_fields = ("=public_id", "user__nickname")
    ordering = ("-id",)
    fields = (*list_display, "fee")
    readonly_fields = fields

    @admin.display(description=_("amount"))
    def asked(self, quote: WithdrawalQuote) -> str:
        return won(quote.amount_krw)

    @admin.display(description=_("fee"))
    def fee(self, quote: WithdrawalQuote) -> str:
        return won(quote.fee_krw)

    @admin.display(description=_("coins"))
    def coins(self, quote: WithdrawalQuote) -> str:
        return amount(quote.asset, quote.amount_units)
