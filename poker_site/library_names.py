"""What admin calls the models and apps of libraries that have no Korean names, or no good ones.

What a model is called after it was made is not in the migrations of its library.
"""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

_APPS = {"mfa": _("Second factors"), "django_celery_beat": _("Schedules")}
# One, and several.
_MODELS: dict[str, tuple[Any, Any]] = {
    "mfa.Authenticator": (_("second factor"), _("second factors")),
    "django_celery_beat.PeriodicTask": (_("schedule"), _("schedules")),
    "django_celery_beat.IntervalSchedule": (_("repetition"), _("repetitions")),
    "django_celery_beat.CrontabSchedule": (_("time of day or week"), _("times of day or week")),
    "django_celery_beat.ClockedSchedule": (_("single moment"), _("single moments")),
}


def name_them() -> None:
    """Once all apps are there."""
    for label, name in _APPS.items():
        apps.get_app_config(label).verbose_name = name
    for label, (one, several) in _MODELS.items():
        options = apps.get_model(label)._meta
        options.verbose_name, options.verbose_name_plural = one, several
