"""Which coins a Bitcoin payment spends, and what it leaves. Pure arithmetic, in satoshi.

Fee rates are in satoshi per 1,000 virtual bytes, as the node gives them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wallet.chains.types import Outpoint
from wallet.keys.bitcoin_signer import dust_limit_sat, estimated_vsize
from wallet.signer.errors import InsufficientCoins

# A transaction of this many inputs is a third of the largest that nodes relay (BIP141's weight).
MAX_INPUTS = 500
# An input's virtual bytes, with what a longer count of inputs adds.
INPUT_VSIZE = 70


@dataclass(frozen=True, slots=True)
class Coin:
    """An output of ours that may be spent; `id` is its row's."""

    id: int
    outpoint: Outpoint
    value_sat: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Inputs = outputs + change + fee; `change_sat` is 0 where change would be dust."""

    coins: tuple[Coin, ...]
    fee_sat: int
    change_sat: int


def fee_sat(fee_rate: int, vsize: int) -> int:
    """The fee of a size, rounded up."""
    return -(-fee_rate * vsize // 1000)


def select(
    coins: Sequence[Coin],
    *,
    target_sat: int,
    output_scripts: Sequence[str],
    change_script: str,
    fee_rate: int,
) -> Selection:
    """The coins that pay `target_sat` to the outputs at a fee rate, and the change.

    The smallest single coin that is enough, else the largest coins until they are: few inputs,
    so small fees now. Coins that cost more than they bring are left alone. Raises
    InsufficientCoins only where all usable coins together are not enough.
    """
    worth = [coin for coin in coins if coin.value_sat > fee_sat(fee_rate, INPUT_VSIZE)]
    usable = sorted(worth, key=lambda coin: (-coin.value_sat, coin.outpoint))[:MAX_INPUTS]

    def is_enough(chosen: Sequence[Coin]) -> bool:
        least = fee_sat(fee_rate, estimated_vsize(len(chosen), output_scripts))
        return sum(coin.value_sat for coin in chosen) >= target_sat + least

    for coin in reversed(usable):
        if is_enough([coin]):
            return _with_change([coin], target_sat, output_scripts, change_script, fee_rate)
    for count in range(2, len(usable) + 1):
        if is_enough(usable[:count]):
            return _with_change(usable[:count], target_sat, output_scripts, change_script, fee_rate)
    have = sum(coin.value_sat for coin in usable)
    raise InsufficientCoins(f"{target_sat} sat and fees, {have} sat are free")


def change_and_fee(
    total_sat: int,
    *,
    count: int,
    target_sat: int,
    output_scripts: Sequence[str],
    change_script: str,
    least_fee_sat: int,
    fee_rate: int,
) -> tuple[int, int]:
    """(change, fee) of `count` inputs worth `total_sat`, at no less than either fee.

    Raises InsufficientCoins where the inputs do not carry that.
    """
    without = estimated_vsize(count, output_scripts)
    with_change = estimated_vsize(count, [*output_scripts, change_script])
    fee = max(fee_sat(fee_rate, with_change), least_fee_sat)
    change = total_sat - target_sat - fee
    if change >= dust_limit_sat(change_script):
        return change, fee
    fee = total_sat - target_sat
    if fee < max(fee_sat(fee_rate, without), least_fee_sat):
        raise InsufficientCoins(f"{target_sat} sat and fees, {total_sat} sat are taken")
    return 0, fee


def _with_change(
    chosen: Sequence[Coin],
    target_sat: int,
    output_scripts: Sequence[str],
    change_script: str,
    fee_rate: int,
) -> Selection:
    change, fee = change_and_fee(
        sum(coin.value_sat for coin in chosen),
        count=len(chosen),
        target_sat=target_sat,
        output_scripts=output_scripts,
        change_script=change_script,
        least_fee_sat=0,
        fee_rate=fee_rate,
    )
    return Selection(tuple(chosen), fee, change)
