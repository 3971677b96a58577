"""Transactions of our own on a chain: what the signer made, and what became of it.

A payment is one intention (an input set or a nonce); its attempts are the signed transactions that
compete for it, at rising fees. Raw bytes are committed before they are sent, and are never voided
unless the input or nonce is spent for good by another transaction.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset, Network
from wallet.fields import AmountField, OptionalAmountField
from wallet.models.chain import DepositAddress
from wallet.models.ledger import Transaction
from wallet.models.withdrawals import Withdrawal


class PaymentKind(models.TextChoices):
    WITHDRAWAL = "withdrawal", _("withdrawal")
    SWEEP = "sweep", _("sweep")  # deposit addresses → hot
    GAS = "gas", _("gas top-up")  # hot → deposit address, to sweep tokens
    COLD = "cold", _("to cold storage")
    GAP = "gap", _("nonce gap")  # a transfer to self


class PaymentState(models.TextChoices):
    """PREPARED → SIGNED → BROADCAST → CONFIRMED → SETTLED."""

    PREPARED = "prepared", _("prepared")  # inputs or nonce are taken, nothing is signed
    SIGNED = "signed", _("signed")  # raw bytes are committed, perhaps sent
    BROADCAST = "broadcast", _("sent")  # a node has it
    CONFIRMED = "confirmed", _("confirming")  # an attempt is in a block
    SETTLED = "settled", _("settled")  # deep enough, in the ledger
    FAILED = "failed", _("failed")  # in a block, but reverted there; fees are in the ledger
    SUPERSEDED = "superseded", _("superseded")  # something else spent the input or nonce for good
    DROPPED = "dropped", _("dropped")  # given up before it was signed


class Payment(models.Model):
    """One intention to move coins, from the hot wallet or (a sweep) from a deposit address.

    `nonce` is Ethereum's. `amount_units` is what the outputs sum to, without fee and change.
    """

    network = models.CharField(_("network"), max_length=20, choices=Network)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    kind = models.CharField(_("kind"), max_length=20, choices=PaymentKind)
    # None: the hot wallet (and for Bitcoin sweeps: the inputs say it).
    from_deposit_address = models.ForeignKey(
        DepositAddress, models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )
    from_address = models.CharField(_("from address"), max_length=100)
    nonce = models.BigIntegerField(_("nonce"), null=True)
    amount_units = AmountField(_("amount (units)"))
    fee_cap_units = AmountField(_("fee cap (units)"))
    state = models.CharField(_("state"), max_length=20, choices=PaymentState)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now())
    changed_at = models.DateTimeField(_("changed"), db_default=Now())
    # Where the winning attempt lies.
    height = models.BigIntegerField(_("height"), null=True)
    block_hash = models.CharField(_("block hash"), max_length=66, blank=True, default="")
    fee_paid_units = OptionalAmountField(_("fee paid (units)"))
    transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="payment",
        verbose_name=_("ledger transaction"),
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = (
            models.Index(
                fields=("network", "id"),
                condition=Q(state__in=("prepared", "signed", "broadcast", "confirmed")),
                name="wallet_payment_open",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("network", "from_address", "nonce"),
                condition=Q(nonce__isnull=False) & ~Q(state="dropped"),
                name="wallet_payment_nonce_once",
            ),
            models.CheckConstraint(
                condition=Q(network="ethereum", nonce__isnull=False)
                | Q(network="bitcoin", nonce__isnull=True),
                name="wallet_payment_nonce_fits",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gte=0, fee_cap_units__gt=0),
                name="wallet_payment_makes_sense",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class SweepLook(models.Model):
    """When a deposit address was last looked at for something to sweep, by asset.

    A pass looks at a few addresses only, those first whose turn is longest ago.
    """

    address = models.ForeignKey(
        DepositAddress, models.PROTECT, related_name="+", verbose_name=_("address")
    )
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    looked_at = models.DateTimeField(_("looked at"))

    class Meta:
        verbose_name = _("look for a sweep")
        verbose_name_plural = _("looks for sweeps")
        constraints = (
            models.UniqueConstraint(fields=("address", "asset"), name="wallet_sweep_look_once"),
        )

    def __str__(self) -> str:
        return f"{self.address_id} {self.asset}"


class PaymentOutput(models.Model):
    """One recipient of a payment; a Bitcoin payment may batch several withdrawals."""

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="outputs", verbose_name=_("payment")
    )
    # A withdrawal is in at most one payment that still counts.
    withdrawal = models.ForeignKey(
        Withdrawal,
        models.PROTECT,
        null=True,
        related_name="outputs",
        verbose_name=_("withdrawal"),
    )
    address = models.CharField(_("address"), max_length=100)
    amount_units = AmountField(_("amount (units)"))
    is_void = models.BooleanField(_("void"), default=False)

    class Meta:
        verbose_name = _("payment output")
        verbose_name_plural = _("payment outputs")
        constraints = (
            models.UniqueConstraint(
                fields=("withdrawal",),
                condition=Q(is_void=False, withdrawal__isnull=False),
                name="wallet_output_withdrawal_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gte=0), name="wallet_output_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.address} {self.amount_units}"


class PaymentAttempt(models.Model):
    """A signed transaction. Its bytes never change and are kept for ever.

    `fee_rate` is satoshi per 1,000 virtual bytes for Bitcoin, the largest wei per gas
    (`maxFeePerGas`) for Ethereum; `tip_rate` is `maxPriorityFeePerGas`.
    """

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="attempts", verbose_name=_("payment")
    )
    number = models.IntegerField(_("number"))
    network = models.CharField(_("network"), max_length=20, choices=Network)
    txid = models.CharField(_("transaction"), max_length=66)
    raw = models.TextField(_("raw transaction"))
    # The most it can cost, in units of the native coin.
    fee_units = AmountField(_("fee (units)"))
    fee_rate = AmountField(_("fee rate"))
    tip_rate = AmountField(_("tip rate"), default=0)
    gas_limit = models.BigIntegerField(_("gas limit"), null=True)
    signed_at = models.DateTimeField(_("signed"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_answer = models.CharField(_("last answer"), max_length=200, blank=True, default="")
    # Which of the attempts the chain took.
    is_confirmed = models.BooleanField(_("in a block"), default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = (
            models.UniqueConstraint(fields=("network", "txid"), name="wallet_attempt_once"),
            models.UniqueConstraint(fields=("payment", "number"), name="wallet_attempt_number"),
        )

    def __str__(self) -> str:
        return self.txid
