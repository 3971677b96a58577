"""Coins that the house's own addresses lose without the ledger: named, and withdrawals stop."""

import pytest
from django.conf import settings as site

from tests.wallet.reconciliation.conftest import COLD
from tests.wallet.reconciliation.sites import FEE_SAT, BitcoinSite, EthereumSite
from wallet.addressing import bitcoin_script_of
from wallet.chains.types import Outpoint
from wallet.deposits.watch import outpoint_of
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.signing import KeyPath
from wallet.models import MoneyEvent, OwnTransfer, Policy, ReconciliationRun
from wallet.policies import policy
from wallet.reconciliation import reconcile

pytestmark = pytest.mark.django_db

ETHER = 10**18
HELD, STOLEN = 90_000_000, 30_000_000
COLD_SAT = 70_000_000


@pytest.mark.parametrize("asset", ["USDT", "USDC"])
@pytest.mark.parametrize("place", ["hot", "cold"])
def test_a_token_that_was_stolen(ethereum: EthereumSite, place: str, asset: str) -> None:
    ethereum.start()
    robbed = site.ETHEREUM_HOT_ADDRESS if place == "hot" else site.ETHEREUM_COLD_ADDRESS
    contract = ethereum.tokens.usdt if asset == "USDT" else ethereum.tokens.usdc
    ethereum.node.send(robbed, ETHER)
    ethereum.node.mint_token(contract, robbed, HELD)
    ethereum.settle()
    assert reconcile().is_ok
    ethereum.node.impersonate(robbed)
    ethereum.node.transfer_token(contract, ethereum.node.accounts[5], STOLEN, sender=robbed)
    ethereum.settle()
    reopened()
    run = reconcile()
    found = [each for each in run.report["found"] if each["asset"] == asset]
    assert found == [
        {
            "asset": asset,
            "place": place,
            "where": robbed,
            "ledger": "90.000000",
            "chain": "60.000000",
        }
    ]
    # The thief's gas is missing too.
    assert {each["where"] for each in run.report["found"]} == {robbed}
    assert {each["asset"] for each in run.report["found"]} == {asset, "ETH"}
    assert_stopped(run)


def test_a_token_that_was_taken_by_an_allowance(ethereum: EthereumSite) -> None:
    """No transaction of ours moves it, so the scanner has nothing to tell."""
    node, usdc, robbed = ethereum.node, ethereum.tokens.usdc, site.ETHEREUM_HOT_ADDRESS
    thief = node.accounts[5]
    node.impersonate(robbed)
    node.fund(robbed, ETHER)
    node.transact(usdc, "approve(address,uint256)", thief, STOLEN, sender=robbed)
    node.mine()
    node.fund(robbed, 0)
    ethereum.start()
    node.mint_token(usdc, robbed, HELD)
    ethereum.settle()
    assert reconcile().is_ok
    node.transact(
        usdc, "transferFrom(address,address,uint256)", robbed, thief, STOLEN, sender=thief
    )
    ethereum.settle()
    assert policy().withdrawals_open
    run = reconcile()
    (found,) = run.report["found"]
    assert (found["asset"], found["place"], found["where"]) == ("USDC", "hot", robbed)
    assert (found["ledger"], found["chain"]) == ("90.000000", "60.000000")
    assert_stopped(run)


def test_bitcoin_that_was_stolen_from_cold_storage(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000, cold_sat=COLD_SAT)
    assert reconcile().is_ok
    row = OwnTransfer.objects.get(custody="cold")
    stolen = outpoint_of(row.txid, row.place)
    bitcoin.node.broadcast(spent_by_thief(bitcoin, stolen))
    bitcoin.settle()
    reopened()
    run = reconcile()
    assert run.report["found"] == [
        {
            "asset": "BTC",
            "place": "cold",
            "where": str(stolen),
            "ledger": "0.70000000",
            "chain": "0.00000000",
        }
    ]
    assert_stopped(run)


def reopened() -> None:
    """The scanner has stopped withdrawals; somebody opens them without looking further."""
    rules = policy()
    assert not rules.withdrawals_open
    Policy.objects.update(withdrawals_open=True, stopped_reason="")


def assert_stopped(run: ReconciliationRun) -> None:
    """By this run, which says why, to staff as well."""
    assert not run.is_ok
    rules = policy()
    assert not rules.withdrawals_open
    assert rules.stopped_reason == f"#{run.pk}: {run.report['differences'][0]}"
    told = MoneyEvent.objects.get(kind="alert.chain_and_ledger_disagree")
    assert told.payload["differences"] == run.report["differences"]


def spent_by_thief(bitcoin: BitcoinSite, outpoint: Outpoint) -> str:
    """Raw bytes that take an output of cold storage."""
    signer, key = BitcoinSigner(bitcoin.keys), KeyPath(COLD, 0)
    signed = signer.sign(
        [BitcoinInput(outpoint, signer.script(key), COLD_SAT, key)],
        [BitcoinOutput(bitcoin_script_of(bitcoin.node.miner_address), COLD_SAT - FEE_SAT)],
        max_fee_sat=FEE_SAT,
    )
    return signed.raw
