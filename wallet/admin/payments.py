"""Our own transactions on the chains, with every attempt."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from poker_site.admin_tools import Labels
from wallet.admin.tools import ReadOnlyAdmin, ReadOnlyInline, amount, booked, link, long, native
from wallet.models import Payment, PaymentAttempt, PaymentOutput, PaymentState, Utxo


class OutputInline(ReadOnlyInline):
    model = PaymentOutput
    fields = ("withdrawal_link", "address", "shown", "is_void")
    readonly_fields = fields

    @admin.display(description=_("withdrawal"))
    def withdrawal_link(self, output: PaymentOutput) -> str:
        row = output.withdrawal
        return link("withdrawal", row.pk, row) if row else "-"

    @admin.display(description=_("amount"))
    def shown(self, output: PaymentOutput) -> str:
        return amount(output.payment.asset, output.amount_units)


class AttemptInline(ReadOnlyInline):
    """Signed transactions that compete; the chain takes one."""

    model = PaymentAttempt
    fields = ("number", "txid", "most", "signed_at", "sent_at", "last_answer", "is_confirmed")
    readonly_fields = fields
    ordering = ("number",)

    @admin.display(description=_("costs at most"))
    def most(self, attempt: PaymentAttempt) -> str:
        return native(attempt.network, attempt.fee_units)


class InputInline(ReadOnlyInline):
    """The outputs that a Bitcoin payment spends."""

    model = Utxo
    fk_name = "spent_by"
    fields = ("txid", "vout", "shown")
    readonly_fields = fields

    @admin.display(description=_("amount"))
    def shown(self, utxo: Utxo) -> str:
        return amount("BTC", utxo.amount_sat)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Withdrawals, sweeps, gas and transfers to cold storage, as they went out."""

    list_display = ("id", "kind", "shown", "labelled", "reason", "nonce", "fee", "created_at")
    list_filter = ("state", "kind", "asset", "created_at")
    search_fields = ("=attempts__txid", "=outputs__address", "=from_address")
    search_help_text = _("Exact transaction or address")
    ordering = ("-id",)
    inlines = (OutputInline, AttemptInline, InputInline)
    fields = (
        *("kind", "network", "shown", "paid_from", "nonce", "labelled", "reason", "fee_cap"),
        *("fee", "height", "block_shown", "created_at", "changed_at", "transaction_link"),
    )
    readonly_fields = fields

    @admin.display(description=_("amount"))
    def shown(self, payment: Payment) -> str:
        return amount(payment.asset, payment.amount_units)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label=Labels(
            {
                PaymentState.SETTLED.label: "success",
                PaymentState.FAILED.label: "danger",
                PaymentState.SUPERSEDED.label: "warning",
                PaymentState.DROPPED.label: "warning",
            }
        ),
    )
    def labelled(self, payment: Payment) -> str:
        return payment.get_state_display()

    @admin.display(description=_("from address"))
    def paid_from(self, payment: Payment) -> str:
        return long(payment.from_address)

    @admin.display(description=_("block hash"))
    def block_shown(self, payment: Payment) -> str:
        return long(payment.block_hash or "-")

    @admin.display(description=_("fee cap"))
    def fee_cap(self, payment: Payment) -> str:
        return native(payment.network, payment.fee_cap_units)

    @admin.display(description=_("fee paid"))
    def fee(self, payment: Payment) -> str:
        return native(payment.network, payment.fee_paid_units)

    @admin.display(description=_("ledger transaction"))
    def transaction_link(self, payment: Payment) -> str:
        return booked(payment.transaction)
