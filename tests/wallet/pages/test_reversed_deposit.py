"""A deposit that was credited and taken back: nobody is shown won that is not there."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.house import execute, guards_off
from tests.wallet.pages.conftest import browser, html
from tests.wallet.pages.test_deposit import arrive
from tests.wallet.withdrawals.house import member_of_staff, set_rate
from wallet import movements
from wallet.models import Deposit


def credited(user: User) -> Deposit:
    """0.015 BTC, credited with 1,492,500 won."""
    deposit = arrive(user, "BTC", 1_500_000)
    booked = movements.credit_deposit(
        deposit_id=deposit.pk,
        nth=1,
        user_id=user.pk,
        asset="BTC",
        amount_units=1_500_000,
        amount_krw=1_492_500,
    )
    deposit.transaction, deposit.rate = booked, set_rate("BTC")
    deposit.amount_krw, deposit.credited_at = 1_492_500, timezone.now()
    deposit.state, deposit.height, deposit.block_hash = "credited", 7, "cd" * 32
    deposit.save()
    return deposit


def put_into(deposit: Deposit, state: str) -> None:
    """As the scanner leaves it: the won of the credit stays in the row."""
    with guards_off():
        execute("UPDATE wallet_deposit SET state = %s WHERE id = %s", [state, deposit.pk])


def admins() -> str:
    """The list of deposits, as staff see it."""
    boss = member_of_staff()
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=boss.pk))
    return html(client.get(reverse("admin:wallet_deposit_changelist")))


def test_credited_won_is_shown_while_it_is_credited_only(mina: User) -> None:
    deposit, client = credited(mina), browser(mina)

    def shown() -> tuple[str, ...]:
        own = html(client.get(reverse("wallet")))
        return own, html(client.get(reverse("wallet-deposit-of", args=["BTC"])))

    def in_rest() -> int | None:
        (row,) = client.get("/api/v1/wallet/deposits/").json()["results"]
        found: int | None = row["amount_krw"]
        return found

    assert all("+₩1,492,500" in page for page in shown())
    assert (in_rest(), "₩1,492,500" in admins()) == (1_492_500, True)
    put_into(deposit, "reversed")
    assert not any("1,492,500" in page for page in shown())
    assert (in_rest(), "₩1,492,500" in admins()) == (None, False)
    put_into(deposit, "confirming")
    for page in shown():
        assert "1,492,500" not in page
        assert "≈ ₩1,485,000" in page
    assert (in_rest(), "₩1,492,500" in admins()) == (None, False)
