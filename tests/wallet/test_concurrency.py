"""Many at once, on connections of their own."""

import secrets
from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction

from tests.wallet.house import at_once, execute, make_player
from wallet import chart
from wallet.errors import AlreadyReversed, IdempotencyConflict, InsufficientFunds
from wallet.invariants import check_ledger
from wallet.ledger import lock, reverse
from wallet.models import Transaction
from wallet.selectors import balance_krw, escrow_krw
from wallet.services import buy_in, cash_out, settle_hand

pytestmark = pytest.mark.django_db(transaction=True)


def money_is_right() -> bool:
    return not any(check.discrepancies for check in check_ledger())


def test_sixty_holds_of_a_tenth_give_exactly_ten() -> None:
    user_id = make_player(1_000_000)
    jobs = [
        partial(buy_in, user_id=user_id, table_id=1, amount_krw=100_000, key=f"hold:{number}")
        for number in range(60)
    ]
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert outcomes == {Transaction: 10, InsufficientFunds: 50}
    assert balance_krw(user_id=user_id) == 0
    assert escrow_krw(table_id=1) == {user_id: 1_000_000}
    assert money_is_right()


def test_one_key_at_once_is_one_transaction() -> None:
    user_id = make_player(1_000_000)
    job = partial(buy_in, user_id=user_id, table_id=1, amount_krw=100, key="once")
    outcomes = at_once([job] * 40)
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert balance_krw(user_id=user_id) == 999_900


def test_one_key_at_once_with_other_content_is_one_transaction_and_conflicts() -> None:
    user_id = make_player(1_000_000)
    jobs = [
        partial(buy_in, user_id=user_id, table_id=1, amount_krw=100 + number % 2, key="once")
        for number in range(20)
    ]
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert outcomes == {Transaction: 10, IdempotencyConflict: 10}
    assert Transaction.objects.filter(key="once").count() == 1


def test_a_key_waits_for_the_transaction_that_has_it() -> None:
    """The second sees the first's outcome, not its absence: committed or gone."""
    user_id = make_player(1_000)
    hold = partial(buy_in, user_id=user_id, table_id=1, amount_krw=100, key="once")
    with transaction.atomic():
        hold()
        (waiting,) = at_once([partial(_with_timeout, hold)])
        assert "lock timeout" in str(waiting)
        transaction.set_rollback(True)
    (done,) = at_once([hold])
    assert isinstance(done, Transaction)
    assert balance_krw(user_id=user_id) == 900


def _with_timeout(job: partial[Transaction]) -> Transaction:
    with transaction.atomic():
        execute("SET LOCAL lock_timeout = '300ms'")
        return job()


def test_a_transaction_is_reversed_once_by_whoever_asks() -> None:
    user_id = make_player(1_000)
    held = buy_in(user_id=user_id, table_id=1, amount_krw=100, key="in")
    jobs = [
        partial(reverse, transaction_id=held.pk, reason=f"reason {number}") for number in range(8)
    ]
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert outcomes == {Transaction: 1, AlreadyReversed: 7}
    assert balance_krw(user_id=user_id) == 1_000


def test_hands_cross_each_other_without_a_deadlock() -> None:
    players = [make_player(100_000) for _ in range(6)]
    for player in players:
        buy_in(user_id=player, table_id=1, amount_krw=100_000, key=f"in:{player}")
    jobs = []
    for number in range(200):
        a, b = players[number % 6], players[(number * 5 + 1) % 6]
        net = {a: -7, b: 6} if a != b else {a: -7, players[(number + 1) % 6]: 6}
        jobs.append(partial(settle_hand, table_id=1, hand_id=str(number), net_krw=net, rake_krw=1))
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert outcomes == {Transaction: 200}
    assert sum(escrow_krw(table_id=1).values()) == 600_000 - 200
    assert money_is_right()


def test_accounts_are_opened_at_once_by_many() -> None:
    players = [make_player(1_000) for _ in range(4)]
    jobs = [
        partial(buy_in, user_id=players[number % 4], table_id=7, amount_krw=10, key=f"in:{number}")
        for number in range(40)
    ]
    assert {type(outcome) for outcome in at_once(jobs)} == {Transaction}
    assert escrow_krw(table_id=7) == dict.fromkeys(players, 100)


def test_who_posts_twice_in_a_transaction_locks_first() -> None:
    """Two who would post on the same accounts in opposite orders."""
    a, b = make_player(10_000), make_player(10_000)

    def move(first: int, second: int) -> None:
        with transaction.atomic():
            lock([chart.player(a), chart.player(b), chart.escrow(1, a), chart.escrow(1, b)])
            for user_id in (first, second):
                buy_in(user_id=user_id, table_id=1, amount_krw=1, key=secrets.token_hex(8))

    jobs = [partial(move, *((a, b) if number % 2 else (b, a))) for number in range(40)]
    assert at_once(jobs) == [None] * 40
    assert escrow_krw(table_id=1) == {a: 40, b: 40}


def test_a_commit_checks_what_was_deferred() -> None:
    """No caller has to ask for it: an empty transaction does not survive its commit."""
    with pytest.raises(Exception, match="has no entries"), transaction.atomic():
        execute(
            """INSERT INTO wallet_transaction (kind, key, content_hash, meta)
            VALUES ('test', 'k', 'h', '{}')"""
        )
    assert not connection.in_atomic_block
    assert not Transaction.objects.filter(key="k").exists()


def test_buy_ins_and_cash_outs_of_one_player_at_two_tables() -> None:
    user_id = make_player(10_000)
    for table_id in (1, 2):
        buy_in(user_id=user_id, table_id=table_id, amount_krw=5_000, key=f"in:{table_id}")
    jobs = []
    for number in range(60):
        here, there = (1, 2) if number % 2 else (2, 1)
        jobs.append(
            partial(cash_out, user_id=user_id, table_id=here, amount_krw=50, key=f"out:{number}")
        )
        jobs.append(
            partial(buy_in, user_id=user_id, table_id=there, amount_krw=50, key=f"again:{number}")
        )
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert set(outcomes) <= {Transaction, InsufficientFunds}
    assert (
        balance_krw(user_id=user_id)
        + sum(escrow.get(user_id, 0) for escrow in (escrow_krw(table_id=1), escrow_krw(table_id=2)))
        == 10_000
    )
    assert money_is_right()
