"""The Celery application: `celery -A poker_site worker`, `celery -A poker_site beat`."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poker_site.settings")
# `prepare_site` makes Django's checks, once; in each worker they would import every page.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("poker_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_like_the_rest(**kwargs: Any) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
