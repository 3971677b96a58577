"""Whoever leaves a stake and returns within two hours brings the chips back; no way around it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from tables import rathole, services
from tables.models import Departure, Shard, Sitting, Table
from tables.rathole import BuyInRefused, buy_in_range
from tables.runtime import settlement
from tables.runtime.bank import PayIn
from tests.runtime.guest import SHARDS, Guest, make_other_stake
from tests.wallet.house import at_once
from wallet import services as wallet
from wallet.errors import InsufficientFunds
from wallet.selectors import escrow_krw

pytestmark = pytest.mark.django_db(transaction=True)

BALANCE = 10_000_000


@pytest.fixture(autouse=True)
def _shard(transactional_db: None) -> None:
    Shard.objects.bulk_create(Shard(number=number, epoch=1) for number in range(SHARDS))


@pytest.fixture
def guest(users: list[User]) -> Guest:
    return Guest(users[0], users[1])


@pytest.fixture
def sister(table: Table) -> Table:
    """Another table of the same stake."""
    return Table.objects.create(name="Table 2", stake=table.stake)


@pytest.fixture
def other_stake(table: Table) -> Table:
    return make_other_stake()


def refusal(sit: Callable[[], Any]) -> tuple[str, dict[str, int]]:
    with pytest.raises(BuyInRefused) as caught:
        sit()
    return caught.value.code, caught.value.facts


def test_a_return_brings_what_was_left_with(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 8_000)
    code, facts = refusal(partial(guest.sit, table, 7_999))
    assert (code, facts) == ("rathole", {"min_krw": 8_000, "max_krw": 10_000})
    assert escrow_krw(table_id=table.pk).get(guest.id, 0) == 0
    assert Sitting.objects.filter(ended_at=None).count() == 0
    guest.sit(table, 8_000)


def test_more_than_the_largest_buy_in_comes_back_whole_and_not_more(
    table: Table, guest: Guest
) -> None:
    guest.played(table, 10_000, 30_000)
    assert refusal(partial(guest.sit, table, 10_000))[0] == "rathole"
    expected = ("buy_in_out_of_range", {"min_krw": 30_000, "max_krw": 30_000})
    assert refusal(partial(guest.sit, table, 30_001)) == expected
    guest.sit(table, 30_000)


def test_nobody_brings_more_or_less_than_the_range(table: Table, guest: Guest) -> None:
    expected = ("buy_in_out_of_range", {"min_krw": 2_000, "max_krw": 10_000})
    assert refusal(partial(guest.sit, table, 10_001)) == expected
    assert refusal(partial(guest.sit, table, 1_999)) == expected
    guest.sit(table, 10_000)


def test_two_hours_later_it_is_forgotten(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 30_000, ago=timedelta(minutes=119, seconds=50))
    assert buy_in_range(table=table, user_id=guest.id).least_krw == 30_000
    Departure.objects.update(at=timezone.now() - timedelta(minutes=120))
    assert buy_in_range(table=table, user_id=guest.id).least_krw == 2_000
    guest.sit(table, 2_000)


def test_the_two_hours_run_from_the_departure_and_not_from_its_settlement(
    table: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 30_000, ago=timedelta(minutes=121))
    guest.sit(table, 2_000)


def test_another_table_of_the_stake_is_no_way_around(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    assert refusal(partial(guest.sit, sister, 5_000))[0] == "rathole"
    guest.sit(sister, 9_000)
    guest.sit(table, 2_000)


def test_another_stake_is_another_game(table: Table, other_stake: Table, guest: Guest) -> None:
    guest.played(other_stake, 20_000, 50_000)
    guest.sit(table, 2_000)


def test_a_refused_buy_in_does_not_wipe_the_slate(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    for amount, at in ((2_000, table), (10_001, table), (8_999, sister), (1, sister)):
        assert refusal(partial(guest.sit, at, amount))
    assert refusal(partial(guest.sit, table, 8_999))[0] == "rathole"


def test_a_buy_in_that_the_balance_does_not_carry_does_not_wipe_the_slate(
    table: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    guest.keep(8_000)
    with pytest.raises(InsufficientFunds):
        guest.sit(table, 9_000)
    guest.take_back()
    assert refusal(partial(guest.sit, table, 8_000))[0] == "rathole"


def test_what_was_brought_back_and_lost_is_lost(table: Table, guest: Guest) -> None:
    guest.played(table, 3_000, 9_000)
    guest.played(table, 9_000, 2_500)
    assert refusal(partial(guest.sit, table, 2_400))[1]["min_krw"] == 2_500
    guest.sit(table, 2_500)


def test_leaving_at_once_again_owes_the_same(table: Table, guest: Guest) -> None:
    guest.played(table, 3_000, 9_000)
    guest.played(table, 9_000, 9_000)
    assert refusal(partial(guest.sit, table, 8_999))[1]["min_krw"] == 9_000


def test_who_left_without_chips_owes_nothing(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 0)
    assert Departure.objects.count() == 0
    guest.sit(table, 2_000)


def test_all_one_has_is_enough(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 9_000)
    guest.keep(6_000)
    expected = ("rathole", {"min_krw": 6_000, "max_krw": 10_000})
    assert refusal(partial(guest.sit, table, 5_999)) == expected
    guest.sit(table, 6_000)


def test_moving_the_balance_away_and_back_does_not_wipe_the_slate(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    guest.keep(2_000)
    guest.sit(table, 2_000)
    guest.take_back()
    assert refusal(partial(guest.sit, sister, 8_999))[1]["min_krw"] == 9_000
    guest.leave(table)
    assert refusal(partial(guest.sit, table, 2_000))[1]["min_krw"] == 9_000


def test_who_came_back_with_all_there_was_and_won_it_back_owes_the_new_amount_alone(
    table: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    guest.keep(4_000)
    guest.played(table, 4_000, 9_500)
    guest.take_back()
    guest.played(table, 9_500, 2_100)
    guest.sit(table, 2_100)


def test_who_came_back_with_less_and_left_with_less_owes_the_larger_once(
    table: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    guest.keep(4_000)
    guest.played(table, 4_000, 5_000)
    guest.take_back()
    guest.played(table, 9_000, 2_100)
    guest.sit(table, 2_100)


def test_chips_at_another_stake_do_not_make_it_less(
    table: Table, other_stake: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    guest.sit(other_stake, 20_000)
    assert refusal(partial(guest.sit, table, 8_999))[1]["min_krw"] == 9_000


def test_a_seat_held_meanwhile_at_a_sister_table_owes_nothing_but_a_return_does(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.sit(sister, 2_000)
    guest.played(table, 5_000, 9_000)
    guest.win(sister, 4_000)
    assert guest.leave(sister) == 6_000
    guest.sit(table, 9_000)
    assert refusal(partial(guest.sit, sister, 5_999))[1]["min_krw"] == 6_000
    guest.sit(sister, 6_000)


@pytest.mark.parametrize("returns_to", ["same", "sister"])
def test_a_departure_that_is_not_settled_yet_counts(
    table: Table, sister: Table, guest: Guest, returns_to: str
) -> None:
    guest.played(table, 5_000, 9_000, settled=False)
    target = table if returns_to == "same" else sister
    assert refusal(partial(guest.sit, target, 8_999))[1]["min_krw"] == 9_000
    assert settlement.unsettled_tables() == []
    guest.sit(target, 9_000)


def test_while_a_departure_cannot_be_settled_nobody_is_let_past(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000, settled=False)
    escrow = escrow_krw(table_id=table.pk)[guest.id]
    # The ledger refuses: the chips are not in the escrow any more.
    wallet.settle_hand(
        table_id=table.pk,
        hand_id="broken",
        net_krw={guest.id: -escrow, guest._bank: escrow},
        rake_krw=0,
    )
    assert refusal(partial(guest.sit, sister, 2_000)) == ("bank_unavailable", {})
    assert settlement.unsettled_tables() == [table.pk]
    assert not Sitting.objects.filter(table=sister).exists()


def test_of_two_returns_at_once_one_brings_it_back(
    table: Table, sister: Table, guest: Guest
) -> None:
    guest.played(table, 5_000, 9_000)
    sits = [partial(guest.sit, at, 2_000) for at in (table, sister) for _ in range(4)]
    assert {str(outcome) for outcome in at_once(sits)} == {"rathole"}
    first, second = at_once([partial(guest.sit, at, 9_000) for at in (table, sister)])
    assert {type(first), type(second)} == {str}
    assert Departure.objects.filter(brought_back_at=None).count() == 0


def test_two_departures_are_answered_by_two_returns(
    table: Table, sister: Table, guest: Guest
) -> None:
    # Owned by different runners, so that nothing but the player's account holds them apart.
    assert table.pk % SHARDS != sister.pk % SHARDS
    for _ in range(5):
        at_once([partial(guest.sit, at, 9_000) for at in (table, sister)])
        assert Departure.objects.filter(brought_back_at=None).count() == 0
        for at in (table, sister):
            guest.leave(at)
    guest.sit(table, 9_000)
    assert refusal(partial(guest.sit, sister, 8_999))[1]["min_krw"] == 9_000


def test_the_same_payment_asked_again_is_not_judged_again(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 9_000)
    key = guest.sit(table, 9_000)
    guest.sit(table, 9_000, key=key)
    assert Sitting.objects.filter(buy_in_id=key).count() == 1
    guest.leave(table)
    guest.keep(2_000)
    guest.sit(table, 9_000, key=key)
    assert escrow_krw(table_id=table.pk).get(guest.id, 0) == 0


def test_a_top_up_is_no_return(table: Table, sister: Table, guest: Guest) -> None:
    guest.sit(table, 2_000)
    guest.played(sister, 5_000, 9_000)
    job = PayIn(table.pk, guest.id, 500, "topup:1", seat=None, fresh=True)
    services.pay_in(job=job, shard=table.pk % SHARDS, epoch=1)
    assert escrow_krw(table_id=table.pk)[guest.id] == 2_500
    assert refusal(partial(guest.sit, sister, 2_000))[0] == "rathole"


def test_the_range_says_why_and_until_when(table: Table, guest: Guest) -> None:
    plain = buy_in_range(table=table, user_id=guest.id)
    assert (plain.least_krw, plain.most_krw, plain.balance_krw) == (2_000, 10_000, BALANCE)
    assert (plain.because_of_rathole, plain.until) == (False, None)
    guest.played(table, 5_000, 12_000)
    raised = buy_in_range(table=table, user_id=guest.id)
    assert (raised.least_krw, raised.most_krw) == (12_000, 12_000)
    assert raised.because_of_rathole
    assert raised.until == Departure.objects.get().at + rathole.WINDOW


def test_a_departure_below_the_smallest_buy_in_changes_nothing(table: Table, guest: Guest) -> None:
    guest.played(table, 5_000, 500)
    allowed = buy_in_range(table=table, user_id=guest.id)
    assert (allowed.least_krw, allowed.because_of_rathole) == (2_000, False)
