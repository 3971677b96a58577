"""`manage.py seed`: what a new house starts with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from poker_site.seeding import DEVELOPMENT_USERS, seed


class Command(BaseCommand):
    help = "Add stakes, tables and, in development, users. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        seed()
        if settings.DEBUG:
            for user in DEVELOPMENT_USERS:
                what = "staff" if user.is_staff else "player"
                self.stdout.write(f"{what}  {user.email}  {user.password}")
