"""Deposits that wait for staff: why, and what staff may do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from tests.wallet.deposits.site import (
    BitcoinSite,
    make_staff,
    player_with_address,
    set_rates,
    states,
    the_deposit,
    won,
)
from tests.wallet.house import execute, guards_off, make_player
from wallet import chart, movements
from wallet.deposits import credit_from_quarantine, return_from_quarantine
from wallet.deposits.errors import (
    MayNotDecide,
    NoSuchDeposit,
    NotInQuarantine,
    ReturnIncomplete,
)
from wallet.models import (
    Account,
    Deposit,
    DepositEvent,
    Exclusion,
    Identity,
    MoneyEvent,
    PlayerLimit,
    Policy,
)
from wallet.policies import policy
from wallet.rates.errors import NoRate

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
PAID_BACK = "ab" * 32


def close_account(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(is_active=False)


def exclude(user_id: int, until: datetime | None = None) -> None:
    Exclusion.objects.create(user_id=user_id, until=until)


def limit(user_id: int, value: int | None, period: str = "day", kind: str = "deposit") -> None:
    PlayerLimit.objects.create(
        user_id=user_id,
        kind=kind,
        period=period,
        value=value,
        effective_at=NOW - timedelta(hours=1),
    )


def limit_and_lift(user_id: int) -> None:
    limit(user_id, 1)
    limit(user_id, None)


def be_young(user_id: int) -> None:
    Identity.objects.create(user_id=user_id, born_on=NOW.date() - timedelta(days=17 * 365))


def ask_for_identity(user_id: int) -> None:
    policy()
    Policy.objects.update(deposit_identity_level=1)


@pytest.fixture
def quarantined(bitcoin: BitcoinSite) -> Deposit:
    """A deposit of 500,000 satoshi to a closed account."""
    player, address = player_with_address("bitcoin")
    close_account(player)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    return the_deposit(user_id=player)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (close_account, "account_closed"),
        (exclude, "self_excluded"),
        (lambda user_id: exclude(user_id, NOW + timedelta(days=30)), "self_excluded"),
        (lambda user_id: limit(user_id, 494_999), "limit_deposit"),
        (lambda user_id: limit(user_id, 494_999, "month"), "limit_deposit"),
        (ask_for_identity, "identity_needed"),
        (be_young, "too_young"),
    ],
)
def test_who_may_not_deposit_has_coins_in_quarantine(
    bitcoin: BitcoinSite, trouble: Callable[[int], None], reason: str
) -> None:
    player, address = player_with_address("bitcoin")
    trouble(player)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.reason, won(player)) == ("quarantined", reason, 0)
    assert movements.balance(chart.quarantine("BTC")) == 500_000
    assert MoneyEvent.objects.get(kind="alert.quarantine").payload == {"reason": reason}


@pytest.mark.parametrize(
    "past",
    [
        lambda user_id: exclude(user_id, NOW - timedelta(seconds=1)),
        lambda user_id: limit(user_id, 495_000),
        limit_and_lift,
        lambda user_id: limit(user_id, 1, kind="loss"),
    ],
)
def test_what_is_over_or_not_in_effect_stops_no_deposit(
    bitcoin: BitcoinSite, past: Callable[[int], None]
) -> None:
    player, address = player_with_address("bitcoin")
    past(player)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    assert won(player) == 495_000


def test_closed_deposits_and_used_up_time_keep_no_coins_from_being_credited(
    bitcoin: BitcoinSite,
) -> None:
    player, address = player_with_address("bitcoin")
    limit(player, 0, kind="time")
    policy()
    Policy.objects.update(deposits_open=False)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    assert won(player) == 495_000


def test_deposits_of_the_period_count_together_for_the_limit(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    limit(player, 600_000)
    bitcoin.pay(address, 400_000)
    bitcoin.pay(address, 300_000)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert {the_deposit(amount_units=units).state for units in (400_000, 300_000)} == {
        "credited",
        "quarantined",
    }
    assert won(player) in {396_000, 297_000}


def test_staff_credits_at_the_rate_of_the_decision(
    bitcoin: BitcoinSite, quarantined: Deposit
) -> None:
    staff = make_staff()
    set_rates(BTC=200_000_000)
    credit_from_quarantine(deposit_id=quarantined.pk, staff=staff, note="account opened again")
    quarantined.refresh_from_db()
    assert (quarantined.state, won(quarantined.user_id)) == ("credited", 990_000)
    event = DepositEvent.objects.get(deposit=quarantined, state="credited")
    assert (event.actor, event.details["note"]) == (staff, "account opened again")
    bitcoin.check()
    with pytest.raises(NotInQuarantine):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=staff)
    assert won(quarantined.user_id) == 990_000


def test_staff_notes_that_the_sender_was_paid_back(
    bitcoin: BitcoinSite, quarantined: Deposit
) -> None:
    staff, second = make_staff(), make_staff()
    return_from_quarantine(
        deposit_id=quarantined.pk,
        staff=staff,
        second=second,
        reason="excluded player",
        external_txid=PAID_BACK,
    )
    quarantined.refresh_from_db()
    assert (quarantined.state, won(quarantined.user_id)) == ("returned", 0)
    assert movements.balance(chart.quarantine("BTC")) == 0
    assert movements.balance(chart.capital("BTC")) == 500_000
    event = DepositEvent.objects.get(deposit=quarantined, state="returned")
    assert (event.actor, event.details["txid"]) == (staff, PAID_BACK)
    assert event.details["confirmed_by"] == second.pk
    bitcoin.check()
    with pytest.raises(NotInQuarantine):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=staff)


def test_only_staff_with_the_permission_decides_and_never_on_its_own(quarantined: Deposit) -> None:
    own = User.objects.get(pk=quarantined.user_id)
    User.objects.filter(pk=own.pk).update(is_active=True, is_staff=True, is_superuser=True)
    nobodies = (make_player(), make_staff(may_decide=False).pk, own.pk)
    for user_id in nobodies:
        staff = User.objects.get(pk=user_id)
        with pytest.raises(MayNotDecide):
            credit_from_quarantine(deposit_id=quarantined.pk, staff=staff)
        with pytest.raises(MayNotDecide):
            return_from_quarantine(
                deposit_id=quarantined.pk,
                staff=staff,
                second=make_staff(),
                reason="r",
                external_txid=PAID_BACK,
            )
        with pytest.raises(MayNotDecide):
            return_from_quarantine(
                deposit_id=quarantined.pk,
                staff=make_staff(),
                second=staff,
                reason="r",
                external_txid=PAID_BACK,
            )
    alone = make_staff()
    with pytest.raises(MayNotDecide):
        return_from_quarantine(
            deposit_id=quarantined.pk,
            staff=alone,
            second=alone,
            reason="r",
            external_txid=PAID_BACK,
        )
    gone = make_staff()
    gone.is_active = False
    with pytest.raises(MayNotDecide):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=gone)


@pytest.mark.parametrize(
    ("reason", "txid"),
    [("", PAID_BACK), ("r", ""), ("r", "0x" + PAID_BACK), ("r", "zz" * 32), ("  ", PAID_BACK)],
)
def test_a_return_names_its_reason_and_transaction(
    quarantined: Deposit, reason: str, txid: str
) -> None:
    with pytest.raises(ReturnIncomplete):
        return_from_quarantine(
            deposit_id=quarantined.pk,
            staff=make_staff(),
            second=make_staff(),
            reason=reason,
            external_txid=txid,
        )


def test_the_deposit_itself_is_no_return(quarantined: Deposit) -> None:
    with pytest.raises(ReturnIncomplete):
        return_from_quarantine(
            deposit_id=quarantined.pk,
            staff=make_staff(),
            second=make_staff(),
            reason="r",
            external_txid=quarantined.txid,
        )


def test_without_a_rate_staff_cannot_credit(quarantined: Deposit) -> None:
    policy()
    Policy.objects.update(source_max_age_s=0)
    with pytest.raises(NoRate):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff())


def test_an_unknown_deposit_is_refused(quarantined: Deposit) -> None:
    with pytest.raises(NoSuchDeposit):
        credit_from_quarantine(deposit_id=quarantined.pk + 999, staff=make_staff())


def test_quarantine_goes_with_its_block_and_comes_with_the_next(
    bitcoin: BitcoinSite, quarantined: Deposit
) -> None:
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    assert movements.balance(chart.quarantine("BTC")) == 0
    with pytest.raises(NotInQuarantine):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff())
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert movements.balance(chart.quarantine("BTC")) == 500_000
    credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff())
    bitcoin.check()


def test_what_staff_credited_is_credited_again_without_asking(
    bitcoin: BitcoinSite, quarantined: Deposit
) -> None:
    credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff())
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    quarantined.refresh_from_db()
    assert (quarantined.state, won(quarantined.user_id)) == ("reversed", 0)
    bitcoin.mine()
    bitcoin.scan_calmly()
    quarantined.refresh_from_db()
    assert (quarantined.state, won(quarantined.user_id)) == ("credited", 495_000)


def test_what_was_returned_is_not_credited_when_it_comes_again(
    bitcoin: BitcoinSite, quarantined: Deposit
) -> None:
    return_from_quarantine(
        deposit_id=quarantined.pk,
        staff=make_staff(),
        second=make_staff(),
        reason="r",
        external_txid=PAID_BACK,
    )
    User.objects.filter(pk=quarantined.user_id).update(is_active=True)
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    assert movements.balance(chart.capital("BTC")) == 0
    bitcoin.mine()
    bitcoin.scan_calmly()
    quarantined.refresh_from_db()
    assert (quarantined.state, quarantined.reason) == ("quarantined", "returned_before")
    assert states(quarantined)[-1] == "quarantined"
    with pytest.raises(MayNotDecide):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff())
    credit_from_quarantine(deposit_id=quarantined.pk, staff=make_staff(), second=make_staff())
    assert states(quarantined)[-1] == "credited"


@pytest.mark.django_db(transaction=True)
def test_one_that_the_database_refuses_stops_no_other(bitcoin: BitcoinSite) -> None:
    """It waits, staff hear of it once, and the pass says so when all else is done."""
    bad, bad_address = player_with_address("bitcoin")
    good, good_address = player_with_address("bitcoin")
    chart.open_accounts([chart.player(bad)])
    full = 10**38 - 1
    with guards_off():
        execute(
            "UPDATE wallet_account SET credits = %s WHERE code = %s", [full, chart.player(bad).code]
        )
    bitcoin.pay(bad_address, 500_000, depth=1)
    bitcoin.pay(good_address, 500_000, depth=1)
    for _ in range(3):
        assert bitcoin.scan().trouble == "deposits_undecided"
    refused = the_deposit(user_id=bad)
    assert (refused.state, the_deposit(user_id=good).state) == ("confirming", "credited")
    alerts = MoneyEvent.objects.filter(kind__startswith="alert.")
    assert [(each.kind, each.subject) for each in alerts] == [
        ("alert.deposit_undecided", f"deposit:{refused.pk}")
    ]
    with guards_off():
        execute("UPDATE wallet_account SET credits = 0 WHERE code = %s", [chart.player(bad).code])
    bitcoin.scan_calmly()
    assert the_deposit(user_id=bad).state == "credited"


def test_a_closed_ledger_account_has_its_coins_in_quarantine(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    chart.open_accounts([chart.player(player)])
    Account.objects.filter(code=chart.player(player).code).update(closed_at=NOW)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.reason) == ("quarantined", "account_closed")
