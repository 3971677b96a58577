"""What reaches or leaves the house's own addresses, and tokens that are not ours to count."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wallet.assets import Asset, Network
from wallet.fields import AmountField
from wallet.models.chain import DepositAddress
from wallet.models.ledger import Transaction
from wallet.models.payments import Payment


class Custody(models.TextChoices):
    """Where the house's own coins are."""

    HOT = "hot", _("hot wallet")
    COLD = "cold", _("cold storage")


class OwnTransfer(models.Model):
    """Coins that came to the hot wallet or cold storage, or left cold storage.

    What a payment of ours moves is booked with the payment; what else came is the operator's
    capital, booked when it is final; what left cold storage is booked when staff has said what it
    was (`wallet.deposits.cold_storage`). `place` is a deposit's, or `spends:<txid>:<n>` for an
    output of cold storage that a Bitcoin transaction spends, or (Ethereum, with the block's hash
    for a transaction) `balance:<asset>` for a final balance that fell. `height` None: in no block
    of the best chain.
    """

    network = models.CharField(_("network"), max_length=20, choices=Network)
    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    txid = models.CharField(_("transaction"), max_length=66)
    place = models.CharField(_("place"), max_length=120)
    custody = models.CharField(_("where"), max_length=8, choices=Custody)
    is_outgoing = models.BooleanField(pgettext_lazy("coins", "out"), default=False)
    amount_units = AmountField(_("amount (units)"))
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="+", verbose_name=_("payment")
    )
    height = models.BigIntegerField(_("height"), null=True)
    block_hash = models.CharField(_("block hash"), max_length=66, blank=True, default="")
    seen_at = models.DateTimeField(pgettext_lazy("time", "seen"), db_default=Now())
    # The booking that stands now: capital, or (out) a loss.
    transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ledger transaction"),
    )

    class Meta:
        verbose_name = _("movement of the house's coins")
        verbose_name_plural = _("movements of the house's coins")
        indexes = (
            models.Index(
                fields=("network", "height"),
                condition=Q(transaction__isnull=True, payment__isnull=True),
                name="wallet_own_transfer_open",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("network", "txid", "place", "asset", "custody", "amount_units"),
                name="wallet_own_transfer_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gt=0), name="wallet_own_transfer_positive"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=True) | Q(transaction__isnull=True),
                name="wallet_own_transfer_booked_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.txid} {self.place}"


class StrayTransfer(models.Model):
    """An event of a contract that is on no list of ours, and names an address of ours. No money.

    Anybody can write such an event without paying anything; it is kept for staff who are asked
    about it. Never changes, and stays when its block goes.
    """

    network = models.CharField(_("network"), max_length=20, choices=Network)
    contract = models.CharField(_("contract"), max_length=100)
    txid = models.CharField(_("transaction"), max_length=66)
    place = models.CharField(_("place"), max_length=120)
    address = models.ForeignKey(
        DepositAddress, models.PROTECT, related_name="+", verbose_name=_("address")
    )
    # In whatever unit the contract counts; too large for any column of numbers.
    amount = models.CharField(_("amount"), max_length=80)
    height = models.BigIntegerField(_("height"))
    block_hash = models.CharField(_("block hash"), max_length=66)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("unknown token")
        verbose_name_plural = _("unknown tokens")
        constraints = (
            models.UniqueConstraint(fields=("network", "txid", "place"), name="wallet_stray_once"),
        )

    def __str__(self) -> str:
        return f"{self.contract} {self.amount}"
