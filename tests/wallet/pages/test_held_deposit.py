"""A deposit that is not credited: its player is told why, and what to do; not what gave it away."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.wallet.pages.conftest import browser, html
from tests.wallet.pages.test_deposit import arrive
from tests.wallet.pages.test_reversed_deposit import credited
from wallet.limits import set_limit
from wallet.models import DepositEvent

IN_REVIEW = "Our staff are looking at it."
LIMIT = "It is more than your own deposit limit left, so it is held."
IDENTITY = "It is held until your identity is verified."
SPENT = "Another transaction has spent the same coins, so it does not arrive."
SPENT_LATER = "Another transaction has spent the same coins, so the credit was taken back."
OTHER = "Its transaction came into another block and pays something else there."
TOLD = [
    ("quarantined", "limit_deposit", "limit_deposit", LIMIT),
    ("quarantined", "identity_needed", "identity_needed", IDENTITY),
    ("quarantined", "too_young", "too_young", "You are too young to play here, so it is not"),
    ("quarantined", "self_excluded", "self_excluded", "You are excluded from playing, so it is"),
    ("quarantined", "from_own_address", "review", IN_REVIEW),
    ("quarantined", "returned_before", "review", IN_REVIEW),
    ("quarantined", "", "review", IN_REVIEW),
    ("returned", "limit_deposit", "limit_deposit", "the coins were sent back"),
    ("returned", "from_own_address", "review", "the coins were sent back"),
    ("dust", "", "", "It is less than the minimum deposit"),
    ("reversed", "reorganised", "reorganised", "Its block was replaced after it was credited"),
    ("reversed", "replaced", "replaced", SPENT_LATER),
    ("orphaned", "left_mempool", "left_mempool", "It is in no block any more."),
    ("replaced", "replaced", "replaced", SPENT),
    ("replaced", "changed", "changed", OTHER),
]


@pytest.mark.parametrize(("state", "reason", "code", "sentence"), TOLD)
def test_what_became_of_it_is_told(
    mina: User, state: str, reason: str, code: str, sentence: str
) -> None:
    arrive(mina, "BTC", 1_000_000, state=state, reason=reason)
    client = browser(mina)
    (row,) = client.get("/api/v1/wallet/deposits/").json()["results"]
    assert (row["reason"], sentence in row["explanation"]) == (code, True)
    for url in (reverse("wallet"), reverse("wallet-deposit-of", args=["BTC"])):
        page = html(client.get(url))
        assert row["explanation"] in page
        assert "own_address" not in page


def test_what_goes_its_way_needs_no_word(mina: User) -> None:
    arrive(mina, "BTC", 1_000_000)
    (row,) = browser(mina).get("/api/v1/wallet/deposits/").json()["results"]
    assert (row["reason"], row["explanation"], row["returned_txid"]) == ("", "", None)


def test_both_transactions_of_a_return_can_be_looked_up(mina: User) -> None:
    deposit, back = arrive(mina, "BTC", 1_000_000, state="returned"), "ef" * 32
    DepositEvent.objects.create(
        deposit=deposit, state="returned", details={"txid": back, "note": "a stolen card"}
    )
    client = browser(mina)
    page = html(client.get(reverse("wallet")))
    assert f">{back}</code>" in page
    assert f">{deposit.txid}</code>" in page
    assert "stolen" not in page
    (row,) = client.get("/api/v1/wallet/deposits/").json()["results"]
    assert (row["txid"], row["returned_txid"]) == (deposit.txid, back)


def test_what_ones_limits_leave_stands_beside_the_address(mina: User) -> None:
    client, url = browser(mina), reverse("wallet-deposit-of", args=["BTC"])
    assert "You may deposit" not in html(client.get(url))
    credited(mina)
    set_limit(user_id=mina.pk, kind="deposit", period="day", value=2_000_000)
    set_limit(user_id=mina.pk, kind="deposit", period="month", value=5_000_000)
    set_limit(user_id=mina.pk, kind="loss", period="week", value=1)
    page = html(client.get(url))
    assert "You may deposit ₩507,500 more today." in page
    assert "You may deposit ₩3,507,500 more this month." in page
    assert "this week" not in page
    told = {
        (row["kind"], row["period"]): row["left_krw"]
        for row in client.get("/api/v1/wallet/limits/").json()
        if row["left_krw"] is not None
    }
    assert told == {("deposit", "day"): 507_500, ("deposit", "month"): 3_507_500}
    set_limit(user_id=mina.pk, kind="deposit", period="day", value=1_000_000)
    used_up = html(client.get(url))
    assert "Your deposit limit is reached." in used_up
    assert "You may deposit" not in used_up
