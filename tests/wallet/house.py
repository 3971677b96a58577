"""Players with money, and ways around the ledger that only tests have."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from wallet import chart
from wallet.invariants import check_ledger, everything_has_an_origin
from wallet.ledger import credit, debit, post
from wallet.models import Account, Payment, Rate, RateSample

_numbers = count(1)


def make_player(balance_krw: int = 0) -> int:
    """A user's id; the money is play money."""
    number = next(_numbers)
    user = User(email=f"wallet{number}@example.com", nickname=f"wallet{number}")
    user.set_unusable_password()
    user.save()
    if balance_krw:
        give(user.pk, balance_krw)
    return user.pk


def give(user_id: int, amount_krw: int) -> None:
    post(
        kind="play_grant",
        key=f"gift:{next(_numbers)}",
        postings=[
            debit(chart.play_money(), amount_krw),
            credit(chart.player(user_id), amount_krw),
        ],
    )


def give_bought(user_id: int, amount_krw: int) -> None:
    """Won for coins that nobody looks for here: no play money, so a main network pays it out."""
    post(
        kind="deposit",
        key=f"bought:{next(_numbers)}",
        postings=[
            debit(chart.position_cost("USDC"), amount_krw),
            credit(chart.player(user_id), amount_krw),
        ],
    )


def balanced_books() -> bool:
    """The ledger's rules hold, but that everything has an origin: `give_bought` has no deposit, and
    tests move won from player to player."""
    made_up = everything_has_an_origin().name
    return not any(check.discrepancies for check in check_ledger() if check.name != made_up)


def agreed_rate(asset: str, *, mid_krw: Decimal, bid_krw: Decimal, ask_krw: Decimal) -> Rate:
    """A rate of now that two sources agreed on, without asking any."""
    now = timezone.now()
    rate = Rate.objects.create(
        asset=asset, mid_krw=mid_krw, bid_krw=bid_krw, ask_krw=ask_krw, at=now
    )
    RateSample.objects.bulk_create(
        RateSample(
            asset=asset, source=source, price_krw=mid_krw, source_at=now, fetched_at=now, rate=rate
        )
        for source in ("upbit", "bithumb")
    )
    return rate


def account_of(user_id: int) -> Account:
    return Account.objects.get(code=chart.player(user_id).code)


def execute(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """The block, and the checks that wait for its commit, end in this refusal of the database."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012
        yield
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@contextmanager
def guards_off() -> Iterator[None]:
    """What an intruder with a superuser's rights could do; the test servers allow it."""
    execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        execute("SET session_replication_role = origin")


def season(staff: User) -> User:
    """Nothing about them is new: their word counts. Read again, with the rights that they have."""
    with guards_off():
        execute(
            "UPDATE wallet_staffchange SET at = at - interval '8 days' WHERE user_id = %s",
            [staff.pk],
        )
    return User.objects.get(pk=staff.pk)


def put_into(payment: Payment, state: str) -> None:
    """A payment that got there without a signer."""
    with guards_off():
        execute("UPDATE wallet_payment SET state = %s WHERE id = %s", [state, payment.pk])
    payment.refresh_from_db()


def at_once(jobs: Sequence[Callable[[], Any]], threads: int = 12) -> list[Any]:
    """Run jobs in threads with connections of their own; results or exceptions, in order."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as error:  # the outcome is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, jobs))
