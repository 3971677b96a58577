"""Emptying the database between tests.

The ledger refuses TRUNCATE in the database itself. The clean-up of transactional tests needs it,
so it switches triggers off for its own transaction; only the test servers allow the site's role
to do that.
"""

from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations


def lift_refusals_in_flush(patch: pytest.MonkeyPatch) -> None:
    """Let Django's flush empty every table."""
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        return ["SET LOCAL session_replication_role = replica;", *original(self, *args, **kwargs)]

    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
