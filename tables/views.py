"""Pages for players: lobby, table, and the hands one has played."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import ensure_csrf_cookie

from tables.hand_log import hand_lines
from tables.models import Hand, HandPlayer, Table
from tables.selectors import TableFacts, played_hands, table_facts
from tables.texts import LOBBY_PAGE, TABLE_PAGE

HANDS_ON_A_PAGE = 25


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


@login_required
def hands(request: HttpRequest) -> HttpResponse:
    """The hands the user was dealt in, newest first."""
    user_id = _user_id(request)
    page = Paginator(played_hands(user_id=user_id).order_by("-finished_at", "-pk"), HANDS_ON_A_PAGE)
    shown = page.get_page(request.GET.get("page"))
    rows = [(found, _own_part(found, user_id)) for found in shown]
    return render(request, "tables/hands.html", {"page": shown, "rows": rows})


@login_required
def hand(request: HttpRequest, hand_id: str) -> HttpResponse:
    """One hand the user played, in sentences. Other players' hands are not there."""
    user_id = _user_id(request)
    found = get_object_or_404(played_hands(user_id=user_id), pk=hand_id)
    players = sorted(found.players.all(), key=lambda player: player.seat)
    names = {player.seat: player.user.nickname for player in players}
    context = {
        "hand": found,
        "players": players,
        "own": _own_part(found, user_id),
        "lines": hand_lines(found.events, names),
    }
    return render(request, "tables/hand.html", context)


def _own_part(hand: Hand, user_id: int) -> HandPlayer:
    return next(player for player in hand.players.all() if player.user_id == user_id)


def _user_id(request: HttpRequest) -> int:
    user_id = request.user.pk
    assert user_id is not None
    return int(user_id)
