"""What stands in the files: periods to the microsecond, exact coins, each booking, no formulas."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.wallet.finance.books import arrive, at, begin, credit, read, take_back, total
from tests.wallet.house import execute, give, make_player
from tests.wallet.withdrawals.house import player_with
from wallet import chart
from wallet.finance.files import REPORTS, csv_of
from wallet.finance.period import Period
from wallet.finance.reading import bounds
from wallet.ledger import credit as credited_to
from wallet.ledger import debit, post, reverse
from wallet.models import Transaction

DAY = date(2026, 11, 2)
NOON = "2026-11-02 12:00"


def gift(amount_krw: int, moment: str) -> Transaction:
    """Play money for a new player, given then."""
    give(make_player(), amount_krw)
    return begin(Transaction.objects.latest("id"), at(moment))


def test_a_day_is_one_of_seoul_to_the_microsecond() -> None:
    gift(1, "2026-11-01 23:59:59.999999")
    for amount_krw, moment in ((2, "2026-11-02 00:00"), (4, "2026-11-02 23:59:59.999999")):
        gift(amount_krw, moment)
    gift(8, "2026-11-03 00:00")
    for day, moved in ((date(2026, 11, 1), 1), (DAY, 6), (date(2026, 11, 3), 8)):
        for report, column in (("totals", "debits"), ("balances", "debits"), ("journal", "debit")):
            assert total(read(report, day), column) == moved, (report, day)
        assert {row["day"] for row in read("totals", day)} == {str(day)}
    (player,) = (row for row in read("balances", DAY) if row["account_kind"] == "player")
    assert (player["opening"], player["credits"], player["closing"]) == ("1", "6", "7")


def test_what_began_before_midnight_and_was_numbered_after_it_is_of_the_day_before() -> None:
    """Numbers follow the beginnings only roughly, and no halving may lose what lies crosswise."""
    for minute in range(8):
        gift(100, f"2026-11-02 00:0{minute}")
        gift(1, f"2026-11-01 23:5{minute + 2}")
    assert total(read("totals", date(2026, 11, 1)), "debits") == 8
    assert total(read("totals", DAY), "debits") == 800
    (player,) = (row for row in read("balances", DAY) if row["account_kind"] == "player")
    assert (player["opening"], player["closing"]) == ("8", "808")


def test_only_a_periods_transactions_are_looked_at() -> None:
    numbers = [gift(1, f"2026-11-{day:02} 12:00").pk for day in range(1, 21)]
    found = bounds(Period(date(2026, 11, 10), date(2026, 11, 11)))
    assert numbers[8] < found["first_id"] <= numbers[9]
    assert numbers[10] < found["end_id"] <= numbers[11]


def test_a_number_that_was_rolled_back_is_a_gap_like_any_other() -> None:
    before = gift(1, NOON).pk
    execute("SELECT nextval('wallet_transaction_id_seq') FROM generate_series(1, 50)")
    after = gift(2, "2026-11-03 12:00").pk
    assert after > before + 50
    assert total(read("totals", DAY), "debits") == 1
    assert total(read("totals", date(2026, 11, 3)), "debits") == 2


def test_a_house_without_movements_has_empty_files() -> None:
    for report, (header, _lines) in REPORTS.items():
        text = "".join(csv_of(report, Period(DAY, DAY)))
        assert text == f"\ufeff{','.join(header)}\r\n"


def test_coins_are_exact_however_many_and_units_stand_beside_them() -> None:
    units = 10**31 + 1  # more digits than a decimal keeps by itself
    moved = post(
        kind="capital",
        key="capital:ethereum:1",
        postings=[
            debit(chart.custody("hot", "ETH"), units),
            credited_to(chart.capital("ETH"), units),
        ],
    )
    begin(moved, at(NOON))
    (debited,) = (row for row in read("journal", DAY) if row["account_kind"] == "custody")
    assert debited["debit"] == "10000000000000.000000000000000001"
    assert debited["debit_units"] == str(units)
    assert debited["credit"] == debited["credit_units"] == ""
    (line,) = (row for row in read("balances", DAY) if row["account_kind"] == "capital")
    assert line["closing"] == debited["debit"]


def test_what_is_below_zero_is_a_number_and_no_text() -> None:
    """The position may be below zero."""
    moved = post(
        kind="test",
        key="test:short",
        postings=[
            debit(chart.position("BTC"), 1_500_000),
            credited_to(chart.capital("BTC"), 1_500_000),
        ],
    )
    begin(moved, at(NOON))
    (line,) = (row for row in read("balances", DAY) if row["account_kind"] == "position")
    assert (line["closing"], line["closing_units"]) == ("-0.01500000", "-1500000")


def test_the_journal_tells_each_entry_and_what_it_reverses() -> None:
    first = gift(500, NOON)
    back = begin(reverse(transaction_id=first.pk, reason="test"), at("2026-11-02 13:00"))
    rows = read("journal", DAY)
    assert [(row["transaction"], row["reverses"]) for row in rows] == [
        *[(str(first.pk), "")] * 2,
        *[(str(back.pk), str(first.pk))] * 2,
    ]
    assert {row["time"] for row in rows[:2]} == {"2026-11-02 12:00:00+09:00"}
    account = {row["account_kind"]: row for row in rows[:2]}
    assert account["player"]["credit"] == account["player"]["balance_after"] == "500"
    assert account["play_money"]["debit"] == "500"
    assert account["play_money"]["account"] == "house:play_money:KRW"


def test_a_deposit_that_went_and_came_again_is_a_line_for_each_booking() -> None:
    deposit = arrive(player_with(0), 1_500_000)
    began = [
        begin(credit(deposit), at("2026-11-02 10:00")),
        begin(take_back(deposit), at("2026-11-02 11:00")),
        begin(credit(deposit, nth=2, mid_krw=200_000_000), at("2026-11-03 10:00")),
    ]
    rows = read("deposits", DAY, date(2026, 11, 3))
    names = ("booking", "amount", "amount_units", "amount_krw", "rate_krw", "ledger_transaction")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("credited", "0.01500000", "1500000", "1485000", "99000000.00000000", str(began[0].pk)),
        ("reversed", "-0.01500000", "-1500000", "-1485000", "99000000.00000000", str(began[1].pk)),
        ("credited", "0.01500000", "1500000", "2970000", "198000000.00000000", str(began[2].pk)),
    ]
    for row in rows:
        assert row["player"] == str(deposit.user_id)
        assert (row["txid"], row["place"], row["network"]) == (deposit.txid, "vout:0", "bitcoin")
        assert row["state"] == "credited"
    assert [row["booking"] for row in read("deposits", DAY)] == ["credited", "reversed"]


def test_a_recent_day_is_read_without_the_history() -> None:
    """However much lies before it: of the entries, only its own are looked up."""
    for day in range(1, 21):
        gift(1, f"2026-10-{day:02} 12:00")
    gift(5, NOON)
    execute("ANALYZE wallet_transaction; ANALYZE wallet_entry")
    execute("SET LOCAL enable_seqscan = off")
    asked: list[tuple[str, Any]] = []

    def listen(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((sql, parameters))
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(listen):
        read("balances", DAY)
    (query,) = ((sql, given) for sql, given in asked if "FROM figures" in sql)
    plan = execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query[0]}", query[1])[0][0][0]["Plan"]
    scanned = sum(
        node["Actual Rows"] * node["Actual Loops"]
        for node in _nodes(plan)
        if node.get("Relation Name") == "wallet_entry"
    )
    assert scanned == 2


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for each in plan.get("Plans", ()) for node in _nodes(each))]


def test_rows_come_before_the_last_is_read() -> None:
    for second in range(5):
        gift(1, f"2026-11-02 12:00:0{second}")
    pieces = csv_of("journal", Period(DAY, DAY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wallet.finance.reading.ROWS_AT_ONCE", 2)
        assert "transaction" in next(pieces) + next(pieces)
        assert "play_grant" in next(pieces)
        fetched = execute("SELECT count(*) FROM pg_cursors WHERE NOT is_holdable")[0][0]
        pieces.close()
        left = execute("SELECT count(*) FROM pg_cursors WHERE NOT is_holdable")[0][0]
    assert (fetched, left) == (1, 0)
