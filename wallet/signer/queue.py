"""Which withdrawals wait for the signer."""

from collections.abc import Iterable
from itertools import islice

import structlog
from django.utils import timezone

from wallet.assets import Network
from wallet.models import PaymentOutput, Withdrawal, WithdrawalState
from wallet.signer.alerts import alert
from wallet.signer.alone import report
from wallet.signer.ceilings import Ceilings
from wallet.signer.errors import NotPayable, RatesUnheard
from wallet.signer.judgement import require_payable
from wallet.signer.market import listen

log = structlog.get_logger()


def payable(network: Network, *, limit: int) -> list[Withdrawal]:
    """Approved withdrawals that no payment has taken and that may be paid, the oldest first.

    The others wait where they are, and staff are told why. One whose quote is over waits until its
    rate is fixed again (`wallet.withdrawals.advance`), which staff need not hear of.
    """
    now = timezone.now()
    at_rates_of_now = [each for each in waiting(network) if each.quote.expires_at > now]
    if at_rates_of_now:
        listen()
    return list(islice(_judged(at_rates_of_now), limit))


def waiting(network: Network) -> list[Withdrawal]:
    """Approved, and in no payment that counts."""
    taken = PaymentOutput.objects.filter(is_void=False, withdrawal__isnull=False)
    return list(
        Withdrawal.objects.filter(network=network, state=WithdrawalState.APPROVED)
        .exclude(id__in=taken.values("withdrawal_id"))
        .select_related("hold", "payout_address", "quote__rate")
        .prefetch_related("approvals")
        .order_by("id")
    )


def _judged(withdrawals: Iterable[Withdrawal]) -> Iterable[Withdrawal]:
    ceilings = Ceilings(with_prepared=True)
    for withdrawal in withdrawals:
        subject = f"withdrawal:{withdrawal.public_id}"
        try:
            require_payable(withdrawal)
            ceilings.admit(withdrawal)
        except NotPayable as refusal:
            alert(refusal.reason, subject)
        except RatesUnheard as error:
            log.warning("waits_for_rates", subject=subject, asset=error.detail)
        except Exception as error:
            report(subject, error)
        else:
            yield withdrawal
