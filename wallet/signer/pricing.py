"""What a transaction of Ethereum does, and what its gas may cost now."""

from dataclasses import dataclass

from wallet.assets import Asset
from wallet.chains.errors import CallReverted
from wallet.chains.types import BlockTag
from wallet.models import Payment, PaymentAttempt
from wallet.signer.errors import WouldRevert
from wallet.signer.fees import (
    MOST_RECEIVING_GAS,
    MOST_TOKEN_GAS,
    TRANSFER_GAS,
    gas_limit,
    gas_prices,
)
from wallet.signer.wallets import EthereumWallet


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction does: its recipient, its value and its data."""

    to: str
    value_wei: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Gas:
    """What a transaction's gas may cost: `limit` units at `max_fee_wei` each, the tip in it."""

    limit: int
    max_fee_wei: int
    tip_wei: int

    @property
    def cost_wei(self) -> int:
        return self.limit * self.max_fee_wei


def price(
    wallet: EthereumWallet,
    sender: str,
    call: Call,
    *,
    cap_wei: int,
    before: PaymentAttempt | None = None,
) -> Gas:
    """What a call's gas may cost now. Raises WouldRevert, TooMuchGas, FeeAboveCap."""
    if before is not None and before.gas_limit is not None:
        limit, above = before.gas_limit, (before.fee_rate, before.tip_rate)
    else:
        most = MOST_TOKEN_GAS if call.data else MOST_RECEIVING_GAS
        limit, above = gas_limit(estimate(wallet, sender, call), most=most), (0, 0)
    max_fee, tip = gas_prices(wallet.chain.fees(), gas=limit, cap_wei=cap_wei, above=above)
    return Gas(limit, max_fee, tip)


def estimate(wallet: EthereumWallet, sender: str, call: Call) -> int:
    """The gas that a call needs. A transfer of ETH is estimated where code receives it."""
    if not call.data and not wallet.chain.runs_code(call.to):
        return TRANSFER_GAS
    try:
        return wallet.chain.estimate_gas(
            sender=sender, to=call.to, value_wei=call.value_wei, data=call.data
        )
    except CallReverted as refusal:
        raise WouldRevert(refusal.detail) from None


def affordable_wei(wallet: EthereumWallet, payment: Payment) -> int:
    """The most that a payment's gas may cost. Out of a deposit address it is the ETH there that
    no reorganisation takes away: a node takes no transaction that costs more, not even as one that
    waits. A sweep of ETH pays for itself."""
    if payment.from_deposit_address_id is None or payment.asset == Asset.ETH:
        return int(payment.fee_cap_units)
    there = wallet.chain.balance_wei(payment.from_address, BlockTag.FINALIZED)
    return min(int(payment.fee_cap_units), there)
