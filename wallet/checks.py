"""What `manage.py check --deploy --database default` says about the ledger's guards."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connections


@register(Tags.database, deploy=True)
def the_sites_role_is_no_superuser(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """A superuser can switch the ledger's triggers off."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
        if row and row[0]:
            messages.append(
                checks.Warning(
                    "The site's database role is a superuser, so it can switch off what keeps"
                    " the ledger honest.",
                    hint="Use a role with the grants of docs/ledger.md.",
                    id="wallet.W001",
                )
            )
    return messages
