"""Payments on Ethereum, in ETH and tokens: one transaction each, with the next nonce.

What an attempt carries follows from its payment's row and its fees, so that a payment prepared
before a crash is signed after it. A sweep of ETH is reduced by the most that its gas can cost.
"""

from django.db import IntegrityError, transaction

from wallet.assets import Asset, Network, facts
from wallet.chains.erc20 import transfer_data
from wallet.chains.types import Asset as ChainAsset
from wallet.errors import WalletError
from wallet.keys.errors import SigningRefused
from wallet.keys.ethereum_signer import EthereumTransaction, SignedEthereum
from wallet.models import Payment, PaymentKind, PaymentState, WithdrawalState
from wallet.policies import asset_policy
from wallet.signer import nonces, payments
from wallet.signer.alone import alone
from wallet.signer.earlier import paid_by, proven_dead
from wallet.signer.errors import (
    InsufficientCoins,
    OutputsChanged,
    TokenRefused,
    WithdrawalChanged,
)
from wallet.signer.giving_up import give_up
from wallet.signer.judgement import fee_cap_units, require_all_payable
from wallet.signer.locks import require_signer
from wallet.signer.outputs import require_outputs
from wallet.signer.payments import Recipient
from wallet.signer.pricing import Call, Gas, affordable_wei, price
from wallet.signer.queue import payable
from wallet.signer.wallets import HOT_KEY, EthereumWallet, deposit_key

# Nodes keep about this many waiting transactions of one sender (go-ethereum's `accountslots`).
MAX_IN_FLIGHT = 16


def prepare(wallet: EthereumWallet) -> None:
    """A nonce for each approved withdrawal that the wallet can pay now."""
    for withdrawal in payable(Network.ETHEREUM, limit=max(0, room()), wallet=wallet):
        with alone(f"withdrawal:{withdrawal.public_id}"):
            prepare_one(
                wallet,
                asset=withdrawal.asset,
                kind=PaymentKind.WITHDRAWAL,
                recipient=Recipient(withdrawal.address, withdrawal.amount_units, withdrawal),
                cap_wei=fee_cap_units([withdrawal]),
            )


def room() -> int:
    """How many more payments the hot wallet may have on their way."""
    on_their_way = payments.open_payments(Network.ETHEREUM)
    return MAX_IN_FLIGHT - sum(each.from_deposit_address_id is None for each in on_their_way)


def prepare_one(
    wallet: EthereumWallet, *, asset: str, kind: PaymentKind, recipient: Recipient, cap_wei: int
) -> Payment | None:
    """A payment out of the hot wallet; None where its withdrawal was taken or changed meanwhile.

    Raises WouldRevert, TooMuchGas, FeeAboveCap, InsufficientCoins.
    """
    call = call_to(wallet, asset, recipient.address, recipient.amount_units)
    gas = price(wallet, wallet.address, call, cap_wei=cap_wei)
    require_funds(wallet, asset, recipient.amount_units, gas)
    latest, pending = nonces.ask(wallet, wallet.address)
    try:
        with transaction.atomic():
            require_signer(Network.ETHEREUM)
            taken = nonces.taken(wallet.address, latest=latest)
            return payments.create(
                network=Network.ETHEREUM,
                asset=asset,
                kind=kind,
                from_address=wallet.address,
                recipients=[recipient],
                fee_cap_units=cap_wei,
                nonce=nonces.next_nonce(latest=latest, pending=pending, taken=taken),
            )
    except (WithdrawalChanged, IntegrityError):
        return None


def require_funds(wallet: EthereumWallet, asset: str, amount_units: int, gas: Gas) -> None:
    """InsufficientCoins unless the hot wallet has this beside what is on its way."""
    if facts(asset).is_token and free_units(wallet, asset) < amount_units:
        raise InsufficientCoins(f"{amount_units} {asset}")
    needed_wei = gas.cost_wei + (0 if facts(asset).is_token else amount_units)
    if free_units(wallet, Asset.ETH) < needed_wei:
        raise InsufficientCoins(f"{needed_wei} wei")


def free_units(wallet: EthereumWallet, asset: str) -> int:
    """What the hot wallet holds of an asset, less what open payments will take."""
    open_now = Payment.objects.filter(
        payments.spends_from(wallet.address, Network.ETHEREUM),
        state__in=(PaymentState.PREPARED, PaymentState.SIGNED, PaymentState.BROADCAST),
    )
    leaving = sum(payment.amount_units for payment in open_now if payment.asset == asset)
    if facts(asset).is_token:
        held = wallet.chain.token_balance(ChainAsset(asset), wallet.address)
    else:
        held = wallet.chain.balance_wei(wallet.address)
        leaving += sum(payment.fee_cap_units for payment in open_now)
    return int(held - leaving)


def sign(wallet: EthereumWallet, payment: Payment) -> None:
    """Sign a prepared payment and commit its bytes; drop it where it must not be paid any more."""
    try:
        dead = proven_dead(wallet, paid_by(payment))
        gas = price(
            wallet,
            payment.from_address,
            call_of(wallet, payment),
            cap_wei=affordable_wei(wallet, payment),
        )
        with transaction.atomic():
            require_signer(payment.network)
            payment = payments.lock(payment)
            if payment.state != PaymentState.PREPARED:
                return
            withdrawals = payments.lock_withdrawals(payment)
            require_all_payable(withdrawals, dead=dead)
            require_outputs(payment, withdrawals, wallet)
            _attempt(wallet, payment, gas)
            payments.change(payment, PaymentState.SIGNED)
            payments.move_withdrawals(payment, WithdrawalState.SIGNED)
    except (WalletError, SigningRefused) as error:
        give_up(payment, error)


def replace(wallet: EthereumWallet, payment: Payment) -> None:
    """Sign a payment again with its nonce, both fees at least 10 % higher.

    Raises FeeAboveCap, OutputsChanged.
    """
    before = payments.attempts_of(payment)[0]
    gas = price(
        wallet,
        payment.from_address,
        call_of(wallet, payment),
        cap_wei=affordable_wei(wallet, payment),
        before=before,
    )
    with transaction.atomic():
        require_signer(payment.network)
        payment = payments.lock(payment)
        if payment.state in (PaymentState.SIGNED, PaymentState.BROADCAST):
            require_outputs(payment, payments.lock_withdrawals(payment), wallet)
            _attempt(wallet, payment, gas)


def fill_gaps(wallet: EthereumWallet) -> None:
    """A transfer to self for each nonce that is missing below a payment. Raises FeeAboveCap."""
    latest, pending = nonces.ask(wallet, wallet.address)
    taken = nonces.taken(wallet.address, latest=latest)
    gaps = nonces.missing(latest=latest, pending=pending, taken=taken)
    cap_wei = asset_policy(Asset.ETH).fee_cap_units
    if gaps:
        price(wallet, wallet.address, Call(wallet.address, 0), cap_wei=cap_wei)
    for nonce in gaps:
        with transaction.atomic():
            require_signer(Network.ETHEREUM)
            payments.create(
                network=Network.ETHEREUM,
                asset=Asset.ETH,
                kind=PaymentKind.GAP,
                from_address=wallet.address,
                recipients=[Recipient(wallet.address, 0)],
                fee_cap_units=cap_wei,
                nonce=nonce,
            )


def call_of(wallet: EthereumWallet, payment: Payment) -> Call:
    outputs = payments.outputs_of(payment)
    if len(outputs) != 1:
        raise OutputsChanged(f"{len(outputs)} outputs")
    (output,) = outputs
    return call_to(wallet, payment.asset, output.address, output.amount_units)


def call_to(wallet: EthereumWallet, asset: str, address: str, amount_units: int) -> Call:
    """The transaction that pays an amount of an asset to an address. Raises TokenRefused."""
    if asset not in wallet.assets:
        raise TokenRefused(asset)
    if facts(asset).is_token:
        contract = wallet.chain.token_address(ChainAsset(asset))
        return Call(contract, 0, transfer_data(address, amount_units))
    return Call(address, amount_units)


def _attempt(wallet: EthereumWallet, payment: Payment, gas: Gas) -> None:
    signed = _signed(wallet, payment, gas)
    payments.add_attempt(
        payment,
        txid=signed.txid,
        raw=signed.raw,
        fee_units=gas.cost_wei,
        fee_rate=gas.max_fee_wei,
        tip_rate=gas.tip_wei,
        gas_limit=gas.limit,
    )


def _signed(wallet: EthereumWallet, payment: Payment, gas: Gas) -> SignedEthereum:
    call = call_of(wallet, payment)
    value_wei = call.value_wei
    if payment.kind == PaymentKind.SWEEP and payment.asset == Asset.ETH:
        value_wei -= gas.cost_wei
        if value_wei <= 0:
            raise InsufficientCoins("the gas costs more than is swept")
    address, nonce = payment.from_deposit_address, payment.nonce
    assert nonce is not None  # a constraint of the table
    return wallet.signer.sign(
        EthereumTransaction(
            wallet.chain.chain_id,
            nonce,
            call.to,
            value_wei,
            gas.limit,
            gas.max_fee_wei,
            gas.tip_wei,
            call.data,
        ),
        HOT_KEY if address is None else deposit_key(address),
        max_gas_cost_wei=payment.fee_cap_units,
    )
