"""Whom players do not want to read."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ChatMute(models.Model):
    """`user` does not want to read what `muted` says in any chat."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_mutes", verbose_name=_("user")
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("muted player")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("muted player")
        verbose_name_plural = _("muted players")
        constraints = (
            models.UniqueConstraint(fields=("user", "muted"), name="one_chat_mute_a_pair"),
            models.CheckConstraint(condition=~Q(user=F("muted")), name="nobody_mutes_oneself"),
        )

    def __str__(self) -> str:
        return f"{self.user} mutes {self.muted}"
