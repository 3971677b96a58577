"""What one person may not do alone: whose rights are new, and decisions that wait for a second."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class StaffChangeKind(models.TextChoices):
    """What about a member of staff is new; the database's triggers write it."""

    ACCOUNT = "account", _("a new account")
    STAFF = "staff", _("made staff")
    SUPERUSER = "superuser", _("made a superuser")
    ACTIVATED = "activated", _("activated again")
    CREDENTIALS = "credentials", _("a new password, second factor or email address")
    RIGHTS = "rights", _("new rights over money")


class StaffChange(models.Model):
    """A member of staff was made, got rights over money, or logs in with something new.

    Triggers write it, so that no way around the site's pages leaves it out. For a while after it
    the member's word does not count (`wallet.staff`). Never changes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("staff")
    )
    kind = models.CharField(_("what is new"), max_length=20, choices=StaffChangeKind)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("change of staff")
        verbose_name_plural = _("changes of staff")
        indexes = (models.Index(fields=("user", "at"), name="wallet_staff_change_of"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class ProposalKind(models.TextChoices):
    """What takes two people; `wallet.proposals.kinds` says how each is carried out."""

    COLD_STORAGE = "cold_storage", _("what left cold storage")
    DEPOSIT_RETURN = "deposit_return", _("a deposit was returned")
    DEPOSIT_CREDIT = "deposit_credit", _("credit a deposit of our own coins")
    DIFFERENCE = "difference", _("a difference of chain and ledger")
    HOUSE_RULES = "house_rules", _("loosen house rules")
    ASSET_RULES = "asset_rules", _("loosen rules of an asset")


class ProposalState(models.TextChoices):
    """WAITING ends once, in one of the others."""

    WAITING = "waiting", _("waits")
    DONE = "done", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


class Proposal(models.Model):
    """A decision of one member of staff that another one confirms, and that is done only then.

    `content` is canonical JSON of all that is to be done, with its kind, subject and note;
    `content_hash` is over it, and is what the other one confirms. Only how it ended changes.
    """

    kind = models.CharField(_("decision"), max_length=20, choices=ProposalKind)
    # The primary key of what it is about, as text.
    subject = models.CharField(_("what it is about"), max_length=80)
    content = models.TextField(_("content"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    at = models.DateTimeField(_("proposed"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("decision that waits")
        verbose_name_plural = _("decisions that wait")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=Q(state=ProposalState.WAITING),
                name="wallet_proposal_waits_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DONE)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("by"))),
                name="wallet_proposal_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING, decided_at__isnull=True)
                | (~Q(state=ProposalState.WAITING) & Q(decided_at__isnull=False)),
                name="wallet_proposal_ended_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.subject})"
