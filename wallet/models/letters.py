"""Mail to players about their money."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.models.withdrawals import PayoutAddress, Withdrawal


class LetterKind(models.TextChoices):
    """What a player is told by mail, so that they notice what was not them."""

    ADDRESS_ADDED = "address_added", _("withdrawal address added")
    WITHDRAWAL_ASKED = "withdrawal_asked", _("withdrawal asked for")
    WITHDRAWAL_SENT = "withdrawal_sent", _("withdrawal sent")
    WITHDRAWAL_REJECTED = "withdrawal_rejected", _("withdrawal rejected")
    WITHDRAWAL_EXPIRED = "withdrawal_expired", _("withdrawal expired")
    WITHDRAWAL_FAILED = "withdrawal_failed", _("withdrawal failed")


class Letter(models.Model):
    """A mail that is to be sent, written in the transaction of what it tells.

    Once for each thing and kind. `next_at` is when it is tried (again); `sent_at` None: not yet.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=LetterKind)
    payout_address = models.ForeignKey(
        PayoutAddress,
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=_("address book entry"),
    )
    withdrawal = models.ForeignKey(
        Withdrawal,
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=_("withdrawal"),
    )
    language = models.CharField(_("language"), max_length=10)
    at = models.DateTimeField(_("at"), db_default=Now())
    tries = models.IntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = (
            models.Index(
                fields=("next_at",), condition=Q(sent_at__isnull=True), name="wallet_letter_due"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(payout_address__isnull=False, withdrawal__isnull=True)
                | Q(payout_address__isnull=True, withdrawal__isnull=False),
                name="wallet_letter_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=("kind", "payout_address"), name="wallet_letter_address_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "withdrawal"), name="wallet_letter_withdrawal_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
