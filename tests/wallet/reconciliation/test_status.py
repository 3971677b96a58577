"""`manage.py wallet_status`."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.wallet.reconciliation.conftest import SetRates
from tests.wallet.reconciliation.sites import BitcoinSite, EthereumSite
from wallet.models import ChainCursor, Policy, RateHalt, Utxo
from wallet.reconciliation import reconcile
from wallet.reconciliation.status import wallet_status

pytestmark = pytest.mark.django_db


def run_command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("wallet_status", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_site_without_networks_that_is_well(set_rates: SetRates) -> None:
    code, text = run_command("--reconcile")
    assert code == 0, text
    lines = {line.split("  ")[0]: line.split("  ")[-1].strip() for line in text.splitlines()}
    assert lines["chain bitcoin"] == "not offered"
    assert lines["coins BTC hot"] == "0 BTC"
    assert lines["won ratio"] == "nothing is owed"
    assert lines["pending withdrawals"] == "none"
    assert lines["switch withdrawals are open"] == "yes"
    assert "wrong" not in text


def test_everything_wrong_is_in_a_line(db: None) -> None:
    Policy.objects.create(id=1, withdrawals_open=False, stopped_reason="#7: coins are missing")
    RateHalt.objects.create(asset="ETH", reason="moved")
    code, text = run_command("--json")
    assert code == 1
    told = json.loads(text)
    assert told["is_well"] is False
    assert "switch, withdrawals are open: #7: coins are missing" in told["wrong"]
    assert "proof, reconciliation: never run" in told["wrong"]
    assert any(line.startswith("rate, BTC: rates_stale") for line in told["wrong"])
    assert any(line.startswith("rate, ETH: rates_halted") for line in told["wrong"])
    assert told["facts"]["rate"]["BTC"] == ["never"]


def test_chains_coins_and_pending_work_are_shown(bitcoin: BitcoinSite, settings: Settings) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000)
    reconcile()
    status = wallet_status()
    facts = {(section, name): fact for section, name, fact in status.lines}
    height = bitcoin.node.height()
    assert facts["node", "bitcoin 1"] == facts["node", "bitcoin 2"] == f"height {height}"
    assert facts["chain", "bitcoin"].startswith(f"scanned to {height}, lag 0")
    assert facts["coins", "BTC hot"] == "0.2 BTC"
    assert facts["coins", "BTC deposits"] == "0.005 BTC"
    assert facts["won", "owed against coins"] == "500,000"
    compared = facts["compared", "BTC hot"]
    assert compared.startswith("chain 0.2, ledger 0.2, on its way 0, difference 0 (#")
    assert compared.endswith(f"block {height})")
    assert status.wrong == []

    bitcoin.node.mine(4)
    settings.BITCOIN_RPC_URL_2 = "http://127.0.0.1:1"
    ChainCursor.objects.update(trouble="")
    assert wallet_status().wrong == [
        "node, bitcoin 2: does not answer",
        "chain, bitcoin: 4 blocks behind",
    ]


def test_figures_for_programs(
    bitcoin: BitcoinSite, ethereum: EthereumSite, settings: Settings
) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000)
    ethereum.start()
    ethereum.pay(usdt=50_000_000)
    ethereum.node.send(settings.ETHEREUM_HOT_ADDRESS, 3 * 10**18)
    ethereum.settle()
    bitcoin.node.send(settings.BITCOIN_HOT_ADDRESS, 1_000_000)
    bitcoin.node.mine()
    code, text = run_command("--json", "--reconcile")
    figures = json.loads(text)["figures"]
    assert code == 0, text
    hot = figures["compared"]["BTC"]["hot"]
    height = bitcoin.node.height()
    assert (hot["chain"], hot["ledger"]) == ("0.21000000", "0.20000000")
    assert (hot["pending"], hot["off"], hot["height"]) == ("0.01000000", "0.00000000", height)
    assert figures["compared"]["ETH"]["hot"]["chain"] == "3.000000000000000000"
    assert figures["compared"]["USDT"]["deposits"]["ledger"] == "50.000000"
    assert figures["coins"]["BTC"] == {
        "deposits": "0.00500000",
        "hot": "0.20000000",
        "cold": "0.00000000",
    }
    assert figures["chains"]["bitcoin"]["node_heights"] == [height, height]
    assert figures["chains"]["bitcoin"]["lag"] == 0
    assert figures["solvency"]["owed_krw"] == str(500_000 + 50 * 1_400)
    assert figures["solvency"]["is_solvent"] is True
    assert figures["pending"] == {"deposits": {}, "withdrawals": {}, "payments": {}}
    assert figures["reconciliation"]["is_ok"] is True


def test_a_difference_and_an_old_comparison_are_wrong(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    bitcoin.node.broadcast(bitcoin.spend(Utxo.objects.get(), bitcoin.node.miner_address).raw)
    bitcoin.node.mine()
    reconcile()
    assert "compared, BTC hot: the difference is -0.2 BTC" in wallet_status().wrong
    later = wallet_status(now=datetime.now(UTC) + timedelta(hours=5)).wrong
    assert "compared, BTC hot: not compared for 5 h" in later
