"""The demo bots keep a newcomer company and out of nobody's way."""

import httpx
from msgspec.structs import replace

from tables.bots.demo import may_sit, may_stay, think_s
from tables.engine.view import SeatView, TableView
from tests.bots.scratch_server import empty_view
from tests.support.servers import wait_until
from tests.support.site import RunningSite


def seats(kinds: str) -> TableView:
    """`b` a bot, `p` a person, `.` a free seat."""
    taken = [
        SeatView(
            seat=number,
            user_id=number + 1,
            nickname=f"n{number}",
            is_bot=kind == "b",
            stack_krw=5_000,
            status="active",
        )
        for number, kind in enumerate(kinds)
        if kind != "."
    ]
    view = empty_view()
    return replace(view, seats=tuple(taken), config=replace(view.config, seats=len(kinds)))


def test_they_hurry_only_while_a_person_plays() -> None:
    assert all(0.8 <= think_s(seats("bbp...")) <= 2.5 for _ in range(50))
    assert all(4.0 <= think_s(seats("bb....")) <= 6.0 for _ in range(50))


def test_two_sit_down_and_a_seat_stays_free() -> None:
    assert may_sit(seats("......"))
    assert may_sit(seats("b....."))
    assert not may_sit(seats("bb...."))
    assert may_sit(seats("pppp.."))
    assert not may_sit(seats("ppppp."))


def test_at_a_full_table_one_makes_room() -> None:
    full = seats("pbppbp")
    assert [may_stay(full, seat) for seat in full.seats if seat.is_bot] == [False, True]
    free = seats("pbppb.")
    assert all(may_stay(free, seat) for seat in free.seats)


def test_they_play_at_the_demo_tables_of_the_running_site(site: RunningSite) -> None:
    def demo_tables() -> list[dict[str, int]]:
        tables = httpx.get(f"{site.url}/api/v1/tables/", timeout=30, trust_env=False).json()
        return [table for table in tables if table["is_demo"]]

    wait_until(
        lambda: all(table["players"] >= 2 for table in demo_tables()),
        seconds=60,
        what="bots sit at every demo table",
    )
    wait_until(
        lambda: any(table["in_hand"] for table in demo_tables()),
        seconds=60,
        what="a hand is running",
    )
