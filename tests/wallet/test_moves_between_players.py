"""Won goes from one player to another by hands alone."""

from collections.abc import Callable

import pytest

from tests.wallet.house import make_player
from wallet import chart
from wallet.invariants import check_ledger
from wallet.ledger import credit, debit, post, reverse
from wallet.models import Policy
from wallet.policies import policy
from wallet.provenance import EVERYTHING, without_origin
from wallet.reconciliation import reconcile
from wallet.services import buy_in, cash_out, settle_hand

pytestmark = pytest.mark.django_db

GIFT_KRW = 1_000
TABLE = 7
Gift = Callable[[int, int], None]


def a_present(giver: int, taker: int) -> None:
    move("gift", giver, taker)


def a_hand_without_a_table(giver: int, taker: int) -> None:
    move("hand", giver, taker)


def a_grant(giver: int, taker: int) -> None:
    move("play_grant", giver, taker)


def a_payment(giver: int, taker: int) -> None:
    move("payment", giver, taker)


def a_deposit(giver: int, taker: int) -> None:
    move("deposit", giver, taker)


def a_sitting_of_another(giver: int, taker: int) -> None:
    """Brought by one, in the name of the other."""
    post(
        kind="buy_in",
        key="forged",
        postings=[
            debit(chart.player(giver), GIFT_KRW),
            credit(chart.escrow(TABLE, taker), GIFT_KRW),
        ],
    )
    cash_out(user_id=taker, table_id=TABLE, amount_krw=GIFT_KRW, key="out")


def a_cash_out_of_another(giver: int, taker: int) -> None:
    buy_in(user_id=giver, table_id=TABLE, amount_krw=GIFT_KRW, key="in")
    post(
        kind="cash_out",
        key="forged",
        postings=[
            debit(chart.escrow(TABLE, giver), GIFT_KRW),
            credit(chart.player(taker), GIFT_KRW),
        ],
    )


def move(kind: str, giver: int, taker: int) -> None:
    post(
        kind=kind,
        key=f"{kind}:forged",
        postings=[debit(chart.player(giver), GIFT_KRW), credit(chart.player(taker), GIFT_KRW)],
    )


GIFTS = (
    a_present,
    a_hand_without_a_table,
    a_grant,
    a_payment,
    a_deposit,
    a_sitting_of_another,
    a_cash_out_of_another,
)


@pytest.mark.parametrize("gift", GIFTS)
def test_a_gift_is_found_before_its_taker_is_paid_and_by_every_comparison(gift: Gift) -> None:
    policy()
    giver, taker = make_player(5 * GIFT_KRW), make_player(5 * GIFT_KRW)
    gift(giver, taker)
    assert without_origin(players=[taker])
    found = [check.discrepancies for check in check_ledger() if check.discrepancies]
    assert found == [without_origin(newer_than=EVERYTHING)]
    run = reconcile()
    assert (run.is_ok, run.report["unfounded"]) == (False, found[0])
    assert not Policy.objects.get().withdrawals_open


@pytest.mark.parametrize("kind", ["gift", "buy_in", "cash_out"])
def test_chips_that_change_their_owner_at_a_table_without_a_hand_are_found(kind: str) -> None:
    giver, taker = make_player(5 * GIFT_KRW), make_player()
    buy_in(user_id=giver, table_id=TABLE, amount_krw=GIFT_KRW, key="in")
    post(
        kind=kind,
        key="forged",
        postings=[
            debit(chart.escrow(TABLE, giver), GIFT_KRW),
            credit(chart.escrow(TABLE, taker), GIFT_KRW),
        ],
    )
    assert without_origin(newer_than=EVERYTHING)


def test_the_game_has_its_own_books() -> None:
    winner, loser = make_player(10_000), make_player(10_000)
    for player in (winner, loser):
        buy_in(user_id=player, table_id=1, amount_krw=5_000, key=f"in:{player}")
    settle_hand(table_id=1, hand_id="h", net_krw={winner: 950, loser: -1_000}, rake_krw=50)
    paid = cash_out(user_id=winner, table_id=1, amount_krw=5_950, key="out")
    reverse(transaction_id=paid.pk, reason="paid out too early")
    assert without_origin(players=[winner, loser], newer_than=EVERYTHING) == []
