"""Everything that moves money, at once and in any order, on few accounts."""

import secrets
from collections import Counter
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction

from tests.wallet.house import at_once, balanced_books, make_player
from wallet import chart, movements
from wallet.errors import InsufficientFunds
from wallet.ledger import lock
from wallet.models import Transaction, Withdrawal
from wallet.services import buy_in, cash_out, settle_hand

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 40
ASSETS = ("BTC", "ETH", "USDT")
UNITS, KRW = 1_000, 1_000


def credit_and_reverse(number: int, user_id: int, asset: str) -> None:
    """A deposit that comes, goes away after it was credited, and comes again."""
    for nth, move in (
        (1, movements.credit_deposit),
        (1, movements.reverse_deposit),
        (2, movements.credit_deposit),
    ):
        with transaction.atomic():
            move(
                deposit_id=number,
                nth=nth,
                user_id=user_id,
                asset=asset,
                amount_units=UNITS,
                amount_krw=KRW,
            )


def quarantine(number: int, user_id: int, asset: str) -> None:
    """Coins that wait for staff, and are credited then."""
    movements.book_quarantine(deposit_id=number, nth=1, asset=asset, amount_units=UNITS)
    with transaction.atomic():
        movements.release_quarantine(
            deposit_id=number, user_id=user_id, asset=asset, amount_units=UNITS, amount_krw=KRW
        )


def hold_and_settle(number: int, user_id: int, asset: str) -> None:
    """Two withdrawals in one payment: one is asked for and released again beside them."""
    rows = [_withdrawal(user_id, asset) for _ in range(3)]
    for row in rows:
        movements.hold(str(row.public_id), user_id=user_id, amount_krw=KRW)
    movements.release(rows.pop())
    with transaction.atomic():
        movement = movements.Movement()
        for row in rows:
            movement.paid_out(row)
        native = "BTC" if asset == "BTC" else "ETH"
        movement.fee(native, 7, chart.custody("hot", native))
        lock(movement.sums)
        movement.post(number)


def play(number: int, user_id: int, asset: str, *, other: int) -> None:
    """Two players meet at a table, whose hand one of them wins."""
    for player in (user_id, other):
        buy_in(user_id=player, table_id=1, amount_krw=KRW, key=f"in:{number}:{player}")
    net_krw = {user_id: 90, other: -100}
    settle_hand(table_id=1, hand_id=str(number), net_krw=net_krw, rake_krw=10)
    cash_out(user_id=other, table_id=1, amount_krw=KRW - 100, key=f"out:{number}")


def test_whatever_moves_money_at_once_there_is_no_deadlock() -> None:
    players = [make_player(20_000) for _ in range(4)]
    # The order in which accounts were opened is the order in which they are locked: here not the
    # one in which anybody names them.
    for asset in reversed(ASSETS):
        chart.open_accounts([chart.position(asset)])
        chart.open_accounts([chart.custody("deposits", asset), chart.custody("hot", asset)])
        chart.open_accounts([chart.position_cost(asset)])
    jobs: list[Callable[[], object]] = []
    for number in range(1, ROUNDS + 1):
        user_id, asset = players[number % 4], ASSETS[number % 3]
        other = players[(number + 1) % 4]
        jobs += [
            partial(credit_and_reverse, number, user_id, asset),
            partial(quarantine, number, user_id, asset),
            partial(hold_and_settle, number, user_id, asset),
            partial(play, number, user_id, asset, other=other),
        ]
    secrets.SystemRandom().shuffle(jobs)
    outcomes = Counter(type(outcome) for outcome in at_once(jobs, threads=8))
    assert outcomes.keys() <= {type(None), InsufficientFunds}, outcomes
    # Each deposit three times, each quarantine twice, if nothing else.
    assert Transaction.objects.count() >= 5 * ROUNDS
    assert balanced_books()


def _withdrawal(user_id: int, asset: str) -> Withdrawal:
    return Withdrawal(
        public_id=uuid4(),
        user_id=user_id,
        asset=asset,
        amount_krw=KRW,
        fee_krw=30,
        amount_units=UNITS,
    )
