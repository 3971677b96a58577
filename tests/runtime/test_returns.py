"""Every row of `tests/scenarios/returns.md` holds, through the payment that seats a player."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tables.models import Shard, Table
from tables.rathole import BuyInRefused
from tests.runtime.guest import SHARDS, Guest, make_other_stake
from tests.runtime.house import make_users
from wallet.errors import InsufficientFunds

pytestmark = pytest.mark.django_db(transaction=True)

FILE = Path(__file__).parents[1] / "scenarios" / "returns.md"
COLUMNS = {"left with", "minutes later", "returns to", "has", "must bring"}
BUY_IN_KRW = 5_000


@dataclass(frozen=True)
class Return:
    """A row: `has` None is enough for everything."""

    line: int
    left_with_krw: int
    minutes_later: int
    place: str
    has_krw: int | None
    must_bring_krw: int
    meanwhile: str


def won(text: str) -> int:
    return int(text.replace(",", ""))


def _row(line: int, cells: dict[str, str]) -> Return:
    assert COLUMNS <= cells.keys() <= COLUMNS | {"meanwhile"}, f"{FILE.name}:{line}"
    return Return(
        line=line,
        left_with_krw=won(cells["left with"]),
        minutes_later=int(cells["minutes later"]),
        place=cells["returns to"],
        has_krw=None if cells["has"] == "-" else won(cells["has"]),
        must_bring_krw=won(cells["must bring"]),
        meanwhile=cells.get("meanwhile", ""),
    )


def _sections() -> Iterator[tuple[str, list[Return]]]:
    """The tables of the file, by their headings."""
    title, names, rows = "", [""], list[Return]()
    for number, line in enumerate([*FILE.read_text("utf-8").splitlines(), "## "], 1):
        if line.startswith("## "):
            if title:
                yield title, rows
            title, names, rows = line[3:], [], []
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not names:
                names = cells
            elif not set(line) <= set("|-"):
                rows.append(_row(number, dict(zip(names, cells, strict=True))))


SECTIONS = dict(_sections())


@pytest.fixture
def places(table: Table) -> dict[str, Table]:
    Shard.objects.bulk_create(Shard(number=number, epoch=1) for number in range(SHARDS))
    return {
        "same table": table,
        "sister table": Table.objects.create(name="Table 2", stake=table.stake),
        "higher stake": make_other_stake(),
    }


# What is done in between


def is_refused(guest: Guest, at: Table, krw: str) -> None:
    with pytest.raises(BuyInRefused):
        guest.sit(at, won(krw))


def cannot_pay(guest: Guest, at: Table, krw: str, has: str) -> None:
    guest.keep(won(has))
    with pytest.raises(InsufficientFunds):
        guest.sit(at, won(krw))
    guest.take_back()


def plays(guest: Guest, at: Table, krw: str, to: str) -> None:
    guest.played(at, won(krw), won(to))


def hides_the_rest(guest: Guest, at: Table, krw: str, to: str) -> None:
    guest.keep(won(krw))
    guest.played(at, won(krw), won(to))
    guest.take_back()


def sits_down(guest: Guest, at: Table, krw: str) -> None:
    guest.sit(at, won(krw))


KRW, PLACE = r"([\d,]+)", r"(?: at the (?P<place>.+))?"
MEANWHILE: dict[str, Callable[..., None]] = {
    rf"is refused {KRW}{PLACE}": is_refused,
    rf"has a buy-in of {KRW} cancelled that {KRW} do not pay{PLACE}": cannot_pay,
    rf"plays {KRW} to {KRW}{PLACE}": plays,
    rf"hides all but {KRW}, plays them to {KRW}{PLACE}": hides_the_rest,
    rf"sits down with {KRW}{PLACE}": sits_down,
}


def do_meanwhile(text: str, guest: Guest, places: dict[str, Table], place: str) -> None:
    """What the sentence says; it happens where the player returns to unless it says where."""
    for pattern, deed in MEANWHILE.items():
        if found := re.fullmatch(pattern, text):
            groups: list[Any] = list(found.groups())
            at = places[groups.pop() or place]
            deed(guest, at, *groups)
            return
    raise AssertionError(f"not understood: {text!r}")


# The rows


def refusal(guest: Guest, at: Table, amount_krw: int) -> str:
    with pytest.raises(BuyInRefused) as caught:
        guest.sit(at, amount_krw)
    return caught.value.code


def play(row: Return, guest: Guest, places: dict[str, Table]) -> None:
    gone = timedelta(minutes=row.minutes_later)
    guest.played(places["same table"], BUY_IN_KRW, row.left_with_krw, ago=gone)
    if row.meanwhile:
        do_meanwhile(row.meanwhile, guest, places, row.place)
    if row.has_krw is not None:
        guest.keep(row.has_krw)
    at, stake = places[row.place], places[row.place].stake
    is_owed = row.must_bring_krw > stake.min_buy_in_krw
    refused = partial(refusal, guest, at)
    assert refused(row.must_bring_krw - 1) == ("rathole" if is_owed else "buy_in_out_of_range")
    most_krw = max(stake.max_buy_in_krw, row.must_bring_krw)
    assert refused(most_krw + 1) == "buy_in_out_of_range"
    guest.sit(at, row.must_bring_krw)


@pytest.mark.parametrize("title", SECTIONS)
def test_a_return_brings_what_the_rule_says(title: str, places: dict[str, Table]) -> None:
    rows = SECTIONS[title]
    assert rows
    bank, *users = make_users(len(rows) + 1)
    for row, user in zip(rows, users, strict=True):
        try:
            play(row, Guest(user, bank), places)
        except (AssertionError, BuyInRefused, pytest.fail.Exception) as error:
            error.add_note(f"{FILE.name}:{row.line}: {row}")
            raise
