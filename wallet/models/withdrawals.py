"""What goes out, until it is handed to the signer."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset, Network
from wallet.fields import AmountField
from wallet.models.ledger import Transaction
from wallet.models.rates import Rate


class WalletOwner(models.TextChoices):
    """Whose wallet an address is, as the Travel Rule asks (FATF recommendation 16)."""

    SELF = "self", _("my own")
    OTHER = "other", _("somebody else's")


class PayoutAddress(models.Model):
    """An entry of a player's address book. A new one cools before money goes there.

    `owner` empty: not said yet. `exchange` names who keeps the wallet; empty for a private one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="payout_addresses",
        verbose_name=_("user"),
    )
    network = models.CharField(_("network"), max_length=20, choices=Network)
    address = models.CharField(_("address"), max_length=100)
    label = models.CharField(_("label"), max_length=40)
    owner = models.CharField(
        _("whose wallet"), max_length=10, choices=WalletOwner, blank=True, default=""
    )
    owner_name = models.CharField(_("owner's name"), max_length=100, blank=True, default="")
    exchange = models.CharField(_("exchange"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now())
    usable_from = models.DateTimeField(_("usable from"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    class Meta:
        verbose_name = _("withdrawal address")
        verbose_name_plural = _("withdrawal addresses")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "network", "address"),
                condition=Q(removed_at__isnull=True),
                name="wallet_payout_address_once",
            ),
            models.CheckConstraint(
                condition=Q(owner="", owner_name="", exchange="")
                | Q(owner=WalletOwner.SELF)
                | (Q(owner=WalletOwner.OTHER) & ~Q(owner_name="")),
                name="wallet_payout_address_owner_named",
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.address})"


class WithdrawalQuote(models.Model):
    """An offer with a locked rate, for a short time, for one use.

    The player pays `amount_krw`; `fee_krw` of it is the house's fee for the network, the rest is
    `amount_units` at `rate.ask_krw`. `replaces`: the rate of a withdrawal that waited longer than
    its quote was good for is fixed again, at this one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    amount_krw = AmountField(_("amount (won)"))
    fee_krw = AmountField(_("fee (won)"))
    amount_units = AmountField(_("amount (units)"))
    rate = models.ForeignKey(Rate, models.PROTECT, related_name="+", verbose_name=_("rate"))
    created_at = models.DateTimeField(_("created"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("instead of")
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_krw__gt=models.F("fee_krw"), fee_krw__gte=0, amount_units__gt=0),
                name="wallet_quote_makes_sense",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class WithdrawalState(models.TextChoices):
    """The way of a withdrawal; the won is held from the first state on."""

    COOLING = "cooling", _("waiting")
    APPROVAL = "approval", _("in review")
    APPROVED = "approved", _("approved")
    SIGNED = "signed", _("signed")
    BROADCAST = "broadcast", _("sent")
    CONFIRMED = "confirmed", _("confirming")
    SETTLED = "settled", _("done")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    FAILED = "failed", _("failed")  # the chain refused it for good; the hold went back


class Withdrawal(models.Model):
    """A request to pay a player out.

    What is to be paid (user, asset, network, address, won, fee, fee cap, revision) never changes;
    `content_hash` is over it, is what staff approve and what the signer computes again. How many
    coins that is, `amount_units`, says the rate of its quote, which is fixed again where the
    withdrawal waited for longer than the quote was good for.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="withdrawals", verbose_name=_("user")
    )
    # The client's `Idempotency-Key`; the same key is the same withdrawal.
    key = models.CharField(_("idempotency key"), max_length=80)
    request_hash = models.CharField(max_length=64, editable=False)
    quote = models.OneToOneField(
        WithdrawalQuote, models.PROTECT, related_name="withdrawal", verbose_name=_("quote")
    )
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    network = models.CharField(_("network"), max_length=20, choices=Network)
    address = models.CharField(_("address"), max_length=100)
    payout_address = models.ForeignKey(
        PayoutAddress, models.PROTECT, related_name="+", verbose_name=_("address book entry")
    )
    amount_krw = AmountField(_("amount (won)"))
    fee_krw = AmountField(_("fee (won)"))
    amount_units = AmountField(_("amount (units)"))
    # The most that the network may take, in units of the network's native coin.
    fee_cap_units = AmountField(_("fee cap (units)"))
    revision = models.IntegerField(_("revision"), default=1)
    content_hash = models.CharField(_("content hash"), max_length=64)
    state = models.CharField(_("state"), max_length=20, choices=WithdrawalState)
    # [{"code": "large", "values": {…}}], why it waits or needs staff: `withdrawals/reasons.py`.
    flags = models.JSONField(_("flags"), default=list)
    approvals_needed = models.IntegerField(_("approvals needed"))
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    requested_at = models.DateTimeField(_("requested"), db_default=Now())
    cooling_until = models.DateTimeField(_("waits until"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    changed_at = models.DateTimeField(_("changed"), db_default=Now())
    hold = models.OneToOneField(
        Transaction, models.PROTECT, related_name="+", verbose_name=_("hold")
    )
    # The ledger transaction that ended it: settled (one transaction may pay several withdrawals),
    # or the hold given back.
    closing = models.ForeignKey(
        Transaction, models.PROTECT, null=True, related_name="+", verbose_name=_("closing")
    )

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        indexes = (
            models.Index(fields=("user", "-id"), name="wallet_withdrawal_of_user"),
            # What was asked for lately, by everybody.
            models.Index(fields=("requested_at",), name="wallet_withdrawal_recent"),
            models.Index(
                fields=("state", "id"),
                condition=~Q(state__in=("settled", "rejected", "cancelled", "expired", "failed")),
                name="wallet_withdrawal_open",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("user", "key"), name="wallet_withdrawal_key"),
            models.CheckConstraint(
                condition=Q(
                    amount_krw__gt=models.F("fee_krw"),
                    fee_krw__gte=0,
                    amount_units__gt=0,
                    fee_cap_units__gt=0,
                    approvals_needed__gte=0,
                ),
                name="wallet_withdrawal_makes_sense",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("settled", "rejected", "cancelled", "expired", "failed"),
                    closing__isnull=False,
                )
                | (
                    ~Q(state__in=("settled", "rejected", "cancelled", "expired", "failed"))
                    & Q(closing__isnull=True)
                ),
                name="wallet_withdrawal_closed_once",
            ),
        )
        permissions = (("approve_withdrawal", _("Can approve and reject withdrawals")),)

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_rate_fixed(self) -> bool:
        """Whether `amount_units` is what is sent; until a payment has it, it is about so much."""
        if self.state == WithdrawalState.APPROVED:
            return any(not output.is_void for output in self.outputs.all())
        return self.state not in (WithdrawalState.COOLING, WithdrawalState.APPROVAL)


class Approval(models.Model):
    """A member of staff approved or rejected this very content. Never changes."""

    withdrawal = models.ForeignKey(
        Withdrawal, models.PROTECT, related_name="approvals", verbose_name=_("withdrawal")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("staff")
    )
    content_hash = models.CharField(_("content hash"), max_length=64)
    approved = models.BooleanField(_("approved"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = (
            models.UniqueConstraint(
                fields=("withdrawal", "staff"), name="wallet_approval_once_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.withdrawal_id} {self.staff_id}"


class WithdrawalEvent(models.Model):
    """A change of a withdrawal's state. Never changes."""

    withdrawal = models.ForeignKey(
        Withdrawal, models.PROTECT, related_name="events", verbose_name=_("withdrawal")
    )
    state = models.CharField(_("state"), max_length=20, choices=WithdrawalState)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("withdrawal event")
        verbose_name_plural = _("withdrawal events")

    def __str__(self) -> str:
        return f"{self.withdrawal_id} {self.state}"
