"""Limits: lower at once, higher after 24 hours; what they keep a player from."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wallet.house import at_once, execute, make_player, refused
from tests.wallet.withdrawals.house import rules, set_rate
from wallet import limits, movements
from wallet.errors import WalletError
from wallet.limits import errors, play
from wallet.limits.own import RAISED_AFTER, in_effect
from wallet.limits.periods import start_of
from wallet.models import (
    Deposit,
    DepositAddress,
    Identity,
    LimitKind,
    LimitPeriod,
    MoneyEvent,
    PlayerLimit,
    Transaction,
)
from wallet.selectors import balance_krw, escrow_krw
from wallet.services import buy_in, cash_out, settle_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Any:
    """What the tables would say, by user."""
    said: dict[int, limits.Played] = {}

    def played(*, user_id: int, since: datetime) -> limits.Played:
        return said.get(user_id, limits.Played())

    before = limits.register(played)
    yield said
    limits.register(before)


def loss_limit(user_id: int, value: int | None, period: str = "day") -> limits.LimitNow:
    return limits.set_limit(user_id=user_id, kind="loss", period=period, value=value)


def make_older(age: timedelta) -> None:
    execute("SET session_replication_role = replica")
    execute("UPDATE wallet_playerlimit SET effective_at = effective_at - %s", [age])
    execute("SET session_replication_role = origin")


def test_the_first_and_a_lower_limit_count_at_once() -> None:
    player = make_player()
    assert loss_limit(player, 100).value == 100
    assert loss_limit(player, 50).value == 50
    assert MoneyEvent.objects.filter(kind="limit_set", subject=f"user:{player}").count() == 2


def test_a_higher_limit_and_none_count_after_24_hours() -> None:
    player = make_player()
    loss_limit(player, 100)
    raised = loss_limit(player, 200)
    assert (raised.value, raised.next_value) == (100, 200)
    assert raised.next_at is not None
    assert timedelta(hours=23) < raised.next_at - timezone.now() <= RAISED_AFTER
    make_older(timedelta(hours=24))
    assert _current(player) == 200
    lifted = loss_limit(player, None)
    assert (lifted.value, lifted.next_value, lifted.next_at is None) == (200, None, False)
    make_older(timedelta(hours=24))
    assert _current(player) is None


def test_a_lower_limit_drops_the_higher_one_that_was_to_come() -> None:
    player = make_player()
    loss_limit(player, 100)
    loss_limit(player, 200)
    assert loss_limit(player, 100).next_at is None
    make_older(timedelta(hours=48))
    assert _current(player) == 100


def test_every_limit_is_listed_set_or_not() -> None:
    player = make_player()
    loss_limit(player, 100)
    found = limits.limits_of(user_id=player)
    assert len(found) == len(LimitKind) * len(LimitPeriod)
    assert [one.value for one in found if one.value is not None] == [100]


@pytest.mark.parametrize(
    ("kind", "period", "value"),
    [
        ("loss", "day", -1),
        ("loss", "day", True),
        ("loss", "day", 1.5),
        ("loss", "day", "5"),
        ("loss", "day", 10**15 + 1),
        ("time", "day", 1_441),
        ("time", "week", 10_081),
        ("wins", "day", 5),
        ("loss", "year", 5),
    ],
)
def test_what_is_no_limit_is_refused(kind: str, period: str, value: Any) -> None:
    with pytest.raises(errors.LimitInvalid):
        limits.set_limit(user_id=make_player(), kind=kind, period=period, value=value)


def test_what_was_set_is_not_rewritten() -> None:
    loss_limit(make_player(), 100)
    with refused("wallet_append_only"):
        execute("UPDATE wallet_playerlimit SET value = 10000")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 5))),
        max_size=12,
    )
)
def test_a_limit_never_rises_before_24_hours_whatever_is_set(
    asked: list[tuple[int, int | None]],
) -> None:
    """At no time may a player do more than any value set within the last 24 hours allows."""
    began = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    rows: list[PlayerLimit] = []
    hour = 0
    said: list[tuple[datetime, int | None]] = []
    for wait, value in asked:
        hour += wait
        at = began + timedelta(hours=hour)
        current = in_effect(rows, at)
        raises = current is not None and (value is None or value > current)
        rows.append(PlayerLimit(value=value, effective_at=at + RAISED_AFTER if raises else at))
        said.append((at, value))
        now = in_effect(rows, at)
        assert _as_number(now) <= _as_number(value)
        assert _as_number(now) <= _as_number(current)
    for later in range(hour + 60):
        at = began + timedelta(hours=later)
        known = [row for row, (when, _) in zip(rows, said, strict=True) if when <= at]
        recent = [value for when, value in said if at - RAISED_AFTER < when <= at]
        assert all(_as_number(in_effect(known, at)) <= _as_number(value) for value in recent)
    if said and hour:
        # In the end what was said last is what counts.
        assert in_effect(rows, began + timedelta(hours=hour + 25)) == said[-1][1]


def _as_number(value: int | None) -> float:
    return float("inf") if value is None else value


def _current(player: int) -> int | None:
    (found,) = [
        one
        for one in limits.limits_of(user_id=player)
        if (one.kind, one.period) == (LimitKind.LOSS, LimitPeriod.DAY)
    ]
    return found.value


# At the tables


def test_without_limits_a_buy_in_takes_one_query_more(django_assert_num_queries: Any) -> None:
    player = make_player(10_000)
    buy_in(user_id=player, table_id=1, amount_krw=1, key="in")
    with django_assert_num_queries(4, connection=connection):  # savepoint, check, post, release
        buy_in(user_id=player, table_id=1, amount_krw=1, key="in2")


def test_no_more_is_brought_than_may_be_lost(record: Any) -> None:
    player, rival = make_player(10_000), make_player(10_000)
    loss_limit(player, 1_000)
    buy_in(user_id=player, table_id=1, amount_krw=600, key="in")
    with pytest.raises(errors.LossLimit) as caught:
        buy_in(user_id=player, table_id=2, amount_krw=401, key="in2")
    assert caught.value.facts == {"max_krw": 400}
    buy_in(user_id=rival, table_id=1, amount_krw=600, key="in3")
    # 600 are lost: they count, though they no longer lie on a table.
    settle_hand(table_id=1, hand_id="h", net_krw={player: -600, rival: 600}, rake_krw=0)
    record[player] = limits.Played(net_krw=-600)
    with pytest.raises(errors.LossLimit):
        buy_in(user_id=player, table_id=2, amount_krw=401, key="in2")
    buy_in(user_id=player, table_id=2, amount_krw=400, key="in2")
    # Taking chips off a table makes room again.
    cash_out(user_id=player, table_id=2, amount_krw=400, key="out")
    buy_in(user_id=player, table_id=2, amount_krw=400, key="in4")
    assert balance_krw(user_id=player) == 9_000


def test_winnings_may_be_lost_again(record: Any) -> None:
    player = make_player(10_000)
    loss_limit(player, 1_000)
    record[player] = limits.Played(net_krw=500)
    buy_in(user_id=player, table_id=1, amount_krw=1_500, key="in")
    with pytest.raises(errors.LossLimit):
        buy_in(user_id=player, table_id=1, amount_krw=1, key="in2")


def test_what_was_paid_before_the_limit_is_paid(record: Any) -> None:
    """Whoever takes a table over asks again, and gets the same answer."""
    player = make_player(10_000)
    first = buy_in(user_id=player, table_id=1, amount_krw=600, key="in")
    loss_limit(player, 0)
    limits.exclude(user_id=player, until=None)
    assert buy_in(user_id=player, table_id=1, amount_krw=600, key="in") == first
    assert escrow_krw(table_id=1) == {player: 600}


@pytest.mark.django_db(transaction=True)
def test_two_buy_ins_at_once_count_each_other(record: Any) -> None:
    player = make_player(10_000)
    loss_limit(player, 1_000)
    jobs = [
        partial(buy_in, user_id=player, table_id=number, amount_krw=300, key=f"in{number}")
        for number in range(10)
    ]
    outcomes = at_once(jobs)
    assert sum(isinstance(outcome, Transaction) for outcome in outcomes) == 3
    assert balance_krw(user_id=player) == 9_100


def test_when_the_time_is_up_nothing_is_brought_and_seats_are_left(record: Any) -> None:
    player = make_player(10_000)
    limits.set_limit(user_id=player, kind="time", period="week", value=60)
    record[player] = limits.Played(minutes=59)
    buy_in(user_id=player, table_id=1, amount_krw=100, key="in")
    assert limits.players_over_time() == []
    record[player] = limits.Played(minutes=60)
    with pytest.raises(errors.TimeLimit):
        buy_in(user_id=player, table_id=1, amount_krw=100, key="in2")
    with pytest.raises(errors.TimeLimit):
        limits.check_play(user_id=player)
    assert limits.players_over_time() == [player]
    cash_out(user_id=player, table_id=1, amount_krw=100, key="out")
    assert limits.players_over_time() == []


def test_without_a_record_of_play_nobody_played() -> None:
    assert play._nobody_played(user_id=1, since=timezone.now()) == limits.Played(0, 0)


def test_a_deposit_limit_hides_the_addresses_when_it_is_reached() -> None:
    player = make_player()
    limits.set_limit(user_id=player, kind="deposit", period="month", value=150_000)
    limits.check_deposit(user_id=player)
    deposited(player)
    limits.check_deposit(user_id=player, amount_krw=50_000)
    with pytest.raises(errors.DepositLimit) as caught:
        limits.check_deposit(user_id=player, amount_krw=50_001)
    assert caught.value.facts == {"max_krw": 50_000}
    deposited(player)
    with pytest.raises(errors.DepositLimit):
        limits.check_deposit(user_id=player)
    rules(deposits_open=False)
    with pytest.raises(errors.DepositsClosed):
        limits.check_deposit(user_id=player)


def test_deposits_may_need_an_identity() -> None:
    player = make_player()
    rules(deposit_identity_level=1)
    with pytest.raises(errors.IdentityNeeded):
        limits.check_deposit(user_id=player)
    Identity.objects.create(user_id=player, level=1)
    limits.check_deposit(user_id=player)


def deposited(user_id: int) -> None:
    """100,000 won were credited just now."""
    number = Deposit.objects.count()
    address, _ = DepositAddress.objects.get_or_create(
        user_id=user_id, network="bitcoin", derivation_index=0, address="a"
    )
    deposit = Deposit(
        user_id=user_id,
        address=address,
        network="bitcoin",
        asset="BTC",
        txid=f"{number:064x}",
        place="vout:0",
        amount_units=100_000,
        state="credited",
        credited_at=timezone.now(),
        amount_krw=100_000,
        rate=set_rate("BTC"),
    )
    deposit.transaction = movements.credit_deposit(
        deposit_id=number,
        nth=1,
        user_id=user_id,
        asset="BTC",
        amount_units=100_000,
        amount_krw=100_000,
    )
    deposit.save()


def test_who_is_too_young_does_not_play() -> None:
    player = make_player(10_000)
    today = timezone.localdate()
    Identity.objects.create(user_id=player, born_on=today.replace(year=today.year - 18, day=1))
    for check in (limits.check_play, limits.check_deposit):
        with pytest.raises(errors.TooYoung):
            check(user_id=player)
    with pytest.raises(errors.TooYoung):
        buy_in(user_id=player, table_id=1, amount_krw=100, key="in")
    Identity.objects.update(born_on=today.replace(year=today.year - 19, day=1))
    buy_in(user_id=player, table_id=1, amount_krw=100, key="in")


def test_periods_begin_at_midnight_on_monday_and_on_the_first() -> None:
    seoul = timezone.get_default_timezone()
    thursday = datetime(2026, 11, 26, 0, 30, tzinfo=seoul)
    assert start_of("day", thursday) == datetime(2026, 11, 26, tzinfo=seoul)
    assert start_of("week", thursday) == datetime(2026, 11, 23, tzinfo=seoul)
    assert start_of("month", thursday) == datetime(2026, 11, 1, tzinfo=seoul)


def test_every_refusal_has_its_own_code_and_a_sentence() -> None:
    kinds: list[type[WalletError]] = [
        *errors.PlayRefused.__subclasses__(),
        *errors.LimitRefused.__subclasses__(),
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind().message.endswith(".") for kind in kinds)
