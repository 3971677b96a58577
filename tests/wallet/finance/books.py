"""Files read back as finance's software reads them, and movements of other days."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from secrets import token_hex
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from tests.wallet.house import execute, guards_off
from tests.wallet.withdrawals.house import set_rate
from wallet import addressing, movements
from wallet.assets import value_krw
from wallet.deposits.records import move
from wallet.finance.files import csv_of
from wallet.finance.period import Period
from wallet.models import Deposit, Transaction

SEOUL = ZoneInfo("Asia/Seoul")
Row = dict[str, str]


def read(report: str, first: date, last: date | None = None) -> list[Row]:
    """The lines of a file, by column."""
    text = "".join(csv_of(report, Period(first, last or first)))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def total(rows: list[Row], column: str) -> Decimal:
    """The sum of a column; empty cells are none."""
    return sum((Decimal(row[column]) for row in rows if row[column]), Decimal(0))


def at(text: str) -> datetime:
    """A moment in Seoul, like `2026-11-02 23:59:59.999999`."""
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def begin(transaction: Transaction, moment: datetime) -> Transaction:
    """It began then."""
    with guards_off():
        execute(
            "UPDATE wallet_transaction SET created_at = %s WHERE id = %s", [moment, transaction.pk]
        )
    return transaction


def move_all_to(moment: datetime) -> None:
    """Whatever is in the ledger began then."""
    with guards_off():
        execute("UPDATE wallet_transaction SET created_at = %s", [moment])


def arrive(user: User, units: int, *, asset: str = "BTC") -> Deposit:
    """A deposit in a block, not credited yet."""
    network = "bitcoin" if asset == "BTC" else "ethereum"
    return Deposit.objects.create(
        user=user,
        address=addressing.deposit_address(user_id=user.pk, network=network),
        network=network,
        asset=asset,
        txid=token_hex(32),
        place="vout:0",
        amount_units=units,
        state="confirming",
        height=5,
        block_hash="cd" * 32,
    )


def credit(deposit: Deposit, *, nth: int = 1, mid_krw: int | None = None) -> Transaction:
    """As the scanner does it, at a rate of its own."""
    rate = set_rate(deposit.asset, mid_krw=mid_krw)
    amount_krw = value_krw(deposit.asset, deposit.amount_units, rate.bid_krw)
    booked = movements.credit_deposit(
        deposit_id=deposit.pk,
        nth=nth,
        user_id=deposit.user_id,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
        amount_krw=amount_krw,
    )
    move(
        deposit,
        "credited",  # type: ignore[arg-type]
        details={"rate": rate.pk, "amount_krw": amount_krw, "transaction": booked.pk},
        credited_at=timezone.now(),
        rate=rate,
        amount_krw=amount_krw,
        transaction=booked,
    )
    return booked


def take_back(deposit: Deposit, *, nth: int = 1) -> Transaction:
    """Its block went away."""
    assert deposit.amount_krw is not None
    booked = movements.reverse_deposit(
        deposit_id=deposit.pk,
        nth=nth,
        user_id=deposit.user_id,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
        amount_krw=deposit.amount_krw,
    )
    move(deposit, "reversed", details={"transaction": booked.pk})  # type: ignore[arg-type]
    return booked


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]
