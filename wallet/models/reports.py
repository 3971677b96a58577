"""What the proofs found, run by run."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.models.ledger import Account, AccountKind


class ReconciliationRun(models.Model):
    """One comparison of the chains with the ledger, and of what we have with what we owe.

    `report` holds the figures per asset as strings of whole units; `is_ok` is both comparisons.
    """

    at = models.DateTimeField(_("at"), db_default=Now())
    is_ok = models.BooleanField(_("agrees"))
    is_solvent = models.BooleanField(_("solvent"))
    report = models.JSONField(_("report"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class PositionManager(models.Manager["HousePosition"]):
    """The positions among the accounts."""

    def get_queryset(self) -> models.QuerySet["HousePosition"]:
        return super().get_queryset().filter(kind=AccountKind.POSITION)


class HousePosition(Account):
    """The account of an asset's position, to be shown with what it is worth (`wallet.rates`)."""

    objects: ClassVar[PositionManager] = PositionManager()

    class Meta:
        proxy = True
        verbose_name = _("position")
        verbose_name_plural = _("positions")
