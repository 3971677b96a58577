"""What is unusual, and what follows from it."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from tests.support.totp import code_for
from tests.wallet.house import execute
from tests.wallet.withdrawals.house import (
    address_of,
    ask,
    codes,
    player_with,
    rules,
    set_rate,
)
from wallet import addressing, chart, movements, withdrawals
from wallet.ledger import credit, debit, post
from wallet.models import Deposit, DepositEvent, DepositState, Withdrawal
from wallet.services import buy_in, settle_hand
from wallet.withdrawals import errors
from wallet.withdrawals.reasons import SENTENCES, sentence

pytestmark = pytest.mark.django_db

_tables = count(1)


def settled(user: User, amount_krw: int) -> Withdrawal:
    """A withdrawal that was paid."""
    asked = ask(user, amount_krw)
    for state in ("approved", "signed", "broadcast", "confirmed"):
        withdrawals.mark(asked, state)
    movement = movements.Movement()
    movement.paid_out(asked)
    return withdrawals.mark(asked, "settled", closing=movement.post(asked.pk))


def deposited(
    user: User, amount_krw: int = 100_000, *, state: str = DepositState.CREDITED
) -> Deposit:
    """A deposit that is in the ledger; a satoshi is a won here."""
    number = Deposit.objects.count()
    deposit = Deposit.objects.create(
        user=user,
        address=addressing.deposit_address(user_id=user.pk, network="bitcoin"),
        network="bitcoin",
        asset="BTC",
        txid=f"{number:064x}",
        place="vout:0",
        amount_units=amount_krw,
        state=DepositState.CONFIRMING,
        height=100,
    )
    deposit.transaction = movements.credit_deposit(
        deposit_id=deposit.pk,
        nth=1,
        user_id=user.pk,
        asset="BTC",
        amount_units=amount_krw,
        amount_krw=amount_krw,
    )
    deposit.rate, deposit.amount_krw = set_rate("BTC"), amount_krw
    deposit.credited_at, deposit.state = timezone.now(), state
    deposit.save()
    DepositEvent.objects.create(deposit=deposit, state=state)
    return deposit


def played(user: User, *, hands: int, each_krw: int = 1_000) -> None:
    """So many hands, in each of which the player wins so much."""
    rival, table_id = player_with(hands * each_krw + 1), next(_tables)
    for seated, stack_krw in ((user, 1), (rival, hands * each_krw)):
        buy_in(
            user_id=seated.pk,
            table_id=table_id,
            amount_krw=stack_krw,
            key=f"in:{rival.pk}:{seated.pk}",
        )
    for number in range(hands):
        net = {user.pk: each_krw, rival.pk: -each_krw}
        settle_hand(table_id=table_id, hand_id=f"{table_id}:{number}", net_krw=net, rake_krw=0)


def test_the_first_one_waits_and_the_next_does_not() -> None:
    """Until one is paid each is the first: asking twice is no way around the wait."""
    player = player_with()
    rules(wait_hours=24)
    for asked in (ask(player), ask(player)):
        assert (asked.state, codes(asked), asked.approvals_needed) == (
            "cooling",
            {"first_withdrawal"},
            0,
        )
        assert asked.cooling_until is not None
        assert timedelta(hours=23) < asked.cooling_until - timezone.now() <= timedelta(hours=24)
        withdrawals.cancel(user=player, public_id=asked.public_id)
    rules(wait_hours=0)
    settled(player, 10_000)
    rules(wait_hours=24)
    following = ask(player)
    assert (following.state, codes(following)) == ("approved", set())


def test_a_new_address_waits_until_it_may_be_used() -> None:
    player = player_with()
    rules(address_wait_hours=24)
    entry = address_of(player)
    asked = ask(player)
    assert "new_address" in codes(asked)
    assert (asked.state, asked.cooling_until) == ("cooling", entry.usable_from)


@pytest.mark.parametrize(
    ("amount_krw", "needed", "flagged"),
    [(1_000_000, 0, False), (1_000_001, 1, True), (10_000_000, 1, True), (10_000_001, 2, True)],
)
def test_large_ones_need_staff(amount_krw: int, needed: int, flagged: bool) -> None:
    asked = ask(player_with(20_000_000), amount_krw)
    assert (asked.approvals_needed, "large" in codes(asked)) == (needed, flagged)
    assert asked.state == ("approval" if needed else "approved")
    assert (asked.expires_at is not None) == bool(needed)


def test_large_ones_wait() -> None:
    player = player_with(5_000_000)
    settled(player, 10_000)
    rules(wait_hours=24)
    asked = ask(player, 2_000_000)
    assert (asked.state, codes(asked)) == ("cooling", {"large"})


def test_a_new_password_makes_wait_and_staff_are_not_needed() -> None:
    player = player_with()
    assert player.credentials_changed_at is None
    player.set_password("river-card-78")
    player.save()
    asked = ask(player)
    assert (asked.state, asked.approvals_needed) == ("cooling", 0)
    assert "credentials_changed" in codes(asked)
    rules(credentials_wait_hours=0)
    assert ask(player).state == "approved"


def test_a_password_changed_on_its_page_and_one_hashed_anew_differ(
    client: Client, redis_url: str
) -> None:
    player = player_with()
    player.set_password("river-card-77")
    player.save(update_fields=["password"])
    User.objects.filter(pk=player.pk).update(credentials_changed_at=None)
    client.force_login(player)
    client.get("/accounts/password/change/")
    player.refresh_from_db()
    assert player.check_password("river-card-77")
    assert player.credentials_changed_at is None
    answer = client.post(
        "/accounts/password/change/",
        {
            "oldpassword": "river-card-77",
            "password1": "turn-card-881",
            "password2": "turn-card-881",
        },
    )
    assert answer.status_code == 302
    player.refresh_from_db()
    assert player.check_password("turn-card-881")
    assert player.credentials_changed_at is not None
    assert timezone.now() - player.credentials_changed_at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_second_factor_that_comes_or_goes_counts(client: Client, redis_url: str) -> None:
    player = player_with()
    EmailAddress.objects.create(user=player, email=player.email, primary=True, verified=True)
    player.set_password("river-card-77")
    player.save()
    client.post("/accounts/login/", {"login": player.email, "password": "river-card-77"})
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/reauthenticate/", {"password": "river-card-77"})
    for path in ("activate", "deactivate"):
        User.objects.filter(pk=player.pk).update(credentials_changed_at=None)
        page = client.get(f"/accounts/2fa/totp/{path}/")
        form = {"code": code_for(page.context["form"].secret)} if path == "activate" else {}
        assert client.post(f"/accounts/2fa/totp/{path}/", form).status_code == 302
        player.refresh_from_db()
        assert player.credentials_changed_at is not None, path
    assert not Authenticator.objects.filter(user=player).exists()


def test_many_in_a_day_need_staff() -> None:
    player = player_with()
    for _ in range(3):
        assert ask(player, 10_000).approvals_needed == 0
    fourth = ask(player, 10_000)
    assert (fourth.approvals_needed, codes(fourth)) == (
        1,
        {"first_withdrawal", "many_in_a_short_time"},
    )


def test_who_calls_off_again_and_again_needs_staff() -> None:
    player = player_with()
    for _ in range(3):
        withdrawals.cancel(user=player, public_id=ask(player).public_id)
    assert "cancels_often" in codes(ask(player))


def test_more_than_three_times_the_usual_is_unusual() -> None:
    player = player_with()
    for amount_krw in (10_000, 20_000, 30_000):
        settled(player, amount_krw)
    assert "unusual_amount" not in codes(ask(player, 90_000))
    assert "unusual_amount" in codes(ask(player, 90_001))


def test_money_that_comes_and_goes_without_play_needs_staff() -> None:
    player = player_with()
    deposited(player)
    asked = ask(player)
    assert (asked.approvals_needed, "deposit_without_play" in codes(asked)) == (1, True)
    played(player, hands=19)
    assert "deposit_without_play" in codes(ask(player))
    played(player, hands=1)
    assert "deposit_without_play" not in codes(ask(player))


def test_what_was_played_for_a_small_deposit_is_not_played_for_a_large_one() -> None:
    player = player_with()
    deposited(player, 10_000)
    played(player, hands=20, each_krw=100_000)
    assert "deposit_without_play" not in codes(ask(player))
    deposited(player, 50_000_000)
    assert "deposit_without_play" in codes(ask(player, 900_000))


def test_a_large_deposit_in_small_parts_is_a_large_one() -> None:
    player = player_with()
    for _ in range(4):
        deposited(player, 4_000)
    assert "deposit_without_play" not in codes(ask(player, 160_000))
    deposited(player, 1)
    assert "deposit_without_play" in codes(ask(player, 160_000))


def test_hands_at_the_lowest_stake_do_not_play_a_large_deposit() -> None:
    player = player_with()
    deposited(player, 10_000_000)
    played(player, hands=40, each_krw=1_000)
    assert "deposit_without_play" in codes(ask(player))
    played(player, hands=2, each_krw=480_000)
    assert "deposit_without_play" not in codes(ask(player))


def test_a_little_topping_up_makes_nobody_wait() -> None:
    player = player_with()
    deposited(player, 1_000_000)
    played(player, hands=20, each_krw=10_000)
    deposited(player, 50_000)
    assert "deposit_without_play" not in codes(ask(player, 500_000))
    assert "deposit_without_play" in codes(ask(player, 499_999))


def test_an_address_of_two_players_needs_staff() -> None:
    player, other = player_with(), player_with()
    address_of(other)
    asked = ask(player)
    assert (asked.approvals_needed, codes(asked)) == (1, {"first_withdrawal", "address_shared"})


def test_who_owes_the_house_gets_nothing() -> None:
    player = player_with(100_000)
    post(
        kind="test",
        key="owed",
        postings=[debit(chart.receivable(player.pk), 1), credit(chart.fees(), 1)],
    )
    assert withdrawals.frozen_reason(player.pk) == "receivable"
    with pytest.raises(errors.WithdrawalsFrozen, match="receivable"):
        ask(player)


def test_after_a_reversed_deposit_nothing_leaves_and_later_staff_look() -> None:
    player = player_with()
    deposit = deposited(player)
    assert withdrawals.frozen_reason(player.pk) == ""
    deposit.state = DepositState.REVERSED
    deposit.save()
    DepositEvent.objects.create(deposit=deposit, state=DepositState.REVERSED)
    assert withdrawals.frozen_reason(player.pk) == "deposit_reversed"
    with pytest.raises(errors.WithdrawalsFrozen):
        ask(player)
    execute("SET session_replication_role = replica")
    execute("UPDATE wallet_depositevent SET at = at - interval '73 hours'")
    execute("SET session_replication_role = origin")
    assert withdrawals.frozen_reason(player.pk) == ""
    asked = ask(player)
    assert (asked.approvals_needed, "deposit_reversed" in codes(asked)) == (1, True)


def test_nothing_leaves_while_a_credited_deposit_has_no_block() -> None:
    """Its block is gone, and the new branch is not read yet."""
    player = player_with()
    deposit = deposited(player)
    deposit.height = None
    deposit.save()
    with pytest.raises(errors.WithdrawalsFrozen, match="deposit_unplaced"):
        ask(player)


def test_a_closed_account_gets_nothing() -> None:
    player = player_with()
    User.objects.filter(pk=player.pk).update(is_active=False)
    with pytest.raises(errors.WithdrawalsFrozen, match="account_closed"):
        ask(player)


def test_every_reason_is_told_at_once() -> None:
    player = player_with(5_000_000)
    address_of(player_with())
    rules(wait_hours=24, address_wait_hours=48)
    player.set_password("river-card-78")
    player.save()
    asked: Any = ask(player, 2_000_000)
    assert codes(asked) == {
        "large",
        "new_address",
        "address_shared",
        "credentials_changed",
        "first_withdrawal",
    }
    assert asked.cooling_until == asked.payout_address.usable_from
    with override("en"):
        told = {flag["code"]: sentence(flag) for flag in asked.flags}
    assert told["large"] == "₩2,000,000 is more than the ₩1,000,000 that are paid without review."
    assert told["address_shared"] == "Other players who have the same address: 1."


def test_every_reason_has_a_sentence_with_its_values() -> None:
    """What `assess` may find; nobody reads codes."""
    now = timezone.now().isoformat()
    values: dict[str, dict[str, int | str]] = {
        "large": {"amount_krw": 2_000_000, "most_krw": 1_000_000},
        "new_address": {"at": now, "until": now},
        "first_withdrawal": {},
        "credentials_changed": {"at": now},
        "many_in_a_short_time": {"count": 3},
        "unusual_amount": {"amount_krw": 400_000, "largest_krw": 100_000},
        "deposit_without_play": {"unplayed_krw": 50_000_000},
        "deposit_reversed": {"count": 1},
        "address_shared": {"count": 2},
        "cancels_often": {"count": 3},
    }
    assert values.keys() == SENTENCES.keys()
    for code, said in values.items():
        told = sentence({"code": code, "values": said})
        assert code not in told
        assert all(f"₩{won:,}" in told for name, won in said.items() if name.endswith("_krw"))
