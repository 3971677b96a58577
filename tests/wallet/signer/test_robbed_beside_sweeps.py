"""What is missing at deposit addresses is named to the wei, whatever was swept from there."""

import pytest

from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.test_sweeping import FINAL, assert_agreed, credited, no_float
from wallet.assets import Asset, Network
from wallet.deposits import scan
from wallet.deposits.ethereum_reader import EthereumReader
from wallet.deposits.nodes import reader_of
from wallet.models import ChainCursor, PaymentKind
from wallet.reconciliation import compare, ethereum

pytestmark = pytest.mark.django_db
USDT = 10**6


def test_only_what_was_taken_is_named(
    ethereum_house: EthereumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, node = ethereum_house, ethereum_house.node
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    swept = credited(house, Asset.USDT, 500 * USDT)
    credited(house, Asset.ETH, 2 * ETHER)
    kept = credited(house, Asset.USDT, 7 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    for _ in range(2):
        house.sweep()
        house.until_settled()
    assert {(each.kind, each.asset) for each in house.payments()} == {
        (PaymentKind.GAS, Asset.ETH),
        (PaymentKind.SWEEP, Asset.ETH),
        (PaymentKind.SWEEP, Asset.USDT),
    }
    assert_agreed()

    left_wei = house.balance(Asset.ETH, swept)
    assert left_wei > 0  # gas that was not used
    node.fund(swept, left_wei - 1)
    node.impersonate(kept)
    node.fund(kept, ETHER)
    node.transfer_token(house.tokens.usdt, node.accounts[5], USDT, sender=kept)
    house.mine(FINAL)
    found = {(each.asset, each.where): each for each in compare().differences}
    assert set(found) == {("ETH", swept), ("ETH", kept), ("USDT", kept)}
    taken = found["ETH", swept]
    assert (taken.ledger_units, taken.chain_units) == (left_wei, left_wei - 1)
    assert found["ETH", kept].ledger_units == 0
    assert found["USDT", kept].ledger_units == 7 * USDT

    # What is final and booked is not read again.
    monkeypatch.setattr(ethereum, "MARGIN_BLOCKS", 0)
    reader = reader_of(Network.ETHEREUM)
    assert isinstance(reader, EthereumReader)
    assert scan(Network.ETHEREUM).trouble == ""
    since = ethereum.since_when(reader)
    known = ethereum.known_of_ethereum(ChainCursor.objects.get().height, since)
    assert (known.rows, known.settled, known.open_attempts) == ([], [], [])
