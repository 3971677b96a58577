"""Payments of our own as the signer would have written them, for what scanners make of them."""

from tests.wallet.house import put_into
from wallet.models import Payment, PaymentAttempt, PaymentKind, PaymentState


def own_payment(
    network: str,
    asset: str,
    txid: str,
    *,
    kind: PaymentKind,
    state: PaymentState = PaymentState.BROADCAST,
    sender: str = "",
    nonce: int | None = None,
    amount_units: int = 0,
) -> Payment:
    payment = Payment.objects.create(
        network=network,
        asset=asset,
        kind=kind,
        from_address=sender,
        nonce=nonce,
        amount_units=amount_units,
        fee_cap_units=1,
        state=PaymentState.PREPARED,
    )
    PaymentAttempt.objects.create(
        payment=payment,
        number=1,
        network=network,
        txid=txid,
        raw="00",
        fee_units=1,
        fee_rate=1,
    )
    put_into(payment, state)
    return payment
