"""Payments in Bitcoin: batches of withdrawals out of the hot wallet, and their signatures.

Inputs are rows of `Utxo`, which the scanner of deposits writes; one that is taken has `spent_by`.
"""

from collections.abc import Sequence

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from wallet.assets import Asset, Network
from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.types import Outpoint
from wallet.errors import WalletError
from wallet.keys.bitcoin_signer import (
    BitcoinInput,
    BitcoinOutput,
    SignedBitcoin,
    dust_limit_sat,
    estimated_vsize,
)
from wallet.keys.errors import SigningRefused
from wallet.models import (
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    Utxo,
    Withdrawal,
    WithdrawalState,
)
from wallet.signer import payments
from wallet.signer.alone import alone
from wallet.signer.change import coming
from wallet.signer.coins import Coin, Selection, change_and_fee, fee_sat, select
from wallet.signer.earlier import paid_by, proven_dead
from wallet.signer.errors import (
    ChangeSpent,
    FeeAboveCap,
    InputsTaken,
    InsufficientCoins,
    WithdrawalChanged,
)
from wallet.signer.fees import raised
from wallet.signer.giving_up import give_up
from wallet.signer.judgement import fee_cap_units, require_all_payable
from wallet.signer.locks import require_signer
from wallet.signer.outputs import require_outputs
from wallet.signer.payments import Recipient
from wallet.signer.queue import payable
from wallet.signer.wallets import HOT_KEY, BitcoinWallet, deposit_key

log = structlog.get_logger()

TARGET_BLOCKS = 3
# Recipients of one transaction.
MAX_BATCH = 50
# Bitcoin Core's incremental relay fee: a replacement pays this for its own size, on top.
RELAY_RATE = 1_000


def prepare(wallet: BitcoinWallet) -> Payment | None:
    """Take coins for as many approved withdrawals as they carry, in one transaction.

    One that waits only for change of ours waits without a word.
    """
    waiting = payable(Network.BITCOIN, limit=MAX_BATCH, wallet=wallet)
    if not waiting:
        return None
    fee_rate = wallet.chain.fee_rate(TARGET_BLOCKS)
    coins = free_coins(wallet)
    later = [*coins, *coming(wallet, coins)]
    batch: list[Withdrawal] = []
    chosen: Selection | None = None
    for withdrawal in waiting:
        with alone(f"withdrawal:{withdrawal.public_id}"):
            try:
                chosen = _select(wallet, coins, [*batch, withdrawal], fee_rate)
            except InsufficientCoins:
                _select(wallet, later, [*batch, withdrawal], fee_rate)
                log.info("waits_for_change", withdrawal=str(withdrawal.public_id))
                continue
            batch.append(withdrawal)
    return None if chosen is None else _take(wallet, batch, chosen)


def free_coins(wallet: BitcoinWallet) -> list[Coin]:
    """Coins of the hot wallet that nothing spends, and that no reorganisation takes away for good.

    Our own change is spent from one block on: it comes again, since what it is made of stays. What
    others sent waits until it is final, for they could send it elsewhere after a reorganisation.
    The change of a payment that was replaced may disappear too, and waits until that is settled.
    """
    ours = PaymentAttempt.objects.filter(network=Network.BITCOIN)
    rows = Utxo.objects.filter(
        Q(height__lte=wallet.final_height()) | Q(txid__in=ours.values("txid")),
        deposit_address=None,
        script=wallet.script,
        height__isnull=False,
        spent_by=None,
        spent_txid="",
    )
    unsure = ours.filter(number__gt=1).exclude(payment__state=PaymentState.SETTLED)
    replaced = PaymentAttempt.objects.filter(payment__in=unsure.values("payment_id"))
    return [coin(row) for row in rows.exclude(txid__in=replaced.values("txid"))]


def coin(row: Utxo) -> Coin:
    return Coin(row.pk, Outpoint(row.txid, row.vout), row.amount_sat)


def take(payment: Payment, coins: Sequence[Coin]) -> None:
    """Lock coins for a payment, in the caller's transaction; InsufficientCoins if one is gone."""
    free = Utxo.objects.filter(
        id__in=[each.id for each in coins], spent_by=None, spent_txid="", height__isnull=False
    )
    if free.update(spent_by=payment) != len(coins):
        raise InsufficientCoins("a chosen coin was spent or undone meanwhile")


def sign(wallet: BitcoinWallet, payment: Payment) -> None:
    """Sign a prepared payment and commit its bytes; drop it where it must not be paid any more."""
    fee_rate = wallet.chain.fee_rate(TARGET_BLOCKS)
    try:
        dead = proven_dead(wallet, paid_by(payment))
        with transaction.atomic():
            require_signer(payment.network)
            payment = payments.lock(payment)
            if payment.state != PaymentState.PREPARED:
                return
            withdrawals = payments.lock_withdrawals(payment)
            require_all_payable(withdrawals, dead=dead)
            require_outputs(payment, withdrawals, wallet)
            signed = _signed(wallet, payment, _inputs(payment), fee_rate=fee_rate)
            payments.add_attempt(payment, **_columns(signed))
            payments.change(payment, PaymentState.SIGNED)
            payments.move_withdrawals(payment, WithdrawalState.SIGNED)
    except (WalletError, SigningRefused) as error:
        give_up(payment, error)


def replace(wallet: BitcoinWallet, payment: Payment) -> None:
    """Sign a payment again, at fees that are at least 10 % higher, and commit the bytes.

    It spends what the earlier attempts spend, unless somebody else has spent that, and more where
    the change does not carry the fee. It shares an input with each of them, so that only one can
    confirm. Raises FeeAboveCap, InsufficientCoins, ChangeSpent, InputsTaken, OutputsChanged.
    """
    fee_rate = wallet.chain.fee_rate(TARGET_BLOCKS)
    coins = [] if payment.kind == PaymentKind.SWEEP else free_coins(wallet)
    with transaction.atomic():
        require_signer(payment.network)
        payment = payments.lock(payment)
        if payment.state not in (PaymentState.SIGNED, PaymentState.BROADCAST):
            return
        require_outputs(payment, payments.lock_withdrawals(payment), wallet)
        before = payments.attempts_of(payment)[0]
        if Utxo.objects.filter(txid=before.txid, spent_by__isnull=False).exists():
            raise ChangeSpent(before.txid)
        rate = max(fee_rate, raised(before.fee_rate))
        signed = None
        for extra in range(len(coins) + 1):
            # The largest first: one is nearly always enough.
            more = sorted(coins, key=lambda each: -each.value_sat)[:extra]
            try:
                signed = _signed(
                    wallet, payment, _inputs(payment, more), fee_rate=rate, before=before
                )
            except InsufficientCoins:
                continue
            take(payment, more)
            break
        if signed is None:
            raise InsufficientCoins("neither change nor other coins carry a higher fee")
        _require_one_of_all(payment, signed)
        payments.add_attempt(payment, **_columns(signed))


def _select(
    wallet: BitcoinWallet, coins: list[Coin], batch: list[Withdrawal], fee_rate: int
) -> Selection:
    selection = select(
        coins,
        target_sat=sum(withdrawal.amount_units for withdrawal in batch),
        output_scripts=[wallet.script_of(withdrawal.address) for withdrawal in batch],
        change_script=wallet.script,
        fee_rate=fee_rate,
    )
    cap = fee_cap_units(batch)
    if selection.fee_sat > cap:
        raise FeeAboveCap(f"{selection.fee_sat} sat, at most {cap}")
    return selection


def _take(wallet: BitcoinWallet, batch: list[Withdrawal], chosen: Selection) -> Payment | None:
    try:
        with transaction.atomic():
            require_signer(Network.BITCOIN)
            payment = payments.create(
                network=Network.BITCOIN,
                asset=Asset.BTC,
                kind=PaymentKind.WITHDRAWAL,
                from_address=wallet.address,
                recipients=[Recipient(each.address, each.amount_units, each) for each in batch],
                fee_cap_units=fee_cap_units(batch),
            )
            take(payment, chosen.coins)
            return payment
    except (InsufficientCoins, WithdrawalChanged, IntegrityError):
        # The scanner or another process was faster; the next pass looks again.
        return None


def _inputs(payment: Payment, more: Sequence[Coin] = ()) -> list[Utxo]:
    """Its coins, but for those that another transaction than its own attempts has spent."""
    ours = [attempt.txid for attempt in payments.attempts_of(payment)]
    left = payment.inputs.filter(spent_txid__in=["", *ours])
    taken = left.select_related("deposit_address").order_by("id")
    return [*taken, *Utxo.objects.filter(id__in=[each.id for each in more]).order_by("id")]


def _require_one_of_all(payment: Payment, signed: SignedBitcoin) -> None:
    """InputsTaken where both this one and an earlier attempt could come into the chain."""
    for attempt in payments.attempts_of(payment):
        if not set(signed.spends).intersection(read_transaction(attempt.raw).spends):
            raise InputsTaken(attempt.txid)


def _signed(
    wallet: BitcoinWallet,
    payment: Payment,
    inputs: list[Utxo],
    *,
    fee_rate: int,
    before: PaymentAttempt | None = None,
) -> SignedBitcoin:
    outputs = _outputs(wallet, payment, inputs, fee_rate, before)
    fee = sum(row.amount_sat for row in inputs) - sum(output.value_sat for output in outputs)
    if fee > payment.fee_cap_units:
        raise FeeAboveCap(f"{fee} sat, at most {payment.fee_cap_units}")
    return wallet.signer.sign(
        [
            BitcoinInput(
                Outpoint(row.txid, row.vout),
                row.script,
                row.amount_sat,
                deposit_key(row.deposit_address) if row.deposit_address else HOT_KEY,
            )
            for row in inputs
        ],
        outputs,
        max_fee_sat=payment.fee_cap_units,
    )


def _outputs(
    wallet: BitcoinWallet,
    payment: Payment,
    inputs: list[Utxo],
    fee_rate: int,
    before: PaymentAttempt | None,
) -> list[BitcoinOutput]:
    total = sum(row.amount_sat for row in inputs)
    paid = [
        BitcoinOutput(wallet.script_of(output.address), output.amount_units)
        for output in payments.outputs_of(payment)
    ]
    # A sweep's fee comes out of what is swept, so all of it is change.
    target = [] if payment.kind == PaymentKind.SWEEP else paid
    scripts = [output.script for output in target]
    size = estimated_vsize(len(inputs), [*scripts, wallet.script])
    least = 0
    if before is not None:
        least = max(raised(before.fee_units), before.fee_units + fee_sat(RELAY_RATE, size))
    change, _ = change_and_fee(
        total,
        count=len(inputs),
        target_sat=sum(output.value_sat for output in target),
        output_scripts=scripts,
        change_script=wallet.script,
        least_fee_sat=least,
        fee_rate=fee_rate,
    )
    if change < dust_limit_sat(wallet.script):
        return target
    return [*target, BitcoinOutput(wallet.script, change)]


def _columns(signed: SignedBitcoin) -> dict[str, str | int]:
    return {
        "txid": signed.txid,
        "raw": signed.raw,
        "fee_units": signed.fee_sat,
        "fee_rate": signed.fee_sat * 1000 // signed.vsize,
    }
