"""The site: settings, processes, health, and what ties the apps together."""

import gc

# Hardly anything is garbage while a process imports the site; `poker_site.apps` switches it on.
gc.disable()

from poker_site.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
