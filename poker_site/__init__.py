"""The site: settings, processes, health, and what ties the apps together."""

from poker_site.celery import app as celery_app

__all__ = ["celery_app"]
