"""Ethereum against the ledger, on a real node."""

from typing import Any

import pytest
from django.conf import settings as site
from pytest_django import Settings

from tests.support.lying_node import lying_node
from tests.wallet.house import put_into
from tests.wallet.reconciliation.sites import EthereumSite
from wallet.deposits import Pass, scan, scanner
from wallet.models import (
    Deposit,
    MoneyEvent,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    ReconciliationRun,
)
from wallet.policies import policy
from wallet.reconciliation import compare, reconcile, services
from wallet.reconciliation.findings import Findings

pytestmark = pytest.mark.django_db
ETHER = 10**18


def chain_units(findings: Findings) -> dict[tuple[str, str], int]:
    return {(row.asset, row.place): row.chain_units for row in findings.holdings if row.chain_units}


def test_what_is_there_agrees(ethereum: EthereumSite) -> None:
    ethereum.start()
    ethereum.pay(wei=2 * ETHER, usdt=50_000_000)
    ethereum.pay(usdc=70_000_000)
    ethereum.node.send(site.ETHEREUM_HOT_ADDRESS, 3 * ETHER)
    ethereum.node.send(site.ETHEREUM_COLD_ADDRESS, 5 * ETHER)
    ethereum.node.mint_token(ethereum.tokens.usdc, site.ETHEREUM_HOT_ADDRESS, 9_000_000)
    ethereum.settle()
    run = reconcile()
    assert run.is_ok, run.report
    assert chain_units(compare()) == {
        ("ETH", "deposits"): 2 * ETHER,
        ("ETH", "hot"): 3 * ETHER,
        ("ETH", "cold"): 5 * ETHER,
        ("USDT", "deposits"): 50_000_000,
        ("USDC", "deposits"): 70_000_000,
        ("USDC", "hot"): 9_000_000,
    }


def test_deposits_before_and_after_they_are_credited_agree(ethereum: EthereumSite) -> None:
    """Small ones are credited before their block is final: the final balance lacks them yet."""
    ethereum.start()
    ethereum.pay(wei=ETHER // 10)
    for _ in range(10):
        ethereum.node.mine()
        findings = compare()
        assert findings.is_ok, findings
    assert Deposit.objects.get().state == "credited"


@pytest.mark.parametrize("asset", ["ETH", "USDC"])
def test_coins_that_left_a_deposit_address_stop_withdrawals_and_the_address_is_named(
    ethereum: EthereumSite, asset: str
) -> None:
    ethereum.start()
    ethereum.pay(wei=ETHER, usdc=70_000_000)
    robbed = ethereum.pay(wei=2 * ETHER, usdc=90_000_000)
    ethereum.settle()
    thief = ethereum.node.accounts[5]
    ethereum.node.impersonate(robbed)
    if asset == "ETH":
        ethereum.node.send(thief, ETHER, sender=robbed)
    else:
        ethereum.node.transfer_token(ethereum.tokens.usdc, thief, 90_000_000, sender=robbed)
    ethereum.settle()

    run = reconcile()
    assert not run.is_ok
    lines = [line for line in run.report["differences"] if line.startswith(asset)]
    assert len(lines) == 1
    assert lines[0].startswith(f"{asset} deposits {robbed}: the ledger has")
    assert not policy().withdrawals_open
    assert robbed in policy().stopped_reason


def test_coins_that_left_the_hot_wallet_stop_withdrawals(ethereum: EthereumSite) -> None:
    ethereum.start()
    hot = site.ETHEREUM_HOT_ADDRESS
    ethereum.node.send(hot, 3 * ETHER)
    ethereum.settle()
    ethereum.node.impersonate(hot)
    ethereum.node.send(ethereum.node.accounts[5], ETHER, sender=hot)
    ethereum.settle()
    (difference,) = compare().differences
    assert (difference.asset, difference.place, difference.where) == ("ETH", "hot", hot)
    assert difference.ledger_units == 3 * ETHER
    assert difference.chain_units < 2 * ETHER


def test_a_payment_of_ours_that_is_not_final_is_no_difference(ethereum: EthereumSite) -> None:
    ethereum.start()
    hot = site.ETHEREUM_HOT_ADDRESS
    ethereum.node.send(hot, 3 * ETHER)
    ethereum.settle()
    payment = Payment.objects.create(
        network="ethereum",
        asset="ETH",
        kind=PaymentKind.WITHDRAWAL,
        from_address=hot,
        nonce=0,
        amount_units=ETHER,
        fee_cap_units=ETHER,
        state=PaymentState.PREPARED,
    )
    ethereum.node.impersonate(hot)
    txid = ethereum.node.send(ethereum.node.accounts[5], ETHER, sender=hot)
    PaymentAttempt.objects.create(
        payment=payment,
        number=1,
        network="ethereum",
        txid=txid,
        raw="0x",
        fee_units=ETHER,
        fee_rate=1,
    )
    put_into(payment, PaymentState.BROADCAST)
    ethereum.node.mine()
    findings = compare()
    assert findings.is_ok, findings
    # Final on the chain and not settled: another look will tell, nothing stops.
    ethereum.settle()
    run = reconcile()
    assert run.report["unproven"] == [f"ethereum: payment_not_settled (payment {payment.pk})"]
    assert run.report["differences"] == []
    assert policy().withdrawals_open


@pytest.mark.parametrize("variable", ["ETHEREUM_RPC_URL", "ETHEREUM_RPC_URL_2"])
@pytest.mark.parametrize("wei", [0, 7 * ETHER])
def test_a_node_that_lies_about_a_balance_stops_withdrawals(
    ethereum: EthereumSite, settings: Settings, variable: str, wei: int
) -> None:
    ethereum.start()
    ethereum.pay(wei=ETHER)
    ethereum.settle()
    with lying_node(ethereum.node.url) as liar:
        liar.tell("eth_getBalance", hex(wei))
        setattr(settings, variable, liar.url)
        settings.ETHEREUM_COLD_ADDRESS = ""
        run = reconcile()
    assert not run.is_ok
    assert not policy().withdrawals_open


def test_a_node_with_nonsense_for_a_balance_proves_nothing(
    ethereum: EthereumSite, settings: Settings
) -> None:
    ethereum.start()
    ethereum.pay(wei=ETHER)
    ethereum.settle()
    settings.ETHEREUM_COLD_ADDRESS = ""
    for nonsense in ("-0x1", "1", None, 1, "0x" + "f" * 80):
        with lying_node(ethereum.node.url) as liar:
            liar.tell("eth_getBalance", nonsense)
            settings.ETHEREUM_RPC_URL = liar.url
            (unproven,) = compare().unproven
            assert unproven.code == "node_answer_invalid"
    assert policy().withdrawals_open


def test_a_second_node_that_lags_proves_nothing_and_stops_nothing(
    ethereum: EthereumSite, settings: Settings
) -> None:
    ethereum.start()
    ethereum.pay(wei=ETHER)
    ethereum.settle()
    newest = ethereum.node.call("eth_getBlockByNumber", "finalized", False)
    behind = int(newest["number"], 16)

    def old_block(_method: str, params: list[Any], result: Any) -> Any:
        # As nodes do of a height that they have not reached.
        is_late = params[0].startswith("0x") and int(params[0], 16) >= behind
        return None if is_late else result

    with lying_node(ethereum.node.url) as laggard:
        settings.ETHEREUM_RPC_URL_2 = laggard.url
        laggard.lies["eth_getBlockByNumber"] = old_block
        laggard.refuse("eth_getBalance", -32000, "header not found")
        settings.ETHEREUM_COLD_ADDRESS = ""
        assert_unproven(reconcile(), f"node_behind (the second provider has no block {behind})")


def test_what_became_final_since_the_scan_is_compared_by_a_later_look(
    ethereum: EthereumSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger cannot know of it yet, so it is no difference."""
    ethereum.start()
    ethereum.pay(wei=ETHER)
    ethereum.settle()
    scanned: list[int] = []

    def scan_before_it_comes(network: str) -> Pass:
        done = scan(network)
        scanned.append(ethereum.node.height())
        ethereum.node.send(site.ETHEREUM_HOT_ADDRESS, ETHER)
        ethereum.node.mine(20)
        return done

    monkeypatch.setattr(services, "scan", scan_before_it_comes)
    run = reconcile()
    monkeypatch.undo()
    (height,) = scanned
    newest_final = run.report["heights"]["ethereum"]
    assert_unproven(run, f"scanner_behind ({height} of {newest_final})")
    assert newest_final > height
    assert reconcile().is_ok


def test_what_a_scan_has_no_time_to_read_is_compared_by_a_later_look(
    ethereum: EthereumSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "MAX_BLOCKS_IN_A_PASS", 20)
    monkeypatch.setattr(scanner, "BATCH_BLOCKS", 20)
    ethereum.start()
    address = ethereum.pay(wei=ETHER)
    ethereum.node.mine(30)
    assert_unproven(reconcile(), "scanner_behind")
    run = reconcile()
    assert run.is_ok, run.report
    assert Deposit.objects.get().address.address == address


def assert_unproven(run: ReconciliationRun, why: str) -> None:
    """Staff are told, nothing is compared, and withdrawals go on."""
    assert not run.is_ok
    assert run.report["unproven"] == [f"ethereum: {why}"]
    assert (run.report["assets"], run.report["differences"]) == ({}, [])
    told = MoneyEvent.objects.get(kind="alert.reconciliation_not_proven")
    assert told.payload == {"unproven": run.report["unproven"]}
    assert policy().withdrawals_open
