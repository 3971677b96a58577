"""How much may be signed for in an hour and in a day: for one player, and for the whole house.

Requests were counted when they came in; here what is signed is counted again, from the signatures
themselves, which nobody can change or delete. So however a withdrawal came to be approved, and
however many did at once, no more leaves than the house's rules of now allow.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from wallet.models import PaymentAttempt, PaymentOutput, PaymentState, Withdrawal
from wallet.policies import policy
from wallet.signer.errors import NotPayable
from wallet.withdrawals.ceilings import DAY, HOUR

# Attempts have their numbers in the order of their signatures, but for their transactions' length.
_SLACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Counted:
    user_id: int
    amount_krw: int
    at: datetime
    # None: not signed for yet.
    payment_id: int | None = None


class Ceilings:
    """What was signed for in the last day, as of now, and what is admitted beside it."""

    def __init__(self, *, with_prepared: bool) -> None:
        """`with_prepared`: count those as well that a payment has taken and nothing signed yet."""
        self._now = timezone.now()
        self._rules = policy()
        self._sums: Counter[tuple[str, int]] = Counter()
        self._counted = _signed_since(self._now - DAY)
        if with_prepared:
            self._counted |= _prepared(self._now)
        for each in self._counted.values():
            self._add(each, each.amount_krw)

    def admit(self, withdrawal: Withdrawal, *, dead: Collection[int]) -> None:
        """Count one more; `dead` and NotPayable as for `require_room`."""
        self.require_room(withdrawal, dead=dead)
        new = _Counted(withdrawal.user_id, withdrawal.amount_krw, self._now)
        self._counted[withdrawal.pk] = new
        self._add(new, new.amount_krw)

    def require_room(self, withdrawal: Withdrawal, *, dead: Collection[int]) -> None:
        """NotPayable where one more is more than the house, or a player, may have.

        `dead` has the ids of earlier payments of it that were proven never to confirm: those do not
        count twice, any other signature for it does.
        """
        known = self._counted.get(withdrawal.pk)
        if known is not None and known.payment_id in dead:
            self._add(known, -known.amount_krw)
            del self._counted[withdrawal.pk]
        for name, key, code in (
            ("user_hour", withdrawal.user_id, "withdrawal_limit"),
            ("user_day", withdrawal.user_id, "withdrawal_limit"),
            ("house_hour", 0, "house_limit"),
            ("house_day", 0, "house_limit"),
        ):
            if self._sums[name, key] + withdrawal.amount_krw > getattr(self._rules, f"{name}_krw"):
                raise NotPayable(code)

    def _add(self, each: _Counted, amount_krw: int) -> None:
        for who, key in (("user", each.user_id), ("house", 0)):
            self._sums[f"{who}_day", key] += amount_krw
            if each.at > self._now - HOUR:
                self._sums[f"{who}_hour", key] += amount_krw


def _signed_since(start: datetime) -> dict[int, _Counted]:
    """Withdrawals by id whose payment's first signature is newer, whatever became of it."""
    older = PaymentAttempt.objects.filter(signed_at__lte=start - _SLACK).order_by("-id")
    newest_old = older.values_list("id", flat=True).first() or 0
    rows = PaymentOutput.objects.filter(
        withdrawal__isnull=False,
        payment__attempts__id__gt=newest_old,
        payment__attempts__number=1,
        payment__attempts__signed_at__gt=start,
    ).values_list(
        "withdrawal_id",
        "withdrawal__user_id",
        "withdrawal__amount_krw",
        "payment__attempts__signed_at",
        "payment_id",
    )
    return {
        withdrawal: _Counted(user, amount, at, payment)
        for withdrawal, user, amount, at, payment in rows.order_by("payment__attempts__signed_at")
    }


def _prepared(now: datetime) -> dict[int, _Counted]:
    rows = PaymentOutput.objects.filter(
        withdrawal__isnull=False, is_void=False, payment__state=PaymentState.PREPARED
    ).values_list("withdrawal_id", "withdrawal__user_id", "withdrawal__amount_krw")
    return {withdrawal: _Counted(user, amount, now) for withdrawal, user, amount in rows}
