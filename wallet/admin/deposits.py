"""Deposits, and what staff decide on those in quarantine."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from poker_site.admin_tools import Labels
from wallet import deposits as services
from wallet.admin.decisions import HistoryInline, OfPlayerAdmin
from wallet.admin.tools import PROPOSED, amount, booked, link, long, priced, won
from wallet.assets import value_krw
from wallet.deposits.quarantine import TAKES_TWO
from wallet.models import Deposit, DepositEvent, DepositState, ProposalKind
from wallet.proposals import propose
from wallet.rates import current
from wallet.rates.errors import NoRate


class DepositEventInline(HistoryInline):
    """The way it went."""

    model = DepositEvent


class NeedsStaff(admin.SimpleListFilter):
    """What waits for a person: quarantine, and what went away after it was credited."""

    title = _("needs staff")
    parameter_name = "needs_staff"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        return queryset.filter(state__in=(DepositState.QUARANTINED, DepositState.REVERSED))


QUARANTINE_REASONS = {
    "account_closed": _("The player's account is closed"),
    "self_excluded": _("The player is excluded"),
    "too_young": _("The player is too young, or the age is not verified"),
    "identity_needed": _("The player's identity is not verified far enough"),
    "limit_deposit": _("The player's own deposit limit is reached"),
    "from_own_address": _("The coins are ours, and no payment explains them"),
    "returned_before": _("The sender was paid back before the block went and came again"),
}


def _worth_now(deposit: Deposit) -> str:
    try:
        rate = current(deposit.asset)
    except NoRate as refusal:
        return refusal.message
    return won(value_krw(deposit.asset, deposit.amount_units, rate.bid_krw))


@admin.register(Deposit)
class DepositAdmin(OfPlayerAdmin):
    """Every deposit. Those in quarantine are credited here, or a return is proposed."""

    list_display = ("id", "owner", "shown", "labelled", "reason", "depth", "credited", "seen_at")
    list_filter = (NeedsStaff, "state", "asset", "seen_at")
    search_fields = ("=txid", "=address__address", "user__nickname", "user__email")
    search_help_text = _("Exact transaction or address, nickname or email address")
    inlines = (DepositEventInline,)
    fields = (
        *("owner", "shown", "labelled", "reason", "txid_shown", "place", "address_link"),
        *("height", "block_shown", "depth", "seen_at", "credited_at", "credited", "rate_link"),
        "transaction_link",
    )
    readonly_fields = fields
    change_form_outer_before_template = "admin_wallet/decide_deposit.html"
    decision_permission = "wallet.decide_quarantine"
    decision_done = _("Done, and written into the deposit's history.")

    def facts(self, row: Deposit) -> list[tuple[Any, Any]]:
        reason = QUARANTINE_REASONS.get(row.reason, row.reason or "-")
        return [
            (_("Why it waits"), reason),
            (_("Amount"), self.shown(row)),
            (_("Worth at the rate of now"), _worth_now(row)),
        ]

    def _credit(self, request: HttpRequest, object_id: int) -> Any:
        if Deposit.objects.filter(pk=object_id, reason__in=TAKES_TWO).exists():
            return self._propose(request, object_id, ProposalKind.DEPOSIT_CREDIT)
        services.credit_from_quarantine(
            deposit_id=object_id,
            staff=request.user,  # type: ignore[arg-type]
            note=request.POST.get("note", ""),
        )
        return None

    def _return(self, request: HttpRequest, object_id: int) -> Any:
        sent = {"txid": request.POST.get("txid", "")}
        return self._propose(request, object_id, ProposalKind.DEPOSIT_RETURN, **sent)

    def _propose(
        self, request: HttpRequest, object_id: int, kind: ProposalKind, **details: str
    ) -> Any:
        propose(
            kind=kind,
            subject=object_id,
            staff=request.user,  # type: ignore[arg-type]
            details=details,
            note=request.POST.get("note", ""),
        )
        return PROPOSED

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Whether one member of staff may credit it."""
        row = self.get_object(request, object_id)
        takes_two = row is not None and row.reason in TAKES_TWO
        context = {"takes_two": takes_two, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    decisions = {"credit": _credit, "return": _return}  # noqa: RUF012

    @admin.display(description=_("amount"))
    def shown(self, deposit: Deposit) -> str:
        return amount(deposit.asset, deposit.amount_units)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label=Labels(
            {
                DepositState.CREDITED.label: "success",
                DepositState.SEEN.label: "info",
                DepositState.CONFIRMING.label: "info",
                DepositState.QUARANTINED.label: "danger",
                DepositState.REVERSED.label: "danger",
                DepositState.ORPHANED.label: "warning",
                DepositState.REPLACED.label: "warning",
            }
        ),
    )
    def labelled(self, deposit: Deposit) -> str:
        return deposit.get_state_display()

    @admin.display(description=_("transaction"))
    def txid_shown(self, deposit: Deposit) -> str:
        return long(deposit.txid)

    @admin.display(description=_("block hash"))
    def block_shown(self, deposit: Deposit) -> str:
        return long(deposit.block_hash or "-")

    @admin.display(description=_("confirmations"))
    def depth(self, deposit: Deposit) -> str:
        needed = deposit.confirmations_needed or deposit.finality_needed or "?"
        return f"{deposit.confirmations} / {needed}"

    @admin.display(description=_("credited (won)"))
    def credited(self, deposit: Deposit) -> str:
        return won(deposit.credited_krw)

    @admin.display(description=_("address"))
    def address_link(self, deposit: Deposit) -> str:
        return link("depositaddress", deposit.address_id, deposit.address)

    @admin.display(description=_("rate"))
    def rate_link(self, deposit: Deposit) -> str:
        return priced(deposit.rate)

    @admin.display(description=_("ledger transaction"))
    def transaction_link(self, deposit: Deposit) -> str:
        return booked(deposit.transaction)
