"""Asking for a withdrawal: what is promised, what is held, and once is once."""

import uuid
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tests.wallet.house import at_once, balanced_books, execute
from tests.wallet.withdrawals.house import (
    BITCOIN,
    ETHEREUM,
    address_of,
    ask,
    let_lapse,
    player_with,
    rules,
    set_rate,
)
from wallet import chart, movements, withdrawals
from wallet.errors import IdempotencyConflict, InsufficientFunds, InvalidAmount, KeyInvalid
from wallet.keys.errors import AddressRefused
from wallet.limits.errors import IdentityNeeded
from wallet.models import AssetPolicy, Identity, MoneyEvent, Withdrawal, WithdrawalQuote
from wallet.policies import asset_policy
from wallet.rates.errors import NoRate
from wallet.selectors import balance_krw
from wallet.services import buy_in
from wallet.withdrawals import errors

pytestmark = pytest.mark.django_db


def held_krw(user_id: int) -> int:
    return movements.balance(chart.held(user_id))


def test_a_quote_locks_the_rate_and_rounds_coins_down() -> None:
    player = player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    assert (offer.fee_krw, int(offer.rate.ask_krw)) == (3_000, 101_000_000)
    # 97,000 won at 101,000,000 won a coin are 96,039.6 satoshi.
    assert offer.amount_units == 96_039
    assert offer.expires_at - timezone.now() > timedelta(seconds=58)
    set_rate("BTC", mid_krw=50_000_000)
    entry = address_of(player)
    asked = withdrawals.request(
        user=player, quote_id=offer.public_id, payout_address_id=entry.pk, key="k"
    )
    assert (asked.amount_units, asked.amount_krw, asked.fee_krw) == (96_039, 100_000, 3_000)
    assert (asked.address, asked.network, asked.state) == (BITCOIN, "bitcoin", "approved")


@pytest.mark.parametrize("amount", [0, -1, -100_000, True, 10_000.5, "100000", None, 10**15 + 1])
def test_what_is_no_whole_amount_is_refused(amount: Any) -> None:
    with pytest.raises(InvalidAmount):
        withdrawals.quote(user=player_with(), asset="BTC", amount_krw=amount)


def test_the_minimum_is_the_houses_and_the_fee_must_leave_something() -> None:
    player = player_with()
    with pytest.raises(errors.BelowMinimum):
        withdrawals.quote(user=player, asset="BTC", amount_krw=9_999)
    assert withdrawals.quote(user=player, asset="BTC", amount_krw=10_000).amount_krw == 10_000
    rules(min_withdrawal_krw=1)
    with pytest.raises(errors.BelowMinimum):
        withdrawals.quote(user=player, asset="BTC", amount_krw=3_000)
    with pytest.raises(errors.BelowMinimum, match="units"):  # 98 satoshi are dust
        withdrawals.quote(user=player, asset="BTC", amount_krw=3_100)


@pytest.mark.parametrize("asset", ["KRW", "DOGE", "btc", "", None])
def test_an_unknown_asset_is_refused(asset: Any) -> None:
    with pytest.raises(errors.AssetNotOffered):
        withdrawals.quote(user=player_with(), asset=asset, amount_krw=100_000)


def test_an_asset_without_node_or_contract_or_switched_off_is_refused(settings: Any) -> None:
    player = player_with()
    settings.USDT_CONTRACT = settings.BITCOIN_RPC_URL = ""
    asset_policy("USDC")
    AssetPolicy.objects.filter(asset="USDC").update(is_open=False)
    for asset in ("USDT", "BTC", "USDC"):
        with pytest.raises(errors.AssetNotOffered):
            withdrawals.quote(user=player, asset=asset, amount_krw=100_000)
    assert withdrawals.quote(user=player, asset="ETH", amount_krw=100_000).asset == "ETH"


def test_without_a_rate_there_is_no_quote() -> None:
    rules(source_max_age_s=0)
    with pytest.raises(NoRate):
        withdrawals.quote(user=player_with(), asset="BTC", amount_krw=100_000)


def test_the_hold_is_the_whole_amount_and_the_withdrawal_is_told() -> None:
    player = player_with(100_000)
    asked = ask(player)
    assert (balance_krw(user_id=player.pk), held_krw(player.pk)) == (0, 100_000)
    assert asked.hold.key == f"withdrawal:{asked.public_id}"
    (event,) = asked.events.all()
    assert (event.state, event.actor, event.details["flags"]) == ("approved", player, asked.flags)
    told = MoneyEvent.objects.get(subject=str(asked.public_id))
    assert told.kind == "withdrawal_approved"
    assert told.payload["content_hash"] == withdrawals.content_hash(asked) == asked.content_hash
    assert balanced_books()


def test_more_than_one_has_is_refused_and_nothing_is_left_behind() -> None:
    player = player_with(99_999)
    with pytest.raises(InsufficientFunds):
        ask(player)
    assert balance_krw(user_id=player.pk) == 99_999
    assert not Withdrawal.objects.exists()


def test_one_key_is_one_withdrawal() -> None:
    player = player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    again = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    entry = address_of(player)
    job = partial(withdrawals.request, user=player, payout_address_id=entry.pk, key="k")
    first = job(quote_id=offer.public_id)
    # Also when the quote is over, and withdrawals are closed meanwhile.
    rules(withdrawals_open=False)
    assert job(quote_id=offer.public_id) == job(quote_id=str(offer.public_id)) == first
    with pytest.raises(IdempotencyConflict):
        job(quote_id=again.public_id)
    assert held_krw(player.pk) == 100_000


def test_anothers_key_is_no_obstacle() -> None:
    assert ask(player_with(), key="k") != ask(player_with(), key="k")


@pytest.mark.parametrize("key", ["", "x" * 81, "a\nb", "열쇠", None, 5])
def test_a_key_is_short_visible_ascii(key: Any) -> None:
    player = player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    with pytest.raises(KeyInvalid):
        withdrawals.request(
            user=player,
            quote_id=offer.public_id,
            payout_address_id=address_of(player).pk,
            key=key,
        )


def test_a_quote_is_its_players_and_good_once_and_for_a_while() -> None:
    player, other = player_with(), player_with()
    offer = withdrawals.quote(user=other, asset="BTC", amount_krw=100_000)
    entry = address_of(player)

    def job(quote_id: Any) -> Withdrawal:
        return withdrawals.request(
            user=player, quote_id=quote_id, payout_address_id=entry.pk, key=uuid.uuid4().hex
        )

    for unknown in (offer.public_id, uuid.uuid4(), "nonsense"):
        with pytest.raises(errors.QuoteUnknown):
            job(unknown)
    own = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    job(own.public_id)
    with pytest.raises(errors.QuoteUsed):
        job(own.public_id)
    late = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    let_lapse(late.pk)
    with pytest.raises(errors.QuoteExpired):
        job(late.public_id)


def test_the_address_is_from_ones_own_book_and_on_the_assets_network() -> None:
    player, other = player_with(), player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    job = partial(withdrawals.request, user=player, quote_id=offer.public_id, key="k")
    with pytest.raises(errors.PayoutAddressUnknown):
        job(payout_address_id=address_of(other).pk)
    with pytest.raises(AddressRefused, match="address_wrong_network"):
        job(payout_address_id=address_of(player, ETHEREUM).pk)


def test_an_address_that_has_become_ours_is_refused(settings: Any) -> None:
    player = player_with()
    address_of(player)
    settings.BITCOIN_HOT_ADDRESS = BITCOIN
    with pytest.raises(AddressRefused, match="address_own"):
        ask(player)


def test_the_travel_rule_wants_to_know_whose_wallet_it_is() -> None:
    player = player_with()
    address_of(player, owner="")
    with pytest.raises(errors.TravelRuleNeeded):
        ask(player)
    rules(travel_rule_krw=100_001)
    assert ask(player).state == "approved"


def test_an_identity_level_may_be_needed() -> None:
    player = player_with()
    rules(withdraw_identity_level=2)
    with pytest.raises(IdentityNeeded):
        ask(player)
    Identity.objects.create(user=player, level=2)
    assert ask(player).state == "approved"


def test_the_kill_switch_and_the_reconciliation_stop_everything() -> None:
    player = player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    entry = address_of(player)
    for stop in ({"withdrawals_open": False}, {"stopped_reason": "BTC: 5 satoshi are missing"}):
        rules(withdrawals_open=True, stopped_reason="")
        rules(**stop)
        with pytest.raises(errors.WithdrawalsClosed):
            withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
        with pytest.raises(errors.WithdrawalsClosed):
            withdrawals.request(
                user=player, quote_id=offer.public_id, payout_address_id=entry.pk, key="k"
            )
    assert held_krw(player.pk) == 0


def test_calling_off_gives_the_hold_back_once() -> None:
    player, other = player_with(), player_with()
    asked = ask(player)
    with pytest.raises(errors.WithdrawalUnknown):
        withdrawals.cancel(user=other, public_id=asked.public_id)
    for _ in range(2):
        assert withdrawals.cancel(user=player, public_id=asked.public_id).state == "cancelled"
    assert (balance_krw(user_id=player.pk), held_krw(player.pk)) == (1_000_000, 0)
    assert asked.events.count() == 2
    assert balanced_books()


def test_what_is_signed_cannot_be_called_off() -> None:
    player = player_with()
    asked = ask(player)
    withdrawals.mark(asked, "signed")
    with pytest.raises(errors.StateRefused):
        withdrawals.cancel(user=player, public_id=asked.public_id)
    assert held_krw(player.pk) == 100_000


@pytest.mark.parametrize("wider", [{}, {"user_day_krw": 400_000}], ids=["day", "hour"])
def test_a_player_has_a_ceiling(wider: dict[str, int]) -> None:
    player = player_with()
    rules(**{"user_hour_krw": 200_000, "user_day_krw": 200_000, **wider})
    first = ask(player)
    ask(player)
    with pytest.raises(errors.PlayerCeiling):
        ask(player, 10_000)
    assert ask(player_with()).amount_krw == 100_000
    # What was given back does not count.
    withdrawals.cancel(user=player, public_id=first.public_id)
    assert ask(player).amount_krw == 100_000


@pytest.mark.parametrize("wider", [{}, {"house_day_krw": 400_000}], ids=["day", "hour"])
def test_the_house_has_a_ceiling(wider: dict[str, int]) -> None:
    names = ("user_hour_krw", "user_day_krw", "house_hour_krw", "house_day_krw")
    rules(**{**dict.fromkeys(names, 200_000), **wider})
    ask(player_with())
    ask(player_with())
    with pytest.raises(errors.HouseCeiling):
        ask(player_with(), 10_000)


def test_an_hour_and_a_day_end() -> None:
    player = player_with()
    rules(user_hour_krw=100_000, user_day_krw=200_000)
    ask(player)
    with pytest.raises(errors.PlayerCeiling):
        ask(player)
    _make_older(timedelta(minutes=61))
    ask(player)
    _make_older(timedelta(hours=20))
    with pytest.raises(errors.PlayerCeiling):
        ask(player)
    _make_older(timedelta(hours=4))
    assert ask(player).amount_krw == 100_000


def _make_older(age: timedelta) -> None:
    """Let time pass; only an owner of the tables can do this."""
    execute("SET session_replication_role = replica")
    execute("UPDATE wallet_withdrawal SET requested_at = requested_at - %s", [age])
    execute("SET session_replication_role = origin")


@pytest.mark.django_db(transaction=True)
def test_a_hundred_withdrawals_of_everything_at_once_are_exactly_one() -> None:
    player = player_with(1_000_000)
    entry = address_of(player)
    jobs = []
    for number in range(100):
        offer = withdrawals.quote(user=player, asset="BTC", amount_krw=1_000_000)
        jobs.append(
            partial(
                withdrawals.request,
                user=player,
                quote_id=offer.public_id,
                payout_address_id=entry.pk,
                key=f"k{number}",
            )
        )
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    assert outcomes == {Withdrawal: 1, InsufficientFunds: 99}
    assert (balance_krw(user_id=player.pk), held_krw(player.pk)) == (0, 1_000_000)
    assert balanced_books()


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_stay_below_the_ceilings() -> None:
    rules(house_hour_krw=250_000, user_hour_krw=60_000)
    players = [player_with() for _ in range(5)]
    jobs = []
    for number in range(100):
        player = players[number % 5]
        offer = withdrawals.quote(user=player, asset="BTC", amount_krw=20_000)
        jobs.append(
            partial(
                withdrawals.request,
                user=player,
                quote_id=offer.public_id,
                payout_address_id=address_of(player).pk,
                key=f"k{number}",
            )
        )
    outcomes = Counter(type(outcome) for outcome in at_once(jobs))
    # Five players of 60,000 each would be 300,000; the house pays 250,000.
    assert outcomes[Withdrawal] == 12
    assert outcomes.keys() <= {Withdrawal, errors.HouseCeiling, errors.PlayerCeiling}
    assert all(held_krw(player.pk) <= 60_000 for player in players)


@pytest.mark.django_db(transaction=True)
def test_a_key_and_a_quote_at_once_are_one_withdrawal() -> None:
    player = player_with()
    offer = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    job = partial(
        withdrawals.request,
        user=player,
        quote_id=offer.public_id,
        payout_address_id=address_of(player).pk,
    )
    same = at_once([partial(job, key="k")] * 20)
    assert len({outcome.pk for outcome in same}) == 1
    others = Counter(type(o) for o in at_once([partial(job, key=f"k{n}") for n in range(10)]))
    assert others == {errors.QuoteUsed: 10}
    assert WithdrawalQuote.objects.get().withdrawal == same[0]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_buy_ins_at_once_share_one_balance() -> None:
    player = player_with(1_000_000)
    entry = address_of(player)
    jobs: list[Any] = []
    for number in range(20):
        offer = withdrawals.quote(user=player, asset="BTC", amount_krw=300_000)
        jobs.append(
            partial(
                withdrawals.request,
                user=player,
                quote_id=offer.public_id,
                payout_address_id=entry.pk,
                key=f"k{number}",
            )
        )
        jobs.append(
            partial(buy_in, user_id=player.pk, table_id=1, amount_krw=300_000, key=f"in{number}")
        )
    outcomes = Counter(type(outcome).__name__ for outcome in at_once(jobs))
    assert outcomes["Withdrawal"] + outcomes["Transaction"] == 3
    assert outcomes["InsufficientFunds"] == 37
    assert balance_krw(user_id=player.pk) == 100_000
    assert balanced_books()
