"""Which coins a program is told to send, and where: never one that this house does not take."""

from typing import Any

import pytest

from accounts.models import User
from tests.wallet.api.web import Web
from tests.wallet.pages.conftest import browser
from wallet.models import AssetPolicy, DepositAddress
from wallet.policies import asset_policy


def close(*assets: str) -> None:
    for asset in assets:
        asset_policy(asset)
    AssetPolicy.objects.filter(asset__in=assets).update(is_open=False)


def told(web: Web) -> dict[str, list[str]]:
    return {row["network"]: row["assets"] for row in web.get("deposit-addresses/").json()}


def refused(web: Web, network: str) -> tuple[int, str]:
    answer = web.post("deposit-addresses/", {"network": network})
    return answer.status_code, answer.json()["code"]


def test_a_token_without_its_contract_is_not_taken(web: Web, settings: Any) -> None:
    settings.USDC_CONTRACT = ""
    assert told(web)["ethereum"] == ["ETH", "USDT"]
    settings.USDT_CONTRACT = ""
    assert told(web)["ethereum"] == ["ETH"]
    assert web.post("deposit-addresses/", {"network": "ethereum"}).json()["assets"] == ["ETH"]


def test_a_closed_coin_is_not_taken(web: Web) -> None:
    close("ETH", "USDT")
    assert told(web) == {"bitcoin": ["BTC"], "ethereum": ["USDC"]}


@pytest.mark.parametrize("without", ["closed", "no contracts"])
def test_a_network_without_a_coin_has_no_address(
    web: Web, player: User, settings: Any, without: str
) -> None:
    close("ETH")
    if without == "closed":
        close("USDT", "USDC")
    else:
        settings.USDT_CONTRACT = settings.USDC_CONTRACT = ""
    assert told(web) == {"bitcoin": ["BTC"]}
    assert refused(web, "ethereum") == (400, "network_not_offered")
    assert not DepositAddress.objects.filter(network="ethereum").exists()
    assert browser(player).get("/wallet/deposit/ETH/").status_code == 404


def test_an_address_of_a_network_that_closed_later_is_not_told(web: Web) -> None:
    assert told(web).keys() == {"bitcoin", "ethereum"}
    close("BTC")
    assert told(web).keys() == {"ethereum"}
    assert refused(web, "bitcoin") == (400, "network_not_offered")
