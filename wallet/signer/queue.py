"""Which withdrawals wait for the signer."""

from collections.abc import Iterable
from itertools import islice

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone

from wallet import rates
from wallet.assets import Network
from wallet.chains.errors import ChainError
from wallet.models import PaymentOutput, Withdrawal, WithdrawalState
from wallet.rates.errors import NoRate
from wallet.signer.alerts import alert
from wallet.signer.alone import report
from wallet.signer.ceilings import Ceilings
from wallet.signer.earlier import proven_dead
from wallet.signer.errors import NotPayable, RatesUnheard
from wallet.signer.judgement import require_due, require_payable
from wallet.signer.market import listen, require_believable
from wallet.signer.wallets import Wallet
from wallet.withdrawals import fix_rate_to_pay

log = structlog.get_logger()


def payable(network: Network, *, limit: int, wallet: Wallet | None = None) -> list[Withdrawal]:
    """Approved withdrawals that no payment has taken and that may be paid, the oldest first.

    The others wait where they are, and staff are told why. The rate of one whose quote is over is
    fixed again here, when nothing else keeps it from being paid. Without a `wallet` nobody can
    prove that what was signed before is dead, so nothing is paid again.
    """
    found = waiting(network)
    if found:
        listen()
    return list(islice(_judged(found, wallet), limit))


def waiting(network: Network) -> list[Withdrawal]:
    """Approved, and in no payment that counts."""
    taken = PaymentOutput.objects.filter(is_void=False, withdrawal=OuterRef("pk"))
    return list(
        Withdrawal.objects.filter(~Exists(taken), network=network, state=WithdrawalState.APPROVED)
        .select_related("hold", "payout_address", "quote__rate")
        .prefetch_related("approvals")
        .order_by("id")
    )


def _judged(withdrawals: Iterable[Withdrawal], wallet: Wallet | None) -> Iterable[Withdrawal]:
    ceilings = Ceilings(with_prepared=True)
    for withdrawal in withdrawals:
        subject = f"withdrawal:{withdrawal.public_id}"
        try:
            dead = proven_dead(wallet, [withdrawal])
            if withdrawal.quote.expires_at <= timezone.now():
                require_due(withdrawal)
                ceilings.require_room(withdrawal, dead=dead)
                require_believable(withdrawal.asset, rates.current(withdrawal.asset).ask_krw)
                row = fix_rate_to_pay(withdrawal)
                if row is None:
                    continue
                withdrawal.quote, withdrawal.amount_units = row.quote, row.amount_units
            require_payable(withdrawal)
            ceilings.admit(withdrawal, dead=dead)
        except NotPayable as refusal:
            alert(refusal.reason, subject)
        except ChainError as error:
            log.warning("waits_for_node", subject=subject, error=str(error))
        except (NoRate, RatesUnheard) as error:
            log.warning("waits_for_rates", subject=subject, detail=error.detail)
        except Exception as error:
            report(subject, error)
        else:
            yield withdrawal
