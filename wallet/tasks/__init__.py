"""Celery tasks of the wallet. Doing any of them twice changes nothing."""

from wallet.tasks.limits import bar_overtime
from wallet.tasks.withdrawals import advance_withdrawals

__all__ = ["advance_withdrawals", "bar_overtime"]
