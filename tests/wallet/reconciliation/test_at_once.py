"""Several reconciliations at once."""

import pytest

from tests.wallet.house import at_once
from tests.wallet.reconciliation.sites import BitcoinSite
from wallet.advisory import LockClass, held
from wallet.models import MoneyEvent, ReconciliationRun, Utxo
from wallet.policies import policy
from wallet.reconciliation import reconcile, reconcile_unless_running

pytestmark = pytest.mark.django_db(transaction=True)


def test_runs_at_once_wait_for_each_other_and_agree(bitcoin: BitcoinSite) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000)
    runs = at_once([reconcile] * 3, threads=3)
    assert [type(run) for run in runs] == [ReconciliationRun] * 3
    assert all(run.is_ok and run.report["postponed"] == [] for run in runs)
    assert policy().withdrawals_open


def test_a_theft_that_two_runs_find_closes_withdrawals_once(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    row = Utxo.objects.get()
    bitcoin.node.broadcast(bitcoin.spend(row, bitcoin.node.miner_address).raw)
    bitcoin.node.mine()
    first, second = sorted(at_once([reconcile] * 2, threads=2), key=lambda run: int(run.pk))
    assert first.report["found"] == second.report["found"] != []
    # The scanner has seen it before both; the first reason stays.
    assert not policy().withdrawals_open
    assert policy().stopped_reason.startswith(f"no payment of ours spent {row.txid}")


def test_the_beat_does_nothing_while_another_runs(bitcoin: BitcoinSite) -> None:
    bitcoin.start()
    with held(LockClass.RECONCILIATION):
        assert at_once([reconcile_unless_running]) == [None]
    (run,) = at_once([reconcile_unless_running])
    assert run.is_ok
    assert MoneyEvent.objects.filter(kind="reconciliation").count() == 1
