"""What came in."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wallet.assets import Asset, Network
from wallet.fields import AmountField, OptionalAmountField
from wallet.models.chain import DepositAddress
from wallet.models.ledger import Transaction
from wallet.models.rates import Rate


class DepositState(models.TextChoices):
    """SEEN → CONFIRMING → CREDITED; the others are ways off that path."""

    SEEN = "seen", pgettext_lazy("deposit", "seen")  # in no block yet
    CONFIRMING = "confirming", _("confirming")
    CREDITED = "credited", _("credited")
    ORPHANED = "orphaned", _("orphaned")  # its block is gone; it may come again
    REPLACED = "replaced", _("replaced")  # another transaction spent its inputs
    DUST = "dust", _("too small")
    QUARANTINED = "quarantined", _("held for review")
    RETURNED = "returned", _("returned")  # from quarantine, by staff
    REVERSED = "reversed", _("reversed")  # its block went away after it was credited


class Deposit(models.Model):
    """One payment to one address of ours.

    What it is never changes: network, `txid`, `place`, asset, address, amount, sender and inputs.
    `place` is `vout:N` for Bitcoin, `trace:0.1` (the path of the call; empty for the top level) for
    ETH and `log:N` (the ordinal of the log within its transaction) for tokens, so a transaction
    that comes again in another block is the same deposit. On Ethereum it may pay something else
    there, because what a contract does depends on what was before it: that is another deposit at
    the same place. One of them at most is in a block, and one at most is booked. `height` None: in
    no block of the best chain.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deposits", verbose_name=_("user")
    )
    address = models.ForeignKey(
        DepositAddress, models.PROTECT, related_name="deposits", verbose_name=_("address")
    )
    network = models.CharField(_("network"), max_length=20, choices=Network)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    txid = models.CharField(_("transaction"), max_length=66)
    place = models.CharField(_("place"), max_length=120)
    amount_units = AmountField(_("amount (units)"))
    # Ethereum: who paid. Bitcoin has no senders, only inputs.
    sender = models.CharField(_("sender"), max_length=100, blank=True, default="")
    # Bitcoin: the outputs it consumes, as `txid:index`; who else spends one replaces it.
    spends = models.JSONField(_("inputs"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=DepositState)
    # Why it is in quarantine, replaced, …: a stable code.
    reason = models.CharField(_("reason"), max_length=60, blank=True, default="")
    height = models.BigIntegerField(_("height"), null=True)
    block_hash = models.CharField(_("block hash"), max_length=66, blank=True, default="")
    confirmations = models.IntegerField(_("confirmations"), default=0)
    # How many it needs; None where the chain's own finality decides (`safe`, `finalized`).
    confirmations_needed = models.IntegerField(_("confirmations needed"), null=True)
    finality_needed = models.CharField(_("finality needed"), max_length=12, blank=True, default="")
    seen_at = models.DateTimeField(pgettext_lazy("time", "seen"), db_default=Now())
    credited_at = models.DateTimeField(_("credited"), null=True)
    rate = models.ForeignKey(Rate, models.PROTECT, null=True, verbose_name=_("rate"))
    amount_krw = OptionalAmountField(_("credited (won)"))
    transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="deposit",
        verbose_name=_("ledger transaction"),
    )

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        indexes = (
            models.Index(fields=("user", "-id"), name="wallet_deposit_of_user"),
            models.Index(
                fields=("network", "height"),
                condition=Q(state__in=("seen", "confirming", "orphaned")),
                name="wallet_deposit_pending",
            ),
            models.Index(fields=("network", "block_hash"), name="wallet_deposit_block"),
            # Whose inputs a block spends; one that is replaced already does not change by that.
            GinIndex(
                fields=("spends",),
                condition=Q(height__isnull=True) & ~Q(state="replaced"),
                name="wallet_deposit_absent",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=(
                    *("network", "txid", "place"),
                    *("asset", "address", "amount_units", "sender"),
                ),
                name="wallet_deposit_once",
            ),
            models.UniqueConstraint(
                fields=("network", "txid", "place"),
                condition=Q(height__isnull=False),
                name="wallet_deposit_placed_once",
            ),
            models.UniqueConstraint(
                fields=("network", "txid", "place"),
                condition=Q(state__in=("credited", "dust", "quarantined", "returned")),
                name="wallet_deposit_booked_once",
            ),
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="wallet_deposit_positive"),
            models.CheckConstraint(
                condition=~Q(state="credited")
                | Q(
                    transaction__isnull=False,
                    rate__isnull=False,
                    amount_krw__isnull=False,
                    credited_at__isnull=False,
                ),
                name="wallet_deposit_credited_whole",
            ),
        )
        permissions = (("decide_quarantine", _("Can decide on deposits in quarantine")),)

    def __str__(self) -> str:
        return f"{self.txid} {self.place}"

    @property
    def credited_krw(self) -> int | None:
        """What its player has for it now. `amount_krw` stays when a credit is taken back."""
        return self.amount_krw if self.state == DepositState.CREDITED else None


class DepositEvent(models.Model):
    """A change of a deposit's state. Never changes."""

    deposit = models.ForeignKey(
        Deposit, models.PROTECT, related_name="events", verbose_name=_("deposit")
    )
    state = models.CharField(_("state"), max_length=20, choices=DepositState)
    reason = models.CharField(_("reason"), max_length=60, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("deposit event")
        verbose_name_plural = _("deposit events")
        indexes = (
            # The rate of a credit, which its deposit may have had before another one.
            models.Index(
                models.F("details__rate"),
                condition=Q(details__has_key="rate"),
                name="wallet_deposit_event_rate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.state}"
