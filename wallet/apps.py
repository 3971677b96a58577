from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = _("Money")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up
        from django.db.models.signals import post_save

        from wallet import checks  # noqa: F401  (registers itself)

        user_signed_up.connect(_greet_with_play_money, dispatch_uid="wallet.play_money")
        # Admin notes each of its changes; what it did to staff is told with it.
        post_save.connect(_tell_of_staff, sender="admin.LogEntry", dispatch_uid="wallet.staff")


def _greet_with_play_money(sender: Any, *, user: Any, **_signal: Any) -> None:
    from wallet.services import grant_play_money

    grant_play_money(user_id=user.pk)


def _tell_of_staff(sender: Any, **_signal: Any) -> None:
    from django.db import transaction

    from wallet.staff_changes import tell_of_changes

    # A task tells too, for changes from elsewhere; schedules can be switched off in admin.
    transaction.on_commit(tell_of_changes, robust=True)
