"""Which deposits are swept, and how many questions that takes."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.wallet.deposits.site import make_staff, set_rates
from tests.wallet.house import make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import DUST_SAT, FINAL, assert_agreed, no_float, rule
from wallet.addressing import deposit_address
from wallet.assets import Asset, Network
from wallet.deposits import return_from_quarantine, scan
from wallet.models import (
    Deposit,
    DepositAddress,
    DepositState,
    PaymentKind,
    PaymentState,
    SweepLook,
    Utxo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


@pytest.mark.parametrize("asset", [Asset.BTC, Asset.ETH])
def test_coins_of_a_deposit_that_was_returned_are_swept(
    request: pytest.FixtureRequest, asset: Asset
) -> None:
    """They are the operator's since then; while staff have not decided they stay."""
    name = "bitcoin_house" if asset == Asset.BTC else "ethereum_house"
    house: Any = request.getfixturevalue(name)
    no_float(asset)
    units = 2_000_000 if asset == Asset.BTC else ETHER
    deposit = quarantined(house, units)
    house.sweep()
    assert house.payments() == []
    return_from_quarantine(
        deposit_id=deposit.pk,
        staff=make_staff(),
        second=make_staff(),
        reason="the account is closed",
        external_txid=("" if asset == Asset.BTC else "0x") + "ab" * 32,
    )
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert (payment.kind, payment.state) == (PaymentKind.SWEEP, PaymentState.SETTLED)
    assert payment.amount_units == units
    on_chain = house.hot_sat() if asset == Asset.BTC else house.hot_units(asset)
    assert booked("hot", asset) == on_chain > units * 99 // 100
    assert_agreed()
    looks = list(SweepLook.objects.values_list("looked_at"))
    house.sweep()
    assert house.payment() == payment, "nothing is left"
    assert list(SweepLook.objects.values_list("looked_at")) == looks, "nor asked again"


def quarantined(house: BitcoinHouse | EthereumHouse, units: int) -> Deposit:
    """Of a player whose account is closed, in a final block."""
    user_id = make_player()
    network = house.wallet.network
    address = deposit_address(user_id=user_id, network=network).address
    house.mine(FINAL)
    assert scan(network).trouble == ""
    User.objects.filter(pk=user_id).update(is_active=False)
    house.node.send(address, units)
    house.mine(FINAL)
    assert scan(network).trouble == ""
    deposit = Deposit.objects.get()
    assert deposit.state == DepositState.QUARANTINED
    return deposit


@pytest.mark.parametrize("network", [Network.BITCOIN, Network.ETHEREUM])
def test_a_look_for_what_to_sweep_asks_no_more_for_more_depositors(
    request: pytest.FixtureRequest, network: Network
) -> None:
    house: Any = request.getfixturevalue(f"{network}_house")
    no_float(*(Asset.BTC, Asset.ETH, Asset.USDT, Asset.USDC))
    house.mine(FINAL)
    rule(Asset.BTC, sweep_least_units=10**8)
    house.sweep()
    counts = []
    for more in (1, 5):
        for _ in range(more):
            too_little(house, network)
        with CaptureQueriesContext(connection) as asked:
            house.sweep()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert (house.payments(), told()) == ([], set())


def too_little(house: Any, network: Network) -> None:
    """A depositor whose coins are in the ledger, and not enough to be swept."""
    address: DepositAddress = deposit_address(user_id=make_player(), network=network)
    number = Deposit.objects.count()
    txid = f"{number:064x}" if network == Network.BITCOIN else f"0x{number:064x}"
    height = house.node.height() - FINAL
    where = {"height": height, "block_hash": "00" * 32}
    for asset in [Asset.BTC] if network == Network.BITCOIN else [Asset.ETH, Asset.USDT]:
        place = "vout:0" if network == Network.BITCOIN else asset.value
        Deposit.objects.create(
            user_id=address.user_id,
            address=address,
            network=network,
            asset=asset,
            txid=txid,
            place=place,
            amount_units=DUST_SAT,
            state=DepositState.DUST,
            **where,
        )
    if network == Network.BITCOIN:
        Utxo.objects.create(
            txid=txid,
            vout=0,
            amount_sat=DUST_SAT,
            script=address.script,
            deposit_address=address,
            **where,
        )
