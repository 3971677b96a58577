"""The statement: every movement of one's own account, by pages and by dates, and fast."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wallet.house import execute, give, make_player
from wallet.services import buy_in, cash_out
from wallet.spreadsheets import csv_rows, safe_cell
from wallet.statement import entries_of, line_of

pytestmark = pytest.mark.django_db


def at_hours(player: int, hours: list[int]) -> datetime:
    """One gift for each, so many hours after a moment."""
    began = timezone.now() - timedelta(days=100)
    for _ in hours:
        give(player, 1)
    execute("SET session_replication_role = replica")
    for ordinal, hour in enumerate(hours, 1):
        execute(
            """UPDATE wallet_transaction t SET created_at = %s FROM wallet_entry e
            JOIN wallet_account a ON a.id = e.account_id
            WHERE e.transaction_id = t.id AND e.ordinal = %s AND a.code = %s""",
            [began + timedelta(hours=hour), ordinal, f"player:{player}:KRW"],
        )
    execute("SET session_replication_role = origin")
    return began


def test_lines_say_what_came_and_went() -> None:
    player = make_player(1_000)
    buy_in(user_id=player, table_id=5, amount_krw=400, key="in")
    cash_out(user_id=player, table_id=5, amount_krw=300, key="out")
    lines = [line_of(entry) for entry in entries_of(user_id=player)]
    assert [(one.kind, one.amount_krw, one.balance_krw, one.reference) for one in lines] == [
        ("cash_out", 300, 900, "table:5"),
        ("buy_in", -400, 600, "table:5"),
        ("play_grant", 1_000, 1_000, ""),
    ]
    kinds = [line_of(entry).kind for entry in entries_of(user_id=player, kinds=["buy_in"])]
    assert kinds == ["buy_in"]


def test_who_never_had_money_has_an_empty_statement() -> None:
    assert not entries_of(user_id=make_player()).exists()
    assert not entries_of(user_id=10**9).exists()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=10),
    st.integers(-2, 32),
    st.integers(-2, 32),
)
def test_dates_cut_out_exactly_what_lies_between(gaps: list[int], first: int, last: int) -> None:
    player = make_player()
    hours, hour = [], 0
    for gap in gaps:
        hour += gap
        hours.append(hour)
    began = at_hours(player, hours)
    found = entries_of(
        user_id=player,
        start=began + timedelta(hours=first),
        end=began + timedelta(hours=last),
    )
    wanted = [n for n, hour in enumerate(hours, 1) if first <= hour < last]
    assert [entry.ordinal for entry in found] == wanted[::-1]


def test_a_long_history_is_not_read_for_a_short_time() -> None:
    player = make_player()
    began = at_hours(player, list(range(300)))
    found = entries_of(
        user_id=player, start=began + timedelta(hours=150), end=began + timedelta(hours=152)
    )
    where = str(found.query).partition("WHERE")[2]
    assert '"ordinal" >= 151' in where
    assert '"ordinal" < 154' in where
    plan = "\n".join(line for (line,) in _explained(found))
    assert "wallet_entry_ordinal" in plan
    with connection.execute_wrapper(_at_most(25)):
        assert len(found) == 2


def _explained(queryset: Any) -> list[tuple[str]]:
    execute("SET LOCAL enable_seqscan = off")
    return [(queryset.explain(),)]


def _at_most(count: int) -> Any:
    seen = []

    def wrapper(execute_: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        assert len(seen) <= count
        return execute_(sql, params, many, context)

    return wrapper


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+82", "'+82"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =cmd|'/c calc'!A1", "'  =cmd|'/c calc'!A1"),
        ("＝1", "'＝1"),
        (-5, "-5"),
        ("table:5", "table:5"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(value: Any, cell: str) -> None:
    assert safe_cell(value) == cell


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), max_size=5))
def test_a_file_reads_back_and_no_text_in_it_begins_like_a_formula(rows: list[list[str]]) -> None:
    text = "".join(csv_rows(("a",), rows)).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["a"]
    assert [[safe_cell(cell) for cell in row] for row in rows] == read[1:]
    cells = [cell.lstrip(" ") for row in read for cell in row]
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in cells)
