"""Bitcoin, killed at every point."""

import pytest

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.crashes.conftest import SignerOf
from tests.wallet.signer.crashes.housekeeping import (
    BitcoinCold,
    BitcoinReplacedSweep,
    BitcoinReplacedSweepFirst,
    BitcoinSweep,
    HousePayment,
)
from tests.wallet.signer.crashes.matrix import Ran, kill_everywhere
from tests.wallet.signer.crashes.scenario import Scenario
from tests.wallet.signer.crashes.sides import BitcoinSide
from tests.wallet.signer.crashes.superseding import GivenBack, PaidAgain
from tests.wallet.signer.crashes.withdrawing import (
    Batch,
    OldAttemptConfirms,
    PaidWithdrawals,
    Replaced,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

WITHDRAWALS: list[type[Scenario]] = [
    PaidWithdrawals,
    Batch,
    Replaced,
    OldAttemptConfirms,
    PaidAgain,
    GivenBack,
]
HOUSE: list[type[HousePayment]] = [
    BitcoinSweep,
    BitcoinReplacedSweep,
    BitcoinReplacedSweepFirst,
    BitcoinCold,
]


@pytest.mark.parametrize("scenario", [*WITHDRAWALS, *HOUSE])
def test_bitcoin_moves_once_wherever_the_signer_dies(
    scenario: type[Scenario], bitcoin_house: BitcoinHouse, signer_of: SignerOf, ran: Ran
) -> None:
    made = scenario(BitcoinSide(bitcoin_house))
    signer = signer_of(bitcoin_house.wallet.network, bitcoin_house.seed)
    kill_everywhere(made, signer, ran)
