"""Tokens that are too few, or worth less than a won: booked, and credited to nobody."""

import pytest

from tests.wallet.deposits.site import EthereumSite, player_with_address, the_deposit, won
from wallet import chart, movements
from wallet.models import AssetPolicy
from wallet.policies import asset_policy

pytestmark = pytest.mark.django_db

SAFE = 5
# At 1,386 won for a whole token: 722 of its millionths are worth a won, 721 are not.
A_WON = 722


def arrived(ethereum: EthereumSite, asset: str, units: int) -> tuple[str, str, int]:
    """State and reason of a deposit that lies deep enough, and its player's won."""
    user_id, address = player_with_address("ethereum")
    contract = ethereum.tokens.usdt if asset == "USDT" else ethereum.tokens.usdc
    ethereum.node.mint_token(contract, address, units)
    ethereum.mine(SAFE)
    ethereum.scan_calmly()
    deposit = the_deposit(user_id=user_id)
    return deposit.state, deposit.reason, won(user_id)


@pytest.mark.parametrize("asset", ["USDT", "USDC"])
def test_a_token_is_dust_below_the_least_that_is_credited(
    ethereum: EthereumSite, asset: str
) -> None:
    least = asset_policy(asset).dust_units
    assert arrived(ethereum, asset, least - 1) == ("dust", "too_small", 0)
    assert arrived(ethereum, asset, least) == ("credited", "", least * 1_386 // 10**6)
    assert movements.balance(chart.dust(asset)) == least - 1


@pytest.mark.parametrize("asset", ["USDT", "USDC"])
def test_what_is_worth_less_than_a_won_is_dust(ethereum: EthereumSite, asset: str) -> None:
    asset_policy(asset)
    AssetPolicy.objects.update(dust_units=1)
    assert arrived(ethereum, asset, A_WON - 1) == ("dust", "worth_nothing", 0)
    assert arrived(ethereum, asset, A_WON) == ("credited", "", 1)
    assert movements.balance(chart.dust(asset)) == A_WON - 1
