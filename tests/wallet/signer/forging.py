"""Rows of payments that the signer did not write, as SQL of the site's own role."""

from tests.wallet.house import execute
from wallet.models import Payment, Withdrawal

THEFT = {"amount_units": 50_000, "fee_cap_units": 10_000}


def insert_payment(house_address: str, **columns: object) -> Payment:
    """A payment out of the hot wallet, prepared unless told otherwise."""
    row = {
        "network": "bitcoin",
        "asset": "BTC",
        "kind": "cold",
        "from_address": house_address,
        "state": "prepared",
        "reason": "",
        "block_hash": "",
        **THEFT,
        **columns,
    }
    (found,) = execute(
        f"INSERT INTO wallet_payment ({', '.join(row)})"
        f" VALUES ({', '.join(['%s'] * len(row))}) RETURNING id",
        list(row.values()),
    )
    return Payment.objects.get(pk=found[0])


def insert_output(
    payment: Payment,
    address: str,
    amount_units: int,
    *,
    withdrawal: Withdrawal | None = None,
    is_void: bool = False,
) -> None:
    execute(
        "INSERT INTO wallet_paymentoutput (payment_id, withdrawal_id, address, amount_units,"
        " is_void) VALUES (%s, %s, %s, %s, %s)",
        [payment.pk, withdrawal and withdrawal.pk, address, amount_units, is_void],
    )


def insert_attempt(payment: Payment, *, number: int) -> None:
    """A signature of long ago."""
    execute(
        "INSERT INTO wallet_paymentattempt (payment_id, number, network, txid, raw, fee_units,"
        " fee_rate, tip_rate, last_answer, is_confirmed, signed_at) VALUES"
        " (%s, %s, %s, %s, '00', 1, 1, 0, '', false, now() - interval '2 days')",
        [payment.pk, number, payment.network, f"forged-{payment.pk}-{number}"],
    )


def take_coin(payment: Payment) -> None:
    """One coin of the hot wallet that is free."""
    execute(
        "UPDATE wallet_utxo SET spent_by_id = %s WHERE id = (SELECT id FROM wallet_utxo"
        " WHERE spent_by_id IS NULL AND spent_txid = '' ORDER BY id LIMIT 1)",
        [payment.pk],
    )


def call_superseded(payment: Payment) -> None:
    """As if something else had spent what it spends, so that it is paid again."""
    execute("UPDATE wallet_payment SET state = 'superseded' WHERE id = %s", [payment.pk])
    execute("UPDATE wallet_paymentoutput SET is_void = true WHERE payment_id = %s", [payment.pk])
    execute("UPDATE wallet_utxo SET spent_by_id = NULL WHERE spent_by_id = %s", [payment.pk])
    execute("UPDATE wallet_withdrawal SET state = 'approved' WHERE state = 'broadcast'")
