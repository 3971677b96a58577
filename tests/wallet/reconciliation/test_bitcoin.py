"""Bitcoin against the ledger, on a real node."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from tenacity import stop_after_attempt, wait_none

from tests.support.lying_node import LyingNode, Refusal, lying_node
from tests.wallet.house import guards_off, refused
from tests.wallet.reconciliation.sites import BitcoinSite, new_address
from wallet.advisory import LockClass
from wallet.assets import Network
from wallet.models import MoneyEvent, Payment, PaymentState, Policy, ReconciliationRun, Utxo
from wallet.policies import policy
from wallet.reconciliation import compare, reconcile, services
from wallet.reconciliation.bitcoin import bitcoin_outputs

pytestmark = pytest.mark.django_db


def utxo(*, hot: bool) -> Utxo:
    return Utxo.objects.get(deposit_address__isnull=hot)


def test_what_is_there_agrees(bitcoin: BitcoinSite) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000, cold_sat=70_000_000)
    run = reconcile()
    assert run.is_ok, run.report
    assert {
        place: (row["ledger"], row["chain"], row["pending"], row["off"])
        for place, row in run.report["assets"]["BTC"].items()
    } == {
        "deposits": ("0.00500000", "0.00500000", "0.00000000", "0.00000000"),
        "hot": ("0.20000000", "0.20000000", "0.00000000", "0.00000000"),
        "cold": ("0.70000000", "0.70000000", "0.00000000", "0.00000000"),
    }
    assert policy().withdrawals_open


def test_what_still_confirms_is_pending(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    bitcoin.node.send(new_address(Network.BITCOIN), 50_000_000)
    bitcoin.node.mine()
    findings = compare()
    assert findings.is_ok, findings
    by_place = {row.place: row for row in findings.holdings}
    assert by_place["deposits"].pending_units == by_place["deposits"].chain_units == 50_000_000


@pytest.mark.parametrize("hot", [True, False])
def test_coins_that_somebody_else_took_stop_withdrawals(bitcoin: BitcoinSite, hot: bool) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000)
    taken = utxo(hot=hot)
    bitcoin.node.broadcast(bitcoin.spend(taken, bitcoin.node.miner_address).raw)
    bitcoin.node.mine()

    run = reconcile()
    assert not run.is_ok
    place = "hot" if hot else "deposits"
    (line,) = run.report["differences"]
    assert line.startswith(f"BTC {place} {taken.txid}:{taken.vout}: the ledger has")
    assert line.endswith("the chain 0 BTC")
    rules = Policy.objects.get()
    assert not rules.withdrawals_open
    assert str(taken.txid) in rules.stopped_reason
    told = MoneyEvent.objects.get(kind="alert.chain_and_ledger_disagree")
    assert told.payload == {"differences": [line], "in_all": 1}
    # The first reason stays until a person clears it.
    reconcile()
    assert Policy.objects.get().stopped_reason == rules.stopped_reason


def test_a_payment_of_ours_on_its_way_is_no_difference(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    row = utxo(hot=True)
    signed = bitcoin.payment(row, site.BITCOIN_COLD_ADDRESS, PaymentState.SIGNED)
    assert compare().is_ok  # signed, not sent
    bitcoin.node.broadcast(signed.raw)
    assert compare().is_ok  # in the mempool
    bitcoin.node.mine()
    findings = compare()
    assert findings.is_ok, findings  # in a block, not settled
    by_place = {holding.place: holding.chain_units for holding in findings.holdings}
    assert by_place == {"deposits": 0, "hot": 20_000_000, "cold": 0}


def test_a_payment_that_is_settled_on_paper_only_is_found(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    row = utxo(hot=True)
    bitcoin.payment(row, site.BITCOIN_COLD_ADDRESS, PaymentState.SETTLED)
    (difference,) = compare().differences
    assert (difference.ledger_units, difference.chain_units) == (0, 20_000_000)


def test_a_payments_input_that_another_transaction_took_is_missing(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    row = utxo(hot=True)
    bitcoin.payment(row, site.BITCOIN_COLD_ADDRESS, PaymentState.SIGNED)
    bitcoin.node.broadcast(bitcoin.spend(row, new_address(Network.BITCOIN)).raw)
    bitcoin.node.mine()
    assert [(each.place, each.chain_units) for each in compare().differences] == [("hot", 0)]


@pytest.mark.parametrize("lies", ["first", "second"])
def test_a_node_that_hides_an_output_stops_withdrawals(
    bitcoin: BitcoinSite, settings: Settings, lies: str
) -> None:
    bitcoin.start(deposit_sat=500_000)
    with lying_node(bitcoin.node.url) as liar:
        liar.tell("gettxout", None)
        setattr(settings, "BITCOIN_RPC_URL" if lies == "first" else "BITCOIN_RPC_URL_2", liar.url)
        run = reconcile()
    assert not run.is_ok
    assert not policy().withdrawals_open


def test_a_node_that_is_gone_proves_nothing_and_stops_nothing(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    bitcoin.start(deposit_sat=500_000)
    settings.BITCOIN_RPC_URL = "http://127.0.0.1:1"
    run = reconcile()
    assert not run.is_ok
    assert run.report["unproven"] == ["bitcoin: node_unavailable"]
    assert policy().withdrawals_open
    assert MoneyEvent.objects.filter(kind="alert.reconciliation_not_proven").exists()


def fall_behind(node: LyingNode, tip: str, height: int) -> None:
    """It tells the chain as it was when that block was its newest."""

    def old_hash(_method: str, params: list[Any], result: Any) -> Any:
        if params[0] > height:
            raise Refusal({"code": -8, "message": "Block height out of range"})
        return result

    def old_output(_method: str, _params: list[Any], result: Any) -> Any:
        return result if result and result["confirmations"] > 1 else None

    node.tell("getbestblockhash", tip)
    node.lies |= {"getblockhash": old_hash, "gettxout": old_output}


def test_a_second_node_that_lags_proves_nothing_and_stops_nothing(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    bitcoin.start(deposit_sat=500_000)
    tip, height = bitcoin.node.tip(), bitcoin.node.height()
    bitcoin.node.send(new_address(Network.BITCOIN), 50_000_000)
    bitcoin.node.mine()
    with lying_node(bitcoin.node.url) as laggard:
        settings.BITCOIN_RPC_URL_2 = laggard.url
        fall_behind(laggard, tip, height)
        run = reconcile()
        assert run.report["unproven"] == [
            f"bitcoin: node_behind (the second provider has no block {height + 1})"
        ]
        assert (run.report["differences"], run.report["assets"]) == ([], {})
        assert policy().withdrawals_open
        laggard.be_honest()
        assert reconcile().is_ok


@contextmanager
def busy_scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody else scans Bitcoin, for longer than anybody waits."""
    patient = services._when_free.copy(stop=stop_after_attempt(2), wait=wait_none())
    monkeypatch.setattr(services, "_when_free", patient)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 1)", [LockClass.SCANNER])
        yield
    finally:
        # The connection goes back to its pool, and locks stay with it.
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        other.close()


def test_a_busy_scanner_is_asked_again_and_nothing_is_wrong(
    bitcoin: BitcoinSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bitcoin.start(deposit_sat=500_000)
    with busy_scanner(monkeypatch):
        run = reconcile()
    assert run.is_ok
    assert run.report["assets"] == {}
    assert run.report["postponed"] == ["bitcoin: scanner_busy"]
    assert (
        not MoneyEvent.objects.filter(kind__startswith="alert.")
        .exclude(kind="alert.insolvent")
        .exists()
    )
    run = reconcile()
    assert run.report["postponed"] == []
    assert run.report["assets"]["BTC"]["deposits"]["chain"] == "0.00500000"


def test_a_scanner_that_is_always_busy_proves_nothing(
    bitcoin: BitcoinSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bitcoin.start(deposit_sat=500_000)
    run = reconcile()
    ReconciliationRun.objects.create(
        is_ok=True, is_solvent=True, report={"assets": {}}, at=timezone.now() - timedelta(hours=4)
    )
    with busy_scanner(monkeypatch):
        assert compare().is_ok
        with guards_off():
            late = timezone.now() - timedelta(hours=4)
            ReconciliationRun.objects.filter(pk=run.pk).update(at=late)
        assert [str(each) for each in compare().unproven] == ["bitcoin: scanner_busy"]
    assert compare().is_ok


def test_inputs_of_payments_that_were_final_long_ago_are_not_asked_for(
    bitcoin: BitcoinSite,
) -> None:
    bitcoin.start(hot_sat=20_000_000)
    row = utxo(hot=True)
    bitcoin.payment(row, site.BITCOIN_COLD_ADDRESS, PaymentState.SETTLED)
    assert len(bitcoin_outputs()) == 1
    Payment.objects.update(changed_at=timezone.now() - timedelta(days=8))
    assert bitcoin_outputs() == []
    # The ledger still has what was never spent: the place's sum is off.
    (difference,) = compare().differences
    assert (difference.ledger_units, difference.chain_units) == (20_000_000, 0)


def test_coins_of_a_network_that_is_not_offered_any_more_are_not_proven(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    bitcoin.start(deposit_sat=500_000)
    settings.BITCOIN_RPC_URL = ""
    assert reconcile().report["unproven"] == ["BTC deposits: not_offered"]


def test_a_report_is_kept_for_ever(bitcoin: BitcoinSite) -> None:
    run = reconcile()
    with refused("wallet_append_only"):
        ReconciliationRun.objects.filter(pk=run.pk).update(is_ok=True)
