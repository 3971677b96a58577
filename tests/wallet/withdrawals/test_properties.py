"""Whatever players, staff and time do: what is held is what is under way, and nothing is lost."""

from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wallet.withdrawals.house import address_of, ask, member_of_staff, player_with, rules
from wallet import chart, movements, withdrawals
from wallet.assets import units_for
from wallet.errors import WalletError
from wallet.models import Withdrawal
from wallet.selectors import balance_krw
from wallet.withdrawals.states import CLOSED, WAYS

pytestmark = pytest.mark.django_db

BEGIN_KRW = 5_000_000

DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(-1, 3_000_000)),
        st.tuples(st.sampled_from(["cancel", "approve", "reject", "fail"]), st.integers(0, 5)),
        st.tuples(st.sampled_from(["close", "open", "advance"]), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(DEEDS)
def test_held_is_what_is_under_way(deeds: list[tuple[str, int]]) -> None:
    player, staff = player_with(BEGIN_KRW), member_of_staff()
    address_of(player)
    rules(withdrawals_open=True)
    for deed, value in deeds:
        with suppress(WalletError):
            _do(deed, value, player, staff)
        rows = Withdrawal.objects.filter(user=player)
        under_way = rows.exclude(state__in=CLOSED).aggregate(total=Sum("amount_krw"))["total"]
        held_krw = movements.balance(chart.held(player.pk))
        assert held_krw == int(under_way or 0)
        assert balance_krw(user_id=player.pk) + held_krw == BEGIN_KRW
        for row in rows:
            assert row.content_hash == withdrawals.content_hash(row)
            path = list(row.events.order_by("id").values_list("state", flat=True))
            assert path[-1] == row.state
            assert all(
                after in WAYS[before]  # type: ignore[index]
                for before, after in pairwise(path)
            )


def _do(deed: str, value: int, player: Any, staff: Any) -> None:
    rows = list(Withdrawal.objects.filter(user=player).order_by("id"))
    match deed:
        case "ask":
            ask(player, value)
        case "close" | "open":
            rules(withdrawals_open=deed == "open")
        case "advance":
            withdrawals.advance()
        case _ if value < len(rows):
            row = rows[value]
            if deed == "cancel":
                withdrawals.cancel(user=player, public_id=row.public_id)
            elif deed == "fail":
                withdrawals.mark(row, "signed")
                withdrawals.mark(row, "failed", reason="reverted")
            else:
                decide = withdrawals.approve if deed == "approve" else withdrawals.reject
                decide(staff=staff, public_id=row.public_id, content_hash=row.content_hash)


@settings(max_examples=100, deadline=None)
@given(st.integers(10_000, 10**9), st.sampled_from(["BTC", "ETH", "USDT", "USDC"]))
def test_coins_of_a_quote_are_never_worth_more_than_was_paid(amount_krw: int, asset: str) -> None:
    most = 10**9
    rules(user_hour_krw=most, user_day_krw=most, house_hour_krw=most, house_day_krw=most)
    offer = withdrawals.quote(user=_somebody(), asset=asset, amount_krw=amount_krw)
    paid_krw = amount_krw - offer.fee_krw
    assert offer.amount_units == units_for(asset, paid_krw, offer.rate.ask_krw)
    one = {"BTC": 10**8, "ETH": 10**18}.get(asset, 10**6)
    assert offer.amount_units * offer.rate.ask_krw <= paid_krw * one
    assert (offer.amount_units + 1) * offer.rate.ask_krw > paid_krw * one


def _somebody() -> Any:
    return player_with(0)
