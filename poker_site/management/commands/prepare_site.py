"""`manage.py prepare_site`: everything between a running database and the first process.

One command and so one start of Python; `run_site` and deployments call it.
"""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from poker_site.database.roles import migrate
from poker_site.seeding import seed


class Command(BaseCommand):
    help = "Check the settings, migrate the database, seed it, and collect static files."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            # What is wrong with a deployment stops it before anything is changed.
            call_command("check", deploy=True, databases=["default"], stderr=self.stderr)
        migrate(settings.DATABASE_OWNER)
        seed()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        self.stdout.write("The database is up to date.")
