from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = _("Money")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up

        from wallet import checks  # noqa: F401  (registers itself)

        user_signed_up.connect(_greet_with_play_money, dispatch_uid="wallet.play_money")


def _greet_with_play_money(sender: Any, *, user: Any, **_signal: Any) -> None:
    from wallet.services import grant_play_money

    grant_play_money(user_id=user.pk)
