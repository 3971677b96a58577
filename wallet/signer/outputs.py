"""Whether a payment's rows pay what was approved: no address and no amount is signed unseen.

Whoever can write rows could add a payment, or an output to one. So what a payment pays is worked
out anew, from its withdrawals or from the wallet's own addresses, each time that it is signed.
"""

from wallet.addressing import cold_address
from wallet.assets import NATIVE, Network, facts
from wallet.models import DepositAddress, Payment, PaymentKind, PaymentOutput, Withdrawal
from wallet.models import WithdrawalState as State
from wallet.policies import asset_policy
from wallet.signer import payments
from wallet.signer.errors import OutputsChanged
from wallet.signer.judgement import fee_cap_units
from wallet.signer.wallets import Wallet
from wallet.withdrawals import content_hash

_PAID = (State.APPROVED, State.SIGNED, State.BROADCAST)


def require_outputs(payment: Payment, withdrawals: list[Withdrawal], wallet: Wallet) -> None:
    """OutputsChanged unless a locked payment, whose withdrawals these are, is as ours are made.

    The change of a Bitcoin payment is in no row; it goes to the hot wallet by the code alone.
    """
    outputs = payments.outputs_of(payment)
    if payment.network != wallet.network or facts(payment.asset).network != payment.network:
        raise OutputsChanged("network")
    if not outputs or any(output.is_void for output in outputs):
        raise OutputsChanged("void")
    if payment.amount_units != sum(output.amount_units for output in outputs):
        raise OutputsChanged("sum")
    _require_source(payment, wallet)
    if payment.kind == PaymentKind.WITHDRAWAL:
        _require_withdrawals(payment, withdrawals, outputs)
        cap_units = fee_cap_units(withdrawals)
    else:
        _require_our_own(payment, outputs, wallet)
        cap_units = asset_policy(payment.asset).fee_cap_units
    if payment.fee_cap_units > cap_units:
        raise OutputsChanged(f"fee cap {payment.fee_cap_units}, at most {cap_units}")


def _require_source(payment: Payment, wallet: Wallet) -> None:
    source = payment.from_deposit_address
    expected = wallet.address
    if payment.kind == PaymentKind.SWEEP and payment.network == Network.ETHEREUM:
        if source is None:
            raise OutputsChanged("source")
        expected = source.address
    elif source is not None:
        raise OutputsChanged("source")
    if payment.from_address != expected:
        raise OutputsChanged("source")


def _require_withdrawals(
    payment: Payment, withdrawals: list[Withdrawal], outputs: list[PaymentOutput]
) -> None:
    paid = sorted((each.withdrawal_id or 0, each.address, each.amount_units) for each in outputs)
    if paid != sorted((each.pk, each.address, each.amount_units) for each in withdrawals):
        raise OutputsChanged("not what is withdrawn")
    for withdrawal in withdrawals:
        if (withdrawal.network, withdrawal.asset) != (payment.network, payment.asset):
            raise OutputsChanged("asset")
        if withdrawal.state not in _PAID:
            raise OutputsChanged(f"a withdrawal is {withdrawal.state}")
        if content_hash(withdrawal) != withdrawal.content_hash:
            raise OutputsChanged("content")


def _require_our_own(payment: Payment, outputs: list[PaymentOutput], wallet: Wallet) -> None:
    """One output without a withdrawal, to the one place of ours that its kind goes to."""
    if len(outputs) > 1 or outputs[0].withdrawal_id is not None:
        raise OutputsChanged("more than one output")
    (output,) = outputs
    native = NATIVE[Network(payment.network)]
    match payment.kind:
        case PaymentKind.COLD:
            is_ours = bool(output.address) and output.address == cold_address(payment.network)
        case PaymentKind.SWEEP:
            is_ours = output.address == wallet.address
        case PaymentKind.GAP:
            is_ours = output.address == wallet.address and payment.amount_units == 0
        case PaymentKind.GAS:
            known = DepositAddress.objects.filter(network=payment.network, address=output.address)
            is_ours = payment.asset == native and known.exists()
        case _:
            is_ours = False
    if not is_ours:
        raise OutputsChanged("not to an address of ours")
