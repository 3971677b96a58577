"""The end of a payment: states and ledger in one transaction, when its block is final.

What is booked is what the chain took: an attempt's own fee, a receipt's gas, a token's own event.
"""

from django.db import transaction

from wallet import chart
from wallet.assets import NATIVE, Network, facts
from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.ethereum_transfers import token_transfers
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BlockRef, TxState
from wallet.chart import AccountSpec
from wallet.ledger import lock
from wallet.models import (
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    Withdrawal,
    WithdrawalState,
)
from wallet.movements import Movement
from wallet.signer import payments
from wallet.signer.alerts import alert
from wallet.signer.following import IN_A_BLOCK
from wallet.signer.wallets import EthereumWallet, Wallet
from wallet.withdrawals import mark


def settle(wallet: Wallet, payment: Payment) -> None:
    """Book a confirmed payment whose block is final: paid, or (Ethereum) reverted."""
    attempt = payment.attempts.filter(is_confirmed=True).first()
    if attempt is None:
        return
    status = wallet.chain.transaction_status(attempt.txid)
    if status.state not in IN_A_BLOCK or not wallet.is_final(attempt.txid, status):
        return
    assert status.block is not None  # of what is in a block
    if status.block.hash != payment.block_hash:
        return  # `follow` looks first
    fee = attempt.fee_units if status.fee is None else status.fee
    if status.state is TxState.FAILED:
        _book_failure(payment, fee, "reverted")
    elif received := _received(wallet, payment, attempt, status.block):
        _book(payment, attempt, fee, received)
    elif payment.kind == PaymentKind.GAP:
        _book(payment, attempt, fee, 0)
    else:
        # A token's contract may refuse without failing (EIP-20 lets it return false).
        _book_failure(payment, fee, "not_transferred")


def _book(payment: Payment, attempt: PaymentAttempt, fee: int, received: int) -> None:
    with transaction.atomic():
        payment = payments.lock(payment)
        if payment.state != PaymentState.CONFIRMED:
            return
        withdrawals = payments.lock_withdrawals(payment)
        movement = Movement()
        for withdrawal in withdrawals:
            movement.paid_out(withdrawal)
        _move(movement, payment, attempt, fee, received)
        movement.fee(NATIVE[Network(payment.network)], fee, _fee_source(payment))
        lock(movement.sums)
        booked = movement.post(payment.pk)
        payments.change(payment, PaymentState.SETTLED, fee_paid_units=fee, transaction=booked)
        if payment.network == Network.BITCOIN:
            payments.free_unspent(payment, attempt)
        for withdrawal in withdrawals:
            mark(
                withdrawal,
                WithdrawalState.SETTLED,
                closing=booked,
                details={"payment": payment.pk, "txid": attempt.txid},
            )


def _book_failure(payment: Payment, fee: int, reason: str) -> None:
    """It is in a block, but nothing moved: the gas is spent, the hold goes back."""
    with transaction.atomic():
        payment = payments.lock(payment)
        if payment.state != PaymentState.CONFIRMED:
            return
        withdrawals = payments.lock_withdrawals(payment)
        movement = Movement()
        movement.fee(NATIVE[Network(payment.network)], fee, _fee_source(payment))
        lock([*movement.sums, *_refunded(withdrawals)])
        payments.change(
            payment,
            PaymentState.FAILED,
            reason=reason,
            fee_paid_units=fee,
            transaction=movement.post(payment.pk),
        )
        for withdrawal in withdrawals:
            mark(
                withdrawal,
                WithdrawalState.FAILED,
                reason=reason,
                details={"payment": payment.pk},
            )
        # Together with it: a signer that dies now would tell nobody later.
        alert(reason, f"payment:{payment.pk}", asset=payment.asset)


def _move(
    movement: Movement, payment: Payment, attempt: PaymentAttempt, fee: int, received: int
) -> None:
    asset = payment.asset
    deposits, hot, cold = (chart.custody(place, asset) for place in ("deposits", "hot", "cold"))
    if payment.kind == PaymentKind.GAS:
        movement.moved(asset, received, hot, deposits)
    elif payment.kind == PaymentKind.COLD:
        movement.moved(asset, received, hot, cold)
        _lost_on_the_way(movement, asset, payment.amount_units - received, hot)
    elif payment.kind == PaymentKind.SWEEP and facts(asset).is_token:
        movement.moved(asset, received, deposits, hot)
        _lost_on_the_way(movement, asset, payment.amount_units - received, deposits)
    elif payment.kind == PaymentKind.SWEEP:
        movement.moved(asset, _swept(payment, attempt), deposits, hot)


def _swept(payment: Payment, attempt: PaymentAttempt) -> int:
    """What a sweep of a native coin brought."""
    if payment.network == Network.BITCOIN:
        # A replacement leaves out what somebody else has spent.
        return sum(output.value_sat for output in read_transaction(attempt.raw).outputs)
    # Its fee at most was taken off what was sent; gas may have cost less.
    return int(payment.amount_units - attempt.fee_units)


def _lost_on_the_way(movement: Movement, asset: str, units: int, source: AccountSpec) -> None:
    """What a token's contract kept for itself."""
    if units:
        movement.fee(asset, units, source)


def _fee_source(payment: Payment) -> AccountSpec:
    native = NATIVE[Network(payment.network)]
    is_bitcoin_sweep = payment.network == Network.BITCOIN and payment.kind == PaymentKind.SWEEP
    if payment.from_deposit_address_id is not None or is_bitcoin_sweep:
        return chart.custody("deposits", native)
    return chart.custody("hot", native)


def _received(wallet: Wallet, payment: Payment, attempt: PaymentAttempt, block: BlockRef) -> int:
    """What arrived: for tokens what their contract says, else what was sent."""
    if not isinstance(wallet, EthereumWallet) or not facts(payment.asset).is_token:
        return int(payment.amount_units)
    (output,) = payments.outputs_of(payment)
    asset = ChainAsset(payment.asset)
    contracts = {wallet.chain.token_address(asset).lower(): asset}
    recipients = {output.address.lower(): output.address}
    # A node that hides an event must not make a payment look undone.
    return max(
        sum(each.amount for each in token_transfers(receipt, contracts, recipients, block))
        for node in wallet.nodes
        if (receipt := node.receipt(attempt.txid)) is not None
    )


def _refunded(withdrawals: list[Withdrawal]) -> list[AccountSpec]:
    return [
        account
        for withdrawal in withdrawals
        for account in (chart.held(withdrawal.user_id), chart.player(withdrawal.user_id))
    ]
