"""The chains as the site knows them: how far they are read, our addresses, our outputs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from poker_site.admin_tools import Labels
from wallet.admin.decisions import DecisionsMixin
from wallet.admin.tools import PROPOSED, ReadOnlyAdmin, amount, link, long, player
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

    list_display = ("id", "source", "shown", "custody", "direction", "height", "seen_at")
    list_filter = (NeedsWord, "network", "asset", "custody", "is_outgoing", "seen_at")
    search_fields = ("=txid",)
    ordering = ("-id",)
    fields = (
        *("network", "txid_shown", "place_shown", "shown", "custody", "direction", "height"),
        *("block_shown", "seen_at", "payment_link", "transaction_link"),
    )
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

    def get_fields(self, request: HttpRequest, obj: OwnTransfer | None = None) -> tuple[str, ...]:
        """A balance that fell shows no transaction: its block is all that is known."""
        is_known = obj is None or not _is_fall(obj)
        return tuple(name for name in self.fields if is_known or name != "txid_shown")

    @admin.display(description=_("transaction or block"), ordering="txid")
    def source(self, transfer: OwnTransfer) -> str:
        if _is_fall(transfer):
            return long(_("block %(hash)s") % {"hash": transfer.block_hash})
        return long(transfer.txid)

    @admin.display(description=_("transaction"))
    def txid_shown(self, transfer: OwnTransfer) -> str:
        return long(transfer.txid)

    @admin.display(description=_("place"))
    def place_shown(self, transfer: OwnTransfer) -> str:
        return long(transfer.place)

    @admin.display(description=_("block hash"))
    def block_shown(self, transfer: OwnTransfer) -> str:
        return long(transfer.block_hash or "-")

    @admin.display(description=_("amount"))
    def shown(self, transfer: OwnTransfer) -> str:
        return amount(transfer.asset, transfer.amount_units)

    @display(  # type: ignore[untyped-decorator]
        description=_("direction"),
        label=Labels({_("in"): "success", pgettext_lazy("coins", "out"): "warning"}),
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


def _is_fall(transfer: OwnTransfer) -> bool:
    """A final balance of Ethereum that fell: what stands for its transaction is a block's hash."""
    return transfer.place.startswith("balance:")


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
