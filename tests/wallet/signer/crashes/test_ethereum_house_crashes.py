"""The house's own payments on Ethereum, killed at points of every pass, or all of them."""

import pytest

from tests.wallet.signer.crashes.conftest import SignerOf
from tests.wallet.signer.crashes.housekeeping import (
    EthereumCold,
    EthereumReplacedSweep,
    EthereumReplacedSweepFirst,
    EthereumSweep,
)
from tests.wallet.signer.crashes.matrix import Ran, kill_everywhere
from tests.wallet.signer.crashes.scenario import Scenario
from tests.wallet.signer.crashes.sides import EthereumSide
from tests.wallet.signer.ethereum_house import EthereumHouse
from wallet.assets import Asset

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

SCENARIOS: list[tuple[type[Scenario], Asset]] = [
    (EthereumSweep, Asset.ETH),
    (EthereumSweep, Asset.USDT),
    (EthereumReplacedSweep, Asset.ETH),
    (EthereumReplacedSweepFirst, Asset.ETH),
    (EthereumCold, Asset.ETH),
]


@pytest.mark.parametrize(("scenario", "asset"), SCENARIOS)
def test_coins_of_the_house_move_once_wherever_the_signer_dies(
    scenario: type[Scenario],
    asset: Asset,
    ethereum_house: EthereumHouse,
    signer_of: SignerOf,
    ran: Ran,
) -> None:
    made = scenario(EthereumSide(ethereum_house, asset))
    signer = signer_of(ethereum_house.wallet.network, ethereum_house.seed)
    kill_everywhere(made, signer, ran)
