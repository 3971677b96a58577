from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RakeConfig(AppConfig):
    name = "rake"
    verbose_name = _("House share")
    default_auto_field = "django.db.models.BigAutoField"
