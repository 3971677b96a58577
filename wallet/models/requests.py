"""What was answered to requests that carried an `Idempotency-Key`."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AnsweredRequest(models.Model):
    """A request that changed something, under its client's key, with what it was answered.

    Written in the transaction that made the change; `wallet.idempotency` says what follows.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user")
    )
    key = models.CharField(_("idempotency key"), max_length=80)
    # SHA-256 over method, path and body.
    content_hash = models.CharField(_("content hash"), max_length=64)
    status = models.IntegerField(_("status"))
    body = models.JSONField(_("answer"), null=True)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("answered request")
        verbose_name_plural = _("answered requests")
        indexes = (models.Index(fields=("at",), name="wallet_answered_at"),)
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="wallet_answered_key"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
