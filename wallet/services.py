"""Money that moves because of the game, in won.

Each service is one ledger transaction, happens once by its key however often it is called, and
joins the caller's `atomic` block.

| kind       | key                 | from → to                                   |
|------------|---------------------|---------------------------------------------|
| play_grant | `grant:<user>`      | play money issued → player                  |
| buy_in     | the caller's        | player → escrow                             |
| cash_out   | the caller's        | escrow → player                             |
| hand       | `hand:<hand id>`    | losers' escrow → winners' escrow and rake   |
"""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from wallet import chart, limits
from wallet.errors import IdempotencyConflict, InvalidAmount, UnbalancedPostings
from wallet.ledger import LARGEST_AMOUNT_KRW as LARGEST_AMOUNT_KRW
from wallet.ledger import credit, debit, post
from wallet.limits.errors import PlayRefused
from wallet.models import Transaction

PLAY_GRANT = "play_grant"
BUY_IN = "buy_in"
CASH_OUT = "cash_out"
HAND = "hand"


def grant_play_money(*, user_id: int) -> Transaction | None:
    """Give a new account its play money, once; None where the site gives none."""
    amount_krw = settings.PLAY_MONEY_GRANT_KRW
    if amount_krw == 0:
        return None
    key = f"grant:{user_id}"
    try:
        return post(
            kind=PLAY_GRANT,
            key=key,
            postings=[
                debit(chart.play_money(), _won(amount_krw)),
                credit(chart.player(user_id), amount_krw),
            ],
        )
    except IdempotencyConflict:
        # The grant was another sum when this player got it; once is once.
        return Transaction.objects.get(key=key)


def buy_in(*, user_id: int, table_id: int, amount_krw: int, key: str) -> Transaction:
    """Bring a player's won to a table: a buy-in or a top-up.

    Raises InsufficientFunds, or why the player may not play (`limits.check_buy_in`), after which
    the caller's own database transaction is still good.
    """
    player, escrow = chart.player(user_id), chart.escrow(table_id, user_id)
    postings = [debit(player, _won(amount_krw)), credit(escrow, amount_krw)]
    with transaction.atomic():
        try:
            limits.check_buy_in(user_id=user_id, amount_krw=amount_krw, accounts=(player, escrow))
        except PlayRefused:
            # What was paid before the limit was set is not refused when it is asked again.
            if not Transaction.objects.filter(key=key).exists():
                raise
        return post(
            kind=BUY_IN,
            key=key,
            postings=postings,
            meta={"table_id": table_id, "user_id": user_id},
        )


def cash_out(*, user_id: int, table_id: int, amount_krw: int, key: str) -> Transaction:
    """Pay a player's won at a table back, after every earlier hand of that table is settled."""
    return post(
        kind=CASH_OUT,
        key=key,
        postings=[
            debit(chart.escrow(table_id, user_id), _won(amount_krw)),
            credit(chart.player(user_id), amount_krw),
        ],
        meta={"table_id": table_id, "user_id": user_id},
    )


def settle_hand(
    *, table_id: int, hand_id: str, net_krw: Mapping[int, int], rake_krw: int
) -> Transaction | None:
    """Write a finished hand into the ledger: `net_krw` is what each user won (+) or lost (-).

    The nets and the rake sum to zero, else UnbalancedPostings. A hand in which nobody won or
    lost anything needs no transaction: None.
    """
    amounts = [*net_krw.values(), rake_krw]
    if any(type(amount) is not int or abs(amount) > LARGEST_AMOUNT_KRW for amount in amounts):
        raise InvalidAmount(f"hand {hand_id}")
    if rake_krw < 0:
        raise InvalidAmount(f"rake {rake_krw} of hand {hand_id}")
    if sum(amounts) != 0:
        raise UnbalancedPostings(f"hand {hand_id} is {sum(amounts)} won off")
    postings = [
        (credit if net > 0 else debit)(chart.escrow(table_id, user_id), abs(net))
        for user_id, net in net_krw.items()
        if net
    ]
    if rake_krw:
        postings.append(credit(chart.rake(table_id), rake_krw))
    if not postings:
        return None
    return post(
        kind=HAND,
        key=f"hand:{hand_id}",
        postings=postings,
        meta={"table_id": table_id, "hand_id": hand_id},
    )


def _won(amount_krw: int) -> int:
    if type(amount_krw) is not int or not 0 < amount_krw <= LARGEST_AMOUNT_KRW:
        raise InvalidAmount(repr(amount_krw))
    return amount_krw
