"""What we know of the chains: how far they were read, our addresses, our unspent outputs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.assets import Network
from wallet.fields import AmountField


class ChainCursor(models.Model):
    """The last block of a network whose effects are in the database; they commit together."""

    network = models.CharField(_("network"), max_length=20, choices=Network, primary_key=True)
    height = models.BigIntegerField(_("height"))
    block_hash = models.CharField(_("block hash"), max_length=66)
    scanned_at = models.DateTimeField(_("scanned"))
    # What the node said last, for lag: the scanner may be behind it.
    tip_height = models.BigIntegerField(_("height of the node"), default=0)
    trouble = models.CharField(_("trouble"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("chain cursor")
        verbose_name_plural = _("chain cursors")

    def __str__(self) -> str:
        return f"{self.network} {self.height}"


class ChainBlock(models.Model):
    """The header of a scanned block, kept to find the common ancestor after a reorganisation."""

    network = models.CharField(_("network"), max_length=20, choices=Network)
    height = models.BigIntegerField(_("height"))
    block_hash = models.CharField(_("block hash"), max_length=66)
    parent_hash = models.CharField(_("parent"), max_length=66)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = (
            models.UniqueConstraint(fields=("network", "height"), name="wallet_block_height"),
        )

    def __str__(self) -> str:
        return f"{self.network} {self.height}"


class DepositAddress(models.Model):
    """An address of ours that belongs to one player. It stays theirs for ever.

    `derivation_index` is its place under the network's extended public key. The newest one that is
    not retired is shown; older ones are still watched.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deposit_addresses",
        verbose_name=_("user"),
    )
    network = models.CharField(_("network"), max_length=20, choices=Network)
    derivation_index = models.BigIntegerField(_("derivation index"))
    address = models.CharField(_("address"), max_length=100)
    # Bitcoin: what outputs are matched with, in hex. Empty for Ethereum.
    script = models.CharField(_("script"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("deposit address")
        verbose_name_plural = _("deposit addresses")
        indexes = (models.Index(fields=("user", "network", "-id"), name="wallet_address_of_user"),)
        constraints = (
            models.UniqueConstraint(fields=("network", "address"), name="wallet_address_once"),
            models.UniqueConstraint(
                fields=("network", "derivation_index"), name="wallet_address_index_once"
            ),
        )

    def __str__(self) -> str:
        return self.address


class Utxo(models.Model):
    """An output of a Bitcoin transaction that pays us: a deposit, change, or the operator's coins.

    `deposit_address` is None for the hot wallet's own. `spent_by` locks the output for one payment
    from the moment it is prepared. `height` None: not in a block.
    """

    txid = models.CharField(_("transaction"), max_length=64)
    vout = models.IntegerField(_("output"))
    amount_sat = AmountField(_("amount (satoshi)"))
    script = models.CharField(_("script"), max_length=100)
    deposit_address = models.ForeignKey(
        DepositAddress, models.PROTECT, null=True, verbose_name=_("deposit address")
    )
    height = models.BigIntegerField(_("height"), null=True)
    block_hash = models.CharField(_("block hash"), max_length=66, blank=True, default="")
    spent_by = models.ForeignKey(
        "wallet.Payment",
        models.PROTECT,
        null=True,
        related_name="inputs",
        verbose_name=_("spent by"),
    )
    # Spent on the chain, by whichever transaction.
    spent_txid = models.CharField(_("spent in"), max_length=64, blank=True, default="")
    spent_height = models.BigIntegerField(_("spent at height"), null=True)

    class Meta:
        verbose_name = _("unspent output")
        verbose_name_plural = _("unspent outputs")
        indexes = (
            models.Index(
                fields=("height",),
                condition=Q(spent_by__isnull=True, spent_txid=""),
                name="wallet_utxo_free",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("txid", "vout"), name="wallet_utxo_once"),
            models.CheckConstraint(condition=Q(amount_sat__gt=0), name="wallet_utxo_positive"),
        )

    def __str__(self) -> str:
        return f"{self.txid}:{self.vout}"
