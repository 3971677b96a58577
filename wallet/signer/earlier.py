"""What was signed before for a withdrawal: it is paid again only where all of that is dead.

States of rows prove nothing here, since whoever can write rows can call a payment superseded. The
nodes are asked again, as when a payment is given up: only what can never confirm does not count.
"""

from collections.abc import Sequence

from wallet.models import Payment, Withdrawal
from wallet.signer import payments
from wallet.signer.errors import NotPayable
from wallet.signer.following import is_used_for_good
from wallet.signer.wallets import Wallet


def paid_by(payment: Payment) -> list[Withdrawal]:
    """The withdrawals in its outputs, not locked."""
    return list(Withdrawal.objects.filter(outputs__payment=payment).order_by("id").distinct())


def proven_dead(wallet: Wallet | None, withdrawals: Sequence[Withdrawal]) -> frozenset[int]:
    """The ids of all payments that were ever signed for these, none of which can confirm any more.

    NotPayable where one can, or where its end is not proven; without a wallet nothing is.
    """
    dead = set()
    for payment in payments.signed_for(withdrawals):
        attempts = payments.attempts_of(payment)
        if wallet is None or not is_used_for_good(wallet, payment, attempts):
            raise NotPayable("signed_before")
        dead.add(payment.pk)
    return frozenset(dead)
