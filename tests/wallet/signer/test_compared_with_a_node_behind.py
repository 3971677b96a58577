"""What the signer has settled, compared with a node that is behind the ones it asked."""

import pytest
from pytest_django.fixtures import Settings

from tests.support.lying_node import lying_node
from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.test_sweeping import assert_agreed, credited, no_float
from wallet.assets import Asset
from wallet.models import PaymentState
from wallet.policies import policy
from wallet.reconciliation import reconcile

pytestmark = pytest.mark.django_db


def test_a_payment_that_is_not_final_for_the_node_is_no_difference(
    ethereum_house: EthereumHouse, settings: Settings
) -> None:
    """The coins are where they were in that node's newest final block, and not in the ledger."""
    house = ethereum_house
    set_rates(ETH=5_000_000)
    no_float(Asset.ETH)
    credited(house, Asset.ETH, ETHER)
    final = house.node.call("eth_getBlockByNumber", "finalized", False)
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert payment.state == PaymentState.SETTLED
    with lying_node(house.node.url) as behind:
        behind.lies["eth_getBlockByNumber"] = lambda _method, asked, true: (
            final if asked[0] == "finalized" else true
        )
        settings.ETHEREUM_RPC_URL = behind.url
        run = reconcile()
    assert run.report["unproven"] == [f"ethereum: settled_too_early (payment {payment.pk})"]
    assert (run.report["assets"], run.report["differences"]) == ({}, [])
    assert policy().withdrawals_open
    settings.ETHEREUM_RPC_URL = house.node.url
    assert reconcile().is_ok
    assert_agreed()
