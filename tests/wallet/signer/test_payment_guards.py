"""What the database refuses about payments to somebody who has the site's role."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.house import execute, refused
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import EthereumHouse
from tests.wallet.signer.forging import insert_attempt, insert_output, insert_payment
from tests.wallet.signer.house import approved, state_of
from wallet.models import PaymentAttempt, PaymentState

pytestmark = pytest.mark.usefixtures("as_site")

BTC = 10**8
UNITS = 100_000


def test_a_payment_begins_prepared_with_what_is_approved(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    withdrawal = approved(house.address(), UNITS)
    waiting = approved(house.address(), UNITS, state="approval")
    for state in set(PaymentState) - {PaymentState.PREPARED}:
        with refused("wallet_payment_way"):
            insert_payment(house.hot, state=state)
    payment = insert_payment(house.hot, kind="withdrawal")
    for row, address, units in (
        (withdrawal, house.address(), UNITS),
        (withdrawal, withdrawal.address, UNITS + 1),
        (waiting, waiting.address, UNITS),
    ):
        with refused("wallet_output_approved"):
            insert_output(payment, address, units, withdrawal=row)
    with refused("wallet_output_kind"):
        insert_output(payment, house.address(), UNITS)
    with refused("wallet_output_prepared"):
        insert_output(payment, withdrawal.address, UNITS, withdrawal=withdrawal, is_void=True)
    other = insert_payment(house.hot, kind="withdrawal", network="ethereum", asset="ETH", nonce=9)
    with refused("wallet_output_approved"):
        insert_output(other, withdrawal.address, UNITS, withdrawal=withdrawal)
    with refused("wallet_output_kind"):
        insert_output(insert_payment(house.hot), withdrawal.address, UNITS, withdrawal=withdrawal)
    with refused("wallet_payment_way"):
        execute("UPDATE wallet_payment SET state = 'signed' WHERE id = %s", [payment.pk])
    insert_output(payment, withdrawal.address, UNITS, withdrawal=withdrawal)


def test_what_is_signed_takes_nothing_more_and_goes_its_way(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    first = approved(house.address(), UNITS)
    house.pay()
    second = approved(house.address(), UNITS)
    payment = house.payment()
    assert (payment.state, state_of(first)) == ("broadcast", "broadcast")
    with refused("wallet_output_prepared"):
        insert_output(payment, second.address, UNITS, withdrawal=second)
    with refused("wallet_output_void"):
        execute("UPDATE wallet_paymentoutput SET is_void = true")
    for state in ("prepared", "signed", "settled", "failed", "dropped"):
        with refused("wallet_payment_way"):
            execute("UPDATE wallet_payment SET state = %s", [state])


def test_signatures_are_of_now_and_in_their_order(bitcoin_house: BitcoinHouse) -> None:
    payment = insert_payment(bitcoin_house.hot)
    with refused("wallet_attempt_next"):
        insert_attempt(payment, number=2)
    insert_attempt(payment, number=1)
    attempt = PaymentAttempt.objects.get()
    assert timezone.now() - attempt.signed_at < timedelta(minutes=1)
    with refused("wallet_output_prepared"):
        insert_output(payment, bitcoin_house.address(), UNITS)


def test_a_nonce_is_of_one_payment_unless_that_was_dropped(ethereum_house: EthereumHouse) -> None:
    hot = ethereum_house.hot
    ether = {"network": "ethereum", "asset": "ETH", "nonce": 7}
    first = insert_payment(hot, **ether)
    with refused("wallet_payment_nonce_once"):
        insert_payment(hot, **ether)
    # Of another address, or another number: nothing to do with it.
    insert_payment(ethereum_house.address(), **ether)
    insert_payment(hot, **{**ether, "nonce": 8})
    with refused("wallet_payment_nonce_fits"):
        insert_payment(hot, **{**ether, "nonce": None})
    execute("UPDATE wallet_payment SET state = 'dropped' WHERE id = %s", [first.pk])
    second = insert_payment(hot, **ether)
    with refused("wallet_payment_nonce_once"):
        insert_payment(hot, **ether)
    insert_attempt(second, number=1)
    execute("UPDATE wallet_payment SET state = 'signed' WHERE id = %s", [second.pk])
    with refused("wallet_payment_nonce_once"):
        insert_payment(hot, **ether)
