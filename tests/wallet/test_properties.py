"""Whatever is posted, in whatever order: money is conserved and nobody is below zero."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wallet.house import balanced_books, execute, give, make_player
from wallet import chart
from wallet.errors import InsufficientFunds
from wallet.ledger import credit, debit, post, reverse
from wallet.models import Account, Transaction

PLAYERS = 4
START_KRW = 1_000

# Signed amounts of a transaction by player; the last player's amount makes the sum zero.
movements = st.lists(
    st.lists(st.integers(-900, 900), min_size=PLAYERS - 1, max_size=PLAYERS - 1),
    min_size=1,
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(movements=movements, reversed_ones=st.sets(st.integers(0, 11)))
def test_money_is_conserved_and_never_below_zero(
    movements: list[list[int]], reversed_ones: set[int]
) -> None:
    with transaction.atomic():
        _play(movements, reversed_ones)
        transaction.set_rollback(True)


def _play(movements: list[list[int]], reversed_ones: set[int]) -> None:
    players = [make_player() for _ in range(PLAYERS)]
    model = dict.fromkeys(players, START_KRW)
    for player in players:
        give(player, START_KRW)
    done: list[tuple[Transaction, dict[int, int]]] = []
    for number, amounts in enumerate(movements):
        nets = dict(zip(players, [*amounts, -sum(amounts)], strict=True))
        moved = _expect(model, nets, partial(_post, nets, number))
        if moved is not None:
            done.append((moved, nets))
    for number, (moved, nets) in enumerate(done):
        if number in reversed_ones:
            back = {player: -net for player, net in nets.items()}
            _expect(model, back, partial(reverse, transaction_id=moved.pk, reason="test"))
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")
    balances = {
        account.user_id: account.balance
        for account in Account.objects.filter(kind="player", user_id__in=players)
    }
    assert balances == model
    assert min(balances.values()) >= 0
    assert balanced_books()


def _expect(
    model: dict[int, int], nets: dict[int, int], action: Callable[[], Transaction]
) -> Transaction | None:
    """Do it in the ledger and in the model; the ledger refuses exactly where the model would."""
    if not any(nets.values()):
        return None
    enough = all(model[player] + net >= 0 for player, net in nets.items())
    try:
        with transaction.atomic():
            moved = action()
    except InsufficientFunds:
        assert not enough
        return None
    assert enough
    for player, net in nets.items():
        model[player] += net
    return moved


def _post(nets: dict[int, int], number: int) -> Transaction:
    postings = [
        (credit if net > 0 else debit)(chart.player(player), abs(net))
        for player, net in nets.items()
        if net
    ]
    return post(kind="test", key=f"test:{number}", postings=postings)
