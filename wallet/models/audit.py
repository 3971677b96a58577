"""The outbox of money events and the first of the three logs.

A ledger transaction is its own event; everything else that concerns money (a deposit's or
withdrawal's state, an approval, a switch) writes a `MoneyEvent` in the same database transaction.
`AuditRecord` chains both.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.models.ledger import Transaction

# The kinds of events that staff are told of.
ALERT = "alert."


class MoneyEvent(models.Model):
    """Something about money that is no ledger transaction. Never changes."""

    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=80)
    payload = models.JSONField(_("content"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("money event")
        verbose_name_plural = _("money events")
        indexes = (
            models.Index(
                fields=["id"], condition=Q(kind__startswith=ALERT), name="wallet_event_alerts"
            ),
            # What was told of something already. `Alert.objects` asks in the words of these.
            models.Index(
                fields=["subject", "at"],
                condition=Q(kind__startswith=ALERT),
                name="wallet_event_alerts_of",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(id__gt=0), name="wallet_event_id_positive"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class AlertManager(models.Manager["Alert"]):
    """What staff were told."""

    def get_queryset(self) -> models.QuerySet["Alert"]:
        return super().get_queryset().filter(kind__startswith=ALERT)


class Alert(MoneyEvent):
    """An event that a person is to look at (`wallet.deposits.alerts`); open until one did."""

    objects: ClassVar[AlertManager] = AlertManager()

    class Meta:
        proxy = True
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")

    @property
    def code(self) -> str:
        return self.kind.removeprefix(ALERT)


class AlertSeen(models.Model):
    """Who looked at an alert first. Never changes."""

    alert = models.OneToOneField(
        MoneyEvent, models.PROTECT, related_name="seen", verbose_name=_("alert")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("seen by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("seen alert")
        verbose_name_plural = _("seen alerts")

    def __str__(self) -> str:
        return f"{self.alert} {self.staff}"


class AuditRecord(models.Model):
    """A link of the chain. `hash` is over `seq`, `previous_hash` and `body`. Never changes."""

    seq = models.BigIntegerField(_("number"), primary_key=True)
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, null=True, related_name="+", verbose_name=_("transaction")
    )
    event = models.OneToOneField(
        MoneyEvent, models.PROTECT, null=True, related_name="+", verbose_name=_("event")
    )
    body = models.TextField(_("content"))
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"), db_default=Now())

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        constraints = (
            models.CheckConstraint(
                condition=Q(transaction__isnull=True) ^ Q(event__isnull=True),
                name="wallet_audit_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"#{self.seq}"


class AuditSink(models.TextChoices):
    """The logs beside the database's own."""

    FILE = "file", _("file")
    STREAM = "stream", _("Redis stream")


class AuditCursor(models.Model):
    """How much of the chain a log was seen to hold; it never holds less again."""

    sink = models.CharField(_("log"), max_length=10, choices=AuditSink, primary_key=True)
    seq = models.BigIntegerField(_("number"), default=0)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("audit cursor")
        verbose_name_plural = _("audit cursors")

    def __str__(self) -> str:
        return f"{self.sink} #{self.seq}"
