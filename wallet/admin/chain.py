"""The chains as the site knows them: how far they are read, our addresses, our outputs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from wallet.admin.decisions import DecisionsMixin
from wallet.admin.tools import PROPOSED, ReadOnlyAdmin, amount, link, player
from wallet.deposits import cold_storage
from wallet.models import (
    ChainCursor,
    DepositAddress,
    OwnTransfer,
    ProposalKind,
    StrayTransfer,
    Utxo,
)
from wallet.proposals import propose


@admin.register(ChainCursor)
class ChainCursorAdmin(ReadOnlyAdmin):
    """How far each chain is read, and what is wrong with its node."""

    list_display = ("network", "height", "tip_height", "lag", "scanned_at", "trouble")
    fields = (*list_display, "block_hash")
    readonly_fields = fields

    @admin.display(description=_("blocks behind"))
    def lag(self, cursor: ChainCursor) -> int:
        return max(0, cursor.tip_height - cursor.height)


@admin.register(DepositAddress)
class DepositAddressAdmin(ReadOnlyAdmin):
    """Whose an address is."""

    list_display = ("address", "network", "owner", "derivation_index", "created_at")
    list_filter = ("network", "created_at")
    list_select_related = ("user",)
    search_fields = ("=address", "user__nickname", "user__email")
    search_help_text = _("Exact address, nickname or email address")
    ordering = ("-id",)
    fields = (*list_display, "script")
    readonly_fields = fields

    @admin.display(description=_("user"))
    def owner(self, address: DepositAddress) -> str:
        return player(address.user)


@admin.register(Utxo)
class UtxoAdmin(ReadOnlyAdmin):
    """Bitcoin outputs that are ours, or were."""

    list_display = ("output", "shown", "owner", "height", "payment", "spent_txid")
    list_filter = (
        ("spent_by", admin.EmptyFieldListFilter),
        ("deposit_address", admin.EmptyFieldListFilter),
    )
    list_select_related = ("deposit_address__user", "spent_by")
    search_fields = ("=txid", "=spent_txid", "=deposit_address__address")
    search_help_text = _("Exact transaction or address")
    ordering = ("-id",)
    fields = (*list_display, "script", "block_hash", "spent_height")
    readonly_fields = fields

    @admin.display(description=_("output"))
    def output(self, utxo: Utxo) -> str:
        return str(utxo)

    @admin.display(description=_("amount"))
    def shown(self, utxo: Utxo) -> str:
        return amount("BTC", utxo.amount_sat)

    @admin.display(description=_("belongs to"))
    def owner(self, utxo: Utxo) -> str:
        if utxo.deposit_address is None:
            return str(_("hot wallet"))
        return link("depositaddress", utxo.deposit_address.pk, utxo.deposit_address)

    @admin.display(description=_("payment"))
    def payment(self, utxo: Utxo) -> str:
        return link("payment", utxo.spent_by.pk, utxo.spent_by) if utxo.spent_by else "-"


class NeedsWord(admin.SimpleListFilter):
    """What left cold storage, and nobody has said what it was."""

    title = _("needs staff")
    parameter_name = "needs_staff"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=cold_storage.undecided().values("pk"))


@admin.register(OwnTransfer)
class OwnTransferAdmin(DecisionsMixin, ReadOnlyAdmin):
    """The house's own coins, coming and going; here staff propose what left cold storage."""

    list_display = ("txid", "shown", "custody", "direction", "height", "payment_link", "seen_at")
    list_filter = (NeedsWord, "network", "asset", "custody", "is_outgoing", "seen_at")
    search_fields = ("=txid",)
    ordering = ("-id",)
    fields = (*list_display, "place", "block_hash", "transaction_link")
    readonly_fields = fields
    change_form_outer_before_template = "admin_wallet/decide_own_transfer.html"
    decision_permission = "wallet.decide_quarantine"
    decision_done = PROPOSED

    def _taken(self, request: HttpRequest, object_id: int) -> None:
        self._say(request, object_id, "taken")

    def _lost(self, request: HttpRequest, object_id: int) -> None:
        self._say(request, object_id, "lost")

    decisions = {"taken": _taken, "lost": _lost}  # noqa: RUF012

    def _say(self, request: HttpRequest, object_id: int, verdict: cold_storage.Verdict) -> None:
        propose(
            kind=ProposalKind.COLD_STORAGE,
            subject=object_id,
            staff=request.user,  # type: ignore[arg-type]
            details={"verdict": verdict},
            note=request.POST.get("note", ""),
        )

    @admin.display(description=_("amount"))
    def shown(self, transfer: OwnTransfer) -> str:
        return amount(transfer.asset, transfer.amount_units)

    @display(  # type: ignore[untyped-decorator]
        description=_("direction"),
        label={_("in"): "success", pgettext_lazy("coins", "out"): "warning"},
    )
    def direction(self, transfer: OwnTransfer) -> str:
        return str(pgettext_lazy("coins", "out") if transfer.is_outgoing else _("in"))

    @admin.display(description=_("payment"))
    def payment_link(self, transfer: OwnTransfer) -> str:
        return link("payment", transfer.payment_id, transfer.payment) if transfer.payment else "-"

    @admin.display(description=_("ledger transaction"))
    def transaction_link(self, transfer: OwnTransfer) -> str:
        posted = transfer.transaction
        return link("transaction", posted.pk, posted) if posted else "-"


@admin.register(StrayTransfer)
class StrayTransferAdmin(ReadOnlyAdmin):
    """Events of unknown contracts that name our addresses. Not money."""

    list_display = ("txid", "contract", "address_link", "amount", "height", "at")
    search_fields = ("=txid", "=contract", "=address__address")
    ordering = ("-id",)
    fields = (*list_display, "network", "place", "block_hash")
    readonly_fields = fields

    @admin.display(description=_("address"))
    def address_link(self, transfer: StrayTransfer) -> str:
        return link("depositaddress", transfer.address_id, transfer.address)
