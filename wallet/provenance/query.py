"""Questions to the ledger, in SQL."""

from typing import Any

from django.db import connection

# So many lines tell enough.
MOST = 20


def rows(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
