"""From CONFIRMING to CREDITED, DUST or QUARANTINED.

A deposit that lies deep enough is read once more from the first node, and from the second one;
both must tell the same block and payment. Its rate is the one of this moment: fixed when it was
seen, an unconfirmed transaction would be a free option.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Sum

from wallet import movements, rates
from wallet.assets import Network, value_krw
from wallet.chains.compare import require_same_transfers
from wallet.chains.errors import BlockNotFound, BlockOrphaned
from wallet.deposits.alerts import tell_staff, tell_staff_hourly
from wallet.deposits.depth import Depth, final_height, needed
from wallet.deposits.eligibility import ACCOUNT_CLOSED, Screening, screen
from wallet.deposits.errors import DepositsUndecided, SecondNodeMissing
from wallet.deposits.reading import Reached, Reader
from wallet.deposits.records import (
    is_same,
    move,
    subject,
    without_booked_version,
    written_together,
)
from wallet.errors import AccountClosed, WalletError
from wallet.models import Deposit, DepositState, Rate
from wallet.policies import asset_policy, policy
from wallet.rates.errors import NoRate

log = structlog.get_logger()

Rates = dict[str, Rate | None]
# So many deposits of a block share a database transaction, which locks their players' accounts.
TOGETHER = 25
# What one deposit may be refused for, by the ledger or by the database's own rules.
REFUSALS = (WalletError, DataError, IntegrityError)
# Bookings of coins that are nobody's yet.
UNCREDITED = (DepositState.DUST, DepositState.QUARANTINED)


def credit_due(reader: Reader, reached: Reached) -> int:
    """Credit what is due, block by block; how many were decided on.

    Raises ChainError where the nodes do not confirm it, SecondNodeMissing; and DepositsUndecided
    at the end, when all others are decided on.
    """
    confirming = Deposit.objects.filter(
        network=reader.network, state=DepositState.CONFIRMING, height__isnull=False
    )
    pending = list(
        without_booked_version(confirming)
        .exclude(asset__in=reader.unproven)
        .select_related("address")
        .order_by("id")
    )
    depths = _assess(reader.network, pending, reached)
    due: defaultdict[tuple[int, str], list[Deposit]] = defaultdict(list)
    for deposit in pending:
        height = deposit.height
        if height is not None and depths[deposit.pk].is_reached(height, reached):
            due[height, deposit.block_hash].append(deposit)
    if due and settings.REQUIRE_SECOND_NODE and reader.second is None:
        raise SecondNodeMissing(reader.network)
    decided, undecided = 0, list[int]()
    for height, block_hash in sorted(due):
        try:
            confirmed = _confirmed(reader, block_hash, due[height, block_hash])
        except (BlockOrphaned, BlockNotFound):
            # The next scan follows the reorganisation.
            continue
        decided += _decide_block(block_hash, confirmed, undecided)
    if undecided:
        raise DepositsUndecided(", ".join(map(str, undecided[:10])), decided=decided)
    return decided


def _decide_block(block_hash: str, confirmed: list[Deposit], undecided: list[int]) -> int:
    """How many were decided on; the ids of those that could not be join `undecided`."""
    assets = {deposit.asset for deposit in confirmed}
    decision = _Decision(
        block_hash=block_hash,
        rates=rates_now(assets),
        screening=screen(confirmed),
        dust_units={asset: asset_policy(asset).dust_units for asset in assets},
        undecided=undecided,
    )
    ids = [deposit.pk for deposit in confirmed]
    return sum(decision.of_all(ids[n : n + TOGETHER]) for n in range(0, len(ids), TOGETHER))


def rates_now(assets: Iterable[str]) -> Rates:
    """The current rates; None where there is none to be had."""
    found: Rates = {}
    for asset in assets:
        try:
            found[asset] = rates.current(asset)
        except NoRate:
            found[asset] = None
    return found


def _assess(network: str, pending: list[Deposit], reached: Reached) -> dict[int, Depth]:
    """How deep each must lie; shown to its player."""
    current, rules = rates_now({deposit.asset for deposit in pending}), policy()
    at_risk = _at_risk_krw(network, pending, current, final_height(network, reached))
    depths: dict[int, Depth] = {}
    for deposit in pending:
        depth = needed(network, at_risk[deposit.user_id], rules)
        depths[deposit.pk] = depth
        shown = (deposit.confirmations_needed, deposit.finality_needed)
        if shown != (depth.confirmations, depth.finality):
            Deposit.objects.filter(pk=deposit.pk).update(
                confirmations_needed=depth.confirmations, finality_needed=depth.finality
            )
    return depths


def _at_risk_krw(
    network: str, pending: list[Deposit], current: Rates, final: int
) -> dict[int, int | None]:
    """Won by user in blocks that are not final, credited or not; None: not known."""
    credited = Deposit.objects.filter(
        network=network,
        state=DepositState.CREDITED,
        height__gt=final,
        user_id__in={deposit.user_id for deposit in pending},
    )
    sums = {
        row["user_id"]: int(row["total"])
        for row in credited.order_by().values("user_id").annotate(total=Sum("amount_krw"))
    }
    found: dict[int, int | None] = {}
    for deposit in pending:
        so_far = found.get(deposit.user_id, sums.get(deposit.user_id, 0))
        rate = current[deposit.asset]
        if so_far is None or rate is None:
            found[deposit.user_id] = None
        else:
            found[deposit.user_id] = so_far + value_krw(
                deposit.asset, deposit.amount_units, rate.bid_krw
            )
    return found


def _confirmed(reader: Reader, block_hash: str, due: list[Deposit]) -> list[Deposit]:
    """Those that both nodes tell, now, in this block."""
    block = reader.first.block_ref(block_hash)
    is_bitcoin = reader.network == Network.BITCOIN
    recipients = {each.address.script if is_bitcoin else each.address.address for each in due}
    told = {
        (transfer.txid, transfer.place): transfer
        for transfer in reader.first.block_transfers(block, recipients)
    }
    confirmed = []
    for deposit in due:
        transfer = told.get((deposit.txid, deposit.place))
        if transfer is None or not is_same(deposit, transfer):
            tell_staff_hourly(
                "node_contradicts_itself", subject(deposit), {"block_hash": block_hash}
            )
        else:
            confirmed.append(deposit)
    if reader.second is not None:
        both = [told[deposit.txid, deposit.place] for deposit in confirmed]
        require_same_transfers(reader.second, block, both)
    return confirmed


@dataclass(frozen=True, slots=True)
class _Decision:
    """What the decision on deposits of one block depends on."""

    block_hash: str
    rates: Rates
    screening: Screening
    dust_units: dict[str, int]
    undecided: list[int]

    def of_all(self, ids: Sequence[int]) -> int:
        """Decide on them in one database transaction; how many need not wait any longer.

        Where the ledger or the database refuses one, each is decided by itself.
        """
        try:
            return self._together(ids)
        except REFUSALS:
            return sum(self._alone(each) for each in ids)

    def _together(self, ids: Sequence[int]) -> int:
        with transaction.atomic(), written_together():
            due = self._still_due(ids)
            debts_krw = movements.lock_to_credit(
                user_ids={deposit.user_id for deposit in due},
                assets={deposit.asset for deposit in due},
            )
            return sum(self._book(deposit, debts_krw) for deposit in due)

    def _alone(self, deposit_id: int) -> int:
        """One that is refused waits, and stops no other."""
        try:
            try:
                return self._together([deposit_id])
            except AccountClosed:
                return self._quarantine(deposit_id)
        except REFUSALS as error:
            why = error.code if isinstance(error, WalletError) else type(error).__name__
            log.error("deposit_undecided", deposit=deposit_id, why=why, error=str(error)[:500])
            tell_staff_hourly("deposit_undecided", f"deposit:{deposit_id}", {"why": why})
            self.undecided.append(deposit_id)
            return 0

    def _quarantine(self, deposit_id: int) -> int:
        with transaction.atomic():
            due = self._still_due([deposit_id])
            for deposit in due:
                book_uncredited(deposit, DepositState.QUARANTINED, ACCOUNT_CLOSED, self.screening)
            return len(due)

    def _still_due(self, ids: Sequence[int]) -> list[Deposit]:
        due = Deposit.objects.filter(
            pk__in=ids, state=DepositState.CONFIRMING, block_hash=self.block_hash
        )
        locked = due.select_for_update(of=("self",)).select_related("user")
        return list(locked.order_by("id"))

    def _book(self, deposit: Deposit, debts_krw: dict[int, int]) -> bool:
        """Credit it, or book it as dust or quarantine; False where it has to wait."""
        screening = self.screening
        if deposit.amount_units < self.dust_units[deposit.asset]:
            book_uncredited(deposit, DepositState.DUST, "too_small", screening)
            return True
        amount_krw, rate = None, self.rates[deposit.asset]
        if rate is not None:
            amount_krw = value_krw(deposit.asset, deposit.amount_units, rate.bid_krw)
        if reason := screening.reason(deposit, amount_krw):
            book_uncredited(deposit, DepositState.QUARANTINED, reason, screening)
            return True
        if rate is None or amount_krw is None:
            return False
        if amount_krw:
            owed_krw = debts_krw[deposit.user_id]
            _credit(deposit, rate, amount_krw, screening, owed_krw)
            debts_krw[deposit.user_id] = max(0, owed_krw - amount_krw)
        else:
            book_uncredited(deposit, DepositState.DUST, "worth_nothing", screening)
        return True


def _credit(
    deposit: Deposit, rate: Rate, amount_krw: int, screening: Screening, owed_krw: int
) -> None:
    booked = movements.credit_deposit(
        deposit_id=deposit.pk,
        nth=screening.bookings[deposit.pk, DepositState.CREDITED] + 1,
        user_id=deposit.user_id,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
        amount_krw=amount_krw,
        owed_krw=owed_krw,
    )
    move(
        deposit,
        DepositState.CREDITED,
        details={"rate": rate.pk, "amount_krw": amount_krw, "transaction": booked.pk},
        credited_at=datetime.now(UTC),
        rate=rate,
        amount_krw=amount_krw,
        transaction=booked,
    )


def book_uncredited(
    deposit: Deposit, state: DepositState, reason: str, screening: Screening
) -> None:
    """Coins that arrived and are nobody's yet: DUST or QUARANTINED."""
    book = movements.book_dust if state == DepositState.DUST else movements.book_quarantine
    booked = book(
        deposit_id=deposit.pk,
        nth=sum(screening.bookings[deposit.pk, each] for each in UNCREDITED) + 1,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
    )
    move(deposit, state, reason=reason, details={"transaction": booked.pk})
    if state == DepositState.QUARANTINED:
        tell_staff("quarantine", subject(deposit), {"reason": reason})
