"""No coin for this player: play money, a pause of the house, or an address book that fits none."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from tests.wallet.api.test_offered import close
from tests.wallet.pages.conftest import browser, html
from tests.wallet.withdrawals.house import address_of, rules

PLAY_MONEY = "plays with play money"
PAUSED = "Coins are paused here at the moment"
UNFIT = "None of your addresses fits a coin that can be withdrawn now (ETH, USDT, USDC)."
PAGES = ("wallet", "wallet-deposit", "wallet-withdraw")


def pages(user: User) -> list[str]:
    client = browser(user)
    return [html(client.get(reverse(name))) for name in PAGES]


@pytest.mark.parametrize("has_address", [False, True])
def test_where_nothing_is_set_up_it_is_play_money(
    mina: User, settings: Any, has_address: bool
) -> None:
    if has_address:
        address_of(mina)
    rules(withdrawals_open=False)
    settings.BITCOIN_RPC_URL = settings.ETHEREUM_RPC_URL = ""
    for page in pages(mina):
        assert PLAY_MONEY in page
        for other in (PAUSED, "First add the address", "Withdrawals are closed"):
            assert other not in page


@pytest.mark.parametrize("has_address", [False, True])
def test_coins_that_staff_closed_are_paused(mina: User, has_address: bool) -> None:
    if has_address:
        address_of(mina)
    close("BTC", "ETH", "USDT", "USDC")
    rules(withdrawals_open=False)
    own, deposit, withdraw = pages(mina)
    for page in (own, deposit, withdraw):
        assert PAUSED in page
        assert PLAY_MONEY not in page
    for page in (own, withdraw):
        assert "Withdrawals are closed at the moment." in page


def test_an_address_of_a_closed_coin_is_no_play_money(mina: User) -> None:
    address_of(mina)
    close("BTC")
    client = browser(mina)
    own, withdraw = (html(client.get(reverse(name))) for name in ("wallet", "wallet-withdraw"))
    for page in (own, withdraw):
        assert PLAY_MONEY not in page
        assert PAUSED not in page
    assert UNFIT in withdraw
    assert f'<a class="button button-primary" href="{reverse("wallet-addresses")}">' in withdraw
