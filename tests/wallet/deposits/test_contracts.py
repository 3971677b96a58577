"""Tokens are credited only where their contracts count as we do, says every node."""

from typing import Any

import pytest
from django.conf import settings as site_settings
from pytest_django import Settings

from tests.support.middleman import Middleman
from tests.wallet.deposits.site import EthereumSite, player_with_address, the_deposit, won
from wallet import chart, movements
from wallet.deposits import credit_ready
from wallet.models import MoneyEvent

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6
DECIMALS = "0x313ce567"


def test_a_token_with_other_decimals_is_not_credited_and_the_rest_is(
    ethereum: EthereumSite, settings: Settings
) -> None:
    node = ethereum.node
    right = settings.USDC_CONTRACT
    settings.USDC_CONTRACT = node.deploy("OrdinaryToken", "USD Coin", "USDC", 18)
    user_id, address = player_with_address("ethereum")
    node.mint_token(settings.USDC_CONTRACT, address, 100 * ONE)
    node.mint_token(settings.USDC_CONTRACT, site_settings.ETHEREUM_HOT_ADDRESS, 100 * ONE)
    node.mint_token(settings.USDT_CONTRACT, address, 25 * ONE)
    node.send(address, ETH // 10)
    ethereum.mine(9)
    for _ in range(2):
        assert ethereum.scan().trouble == "contract_invalid"
    assert the_deposit(asset="USDC").state == "confirming"
    assert won(user_id) == 25 * 1_386 + 495_000
    assert movements.balance(chart.capital("USDC")) == 0
    alert = MoneyEvent.objects.get(kind="alert.contract_invalid")
    assert alert.payload["detail"] == "USDC: 18 decimals instead of 6"
    settings.USDC_CONTRACT = right
    assert ethereum.scan().trouble == ""


def test_no_contract_at_all_credits_nothing(ethereum: EthereumSite, settings: Settings) -> None:
    settings.USDC_CONTRACT = ethereum.node.accounts[7]
    player_with_address("ethereum")
    ethereum.mine()
    assert ethereum.scan().trouble == "contract_invalid"
    assert (
        MoneyEvent.objects.get(kind="alert.contract_invalid")
        .payload["detail"]
        .startswith("USDC: no contract at")
    )


def test_one_nodes_word_on_a_contract_is_not_enough(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    user_id, address = player_with_address("ethereum")
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 25 * ONE)
    ethereum.mine(5)

    def eight(method: str, params: list[Any], result: Any) -> Any:
        is_asked = method == "eth_call" and params[0]["data"] == DECIMALS
        return f"0x{8:064x}" if is_asked else result

    liar.tamper = eight
    assert ethereum.scan().trouble == "contract_invalid"
    assert won(user_id) == 0
    liar.tamper = None
    ethereum.scan_calmly()
    assert won(user_id) == 25 * 1_386


def test_a_contract_is_asked_once(ethereum: EthereumSite, liar: Middleman) -> None:
    player_with_address("ethereum")
    asked = []

    def listen(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_call":
            asked.append(params[0]["data"])
        return result

    liar.tamper = listen
    for _ in range(3):
        ethereum.mine()
        ethereum.scan_calmly()
        credit_ready("ethereum")
    assert asked == [DECIMALS] * 2
