"""Decisions that wait for a second member of staff: what, by whom, and what would be different."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from poker_site.admin_tools import Labels
from wallet import proposals
from wallet.admin.decisions import DecisionsMixin
from wallet.admin.tools import ReadOnlyAdmin, link, long, player
from wallet.models import Proposal, ProposalKind, ProposalState, StaffChange

_PAGES = {
    ProposalKind.COLD_STORAGE: "owntransfer",
    ProposalKind.DEPOSIT_RETURN: "deposit",
    ProposalKind.DEPOSIT_CREDIT: "deposit",
    ProposalKind.DIFFERENCE: "reconciliationrun",
    ProposalKind.HOUSE_RULES: "policy",
    ProposalKind.ASSET_RULES: "assetpolicy",
}


class Waiting(admin.SimpleListFilter):
    """What a colleague can still confirm."""

    title = _("waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        return queryset.filter(state=ProposalState.WAITING)


@admin.register(Proposal)
class ProposalAdmin(DecisionsMixin, ReadOnlyAdmin):
    """Confirmed here by another than the one who proposed; withdrawn by either."""

    list_display = ("id", "kind", "about", "by", "at", "labelled", "decided_by", "expires_at")
    list_filter = (Waiting, "kind", "state", "at")
    list_select_related = ("by", "decided_by")
    search_fields = ("=subject", "by__nickname", "decided_by__nickname")
    search_help_text = _("Exact number of what it is about, or a nickname")
    ordering = ("-id",)
    fields = (
        *("kind", "about", "words", "note", "proposer", "at", "expires_at"),
        *("labelled", "decider", "decided_at", "hash_shown"),
    )
    readonly_fields = fields
    change_form_outer_before_template = "admin_wallet/decide_proposal.html"
    decision_done = _("Your decision is recorded.")

    def may_decide(self, request: HttpRequest) -> bool:
        return proposals.may_decide_on_any(request.user)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Also for everybody who may decide on something."""
        return bool(super().has_view_permission(request, obj)) or (
            request.user.is_active and self.may_decide(request)
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_module_permission(request)) or self.has_view_permission(request)

    def _confirm(self, request: HttpRequest, object_id: int) -> None:
        proposals.confirm(
            proposal_id=object_id,
            staff=request.user,  # type: ignore[arg-type]
            # What the page showed, not what is there now.
            content_hash=request.POST.get("content_hash", ""),
        )

    def _withdraw(self, request: HttpRequest, object_id: int) -> None:
        proposals.withdraw(proposal_id=object_id, staff=request.user)  # type: ignore[arg-type]

    decisions = {"confirm": _confirm, "withdraw": _withdraw}  # noqa: RUF012

    @admin.display(description=_("what it is about"))
    def about(self, proposal: Proposal) -> str:
        is_house = proposal.kind == ProposalKind.HOUSE_RULES
        name = _("house rules for money") if is_house else proposal.subject
        # A difference's begins with its reconciliation.
        pk = proposal.subject.partition(":")[0]
        return link(_PAGES[ProposalKind(proposal.kind)], pk, name)

    @admin.display(description=_("what would be done"))
    def words(self, proposal: Proposal) -> str:
        return render_to_string(
            "admin_wallet/proposal_words.html", {"lines": proposals.in_words(proposal)}
        )

    @admin.display(description=_("proposed by"))
    def proposer(self, proposal: Proposal) -> str:
        return player(proposal.by)

    @admin.display(description=_("decided by"))
    def decider(self, proposal: Proposal) -> str:
        return player(proposal.decided_by) if proposal.decided_by else "-"

    @admin.display(description=_("content hash"))
    def hash_shown(self, proposal: Proposal) -> str:
        return long(proposal.content_hash)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label=Labels(
            {
                ProposalState.WAITING.label: "warning",
                ProposalState.DONE.label: "success",
            }
        ),
    )
    def labelled(self, proposal: Proposal) -> str:
        return proposal.get_state_display()


@admin.register(StaffChange)
class StaffChangeAdmin(ReadOnlyAdmin):
    """Who was made staff or changed; for a while after it they approve and decide nothing."""

    list_display = ("user", "kind", "at")
    list_filter = ("kind", "at")
    list_select_related = ("user",)
    search_fields = ("user__nickname", "user__email")
    ordering = ("-id",)
    fields = list_display
    readonly_fields = fields
