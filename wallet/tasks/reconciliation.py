"""The proof, on beat."""

from celery import Task, shared_task

from wallet import reconciliation

# A scanner that reads a long way needs its time.
AGAIN_AFTER_S = 600
MOST_TIMES_AGAIN = 12


@shared_task(name="wallet.tasks.reconcile_coins", ignore_result=True, bind=True)
def reconcile_coins(self: "Task[[], None]") -> None:
    """Compare the chains with the ledger; what is wrong is told from there."""
    run = reconciliation.reconcile()
    if run.report["busy"] and self.request.retries < MOST_TIMES_AGAIN:
        raise self.retry(countdown=AGAIN_AFTER_S, max_retries=MOST_TIMES_AGAIN)
