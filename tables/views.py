"""Pages for players: lobby and table. Those of played hands are in `history/views.py`."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import ensure_csrf_cookie

from tables.models import Table
from tables.selectors import TableFacts, table_facts
from tables.texts import LOBBY_PAGE, TABLE_PAGE


def lobby(request: HttpRequest) -> HttpResponse:
    """Every open table, by stake. Who plays there comes by the lobby's socket."""
    tables = [facts for facts in table_facts().values() if facts.is_open]
    demo = next((facts for facts in tables if facts.is_demo), None)
    return render(
        request,
        "tables/lobby.html",
        {
            "stakes": _by_stake(tables),
            "seat_counts": sorted({facts.seats for facts in tables}),
            "start": demo or next(iter(tables), None),
            "texts": LOBBY_PAGE,
        },
    )


def _by_stake(tables: list[TableFacts]) -> list[dict[str, Any]]:
    ordered = sorted(tables, key=lambda facts: (facts.big_blind_krw, facts.stake_id))
    return [
        {"facts": (group := list(members))[0], "tables": group}
        for _, members in groupby(ordered, key=lambda facts: facts.stake_id)
    ]


@ensure_csrf_cookie
def table(request: HttpRequest, table_id: int) -> HttpResponse:
    """A table, to play at or (without an account) to watch. The game itself comes by socket."""
    found = get_object_or_404(Table.objects.select_related("stake"), pk=table_id, is_open=True)
    page = {"table_id": found.pk, "user_id": request.user.pk}
    return render(request, "tables/table.html", {"table": found, "page": page, "texts": TABLE_PAGE})
