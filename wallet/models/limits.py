"""What protects players: limits they set, exclusion, age and identity."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class LimitKind(models.TextChoices):
    DEPOSIT = "deposit", _("deposits (won)")
    LOSS = "loss", _("losses (won)")
    TIME = "time", _("time at the tables (minutes)")


class LimitPeriod(models.TextChoices):
    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")


class PlayerLimit(models.Model):
    """A limit from a moment on; the newest that is in effect counts. Never changes.

    `value` None lifts the limit. A lower one is in effect at once, a higher one after 24 hours.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="player_limits",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("limit"), max_length=10, choices=LimitKind)
    period = models.CharField(_("period"), max_length=10, choices=LimitPeriod)
    value = models.BigIntegerField(_("value (won or minutes)"), null=True)
    set_at = models.DateTimeField(_("set"), db_default=Now())
    effective_at = models.DateTimeField(_("in effect from"))

    class Meta:
        verbose_name = _("player's limit")
        verbose_name_plural = _("players' limits")
        indexes = (
            models.Index(
                fields=("user", "kind", "period", "-id"), name="wallet_player_limit_newest"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="wallet_player_limit_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.period} {self.value}"


class Exclusion(models.Model):
    """A player is kept out of play and deposits until then. It is never shortened."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="exclusions", verbose_name=_("user")
    )
    since = models.DateTimeField(_("since"), db_default=Now())
    # None: for good.
    until = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Leave it empty to exclude for good. An exclusion can never be shortened."),
    )
    # None: the player's own decision.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        indexes = (models.Index(fields=("user", "-id"), name="wallet_exclusion_of_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.until}"


class Identity(models.Model):
    """What staff verified about a player: 0 nothing, 1 age, 2 identity, 3 address and source."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="identity",
        primary_key=True,
        verbose_name=_("user"),
    )
    born_on = models.DateField(_("born"), null=True)
    level = models.IntegerField(_("level"), default=0)
    verified_at = models.DateTimeField(_("verified"), null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("verified by"),
    )

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = (
            models.CheckConstraint(
                condition=Q(level__gte=0, level__lte=3), name="wallet_identity_level_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.level}"
