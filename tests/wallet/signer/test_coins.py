"""Choosing coins, fees and nonces: arithmetic that must hold for all numbers."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.chains.ethereum import EthereumFees
from wallet.chains.types import Outpoint
from wallet.keys.bitcoin_signer import dust_limit_sat, estimated_vsize
from wallet.signer.coins import INPUT_VSIZE, Coin, fee_sat, select
from wallet.signer.errors import FeeAboveCap, InsufficientCoins
from wallet.signer.fees import gas_prices, raised
from wallet.signer.nonces import missing, next_nonce

SEGWIT = "0014" + "11" * 20
TAPROOT = "5120" + "22" * 32
LEGACY = "76a914" + "33" * 20 + "88ac"

values = st.lists(st.integers(1, 10**12), max_size=40)
scripts = st.lists(st.sampled_from([SEGWIT, TAPROOT, LEGACY]), min_size=1, max_size=50)
rates = st.integers(1_000, 1_000_000)
wei = st.integers(1, 10**15)


def coins(amounts: Sequence[int]) -> list[Coin]:
    return [
        Coin(number, Outpoint(f"{number:064x}", number % 3), amount)
        for number, amount in enumerate(amounts)
    ]


@given(values, scripts, rates, st.integers(1, 10**13))
def test_inputs_are_outputs_change_and_fee(
    amounts: list[int], outputs: list[str], rate: int, target_sat: int
) -> None:
    try:
        chosen = select(
            coins(amounts),
            target_sat=target_sat,
            output_scripts=outputs,
            change_script=SEGWIT,
            fee_rate=rate,
        )
    except InsufficientCoins:
        worth = [amount for amount in amounts if amount > fee_sat(rate, INPUT_VSIZE)]
        least = fee_sat(rate, estimated_vsize(len(worth), outputs))
        assert sum(worth) < target_sat + least, "all coins together would have been enough"
        return
    spent = sum(coin.value_sat for coin in chosen.coins)
    assert spent == target_sat + chosen.change_sat + chosen.fee_sat
    assert len({coin.id for coin in chosen.coins}) == len(chosen.coins) > 0
    assert chosen.change_sat == 0 or chosen.change_sat >= dust_limit_sat(SEGWIT)
    with_change = [*outputs, SEGWIT] if chosen.change_sat else outputs
    least = fee_sat(rate, estimated_vsize(len(chosen.coins), with_change))
    # What would be dust as change, and an output for it, is the most that is given away.
    most = least + dust_limit_sat(SEGWIT) + fee_sat(rate, 32)
    assert least <= chosen.fee_sat <= most


@given(values.filter(bool), rates)
def test_one_coin_is_spent_where_one_is_enough(amounts: list[int], rate: int) -> None:
    target_sat = 10_000
    needed = target_sat + fee_sat(rate, estimated_vsize(1, [SEGWIT]))
    enough = [amount for amount in amounts if amount >= needed]
    if not enough:
        return
    chosen = select(
        coins(amounts),
        target_sat=target_sat,
        output_scripts=[SEGWIT],
        change_script=SEGWIT,
        fee_rate=rate,
    )
    assert [coin.value_sat for coin in chosen.coins] == [min(enough)]


@given(st.integers(0, 10**30))
def test_a_raise_is_a_tenth_at_least(amount: int) -> None:
    assert raised(amount) * 10 >= amount * 11
    assert raised(amount) > amount


@given(wei, wei, st.integers(21_000, 500_000), st.integers(1, 10**20), wei, wei)
def test_gas_never_costs_more_than_the_cap(
    base: int, tip: int, gas: int, cap: int, old_max: int, old_tip: int
) -> None:
    old_tip = min(old_tip, old_max)
    try:
        max_fee, new_tip = gas_prices(
            EthereumFees(base, tip), gas=gas, cap_wei=cap, above=(old_max, old_tip)
        )
    except FeeAboveCap:
        least = max(base + max(tip, raised(old_tip)), raised(old_max))
        assert gas * least > cap
        return
    assert gas * max_fee <= cap
    assert base + new_tip <= max_fee
    assert max_fee * 10 >= old_max * 11
    assert new_tip * 10 >= old_tip * 11


@given(st.integers(0, 50), st.integers(0, 5), st.sets(st.integers(0, 80)))
def test_the_next_nonce_is_free_and_closes_the_lowest_gap(
    latest: int, waiting: int, taken: set[int]
) -> None:
    pending = latest + waiting
    nonce = next_nonce(latest=latest, pending=pending, taken=taken)
    assert nonce >= pending
    assert nonce not in taken
    assert all(lower in taken for lower in range(pending, nonce))
    gaps = missing(latest=latest, pending=pending, taken=taken | {nonce})
    assert nonce not in gaps


def test_a_dust_coin_is_never_worth_its_fee() -> None:
    with pytest.raises(InsufficientCoins):
        select(
            coins([300] * 100),
            target_sat=10_000,
            output_scripts=[SEGWIT],
            change_script=SEGWIT,
            fee_rate=10_000,
        )
