"""Withdrawing on the pages: the address book, a quote, the confirmation, and the way it goes."""

import re

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.wallet.house import execute, give, guards_off
from tests.wallet.pages.conftest import browser, html, told
from tests.wallet.withdrawals.house import (
    BITCOIN,
    ETHEREUM,
    OTHER_ETHEREUM,
    USDT,
    address_of,
    ask,
    let_lapse,
    member_of_staff,
    owe,
    rules,
    set_rate,
    time_passes,
)
from wallet import withdrawals
from wallet.models import (
    AssetPolicy,
    PayoutAddress,
    RateHalt,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalQuote,
)
from wallet.payout_addresses import add_address
from wallet.selectors import balance_krw

SCRIPT = "<script>alert(1)</script>"


def new_address(**changes: str) -> dict[str, str]:
    return {
        "network": "bitcoin",
        "address": BITCOIN,
        "label": "Ledger",
        "owner": "self",
        **changes,
    }


def test_from_an_empty_book_to_a_withdrawal(mina: User) -> None:
    client = browser(mina)
    assert "First add the address" in html(client.get(reverse("wallet-withdraw")))
    answer = client.post(reverse("wallet-addresses"), new_address(), follow=True)
    assert told(answer) == ["The address is saved."]
    entry = PayoutAddress.objects.get(user=mina)
    answer = client.post(
        reverse("wallet-withdraw"), {"amount_krw": "100,000", "payout": f"BTC:{entry.pk}"}
    )
    offer = WithdrawalQuote.objects.get(user=mina)
    assert answer["Location"] == reverse("wallet-quote", args=[offer.public_id, entry.pk])
    page = html(client.get(answer["Location"]))
    for text in ("₩100,000", "₩3,000", "Bitcoin", BITCOIN, "₩900,000"):
        assert text in page
    answers = [client.post(answer["Location"]) for _ in range(2)]
    row = Withdrawal.objects.get()
    assert {one["Location"] for one in answers} == {
        reverse("wallet-withdrawal", args=[row.public_id])
    }
    assert (row.amount_krw, row.address, row.asset) == (100_000, BITCOIN, "BTC")
    assert balance_krw(user_id=mina.pk) == 900_000
    used = html(client.get(reverse("wallet-quote", args=[offer.public_id, entry.pk])))
    assert "This quote was used already." in used


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("9,999", "This is less than the smallest withdrawal."),
        ("2000000", "You do not have that much."),
        ("0", "Enter a whole amount above zero."),
        ("-50000", "Enter a whole amount above zero."),
        ("50000.5", "Enter a whole amount above zero."),
        ("5_0000", "Enter a whole amount above zero."),
        ("1,00", "Enter a whole amount above zero."),
        ("1e5", "Enter a whole amount above zero."),
        ("٥٠٠٠٠", "Enter a whole amount above zero."),
        ("9" * 25, "Enter a whole amount above zero."),
        ("NaN", "Enter a whole amount above zero."),
        ("", "This field is required."),
    ],
)
def test_an_amount_that_makes_no_sense_is_told(mina: User, amount: str, sentence: str) -> None:
    sent = {"amount_krw": amount, "payout": f"BTC:{address_of(mina).pk}"}
    client = browser(mina)
    answer = client.post(reverse("wallet-withdraw"), sent)
    if answer.status_code == 302:
        answer = client.post(answer["Location"])
    assert answer.status_code == 200
    assert sentence in html(answer)
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("payout", ["", "BTC", "BTC:0", "DOGE:1", "ETH:{}", "BTC:{}x", "x:y:z"])
def test_only_a_coin_and_an_address_of_the_menu_go_through(mina: User, payout: str) -> None:
    entry = address_of(mina)
    sent = {"amount_krw": "100000", "payout": payout.format(entry.pk)}
    assert browser(mina).post(reverse("wallet-withdraw"), sent).status_code == 200
    assert not WithdrawalQuote.objects.exists()


def test_a_quote_of_one_network_does_not_go_to_the_other(mina: User) -> None:
    offer = withdrawals.quote(user=mina, asset="BTC", amount_krw=50_000)
    url = reverse("wallet-quote", args=[offer.public_id, address_of(mina, ETHEREUM).pk])
    answer = browser(mina).post(url)
    assert answer.status_code == 200
    assert len(told(answer)) == 1
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0, "withdrawals are looked at by our staff"), (24, "withdrawals wait up to 24 hours")],
)
def test_how_long_a_large_one_waits_is_told(mina: User, hours: int, said: str) -> None:
    rules(wait_hours=hours)
    page = html(browser(mina).get(reverse("wallet-withdraw")))
    assert said in page
    assert "0 hours" not in page


def test_a_quote_that_is_over_cannot_be_confirmed(mina: User) -> None:
    offer = withdrawals.quote(user=mina, asset="BTC", amount_krw=50_000)
    let_lapse(offer.pk)
    url = reverse("wallet-quote", args=[offer.public_id, address_of(mina).pk])
    client = browser(mina)
    assert '<form method="post" data-once>' not in html(client.get(url))
    assert told(client.post(url)) == ["The time of this quote is over. Ask for a new one."]


def test_who_waits_is_told_that_the_rate_is_fixed_when_it_is_sent(mina: User) -> None:
    client, offer = browser(mina), withdrawals.quote(user=mina, asset="BTC", amount_krw=100_000)
    url = reverse("wallet-quote", args=[offer.public_id, address_of(mina).pk])
    assert "You get about" not in html(client.get(url))
    rules(wait_hours=24)
    page = html(client.get(url))
    assert "You get about" in page
    assert "The rate is fixed again when it is sent" in page
    row = ask(mina)
    url = reverse("wallet-withdrawal", args=[row.public_id])
    waiting = html(client.get(url))
    assert "about 0.00096039 BTC" in waiting
    assert "The rate is fixed when it is sent" in waiting
    time_passes(row, hours=25)
    set_rate("BTC", mid_krw=50_000_000)
    withdrawals.advance()
    approved = html(client.get(url))
    assert "about 0.00192079 BTC" in approved
    assert "The rate is fixed: 0.00192079 BTC" in approved
    assert "It waits to be sent." in approved
    assert "It waits until" not in approved
    withdrawals.mark(row, "signed")
    assert "about 0.0" not in html(client.get(url))


@pytest.mark.parametrize("state", ["cooling", "approved"])
def test_what_waits_to_be_sent_says_what_it_waits_for(mina: User, state: str) -> None:
    rules(wait_hours=24 if state == "cooling" else 0)
    row = ask(mina)
    client, url = browser(mina), reverse("wallet-withdrawal", args=[row.public_id])
    time_passes(row, hours=25)
    RateHalt.objects.create(asset="BTC", reason="moved")
    assert "There is no exchange rate right now." in html(client.get(url))
    AssetPolicy.objects.filter(asset="BTC").update(is_open=False)
    assert "Withdrawals of this coin are closed at the moment." in html(client.get(url))
    rules(withdrawals_open=False)
    page = html(client.get(url))
    assert "this one is sent when they are open again" in page
    assert "It waits until" not in page


def test_of_the_rates_of_a_long_wait_the_history_has_the_last_one(mina: User) -> None:
    row = ask(mina)
    for mid_krw in (50_000_000, 200_000_000):
        set_rate("BTC", mid_krw=mid_krw)
        with guards_off():
            WithdrawalEvent.objects.filter(reason="rate_fixed").update(at=row.requested_at)
            execute("UPDATE wallet_withdrawalevent SET at = at - interval '1 hour'")
        let_lapse(Withdrawal.objects.get().quote_id)
        assert withdrawals.fix_rate_to_pay(row) is not None
    page = html(browser(mina).get(reverse("wallet-withdrawal", args=[row.public_id])))
    assert re.findall("The rate is fixed: ([0-9.]+)", page) == ["0.00048019"]


def test_only_in_development_the_page_says_who_approves(mina: User, settings: Settings) -> None:
    boss = member_of_staff()
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    rules(auto_approve_krw=50_000)
    row = ask(mina)
    client, url = browser(mina), reverse("wallet-withdrawal", args=[row.public_id])
    for settings.DEBUG in (True, False):
        page = html(client.get(url))
        assert (boss.email in page) is settings.DEBUG
        assert (reverse("admin:wallet_withdrawal_change", args=[row.pk]) in page) is settings.DEBUG


def test_play_money_closes_withdrawals_with_its_reason(mina: User) -> None:
    give(mina.pk, 1)
    for name in ("wallet", "wallet-withdraw"):
        page = html(browser(mina).get(reverse(name)))
        assert "Play money was given away in this room" in page


def test_closed_withdrawals_are_told(mina: User) -> None:
    entry = address_of(mina)
    rules(withdrawals_open=False)
    client = browser(mina)
    assert "Withdrawals are closed at the moment." in html(client.get(reverse("wallet")))
    page = html(client.get(reverse("wallet-withdraw")))
    assert re.search(r"<button[^>]* disabled>", page)
    sent = {"amount_krw": "100000", "payout": f"BTC:{entry.pk}"}
    assert "Withdrawals are closed" in told(client.post(reverse("wallet-withdraw"), sent))[0]


def test_cancelling_gives_the_money_back_once(mina: User) -> None:
    row = ask(mina)
    client, url = browser(mina), reverse("wallet-cancel", args=[row.public_id])
    answer = client.post(url, follow=True)
    assert "The money is back in your balance." in told(answer)[0]
    assert "Nothing was sent" in html(answer)
    client.post(url)
    assert balance_krw(user_id=mina.pk) == 1_000_000


def test_the_note_of_staff_is_not_shown(mina: User) -> None:
    row = ask(mina)
    withdrawals.reject(
        staff=member_of_staff(),
        public_id=row.public_id,
        content_hash=row.content_hash,
        note="same phone as a known fraudster",
    )
    page = html(browser(mina).get(reverse("wallet-withdrawal", args=[row.public_id])))
    assert "rejected" in page
    assert "fraudster" not in page


def test_waiting_and_review_are_explained(mina: User) -> None:
    rules(wait_hours=24, auto_approve_krw=50_000)
    row = ask(mina)
    client, url = browser(mina), reverse("wallet-withdrawal", args=[row.public_id])
    page = html(client.get(url))
    for sentence in (
        "It waits until",
        "₩100,000 is more than the ₩50,000 that are paid without review.",
        "It is the first withdrawal: none was paid yet.",
    ):
        assert sentence in page
    assert "Our staff look at it before it is sent." not in page
    rules(wait_hours=0)
    row = ask(mina, 60_000, key="second")
    url = reverse("wallet-withdrawal", args=[row.public_id])
    page = html(client.get(url))
    assert "Our staff are looking at it." in page
    assert "₩60,000 is more than the ₩50,000" in page
    withdrawals.cancel(user=mina, public_id=row.public_id)
    assert "Why it waits" not in html(client.get(url))


def test_who_launders_is_not_told_what_gave_it_away(mina: User, haru: User) -> None:
    address_of(haru)
    rules(wait_hours=24)
    url = reverse("wallet-withdrawal", args=[ask(mina).public_id])
    page = html(browser(mina).get(url))
    assert "Our staff look at it before it is sent." in page
    assert "same address" not in page


def test_a_withdrawal_that_a_freeze_holds_says_so(mina: User) -> None:
    rules(auto_approve_krw=50_000)
    row = ask(mina)
    owe(mina, 1)
    url = reverse("wallet-withdrawal", args=[row.public_id])
    assert "Withdrawals of your account are stopped." in html(browser(mina).get(url))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": BITCOIN[:-1] + "5"}, "The address has a typing error."),
        ({"network": "ethereum"}, "This address belongs to another network."),
        ({"address": "x"}, "This is not an address."),
        ({"network": "ethereum", "address": "0x" + "0" * 40}, "Nobody can spend from this"),
        ({"network": "ethereum", "address": USDT}, "This address is a contract."),
        ({"owner": "other"}, "Say whose wallet it is"),
        ({"label": "\u202egnp.exe"}, "Give the address a name"),
    ],
)
def test_an_address_that_is_refused_is_told(
    mina: User, changes: dict[str, str], sentence: str
) -> None:
    answer = browser(mina).post(reverse("wallet-addresses"), new_address(**changes))
    assert sentence in told(answer)[0]
    assert not PayoutAddress.objects.exists()


@pytest.mark.parametrize("changes", [{"network": "tron"}, {"owner": "mother"}, {"label": "x" * 41}])
def test_what_the_form_does_not_offer_is_refused(mina: User, changes: dict[str, str]) -> None:
    answer = browser(mina).post(reverse("wallet-addresses"), new_address(**changes))
    assert answer.context["form"].errors
    assert not PayoutAddress.objects.exists()


def test_a_script_in_a_label_or_a_name_stays_text(mina: User) -> None:
    entry = add_address(
        user=mina,
        network="ethereum",
        address=ETHEREUM,
        label=SCRIPT,
        owner="other",
        owner_name=SCRIPT,
        exchange=SCRIPT,
    )
    offer = withdrawals.quote(user=mina, asset="ETH", amount_krw=50_000)
    row = withdrawals.request(
        user=mina, quote_id=offer.public_id, payout_address_id=entry.pk, key="k"
    )
    client = browser(mina)
    for url in (
        *map(reverse, ("wallet-addresses", "wallet-withdraw", "wallet")),
        reverse("wallet-quote", args=[offer.public_id, entry.pk]),
        reverse("wallet-withdrawal", args=[row.public_id]),
    ):
        assert SCRIPT not in html(client.get(url)), url
    assert "&lt;script&gt;" in html(client.get(reverse("wallet-addresses")))


def test_whose_wallet_it_is_can_be_said_later_and_once(mina: User) -> None:
    entry = address_of(mina, OTHER_ETHEREUM, owner="")
    client, url = browser(mina), reverse("wallet-declare-owner", args=[entry.pk])
    assert "Say whose wallet it is" in told(client.post(url, {"owner": "?"}, follow=True))[0]
    client.post(url, {"owner": "other", "owner_name": "Kim", "exchange": "Upbit"})
    entry.refresh_from_db()
    assert (entry.owner, entry.owner_name, entry.exchange) == ("other", "Kim", "Upbit")
    client.post(url, {"owner": "self"})
    entry.refresh_from_db()
    assert entry.owner == "other"


def test_an_address_that_is_being_paid_is_not_removed(mina: User) -> None:
    withdrawal = ask(mina)
    url = reverse("wallet-remove-address", args=[withdrawal.payout_address_id])
    answer = browser(mina).post(url, follow=True)
    assert told(answer) == ["A withdrawal to this address is under way. Cancel it first."]
    assert BITCOIN in html(answer)


def test_a_removed_address_is_gone_from_the_pages(mina: User) -> None:
    entry = address_of(mina)
    client = browser(mina)
    answer = client.post(reverse("wallet-remove-address", args=[entry.pk]), follow=True)
    assert told(answer) == ["The address is removed."]
    assert BITCOIN not in html(client.get(reverse("wallet-addresses")))
    offer = withdrawals.quote(user=mina, asset="BTC", amount_krw=50_000)
    url = reverse("wallet-quote", args=[offer.public_id, entry.pk])
    assert client.get(url).status_code == 404


def test_who_owes_the_house_is_told_how_much_and_why(mina: User) -> None:
    owe(mina, 12_345)
    client = browser(mina)
    page = html(client.get(reverse("wallet")))
    assert "₩12,345 of it were spent" in page
    assert "Owed to the house" in page
    assert "are stopped" in html(client.get(reverse("wallet-withdraw")))
