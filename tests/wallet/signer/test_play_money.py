"""Won that was given away never becomes coins of a main network."""

from typing import Any

import pytest

from tests.wallet.house import give, make_player
from tests.wallet.signer.house import AMOUNT_KRW, approved
from tests.wallet.withdrawals.house import BITCOIN, ETHEREUM, open_house
from wallet import chart
from wallet.assets import Asset
from wallet.ledger import credit, debit, post
from wallet.models import Withdrawal
from wallet.signer.errors import NotPayable
from wallet.signer.judgement import require_payable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _main_networks(db: None, settings: Any) -> None:
    open_house(settings)
    settings.BITCOIN_HOT_ADDRESS = ""
    settings.ETHEREUM_CHAIN_ID = 1


@pytest.fixture(params=[Asset.BTC, Asset.ETH, Asset.USDT])
def withdrawal(request: pytest.FixtureRequest) -> Withdrawal:
    """Of won that somebody paid for."""
    player = make_player()
    post(
        kind="deposit",
        key="deposit:1:1",
        postings=[
            debit(chart.position_cost(Asset.BTC), AMOUNT_KRW),
            credit(chart.player(player), AMOUNT_KRW),
        ],
    )
    address = BITCOIN if request.param == Asset.BTC else ETHEREUM
    return approved(address, 100_000, request.param, user_id=player)


def test_nothing_is_paid_where_anybody_was_given_play_money(withdrawal: Withdrawal) -> None:
    require_payable(withdrawal)
    give(make_player(), 1)
    with pytest.raises(NotPayable, match="play_money"):
        require_payable(withdrawal)


def test_coins_of_a_test_network_are_paid(withdrawal: Withdrawal, settings: Any) -> None:
    give(make_player(), 1)
    settings.ETHEREUM_CHAIN_ID = 31_337
    if withdrawal.asset != Asset.BTC:
        require_payable(withdrawal)
