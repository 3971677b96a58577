"""Working as the database's owner for a while, and what the site's role is given by it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from poker_site.database import GRANTS_SQL

# What of Django's settings says who is connected to what.
_WHO = ("HOST", "PORT", "NAME", "USER", "PASSWORD")


def migrate(owner: Mapping[str, Any] | None) -> None:
    """Migrate as the owner, and give the site's role its grants; without an owner, as the site.

    `owner` has the form of Django's database settings.
    """
    if owner is None:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        return
    site_role = connection.settings_dict["USER"]
    with connected_as(owner):
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        grant(site_role)


def grant(site_role: str) -> None:
    """Give a role what the site needs of every table that is there now; to be asked as owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('poker.site_role', %s, true)", [site_role])
        cursor.execute(GRANTS_SQL.read_text())


@contextmanager
def connected_as(role: Mapping[str, Any]) -> Iterator[None]:
    """This process's connections are another role's inside of the block; outside of `atomic`."""
    was = {name: connection.settings_dict[name] for name in _WHO}
    _connect_as(role)
    try:
        yield
    finally:
        _connect_as(was)


def _connect_as(role: Mapping[str, Any]) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update({name: role[name] for name in _WHO})
