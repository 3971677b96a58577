"""Bringing players' deposits into the hot wallet, when they are worth far more than the gas.

Only coins that are in the ledger, wait for nobody and are final are swept: credited and returned
deposits, and dust, that no reorganisation can take out of the payments that spend them. Tokens
need ETH for their gas at the player's address; it is topped up first and the sweep waits until
that is settled.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from wallet.assets import Asset, Network, cost_krw, facts, value_krw
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BlockTag
from wallet.fields import AmountField
from wallet.models import (
    Deposit,
    DepositAddress,
    DepositState,
    Payment,
    PaymentKind,
    PaymentOutput,
    PaymentState,
    Rate,
    SweepLook,
    Utxo,
)
from wallet.policies import asset_policy
from wallet.signer import bitcoin, ethereum, nonces, payments
from wallet.signer.alone import alone
from wallet.signer.coins import INPUT_VSIZE, fee_sat
from wallet.signer.errors import FeeAboveCap, InsufficientCoins
from wallet.signer.locks import require_signer
from wallet.signer.payments import Recipient
from wallet.signer.pricing import Gas, affordable_wei, price
from wallet.signer.replacing import is_stuck
from wallet.signer.sending import was_unfunded
from wallet.signer.wallets import BitcoinWallet, EthereumWallet

# What is swept is worth at least this many times its fee.
WORTH = 20
MAX_INPUTS = 100
MAX_ADDRESSES = 20
# The coins of returned deposits are the operator's: their senders were paid back with others.
_BOOKED = (DepositState.CREDITED, DepositState.DUST, DepositState.RETURNED)
_COUNTS = (*payments.OPEN, PaymentState.SETTLED)


def sweep_bitcoin(wallet: BitcoinWallet) -> Payment | None:
    """One transaction with the booked outputs, if they are enough to be worth it."""
    fee_rate = wallet.chain.fee_rate(bitcoin.TARGET_BLOCKS)
    rules = asset_policy(Asset.BTC)
    input_fee = fee_sat(fee_rate, INPUT_VSIZE)
    rows = list(_booked_outputs(wallet, above_sat=input_fee)[:MAX_INPUTS])
    total = sum(row.amount_sat for row in rows)
    if total < max(rules.sweep_least_units, WORTH * input_fee * (len(rows) + 1)):
        return None
    try:
        with transaction.atomic():
            require_signer(Network.BITCOIN)
            payment = payments.create(
                network=Network.BITCOIN,
                asset=Asset.BTC,
                kind=PaymentKind.SWEEP,
                from_address=wallet.address,
                recipients=[Recipient(wallet.address, total)],
                fee_cap_units=min(rules.fee_cap_units, total // WORTH),
            )
            bitcoin.take(payment, [bitcoin.coin(row) for row in rows])
            return payment
    except InsufficientCoins:
        # The scanner saw one spent or undone meanwhile; the next pass looks again.
        return None


def sweep_ethereum(wallet: EthereumWallet, *, now: datetime) -> None:
    """A payment for each address and asset that is worth it: a sweep, or gas for one."""
    for payment in _token_sweeps_out():
        with alone(f"payment:{payment.pk}"):
            _help_out(wallet, payment, now=now)
    final = wallet.final_height()
    # Tokens first: what ETH is at their addresses pays for their gas.
    for asset in sorted(wallet.assets, key=lambda asset: not facts(asset).is_token):
        for address in _worth_asking(asset, final):
            _looked_at(asset, address)
            with alone(f"address:{address.pk}:{asset}"):
                _sweep_one(wallet, asset, address, final)


def _booked_outputs(wallet: BitcoinWallet, *, above_sat: int) -> QuerySet[Utxo]:
    """Free outputs of more than this at deposit addresses whose deposit is in the ledger, and
    final: one that a reorganisation takes away would hold up the others in its transaction."""
    deposits = Deposit.objects.filter(
        network=Network.BITCOIN,
        txid=OuterRef("txid"),
        place=Concat(Value("vout:"), Cast(OuterRef("vout"), TextField())),
        state__in=_BOOKED,
    )
    return Utxo.objects.filter(
        Exists(deposits),
        deposit_address__isnull=False,
        height__lte=wallet.final_height(),
        amount_sat__gt=above_sat,
        spent_by=None,
        spent_txid="",
    ).order_by("-amount_sat", "id")


def _worth_asking(asset: str, final: int) -> list[DepositAddress]:
    """Addresses with enough in the ledger that was not swept, and nothing on its way; those first
    that were not looked at for longest, so that some which are not worth their gas now, or fail,
    keep no others waiting. One question, however many players have deposited."""
    least = asset_policy(asset).sweep_least_units
    swept = _sweeps(asset).filter(from_deposit_address=OuterRef("pk"))
    sums = swept.order_by().values("from_deposit_address").annotate(total=Sum("amount_units"))
    # Less nothing is NULL. `Coalesce` is around it, or sweeps would be summed for each deposit.
    left = ExpressionWrapper(
        F("booked") - Subquery(sums.values("total")), output_field=AmountField()
    )
    busy = Payment.objects.filter(network=Network.ETHEREUM, state__in=payments.OPEN)
    looks = SweepLook.objects.filter(asset=asset, address=OuterRef("pk"))
    return list(
        DepositAddress.objects.filter(
            network=Network.ETHEREUM,
            deposits__asset=asset,
            deposits__state__in=_BOOKED,
            deposits__height__lte=final,
        )
        .alias(booked=Sum("deposits__amount_units"))
        .alias(left=Coalesce(left, F("booked")))
        # What was swept is summed only for those whose deposits alone are enough.
        .filter(booked__gte=least, left__gte=least)
        .exclude(id__in=busy.exclude(from_deposit_address=None).values("from_deposit_address_id"))
        .exclude(address__in=_with_gas_on_its_way())
        .annotate(looked_at=Subquery(looks.values("looked_at")))
        .order_by(F("looked_at").asc(nulls_first=True), "id")[:MAX_ADDRESSES]
    )


def _token_sweeps_out() -> list[Payment]:
    """Token sweeps that no block has yet, and that no gas is on its way to."""
    sweeps = Payment.objects.filter(
        network=Network.ETHEREUM,
        kind=PaymentKind.SWEEP,
        state__in=(PaymentState.SIGNED, PaymentState.BROADCAST),
    )
    return list(
        sweeps.exclude(asset=Asset.ETH)
        .exclude(from_address__in=_with_gas_on_its_way())
        .order_by("id")
    )


def _with_gas_on_its_way() -> QuerySet[PaymentOutput, Any]:
    """The addresses that an open payment brings gas to."""
    return PaymentOutput.objects.filter(
        payment__network=Network.ETHEREUM,
        payment__kind=PaymentKind.GAS,
        payment__state__in=payments.OPEN,
    ).values("address")


def _help_out(wallet: EthereumWallet, payment: Payment, *, now: datetime) -> Payment | None:
    """More ETH for a sweep that is stuck at the highest fee that its address can pay, while it is
    worth that; it is replaced when the ETH is final. Raises FeeAboveCap: at the asset's cap."""
    newest = payments.attempts_of(payment)[0]
    if not (is_stuck(newest, Network.ETHEREUM, now=now) or was_unfunded(newest)):
        return None
    address = payment.from_deposit_address
    assert address is not None  # of what sweeps tokens
    call = ethereum.call_of(wallet, payment)
    there = affordable_wei(wallet, payment)
    try:
        price(wallet, address.address, call, cap_wei=there, before=newest)
    except FeeAboveCap:
        cap = payment.fee_cap_units
        gas = price(wallet, address.address, call, cap_wei=cap, before=newest)
        if _is_worth(payment.asset, payment.amount_units, gas):
            return _top_up(wallet, address, gas)
    return None


def _looked_at(asset: str, address: DepositAddress) -> None:
    """Before the look: one that kills the process must not be the first again."""
    SweepLook.objects.update_or_create(
        address=address, asset=asset, defaults={"looked_at": timezone.now()}
    )


def _sweep_one(
    wallet: EthereumWallet, asset: str, address: DepositAddress, final: int
) -> Payment | None:
    rules = asset_policy(asset)
    left = _booked(asset, address.pk, final) - _swept(asset, address.pk)
    units = min(left, _held(wallet, asset, address))
    if units < rules.sweep_least_units:
        return None
    call = ethereum.call_to(wallet, asset, wallet.address, units)
    gas = price(wallet, address.address, call, cap_wei=rules.fee_cap_units)
    if not _is_worth(asset, units, gas):
        return None
    if facts(asset).is_token:
        missing_wei = gas.cost_wei - wallet.chain.balance_wei(address.address, BlockTag.FINALIZED)
        if missing_wei > 0:
            return _top_up(wallet, address, gas)
    return _create(wallet, asset, address, units, gas)


def _create(
    wallet: EthereumWallet, asset: str, address: DepositAddress, units: int, gas: Gas
) -> Payment:
    latest, pending = nonces.ask(wallet, address.address)
    with transaction.atomic():
        require_signer(Network.ETHEREUM)
        return payments.create(
            network=Network.ETHEREUM,
            asset=asset,
            kind=PaymentKind.SWEEP,
            from_address=address.address,
            from_deposit_address=address,
            recipients=[Recipient(wallet.address, units)],
            fee_cap_units=asset_policy(asset).fee_cap_units,
            nonce=nonces.next_nonce(
                latest=latest, pending=pending, taken=nonces.taken(address.address, latest=latest)
            ),
        )


def _top_up(wallet: EthereumWallet, address: DepositAddress, gas: Gas) -> Payment | None:
    """ETH for the sweep's gas, with a half more: its price may rise until then.

    Half of what the hot wallet may have on its way is left to withdrawals; a later pass goes on.
    """
    if ethereum.room() <= ethereum.MAX_IN_FLIGHT // 2:
        return None
    return ethereum.prepare_one(
        wallet,
        asset=Asset.ETH,
        kind=PaymentKind.GAS,
        recipient=Recipient(address.address, gas.cost_wei * 3 // 2),
        cap_wei=asset_policy(Asset.ETH).fee_cap_units,
    )


def _held(wallet: EthereumWallet, asset: str, address: DepositAddress) -> int:
    if facts(asset).is_token:
        return wallet.chain.token_balance(ChainAsset(asset), address.address)
    return wallet.chain.balance_wei(address.address)


def _booked(asset: str, address_id: int, final: int) -> int:
    rows = Deposit.objects.filter(
        address_id=address_id, asset=asset, state__in=_BOOKED, height__lte=final
    )
    return int(rows.aggregate(total=Sum("amount_units"))["total"] or 0)


def _sweeps(asset: str) -> QuerySet[Payment]:
    return Payment.objects.filter(asset=asset, kind=PaymentKind.SWEEP, state__in=_COUNTS)


def _swept(asset: str, address_id: int) -> int:
    rows = _sweeps(asset).filter(from_deposit_address_id=address_id)
    return int(rows.aggregate(total=Sum("amount_units"))["total"] or 0)


def _is_worth(asset: str, units: int, gas: Gas) -> bool:
    """By the newest rates; where there are none, the least amount to sweep decides."""
    if asset == Asset.ETH:
        return units >= WORTH * gas.cost_wei
    ours, native = _newest_rate(asset), _newest_rate(Asset.ETH)
    if ours is None or native is None:
        return True
    fee_krw = cost_krw(Asset.ETH, gas.cost_wei, native.mid_krw)
    return value_krw(asset, units, ours.mid_krw) >= WORTH * fee_krw


def _newest_rate(asset: str) -> Rate | None:
    return Rate.objects.filter(asset=asset).order_by("-at").first()
