"""What a player's own ceilings leave: told beforehand, and refused at the offer, with a time."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.pages.conftest import browser, html, told
from tests.wallet.withdrawals.house import address_of, ask, player_with, rules, time_passes
from wallet import withdrawals
from wallet.models import Withdrawal, WithdrawalQuote


def shown(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d %b %Y, %H:%M} KST"


def whole_minute(at: datetime) -> datetime:
    """The first that is not before it."""
    return (at - timedelta(microseconds=1)).replace(second=0, microsecond=0) + timedelta(minutes=1)


def refused(user: User, amount_krw: int) -> str:
    sent = {"amount_krw": str(amount_krw), "payout": f"BTC:{address_of(user).pk}"}
    quotes = WithdrawalQuote.objects.count()
    (message,) = told(browser(user).post(reverse("wallet-withdraw"), sent))
    assert WithdrawalQuote.objects.count() == quotes
    return message


def told_in_rest(user: User) -> tuple[int, int, str | None]:
    found = browser(user).get("/api/v1/wallet/").json()
    names = ("withdrawable_hour_krw", "withdrawable_day_krw", "withdrawable_more_at")
    hour_krw, day_krw, more_at = (found[name] for name in names)
    return hour_krw, day_krw, more_at


@pytest.mark.parametrize("balance_krw", [50_000_000, 1_000_000])
def test_all_is_no_more_than_the_ceilings_leave(balance_krw: int) -> None:
    user = player_with(balance_krw)
    address_of(user)
    page = html(browser(user).get(reverse("wallet-withdraw")))
    assert f'data-amount="{min(balance_krw, 20_000_000)}"' in page
    for text in ("Left within an hour", "₩20,000,000", "Left within 24 hours", "₩100,000,000"):
        assert text in page
    assert "More from" not in page


def test_a_ceiling_that_nothing_used_yet(mina: User) -> None:
    rules(user_hour_krw=200_000, user_day_krw=300_000)
    assert refused(mina, 200_001) == (
        "You can withdraw at most ₩200,000 at the moment. Choose less."
    )
    assert told_in_rest(mina) == (200_000, 300_000, None)


def test_what_is_left_and_when_more(mina: User) -> None:
    rules(user_hour_krw=200_000, user_day_krw=300_000)
    first = ask(mina, 150_000)
    in_an_hour = whole_minute(first.requested_at + timedelta(hours=1))
    assert refused(mina, 50_001) == (
        f"You can withdraw ₩50,000 now, and more from {shown(in_an_hour)}."
    )
    page = html(browser(mina).get(reverse("wallet-withdraw")))
    assert 'data-amount="50000"' in page
    assert shown(in_an_hour) in page
    hour_krw, day_krw, more_at = told_in_rest(mina)
    assert (hour_krw, day_krw) == (50_000, 150_000)
    assert datetime.fromisoformat(str(more_at)) == in_an_hour
    time_passes(first, hours=2)
    second = ask(mina, 150_000)
    # The day's first withdrawal is what keeps it down now.
    first.refresh_from_db()
    in_a_day = whole_minute(first.requested_at + timedelta(days=1))
    assert told_in_rest(mina)[:2] == (50_000, 0)
    assert refused(mina, 10_000) == (
        f"You have reached the limit for withdrawals: more is possible from {shown(in_a_day)}."
    )
    # What was given back does not count.
    withdrawals.cancel(user=mina, public_id=second.public_id)
    assert told_in_rest(mina)[:2] == (200_000, 150_000)


def test_the_houses_ceilings_are_told_to_nobody(mina: User, haru: User) -> None:
    rules(
        user_hour_krw=200_000, user_day_krw=300_000, house_hour_krw=200_000, house_day_krw=999_999
    )
    ask(haru, 150_000)
    page = html(browser(mina).get(reverse("wallet-withdraw")))
    assert "₩999,999" not in page
    assert told_in_rest(mina) == (200_000, 300_000, None)
    offer = withdrawals.quote(user=mina, asset="BTC", amount_krw=60_000)
    url = reverse("wallet-quote", args=[offer.public_id, address_of(mina).pk])
    assert told(browser(mina).post(url)) == [
        "Too much is being withdrawn at the moment. Please try again later."
    ]
    assert not Withdrawal.objects.filter(user=mina).exists()
