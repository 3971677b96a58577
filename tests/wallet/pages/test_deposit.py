"""The deposit page: an address, its network and QR code, and what has arrived."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.pages.conftest import browser, html, told
from tests.wallet.withdrawals.house import rules
from wallet import addressing
from wallet.limits import exclude
from wallet.models import AssetPolicy, Deposit, DepositAddress
from wallet.policies import asset_policy


def arrive(user: User, asset: str, units: int, **more: Any) -> Deposit:
    """A deposit in no block yet."""
    network = "bitcoin" if asset == "BTC" else "ethereum"
    return Deposit.objects.create(
        user=user,
        address=addressing.deposit_address(user_id=user.pk, network=network),
        network=network,
        asset=asset,
        txid="ab" * 32,
        place="vout:0",
        amount_units=units,
        **{"state": "seen", **more},
    )


def test_the_network_stands_beside_the_address(mina: User) -> None:
    page = html(browser(mina).get(reverse("wallet-deposit-of", args=["USDT"])))
    address = DepositAddress.objects.get(user=mina).address
    assert address in page
    assert "Ethereum (ERC-20)" in page
    assert "only over the Ethereum network (ERC-20)" in page


def test_the_qr_code_is_of_ones_own_address(mina: User) -> None:
    answer = browser(mina).get(reverse("wallet-qr", args=["BTC"]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert DepositAddress.objects.filter(user=mina, network="bitcoin").count() == 1


def test_a_new_address_leaves_the_old_one(mina: User) -> None:
    client = browser(mina)
    client.get(reverse("wallet-deposit-of", args=["BTC"]))
    first = DepositAddress.objects.get(user=mina)
    page = html(client.post(reverse("wallet-new-address", args=["BTC"]), follow=True))
    newest = DepositAddress.objects.filter(user=mina).latest("pk")
    assert newest.address in page
    assert newest.address != first.address


def test_a_deposit_shows_what_it_waits_for_and_what_it_will_be_worth(mina: User) -> None:
    arrive(mina, "BTC", 1_000_000)
    page = html(browser(mina).get(reverse("wallet-deposit-of", args=["BTC"])))
    assert "0.01 BTC" in page
    assert "not in a block yet" in page
    assert "≈ ₩990,000" in page
    Deposit.objects.update(
        state="confirming", confirmations=2, confirmations_needed=3, height=7, block_hash="cd" * 32
    )
    assert "2 / 3" in html(browser(mina).get(reverse("wallet")))


def test_a_deposit_on_ethereum_shows_its_confirmations_too(mina: User) -> None:
    arrive(mina, "ETH", 10**17)
    Deposit.objects.update(
        state="confirming", confirmations=12, finality_needed="safe", height=7, block_hash="cd" * 32
    )
    page = html(browser(mina).get(reverse("wallet")))
    assert "12 confirmations · waits for the network's finality" in page


def test_nobody_sees_anothers_deposits(mina: User, haru: User) -> None:
    arrive(mina, "BTC", 1_234_567)
    assert "0.01234567 BTC" in html(browser(mina).get(reverse("wallet")))
    assert "0.01234567 BTC" not in html(browser(haru).get(reverse("wallet")))


def test_an_excluded_player_gets_no_address(mina: User) -> None:
    exclude(user_id=mina.pk, until=timezone.now() + timedelta(days=2))
    client = browser(mina)
    page = html(client.get(reverse("wallet-deposit-of", args=["BTC"])))
    assert "You are excluded from playing." in page
    assert client.get(reverse("wallet-qr", args=["BTC"])).status_code == 404
    answer = client.post(reverse("wallet-new-address", args=["BTC"]), follow=True)
    assert told(answer) == ["You are excluded from playing. You can still withdraw your money."]
    assert not DepositAddress.objects.filter(user=mina).exists()


def test_closed_deposits_show_no_address(mina: User) -> None:
    rules(deposits_open=False)
    client = browser(mina)
    assert 'id="address"' not in html(client.get(reverse("wallet-deposit-of", args=["BTC"])))
    assert client.get(reverse("wallet-qr", args=["BTC"])).status_code == 404


def test_only_coins_that_are_offered_have_a_page(mina: User) -> None:
    asset_policy("ETH")
    AssetPolicy.objects.filter(asset="ETH").update(is_open=False)
    client = browser(mina)
    assert client.get(reverse("wallet-deposit-of", args=["ETH"])).status_code == 404
    assert client.get(reverse("wallet-deposit"))["Location"].endswith("/BTC/")


def test_a_room_of_play_money_says_so(mina: User, settings: Any) -> None:
    settings.BITCOIN_RPC_URL = settings.ETHEREUM_RPC_URL = ""
    client = browser(mina)
    for name in ("wallet", "wallet-deposit"):
        assert "plays with play money" in html(client.get(reverse(name)))
