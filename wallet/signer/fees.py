"""Prices of gas and of replacements. Pure arithmetic, in wei or satoshi."""

from wallet.chains.ethereum import EthereumFees
from wallet.signer.errors import FeeAboveCap, TooMuchGas

# What a transfer of ETH to an account without code takes (Yellow Paper, appendix G).
TRANSFER_GAS = 21_000
# The recipient decides how much gas its code burns, and the house pays for it. Contract wallets
# and accounts that delegate (EIP-7702) take ETH with 25,000 to 60,000.
MOST_RECEIVING_GAS = 100_000
# USDT and USDC move with 35,000 to 100,000; a contract that its owner changes may want any.
MOST_TOKEN_GAS = 300_000


def raised(amount: int) -> int:
    """At least 10 % and one unit more: what nodes ask of a replacement, for each fee."""
    return max(amount + 1, -(-amount * 11 // 10))


def gas_limit(estimate: int, *, most: int) -> int:
    """A quarter above the estimate: a contract's storage may change until the block.

    Raises TooMuchGas where that is more than `most`.
    """
    limit = estimate if estimate <= TRANSFER_GAS else estimate * 5 // 4
    if limit > most:
        raise TooMuchGas(f"{limit} gas, at most {most}")
    return limit


def gas_prices(
    fees: EthereumFees, *, gas: int, cap_wei: int, above: tuple[int, int] = (0, 0)
) -> tuple[int, int]:
    """(maxFeePerGas, maxPriorityFeePerGas) of EIP-1559, in wei.

    Twice the base fee lets the price double before the transaction waits. `above` are the prices
    of the attempt that this one replaces, (0, 0) for a first one. Raises FeeAboveCap where
    `gas` × the price would be more than `cap_wei`.
    """
    old_max, old_tip = above
    least_tip = raised(old_tip) if old_max else 0
    tip = max(fees.priority_fee_wei, least_tip)
    least = max(fees.base_fee_wei + tip, raised(old_max) if old_max else 0)
    most = cap_wei // gas
    if least > most:
        raise FeeAboveCap(f"{gas * least} wei, at most {cap_wei}")
    return min(max(2 * fees.base_fee_wei + tip, least), most), tip
