"""Whatever happened on whatever days: every report says what the ledger says, and they agree."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.wallet.finance.books import (
    SEOUL,
    Row,
    arrive,
    at,
    begin,
    credit,
    days,
    move_all_to,
    read,
    take_back,
    total,
)
from tests.wallet.house import make_player
from wallet import chart, ledger, services
from wallet.errors import WalletError
from wallet.models import Account, Deposit, Entry, Transaction

FIRST, DAYS = date(2026, 3, 1), 4
TABLE = 7
SIDES = {"D": "debits", "C": "credits"}

# What happens, to which of two players, how much of it, and how many minutes after the last.
steps = st.lists(
    st.tuples(
        st.sampled_from(["grant", "buy_in", "hand", "cash_out", "deposit", "take_back", "undo"]),
        st.integers(0, 1),
        st.integers(1, 900),
        st.integers(0, 550),
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=10,
)


class Room:
    """Two players whose days pass."""

    def __init__(self) -> None:
        self.players = [make_player(1_000), make_player(1_000)]
        move_all_to(at("2026-02-20 12:00"))
        self.now = at("2026-03-01 00:00")
        self.names = count()
        self.deposits: list[Deposit] = []

    def take(self, step: tuple[str, int, int, int, int]) -> None:
        """One step, if the ledger lets it; its beginning may lie before that of the one before."""
        deed, who, amount, minutes, earlier = step
        self.now += timedelta(minutes=minutes)
        try:
            with transaction.atomic():
                moved = self._do(deed, who, amount)
        except WalletError:
            return
        if moved is not None:
            begin(moved, self.now - timedelta(minutes=earlier))

    def _do(self, deed: str, who: int, amount: int) -> Transaction | None:
        me, other = self.players[who], self.players[1 - who]
        key = f"step:{next(self.names)}"
        match deed:
            case "grant":
                return ledger.post(
                    kind="play_grant",
                    key=key,
                    postings=[
                        ledger.debit(chart.play_money(), amount),
                        ledger.credit(chart.player(me), amount),
                    ],
                )
            case "buy_in":
                return services.buy_in(user_id=me, table_id=TABLE, amount_krw=amount, key=key)
            case "cash_out":
                return services.cash_out(user_id=me, table_id=TABLE, amount_krw=amount, key=key)
            case "hand":
                rake = amount // 10
                nets = {me: amount - rake, other: -amount}
                return services.settle_hand(
                    table_id=TABLE, hand_id=key, net_krw=nets, rake_krw=rake
                )
            case "deposit":
                self.deposits.append(arrive(User.objects.get(pk=me), amount * 10_000))
                return credit(self.deposits[-1])
            case "take_back":
                credited = [each for each in self.deposits if each.state == "credited"]
                return take_back(credited[0]) if credited else None
            case _:
                last = Transaction.objects.filter(kind="hand", reversed_by=None).last()
                return last and ledger.reverse(transaction_id=last.pk, reason="test")


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
@pytest.mark.django_db
def test_every_report_agrees_with_the_ledger(steps: list[tuple[str, int, int, int, int]]) -> None:
    with transaction.atomic():
        room = Room()
        for step in steps:
            room.take(step)
        _check()
        transaction.set_rollback(True)


def _check() -> None:
    every_day = days(FIRST - timedelta(days=1), DAYS + 1)
    balances = {day: _by(read("balances", day)) for day in every_day}
    for day in every_day:
        _agree(day, day)
        for line in balances[day].values():
            moved = int(line["debits_units"]) - int(line["credits_units"])
            sign = 1 if line["normal_side"] == "debit" else -1
            assert int(line["opening_units"]) + sign * moved == int(line["closing_units"])
        for currency in {line["currency"] for line in balances[day].values()}:
            own = [line for line in balances[day].values() if line["currency"] == currency]
            assert total(own, "debits_units") == total(own, "credits_units")
    for day, next_day in pairwise(every_day):
        assert _column(balances[day], "closing_units") == _column(
            balances[next_day], "opening_units"
        )
    _agree(every_day[0], every_day[-1])
    now: Counter[tuple[str, str]] = Counter()
    for account in Account.objects.all():
        now[account.kind, account.currency] += account.balance
    assert _column(balances[every_day[-1]], "closing_units") == {k: v for k, v in now.items() if v}
    closed = {row["account"]: int(row["closing_units"]) for row in read("accounts", every_day[-1])}
    assert closed == {one.code: one.balance for one in Account.objects.all() if one.balance}


def _agree(first: date, last: date) -> None:
    """The files of a period with each other, and with the entries themselves."""
    journal, totals = read("journal", first, last), read("totals", first, last)
    balances, accounts = read("balances", first, last), read("accounts", first, last)
    entries = [
        entry
        for entry in Entry.objects.select_related("transaction", "account")
        if first <= entry.transaction.created_at.astimezone(SEOUL).date() <= last
    ]
    assert Counter(row["transaction"] for row in journal) == Counter(
        str(entry.transaction_id) for entry in entries
    )
    moved: Counter[tuple[str, str, str, str, str]] = Counter()
    for entry in entries:
        day = str(entry.transaction.created_at.astimezone(SEOUL).date())
        what = (entry.account.currency, entry.account.kind, entry.transaction.kind)
        moved[day, *what, SIDES[entry.side]] += entry.amount
    assert moved == {
        (*(row[name] for name in ("day", "currency", "account_kind", "transaction_kind")), side): n
        for row in totals
        for side in SIDES.values()
        if (n := int(row[f"{side}_units"]))
    }
    for row in totals:
        assert int(row["transactions"]) == len(
            {
                entry.transaction_id
                for entry in entries
                if (entry.transaction.kind, entry.account.kind, entry.account.currency)
                == (row["transaction_kind"], row["account_kind"], row["currency"])
                and str(entry.transaction.created_at.astimezone(SEOUL).date()) == row["day"]
            }
        )
    for key in {_key(row) for row in (*balances, *journal)}:
        for side, plural in (("debit", "debits"), ("credit", "credits")):
            sums = {
                total([row for row in rows if _key(row) == key], f"{column}_units")
                for rows, column in (
                    *((journal, side), (totals, plural)),
                    *((balances, plural), (accounts, plural)),
                )
            }
            assert len(sums) == 1, (key, side)
        for column in ("opening_units", "closing_units"):
            assert total([row for row in accounts if _key(row) == key], column) == total(
                [row for row in balances if _key(row) == key], column
            )
    _deposits_agree(first, last, totals)


def _deposits_agree(first: date, last: date, totals: list[Row]) -> None:
    deposits = read("deposits", first, last)
    for column, kind, currency, sign in (
        ("amount_krw", "position_cost", "KRW", 1),
        ("amount_units", "position", "BTC", -1),
        ("amount", "position", "BTC", -1),
    ):
        own = [row for row in totals if _key(row) == (kind, currency)]
        unit = "_units" if column.endswith("_units") else ""
        booked = total(own, f"debits{unit}") - total(own, f"credits{unit}")
        assert total(deposits, column) == sign * booked, column


def _key(row: Row) -> tuple[str, str]:
    return (row["account_kind"], row["currency"])


def _by(rows: list[Row]) -> dict[tuple[str, str], Row]:
    found = {_key(row): row for row in rows}
    assert len(found) == len(rows)
    return found


def _column(rows: dict[tuple[str, str], Row], column: str) -> dict[tuple[str, str], int]:
    return {key: int(Decimal(row[column])) for key, row in rows.items() if Decimal(row[column])}
