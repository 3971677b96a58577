"""Every page of the wallet: for its player alone, never cached, and no form without its token."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.wallet.pages.conftest import browser, html
from tests.wallet.withdrawals.house import ETHEREUM, address_of, ask
from wallet import withdrawals
from wallet.models import Exclusion, PayoutAddress, PlayerLimit, Withdrawal

PAGES = (
    *("wallet", "wallet-withdraw", "wallet-addresses", "wallet-statement", "wallet-limits"),
    *("wallet-statement-file",),
)
FORMS = ("wallet-withdraw", "wallet-addresses", "wallet-set-limit", "wallet-exclude")


def urls_of(user: User) -> dict[str, str]:
    """The pages that belong to somebody, and the forms on them."""
    row = ask(user)
    offer = withdrawals.quote(user=user, asset="BTC", amount_krw=50_000)
    entry = address_of(user)
    return {
        "withdrawal": reverse("wallet-withdrawal", args=[row.public_id]),
        "cancel": reverse("wallet-cancel", args=[row.public_id]),
        "quote": reverse("wallet-quote", args=[offer.public_id, entry.pk]),
    }


def coin_urls() -> list[str]:
    names = ("wallet-deposit-of", "wallet-qr")
    return [reverse(name, args=[asset]) for name in names for asset in ("BTC", "USDT")]


def test_every_page_opens_and_no_cache_keeps_it(mina: User) -> None:
    client = browser(mina)
    own = urls_of(mina)
    for url in (*map(reverse, PAGES), *coin_urls(), own["withdrawal"], own["quote"]):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert "no-store" in answer["Cache-Control"], url
        assert "private" in answer["Cache-Control"], url


def test_a_stranger_is_sent_to_the_login(mina: User) -> None:
    for url in (*map(reverse, (*PAGES, *FORMS)), *coin_urls(), *urls_of(mina).values()):
        for answer in (Client().get(url), Client().post(url)):
            assert answer.status_code == 302, url
            assert answer["Location"].startswith(reverse("account_login")), url


def test_what_is_anothers_is_not_there(mina: User, haru: User) -> None:
    thief = browser(haru)
    for url in urls_of(mina).values():
        assert thief.post(url).status_code == 404
    for name in ("withdrawal", "quote"):
        assert thief.get(urls_of(mina)[name]).status_code == 404
    assert Withdrawal.objects.filter(user=mina, state="cancelled").count() == 0


def test_anothers_quote_or_address_does_not_go_with_ones_own(mina: User, haru: User) -> None:
    offers = {
        user: withdrawals.quote(user=user, asset="BTC", amount_krw=50_000) for user in (mina, haru)
    }
    entries = {user: address_of(user) for user in (mina, haru)}
    thief = browser(haru)
    for offer_of, entry_of in ((mina, haru), (haru, mina), (mina, mina)):
        url = reverse("wallet-quote", args=[offers[offer_of].public_id, entries[entry_of].pk])
        assert thief.post(url).status_code == 404
    assert not Withdrawal.objects.exists()


def test_anothers_addresses_stay(mina: User, haru: User) -> None:
    entry = address_of(mina)
    for name, sent in (
        ("wallet-remove-address", {}),
        ("wallet-declare-owner", {"owner": "self"}),
    ):
        answer = browser(haru).post(reverse(name, args=[entry.pk]), sent, follow=True)
        assert "This address is not in your address book." in html(answer)
    assert PayoutAddress.objects.get(pk=entry.pk).removed_at is None


def test_no_form_works_without_its_token(mina: User) -> None:
    entry, own = address_of(mina, ETHEREUM), urls_of(mina)
    client = browser(mina, checks_csrf=True)
    sent = {"kind": "loss", "period": "day", "value": "5", "days": "1", "sure": "on"}
    for url in (
        *map(reverse, FORMS),
        *(own["cancel"], own["quote"]),
        reverse("wallet-remove-address", args=[entry.pk]),
        reverse("wallet-declare-owner", args=[entry.pk]),
        reverse("wallet-new-address", args=["BTC"]),
    ):
        assert client.post(url, sent).status_code == 403, url
    assert not PlayerLimit.objects.exists()
    assert not Exclusion.objects.exists()
    assert not Withdrawal.objects.exclude(state="approved").exists()


def test_what_changes_something_is_not_done_by_a_link(mina: User) -> None:
    entry, own = address_of(mina), urls_of(mina)
    for url in (
        own["cancel"],
        reverse("wallet-remove-address", args=[entry.pk]),
        reverse("wallet-declare-owner", args=[entry.pk]),
        reverse("wallet-new-address", args=["BTC"]),
        *map(reverse, ("wallet-set-limit", "wallet-exclude")),
    ):
        assert browser(mina).get(url).status_code == 405, url


def test_sixty_posts_a_minute_are_enough(mina: User) -> None:
    client, url = browser(mina), reverse("wallet-set-limit")
    answers = [client.post(url, {"kind": "?"}).status_code for _ in range(61)]
    assert answers == [302] * 60 + [429]
    assert client.get(reverse("wallet")).status_code == 200


def test_ten_files_a_minute_are_enough(mina: User) -> None:
    client, url = browser(mina), reverse("wallet-statement-file")
    assert [client.get(url).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize(
    "path", ["deposit/DOGE/", "deposit/btc/", "deposit/DOGE/qr.svg", "withdrawals/1/"]
)
def test_what_does_not_exist_is_not_found(mina: User, path: str) -> None:
    assert browser(mina).get(f"/wallet/{path}").status_code == 404


def test_an_unknown_withdrawal_is_not_found(mina: User) -> None:
    url = reverse("wallet-withdrawal", args=[uuid.uuid4()])
    assert browser(mina).get(url).status_code == 404


def test_without_debug_there_is_no_page_of_test_coins(mina: User) -> None:
    """The tests run without DEBUG, as a site that serves players does."""
    for path in ("", "send/", "mine/"):
        assert browser(mina).get(f"/wallet/test-coins/{path}").status_code == 404
    assert "Test coins" not in html(browser(mina).get(reverse("wallet")))
