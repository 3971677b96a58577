"""What we have against what we owe."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.house import give, make_player
from tests.wallet.reconciliation.conftest import SetRates
from wallet import chart, movements
from wallet.ledger import credit, debit, post
from wallet.models import MoneyEvent, RateHalt
from wallet.reconciliation import reconcile, solvency
from wallet.reconciliation.findings import Findings, Holding
from wallet.reconciliation.solvency import Solvency

pytestmark = pytest.mark.django_db


def deposit(user_id: int, sat: int, krw: int) -> None:
    movements.credit_deposit(
        deposit_id=user_id, nth=1, user_id=user_id, asset="BTC", amount_units=sat, amount_krw=krw
    )


def operator_brings(sat: int) -> None:
    place = chart.custody("cold", "BTC")
    movements.capital_moved(key="test", asset="BTC", place=place, units=sat)


def test_coins_after_the_haircut_cover_what_players_have(set_rates: SetRates) -> None:
    deposit(make_player(), 1_000_000, 990_000)  # a won for a satoshi
    found = solvency()
    assert (found.assets_krw, found.after_haircut_krw) == (1_000_000, 900_000)
    assert (found.owed_krw, found.is_solvent, found.ratio) == (990_000, False, Decimal("1.0101"))
    operator_brings(100_000)
    assert solvency().is_solvent


def test_a_hold_and_a_seat_are_still_owed(set_rates: SetRates) -> None:
    player = make_player()
    deposit(player, 1_000_000, 1_000_000)
    movements.hold("w", user_id=player, amount_krw=300_000)
    seat = chart.escrow(1, player)
    post(
        kind="buy_in",
        key="b",
        postings=[debit(chart.player(player), 200_000), credit(seat, 200_000)],
    )
    assert solvency().owed_krw == 1_000_000


def test_play_money_is_owed_to_nobody(set_rates: SetRates) -> None:
    deposit(make_player(), 1_000_000, 1_000_000)
    make_player(5_000_000)
    found = solvency()
    assert (found.players_krw, found.play_money_krw, found.owed_krw) == (
        6_000_000,
        5_000_000,
        1_000_000,
    )


def test_what_the_house_took_was_play_money_first(set_rates: SetRates) -> None:
    real = make_player()
    deposit(real, 1_000_000, 1_000_000)
    give(real, 600_000)
    rake = [debit(chart.player(real), 200_000), credit(chart.rake(1), 200_000)]
    post(kind="hand", key="h", postings=rake)
    assert solvency().owed_krw == 1_000_000
    rake = [debit(chart.player(real), 700_000), credit(chart.rake(1), 700_000)]
    post(kind="hand", key="h2", postings=rake)
    # More than all play money is in the rake now: what players still have is owed.
    assert solvency().owed_krw == 700_000


def test_what_the_chain_lacks_and_quarantine_count_nothing(set_rates: SetRates) -> None:
    operator_brings(1_000_000)
    movements.book_quarantine(deposit_id=1, nth=1, asset="BTC", amount_units=300_000)
    assert solvency().assets_krw == 1_000_000
    findings = Findings([Holding("BTC", "cold", 1_000_000, 400_000, 0)])
    assert solvency(findings).assets_krw == 400_000
    surplus = Findings([Holding("BTC", "cold", 1_000_000, 9_000_000, 0)])
    assert solvency(surplus).assets_krw == 1_000_000


def test_coins_without_a_rate_count_nothing_and_are_named(set_rates: SetRates) -> None:
    deposit(make_player(), 1_000_000, 100_000)
    RateHalt.objects.create(asset="BTC", reason="moved")
    found = solvency()
    assert (found.assets_krw, found.missing_rates, found.is_solvent) == (0, ["BTC"], False)


def test_insolvency_is_told_and_stops_nothing(set_rates: SetRates) -> None:
    deposit(make_player(), 1_000_000, 1_000_000)
    run = reconcile()
    assert not run.is_solvent
    assert run.report["solvency"]["owed_krw"] == "1000000"
    assert MoneyEvent.objects.filter(kind="alert.insolvent").exists()


def test_an_empty_house_is_solvent(db: None) -> None:
    run = reconcile()
    assert (run.is_ok, run.is_solvent) == (True, True)
    assert run.report["solvency"]["ratio"] is None


@given(st.integers(0, 10**18), st.integers(1, 10**15))
def test_the_ratio_is_exact_for_large_sums(assets_krw: int, owed_krw: int) -> None:
    found = Solvency(assets_krw, assets_krw, owed_krw, 0, owed_krw)
    assert found.ratio is not None
    assert abs(found.ratio * owed_krw - assets_krw) <= owed_krw
