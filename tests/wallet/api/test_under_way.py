"""What REST says of money on its way, as the pages do."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from tests.wallet.api.web import Web
from tests.wallet.house import guards_off
from tests.wallet.pages.test_deposit import arrive
from tests.wallet.withdrawals import house
from wallet.models import Payment, PaymentAttempt, PaymentOutput, Withdrawal


def deposit_of(web: Web) -> Any:
    (found,) = web.get("deposits/").json()["results"]
    return found


def attempted(row: Withdrawal, number: int, *, payment: Payment | None = None) -> PaymentAttempt:
    """A signed transaction that pays it, not sent yet."""
    with guards_off():
        payment = payment or Payment.objects.create(
            network="bitcoin",
            asset="BTC",
            kind="withdrawal",
            amount_units=row.amount_units,
            fee_cap_units=row.fee_cap_units,
            state="signed",
        )
        PaymentOutput.objects.get_or_create(
            payment=payment,
            withdrawal=row,
            defaults={"address": row.address, "amount_units": row.amount_units},
        )
        return PaymentAttempt.objects.create(
            payment=payment,
            number=number,
            network="bitcoin",
            txid=f"{number:064x}",
            raw="02",
            fee_units=1,
            fee_rate=1,
        )


def change(attempt: PaymentAttempt, **changes: Any) -> None:
    with guards_off():
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**changes)


def test_a_deposit_under_way_says_what_it_would_be_credited_with(web: Web, player: User) -> None:
    arrive(player, "BTC", 1_000_000)
    assert (deposit_of(web)["expected_krw"], deposit_of(web)["amount_krw"]) == (990_000, None)
    house.rules(source_max_age_s=0)
    assert deposit_of(web)["expected_krw"] is None


def test_a_deposit_that_is_too_small_is_expected_to_bring_nothing(web: Web, player: User) -> None:
    arrive(player, "BTC", 1)
    assert deposit_of(web)["expected_krw"] is None


def test_the_schema_has_both(web: Web) -> None:
    schemas = web.client.get("/api/schema/", {"format": "json"}).json()["components"]["schemas"]
    expected = schemas["Deposit"]["properties"]["expected_krw"]
    assert (expected["type"], expected["nullable"]) == ("integer", True)
    txid = schemas["Withdrawal"]["properties"]["txid"]
    assert (txid["type"], txid["nullable"]) == ("string", True)


def test_a_withdrawal_says_which_transaction_pays_it(web: Web) -> None:
    asked = web.withdraw().json()
    row = Withdrawal.objects.get()
    other = web.withdraw(key="other").json()

    def told() -> Any:
        one = web.get(f"withdrawals/{asked['id']}/").json()["txid"]
        listed = {each["id"]: each["txid"] for each in web.get("withdrawals/").json()["results"]}
        assert listed == {asked["id"]: one, other["id"]: None}
        return one

    assert (asked["txid"], told()) == (None, None)
    first = attempted(row, 1)
    assert told() is None
    change(first, sent_at=timezone.now())
    assert told() == first.txid
    second = attempted(row, 2, payment=first.payment)
    assert told() == first.txid
    change(second, sent_at=timezone.now())
    assert told() == second.txid
    change(first, is_confirmed=True)
    assert told() == first.txid
