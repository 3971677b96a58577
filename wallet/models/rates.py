"""What coins were worth in won, and where that was read."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset

# Won per whole coin: exact decimals, never floats.
DIGITS, PLACES = 30, 8


def price(krw: Decimal | None) -> str:
    """`₩150,000,000` for a whole coin, with what decimals it has, or a dash."""
    return "-" if krw is None else f"₩{krw.normalize():,f}"


class Rate(models.Model):
    """A price that was agreed on at a moment, in won for a whole coin. Never changes.

    `mid_krw` is the median of its accepted samples; `bid_krw` is what the house pays (deposits),
    `ask_krw` what it takes (withdrawals). One that nothing needs goes after a while, its samples
    with it (`wallet.rates.prune`).
    """

    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    mid_krw = models.DecimalField(_("middle (won)"), max_digits=DIGITS, decimal_places=PLACES)
    bid_krw = models.DecimalField(_("bid (won)"), max_digits=DIGITS, decimal_places=PLACES)
    ask_krw = models.DecimalField(_("ask (won)"), max_digits=DIGITS, decimal_places=PLACES)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        indexes = (models.Index(fields=("asset", "-at"), name="wallet_rate_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(bid_krw__gt=0, mid_krw__gte=models.F("bid_krw"))
                & Q(ask_krw__gte=models.F("mid_krw")),
                name="wallet_rate_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asset} {price(self.mid_krw)}"


class RateSample(models.Model):
    """What one source answered. Never changes. `refusal` (a code) says why it did not count."""

    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    source = models.CharField(_("source"), max_length=40)
    # None: the answer held no price.
    price_krw = models.DecimalField(
        _("price (won)"), null=True, max_digits=DIGITS, decimal_places=PLACES
    )
    source_at = models.DateTimeField(_("time of the source"), null=True)
    fetched_at = models.DateTimeField(_("fetched"), db_default=Now())
    refusal = models.CharField(_("refusal"), max_length=40, blank=True, default="")
    detail = models.CharField(_("detail"), max_length=200, blank=True, default="")
    rate = models.ForeignKey(
        Rate, models.PROTECT, null=True, related_name="samples", verbose_name=_("rate")
    )

    class Meta:
        verbose_name = _("rate sample")
        verbose_name_plural = _("rate samples")
        indexes = (
            models.Index(fields=("asset", "-id"), name="wallet_sample_newest"),
            # What was asked for at once was decided on at once.
            models.Index(fields=("fetched_at", "asset"), name="wallet_sample_decision"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.asset} {price(self.price_krw)}"


class RateHalt(models.Model):
    """Quotes of an asset are stopped until somebody or something lifts it."""

    asset = models.CharField(_("asset"), max_length=8, choices=Asset)
    reason = models.CharField(_("reason"), max_length=40)
    detail = models.CharField(_("detail"), max_length=200, blank=True, default="")
    since = models.DateTimeField(_("since"), db_default=Now())
    # When the sources were last not calm: what lifts by itself waits from here.
    last_trouble_at = models.DateTimeField(_("last trouble"), null=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    # None: it lifted itself, when the sources were calm again.
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    class Meta:
        verbose_name = _("rate halt")
        verbose_name_plural = _("rate halts")
        indexes = (models.Index(fields=("asset", "since"), name="wallet_halt_since"),)
        constraints = (
            models.UniqueConstraint(
                fields=("asset",), condition=Q(lifted_at__isnull=True), name="wallet_halt_one_open"
            ),
        )
        permissions = (("lift_halt", _("Can lift a halt of rates")),)

    def __str__(self) -> str:
        return f"{self.asset} {self.reason}"
