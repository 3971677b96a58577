"""Ethereum: the balances of our addresses in its newest final block, on every node.

Balances are asked for by the block's hash (EIP-1898), so all are of one moment. Payments settle
when their block is final; while one is final on the chain and not in the ledger yet there is
nothing to compare, and a later look will tell.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from wallet.addressing import cold_address, hot_address, token_contracts
from wallet.assets import Asset, Network
from wallet.chains.compare import require_same_block
from wallet.chains.erc20 import balance_data
from wallet.chains.ethereum import EthereumChain
from wallet.chains.rpc import JsonRpc
from wallet.chains.types import BlockRef, BlockTag
from wallet.chains.validation import as_data, as_quantity
from wallet.deposits.ethereum_reader import EthereumReader
from wallet.deposits.records import BOOKED
from wallet.models import (
    Custody,
    Deposit,
    DepositAddress,
    OwnTransfer,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
)
from wallet.reconciliation.books import Books
from wallet.reconciliation.findings import (
    PLACES,
    Difference,
    Findings,
    Holding,
    Place,
    Unproven,
)

_SETTLED = (PaymentState.SETTLED, PaymentState.FAILED)
_OPEN = (
    PaymentState.PREPARED,
    PaymentState.SIGNED,
    PaymentState.BROADCAST,
    PaymentState.CONFIRMED,
)
# By (asset, address).
Balances = dict[tuple[str, str], int]


@dataclass
class Known:
    """What the database says, as of one moment. Amounts by (asset, place) or (asset, address)."""

    places: dict[str, Place]
    assets: list[Asset]
    deposits: list[Deposit]
    own: list[OwnTransfer]
    payments: list[Payment]
    open_attempts: list[PaymentAttempt]
    scanned_to: int


def known_of_ethereum(scanned_to: int) -> Known:
    """Our addresses and what moved there, with how far the chain was read."""
    owners = DepositAddress.objects.filter(network=Network.ETHEREUM)
    places: dict[str, Place] = dict.fromkeys(owners.values_list("address", flat=True), "deposits")
    if hot := hot_address(Network.ETHEREUM):
        places[hot] = "hot"
    if cold := cold_address(Network.ETHEREUM):
        places[cold] = "cold"
    payments = Payment.objects.filter(network=Network.ETHEREUM)
    return Known(
        places=places,
        assets=[Asset.ETH, *token_contracts()],
        deposits=list(
            Deposit.objects.filter(network=Network.ETHEREUM)
            .filter(Q(height__isnull=False) | Q(state__in=BOOKED))
            .select_related("address")
        ),
        own=list(OwnTransfer.objects.filter(network=Network.ETHEREUM, custody=Custody.HOT)),
        payments=list(payments.filter(state__in=_SETTLED).prefetch_related("outputs", "attempts")),
        open_attempts=list(
            PaymentAttempt.objects.filter(payment__in=payments.filter(state__in=_OPEN))
        ),
        scanned_to=scanned_to,
    )


def look_at_ethereum(
    reader: EthereumReader, findings: Findings, books: Books, known: Known
) -> None:
    """Compare the balances. Raises ChainError."""
    block = reader.first.block_by_tag(BlockTag.FINALIZED)
    findings.heights[Network.ETHEREUM] = block.height
    if waiting := _not_comparable(reader.first, block, known):
        findings.unproven.append(waiting)
        return
    if reader.second is not None:
        require_same_block(reader.second, block)
    balances = _balances(settings.ETHEREUM_RPC_URL, block, known)
    if reader.second is not None:
        other = _balances(settings.ETHEREUM_RPC_URL_2, block, known)
        findings.differences += [
            Difference(asset, known.places[address], f"{address} (second node)", units, other_units)
            for (asset, address), units in balances.items()
            if (other_units := other[asset, address]) != units
        ]
    pending = _pending(block, known)
    for asset in known.assets:
        for place in PLACES:
            chain_units = sum(
                units
                for (of, address), units in balances.items()
                if of == asset and known.places[address] == place
            )
            holding = Holding(
                asset, place, books.get((asset, place), 0), chain_units, pending[asset, place]
            )
            where = _where(holding, block, known, balances) if holding.off_units else []
            findings.add(holding, where)


def _not_comparable(node: EthereumChain, block: BlockRef, known: Known) -> Unproven | None:
    if known.scanned_to < block.height:
        return Unproven("ethereum", "scanner_behind", f"{known.scanned_to} of {block.height}")
    if late := [each for each in known.payments if (each.height or 0) > block.height]:
        return Unproven("ethereum", "settled_too_early", f"payment {late[0].pk}")
    for attempt in known.open_attempts:
        receipt = node.receipt(attempt.txid)
        if receipt is not None and receipt.height <= block.height:
            return Unproven("ethereum", "payment_not_settled", f"payment {attempt.payment_id}")
    return None


def _balances(url: str, block: BlockRef, known: Known) -> Balances:
    """Every asset's balance at every address of ours in this block."""
    at = {"blockHash": block.hash, "requireCanonical": True}
    addresses = sorted(known.places)
    contracts = token_contracts()
    with JsonRpc(url) as rpc:
        found: Balances = {}
        for asset in known.assets:
            if asset == Asset.ETH:
                answers = _answers(rpc, "eth_getBalance", [(each, at) for each in addresses])
                units = [as_quantity(answer, "eth_getBalance") for answer in answers]
            else:
                calls = [
                    ({"to": contracts[asset], "data": "0x" + balance_data(each).hex()}, at)
                    for each in addresses
                ]
                answers = _answers(rpc, "eth_call", calls)
                units = [int.from_bytes(as_data(answer, "balanceOf")) for answer in answers]
            found |= {(asset, each): one for each, one in zip(addresses, units, strict=True)}
        return found


def _answers(rpc: JsonRpc, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
    answers = rpc.batch(method, params)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def _pending(block: BlockRef, known: Known) -> defaultdict[tuple[str, str], int]:
    """In this block and not in the ledger yet, less what is in the ledger and in a later block.

    What is booked and in no block at all counts as the ledger's: it is missing.
    """
    pending: defaultdict[tuple[str, str], int] = defaultdict(int)
    for deposit in known.deposits:
        is_in = deposit.height is not None and deposit.height <= block.height
        is_booked = deposit.state in BOOKED
        if is_in != is_booked and deposit.height is not None:
            pending[deposit.asset, "deposits"] += deposit.amount_units * (is_in - is_booked)
    for own in known.own:
        is_in = own.height is not None and own.height <= block.height
        is_booked = own.transaction_id is not None
        if is_in != is_booked and own.height is not None and own.payment_id is None:
            pending[own.asset, "hot"] += own.amount_units * (is_in - is_booked)
    return pending


def _where(holding: Holding, block: BlockRef, known: Known, balances: Balances) -> list[Difference]:
    """Which addresses of a place are off, from what is known to have come and gone there."""
    if holding.place != "deposits":
        (address,) = [at for at, place in known.places.items() if place == holding.place] or [""]
        units = holding.ledger_units + holding.pending_units
        return [Difference(holding.asset, holding.place, address, units, holding.chain_units)]
    expected = _expected(holding.asset, block, known)
    return [
        Difference(holding.asset, holding.place, address, expected[address], units)
        for (asset, address), units in balances.items()
        if asset == holding.asset
        and known.places[address] == "deposits"
        and units != expected[address]
    ]


def _expected(asset: str, block: BlockRef, known: Known) -> defaultdict[str, int]:
    """What each deposit address should have of an asset."""
    units: defaultdict[str, int] = defaultdict(int)
    for deposit in known.deposits:
        if deposit.asset == asset and (deposit.height or 0) <= block.height:
            units[deposit.address.address] += deposit.amount_units
    for payment in known.payments:
        fee = payment.fee_paid_units or 0
        moved = payment.state == PaymentState.SETTLED and payment.asset == asset
        if asset == Asset.ETH and payment.from_deposit_address_id is not None:
            units[payment.from_address] -= fee
        if not moved:
            continue
        if payment.kind == PaymentKind.SWEEP:
            # A sweep of ETH gives its largest fee away from what it sends.
            kept = sum(each.fee_units for each in payment.attempts.all() if each.is_confirmed)
            units[payment.from_address] -= payment.amount_units - (
                kept if asset == Asset.ETH else 0
            )
        elif payment.kind == PaymentKind.GAS:
            for output in payment.outputs.all():
                units[output.address] += output.amount_units
    return units
