"""What a player owes the house, and paying it.

A deposit that went away after its won was spent leaves a debt (`receivable:<user>:KRW`), which
freezes withdrawals. New deposits pay it first (`wallet.movements`); here its player pays it from
the balance.

| kind      | key                      | from → to           |
|-----------|--------------------------|---------------------|
| repayment | `repayment:<user>:<key>` | player → receivable |
"""

from django.db import transaction

from wallet import chart
from wallet.errors import IdempotencyConflict, InsufficientFunds, InvalidAmount, NothingOwed
from wallet.idempotency import check_key
from wallet.ledger import LARGEST_AMOUNT_KRW, credit, debit, lock, post
from wallet.models import Transaction
from wallet.movements import balance

REPAYMENT = "repayment"


def repay(*, user_id: int, amount_krw: int, key: str) -> int:
    """Pay what a player owes from the balance; returns how much was paid.

    At most `amount_krw`, what is owed and what is there. The same `key` and amount pay once and
    give the same answer again. Raises KeyInvalid, InvalidAmount, IdempotencyConflict, NothingOwed,
    InsufficientFunds where the balance is empty.
    """
    check_key(key)
    if type(amount_krw) is not int or not 0 < amount_krw <= LARGEST_AMOUNT_KRW:
        raise InvalidAmount(repr(amount_krw))
    name, meta = f"repayment:{user_id}:{key}", {"user_id": user_id, "most_krw": amount_krw}
    player, owed = chart.player(user_id), chart.receivable(user_id)
    with transaction.atomic():
        lock([player, owed])
        known = Transaction.objects.filter(key=name).first()
        if known is not None:
            if known.meta != meta:
                raise IdempotencyConflict(name)
            return int(known.entries.get(account__code=owed.code).amount)
        owed_krw, balance_krw = balance(owed), balance(player)
        if not owed_krw:
            raise NothingOwed(str(user_id))
        if not balance_krw:
            raise InsufficientFunds(player.code)
        paid_krw = min(amount_krw, owed_krw, balance_krw)
        post(
            kind=REPAYMENT,
            key=name,
            postings=[debit(player, paid_krw), credit(owed, paid_krw)],
            meta=meta,
        )
        return paid_krw
