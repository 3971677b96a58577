"""The chain's transactions that pay withdrawals."""

from collections.abc import Collection

from django.db.models import Q

from wallet.models import PaymentAttempt, Withdrawal


def txids(withdrawals: Collection[Withdrawal]) -> dict[int, str]:
    """By withdrawal (`pk`) the transaction that pays it; those that are not sent are left out.

    The one in a block; else of those that were sent the newest, which replaces the others.
    """
    attempts = PaymentAttempt.objects.filter(
        Q(is_confirmed=True) | Q(sent_at__isnull=False),
        payment__outputs__withdrawal__in=[row.pk for row in withdrawals],
        payment__outputs__is_void=False,
    )
    found = attempts.order_by("is_confirmed", "number")
    return dict(found.values_list("payment__outputs__withdrawal", "txid"))
