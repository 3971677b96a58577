"""Ethereum: the balances of our addresses in its newest final block, on every node.

Balances are asked for by the block's hash (EIP-1898), so all are of one moment. Payments settle
when their block is final; while one is final on the chain and not in the ledger yet there is
nothing to compare, and a later look will tell.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from wallet.addressing import cold_address, hot_address, token_contracts
from wallet.assets import Asset, Network
from wallet.chains.compare import require_same_block
from wallet.chains.erc20 import balance_data
from wallet.chains.errors import NodeBehind
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
    PaymentOutput,
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
from wallet.reconciliation.lasting import booked_differences

_SETTLED = (PaymentState.SETTLED, PaymentState.FAILED)
_OPEN = (
    PaymentState.PREPARED,
    PaymentState.SIGNED,
    PaymentState.BROADCAST,
    PaymentState.CONFIRMED,
)
# A node behind a provider's address may be so many blocks behind the one that answered before it.
MARGIN_BLOCKS = 100
# By (asset, address).
Balances = dict[tuple[str, str], int]


class Row(NamedTuple):
    """Coins that may be on one side only. `height` is that of their block."""

    asset: str
    place: Place
    units: int
    height: int
    is_booked: bool


@dataclass
class Known:
    """What the database says, as of one moment.

    `rows` and `settled` (payments and their heights) are what a block not below `since` may lack.
    """

    places: dict[str, Place]
    assets: list[Asset]
    rows: list[Row]
    settled: list[tuple[int, int]]
    open_attempts: list[tuple[int, str]]
    scanned_to: int
    since: int


def since_when(reader: EthereumReader) -> int:
    """The height of a block that is final for sure, and nearly the newest. Raises ChainError."""
    return max(0, reader.first.block_by_tag(BlockTag.FINALIZED).height - MARGIN_BLOCKS)


def known_of_ethereum(scanned_to: int, since: int) -> Known:
    """Our addresses and what moved there lately, with how far the chain was read."""
    owners = DepositAddress.objects.filter(network=Network.ETHEREUM)
    places: dict[str, Place] = dict.fromkeys(owners.values_list("address", flat=True), "deposits")
    if hot := hot_address(Network.ETHEREUM):
        places[hot] = "hot"
    if cold := cold_address(Network.ETHEREUM):
        places[cold] = "cold"
    payments = Payment.objects.filter(network=Network.ETHEREUM)
    attempts = PaymentAttempt.objects.filter(payment__in=payments.filter(state__in=_OPEN))
    return Known(
        places=places,
        assets=[Asset.ETH, *token_contracts()],
        rows=[*_deposits(since), *_own_coins(since)],
        settled=[
            (payment, height or 0)
            for payment, height in payments.filter(state__in=_SETTLED, height__gt=since)
            .order_by("id")
            .values_list("id", "height")
        ],
        open_attempts=list(attempts.values_list("payment_id", "txid")),
        scanned_to=scanned_to,
        since=since,
    )


def _deposits(since: int) -> Iterator[Row]:
    """In a block and not booked, or booked and in a block above."""
    rows = Deposit.objects.filter(network=Network.ETHEREUM, height__isnull=False)
    rows = rows.filter(~Q(state__in=BOOKED) | Q(height__gt=since))
    for asset, units, height, state in rows.values_list("asset", "amount_units", "height", "state"):
        yield Row(asset, "deposits", units, height or 0, state in BOOKED)


def _own_coins(since: int) -> Iterator[Row]:
    """The same of the operator's."""
    rows = OwnTransfer.objects.filter(
        network=Network.ETHEREUM, custody=Custody.HOT, height__isnull=False, payment__isnull=True
    )
    rows = rows.filter(Q(transaction__isnull=True) | Q(height__gt=since))
    for asset, units, height, booking in rows.values_list(
        "asset", "amount_units", "height", "transaction_id"
    ):
        yield Row(asset, "hot", units, height or 0, booking is not None)


def look_at_ethereum(
    reader: EthereumReader, findings: Findings, books: Books, known: Known
) -> None:
    """Compare the balances. Raises ChainError."""
    block = reader.first.block_by_tag(BlockTag.FINALIZED)
    if block.height < known.since:
        raise NodeBehind(f"block {block.height} is final now, {known.since} was before")
    findings.heights[Network.ETHEREUM] = block.height
    if waiting := _not_comparable(reader.first, block, known):
        findings.unproven.append(waiting)
        return
    if reader.second is not None:
        require_same_block(reader.second, block)
    balances = _balances(settings.ETHEREUM_RPC_URL, block, known)
    contradicted: list[Difference] = []
    if reader.second is not None:
        other = _balances(settings.ETHEREUM_RPC_URL_2, block, known)
        contradicted = [
            Difference(asset, known.places[address], f"{address} (second node)", units, other_units)
            for (asset, address), units in balances.items()
            if (other_units := other[asset, address]) != units
        ]
    findings.differences += contradicted
    disputed = {(each.asset, each.place) for each in contradicted}
    pending = _pending(block, known)
    for asset in known.assets:
        for place in PLACES:
            chain_units = sum(
                units
                for (of, address), units in balances.items()
                if of == asset and known.places[address] == place
            )
            holding = Holding(
                asset,
                place,
                books.get((asset, place), 0),
                chain_units,
                pending[asset, place],
                nodes_agree=(asset, place) not in disputed,
            )
            where = _where(holding, block, known, balances) if holding.off_units else []
            findings.add(holding, where)


def _not_comparable(node: EthereumChain, block: BlockRef, known: Known) -> Unproven | None:
    if known.scanned_to < block.height:
        return Unproven("ethereum", "scanner_behind", f"{known.scanned_to} of {block.height}")
    if late := [payment for payment, height in known.settled if height > block.height]:
        return Unproven("ethereum", "settled_too_early", f"payment {late[0]}")
    for payment, txid in known.open_attempts:
        receipt = node.receipt(txid)
        if receipt is not None and receipt.height <= block.height:
            return Unproven("ethereum", "payment_not_settled", f"payment {payment}")
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
    for row in known.rows:
        is_in = row.height <= block.height
        pending[row.asset, row.place] += row.units * (is_in - row.is_booked)
    return pending


def _where(holding: Holding, block: BlockRef, known: Known, balances: Balances) -> list[Difference]:
    """Which addresses of a place are off, from what is known to have come and gone there."""
    if holding.place != "deposits":
        (address,) = [at for at, place in known.places.items() if place == holding.place] or [""]
        units = holding.ledger_units + holding.pending_units
        return [Difference(holding.asset, holding.place, address, units, holding.chain_units)]
    expected = _expected(holding.asset, block)
    return [
        Difference(holding.asset, holding.place, address, expected[address], units)
        for (asset, address), units in balances.items()
        if asset == holding.asset
        and known.places[address] == "deposits"
        and units != expected[address]
    ]


def _expected(asset: str, block: BlockRef) -> defaultdict[str, int]:
    """What each deposit address should have of an asset in a final block.

    Everything that counts is final and settled, so a later look finds the same.
    """
    units: defaultdict[str, int] = defaultdict(int)
    deposits = Deposit.objects.filter(network=Network.ETHEREUM, asset=asset)
    deposits = deposits.filter(
        Q(height__lte=block.height) | Q(height__isnull=True, state__in=BOOKED)
    )
    _add(units, deposits, "address__address", "amount_units")
    payments = Payment.objects.filter(network=Network.ETHEREUM, state__in=_SETTLED)
    payments = payments.exclude(height__gt=block.height)
    moved = payments.filter(state=PaymentState.SETTLED, asset=asset)
    sweeps = moved.filter(kind=PaymentKind.SWEEP)
    _add(units, sweeps, "from_address", "amount_units", sign=-1)
    gas = PaymentOutput.objects.filter(payment__in=moved.filter(kind=PaymentKind.GAS))
    _add(units, gas, "address", "amount_units")
    if asset == Asset.ETH:
        paid = payments.filter(from_deposit_address__isnull=False)
        _add(units, paid, "from_address", "fee_paid_units", sign=-1)
        # A sweep of ETH gives its largest fee away from what it sends.
        kept = PaymentAttempt.objects.filter(payment__in=sweeps, is_confirmed=True)
        _add(units, kept, "payment__from_address", "fee_units")
    for each in booked_differences(Network.ETHEREUM):
        if (each.asset, each.place) == (asset, "deposits"):
            for address, booked_units in each.where.items():
                units[address] += booked_units
    return units


def _add(
    units: defaultdict[str, int], rows: QuerySet[Any], by: str, amount: str, *, sign: int = 1
) -> None:
    """The rows' amounts, summed by address."""
    sums = rows.order_by().values_list(by).annotate(total=Sum(amount))
    for address, total in sums.iterator():
        units[address] += sign * int(total or 0)
