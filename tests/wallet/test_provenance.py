"""Won that somebody made up is found, however well its transaction is balanced."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count

import pytest
from django.db.models import F
from django.utils import timezone

from tests.wallet.house import agreed_rate, give, make_player
from tests.wallet.signer.house import approved
from wallet import chart, movements
from wallet.invariants import check_ledger
from wallet.ledger import Posting, credit, debit, post, reverse
from wallet.models import Account, AccountKind, Deposit, DepositAddress, MoneyEvent, Policy
from wallet.policies import policy
from wallet.provenance import SHAPES, without_origin
from wallet.reconciliation import reconcile

pytestmark = pytest.mark.django_db

MINTED_KRW = 5_000_000
PRICE = Decimal(100_000_000)
ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
_numbers = count(1)


def forge(kind: str, key: str, *postings: Posting) -> None:
    post(kind=kind, key=key, postings=postings)


def minted(player: int) -> Sequence[Posting]:
    amount = MINTED_KRW
    return debit(chart.position_cost("BTC"), amount), credit(chart.player(player), amount)


def a_bonus(player: int) -> None:
    forge("bonus", "bonus:1", *minted(player))


def a_deposit_of_nobody(player: int) -> None:
    forge("deposit", "deposit:4711:1", *minted(player))


def a_debt_of_somebody_else(player: int) -> None:
    owed = chart.receivable(make_player())
    forge(
        "deposit_reversal",
        "deposit-reversal:4711:1",
        debit(owed, MINTED_KRW),
        credit(chart.player(player), MINTED_KRW),
    )


def a_grant_of_nothing(player: int) -> None:
    forge("play_grant", "grant:x", *minted(player))


def a_reversal_of_nothing(player: int) -> None:
    forge("reversal", "reverse:1", *minted(player))


def a_hold_taken_back(player: int) -> None:
    """The won is the player's again, and its withdrawal is not cancelled."""
    give(player, MINTED_KRW)
    hold = movements.hold("w", user_id=player, amount_krw=MINTED_KRW)
    reverse(transaction_id=hold.pk, reason="an error, says the forger")
    forge(
        "withdrawal_release",
        "withdrawal-release:w",
        debit(chart.held(make_held(MINTED_KRW)), MINTED_KRW),
        credit(chart.player(player), MINTED_KRW),
    )


def make_held(amount_krw: int) -> int:
    """A player with so much on hold, for a withdrawal that does not exist."""
    player = make_player(2 * amount_krw)
    movements.hold(f"w{player}", user_id=player, amount_krw=2 * amount_krw)
    return player


def fees_for_nothing(player: int) -> None:
    forge(
        "payment",
        "payment:1",
        debit(chart.position_cost("ETH"), MINTED_KRW),
        credit(chart.fees(), MINTED_KRW),
    )


def an_account_that_looks_like_custody(player: int) -> None:
    Account.objects.create(
        code="custody:x:KRW", kind="custody", currency="KRW", normal_side="D", may_overdraw=True
    )


def a_second_account_of_play_money(player: int) -> None:
    Account.objects.create(
        code="house:play_money2:KRW", kind="play_money", currency="KRW", normal_side="D"
    )


def a_deposit_booked_twice(player: int) -> None:
    deposit = credited(player)
    forge("deposit", f"deposit:{deposit.pk}:2", *minted(player))


def a_deposit_worth_more(player: int) -> None:
    deposit = credited(player)
    forge("deposit", f"deposit:{deposit.pk}:2", *minted(player))
    Deposit.objects.update(amount_krw=F("amount_krw") + MINTED_KRW)


def a_deposit_that_another_one_pays_for(player: int) -> None:
    """In all, the house's cost is what deposits say."""
    deposit, other = credited(player), credited(victim := make_player())
    forge("deposit", f"deposit:{deposit.pk}:2", *minted(player))
    forge(
        "deposit_reversal",
        f"deposit-reversal:{other.pk}:9",
        credit(chart.position_cost("BTC"), MINTED_KRW),
        debit(chart.receivable(victim), MINTED_KRW),
    )


def a_hold_that_another_player_pays_for(player: int) -> None:
    victim = make_player(MINTED_KRW)
    withdrawal = approved(ADDRESS, 100_000, user_id=player_with_won(player))
    forge(
        "withdrawal_hold",
        f"withdrawal:{withdrawal.public_id}:2",
        debit(chart.player(victim), MINTED_KRW),
        credit(chart.held(player), MINTED_KRW),
    )


def player_with_won(player: int) -> int:
    give(player, 10 * MINTED_KRW)
    return player


def credited(player: int) -> Deposit:
    """A deposit as it is when it is credited, of coins that no chain has."""
    rate = agreed_rate("BTC", mid_krw=PRICE, bid_krw=PRICE, ask_krw=PRICE)
    number = next(_numbers)
    address = DepositAddress.objects.create(
        user_id=player, network="bitcoin", address=f"bc1q{number}", derivation_index=number
    )
    deposit = Deposit.objects.create(
        user_id=player,
        address=address,
        network="bitcoin",
        asset="BTC",
        txid=f"{number:064x}",
        place="vout:0",
        amount_units=100_000,
        state="confirming",
    )
    deposit.transaction = movements.credit_deposit(
        deposit_id=deposit.pk,
        nth=1,
        user_id=player,
        asset="BTC",
        amount_units=100_000,
        amount_krw=100_000,
    )
    deposit.state, deposit.rate, deposit.amount_krw = "credited", rate, 100_000
    deposit.credited_at = timezone.now()
    deposit.save()
    return deposit


FORGERIES = (
    an_account_that_looks_like_custody,
    a_second_account_of_play_money,
    a_deposit_booked_twice,
    a_deposit_worth_more,
    a_deposit_that_another_one_pays_for,
    a_hold_that_another_player_pays_for,
    a_bonus,
    a_deposit_of_nobody,
    a_debt_of_somebody_else,
    a_grant_of_nothing,
    a_reversal_of_nothing,
    a_hold_taken_back,
    fees_for_nothing,
)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_and_stops_withdrawals(forgery: Callable[[int], None]) -> None:
    policy()
    assert without_origin() == []
    forgery(make_player())
    lines = without_origin()
    assert lines
    by_name = {check.name: check.discrepancies for check in check_ledger()}
    assert [found for found in by_name.values() if found] == [lines]

    run = reconcile()
    assert (run.is_ok, run.report["unfounded"]) == (False, lines)
    rules = Policy.objects.get()
    assert (rules.withdrawals_open, rules.stopped_reason) == (False, f"#{run.pk}: {lines[0]}")
    told = MoneyEvent.objects.get(kind="alert.ledger_without_origin")
    assert told.payload == {"lines": lines}


def test_an_honest_deposit_and_an_honest_hold_have_an_origin() -> None:
    player = make_player()
    credited(player)
    approved(ADDRESS, 100_000, user_id=player_with_won(player))
    assert without_origin() == []


def test_a_reversal_of_an_honest_grant_is_honest() -> None:
    player = make_player()
    gift = post(
        kind="play_grant",
        key="gift",
        postings=[debit(chart.play_money(), 100), credit(chart.player(player), 100)],
    )
    reverse(transaction_id=gift.pk, reason="given twice")
    assert without_origin() == []


def test_every_account_of_the_house_is_in_some_shape() -> None:
    known = {of for shape in SHAPES.values() for of, _ in shape}
    assert known == set(AccountKind)
