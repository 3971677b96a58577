"""The proof, on beat."""

from celery import shared_task

from wallet import reconciliation


@shared_task(name="wallet.tasks.reconcile_coins", ignore_result=True)
def reconcile_coins() -> None:
    """Compare the chains with the ledger; what is wrong is told from there.

    Nothing while another one runs: it does the same.
    """
    reconciliation.reconcile_unless_running()
