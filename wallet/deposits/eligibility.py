"""Why a deposit waits for staff instead of being credited.

Deposits of a block are screened together: what is asked of the database does not grow with them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, Sum

from wallet.addressing import cold_address, hot_address
from wallet.assets import Network
from wallet.deposits.watch import parse_outpoint
from wallet.models import (
    Deposit,
    DepositAddress,
    DepositEvent,
    DepositState,
    Exclusion,
    Identity,
    LimitKind,
    LimitPeriod,
    PaymentAttempt,
    PlayerLimit,
    Utxo,
)
from wallet.policies import policy

ACCOUNT_CLOSED = "account_closed"
EXCLUDED = "excluded"
DEPOSIT_LIMIT = "deposit_limit"
IDENTITY_NEEDED = "identity_needed"
FROM_OWN_ADDRESS = "from_own_address"
RETURNED_BEFORE = "returned_before"

WINDOWS = {
    LimitPeriod.DAY: timedelta(days=1),
    LimitPeriod.WEEK: timedelta(days=7),
    LimitPeriod.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Screening:
    """What is known about some deposits and their players.

    `bookings` counts by deposit how often it came to a state. `limits` holds, by user, what may be
    credited since a moment.
    """

    bookings: Counter[tuple[int, str]]
    credited_by_staff: frozenset[int]
    returned: frozenset[int]
    from_us: frozenset[int]
    excluded: frozenset[int]
    levels: dict[int, int]
    least_level: int
    limits: dict[int, list[tuple[datetime, int]]]

    def reason(self, deposit: Deposit, amount_krw: int | None) -> str:
        """Why it goes into quarantine: a stable code, or empty.

        Without `amount_krw` the deposit limit is not looked at. What staff has credited before
        needs no second decision when its block comes again.
        """
        if deposit.pk in self.credited_by_staff:
            return ""
        if deposit.pk in self.returned:
            return RETURNED_BEFORE
        if deposit.pk in self.from_us:
            return FROM_OWN_ADDRESS
        if not deposit.user.is_active:
            return ACCOUNT_CLOSED
        if deposit.user_id in self.excluded:
            return EXCLUDED
        if self.levels.get(deposit.user_id, 0) < self.least_level:
            return IDENTITY_NEEDED
        if amount_krw is not None and self._exceeds_limit(deposit.user_id, amount_krw):
            return DEPOSIT_LIMIT
        return ""

    def _exceeds_limit(self, user_id: int, amount_krw: int) -> bool:
        return any(
            _credited_krw(user_id, since) + amount_krw > limit_krw
            for since, limit_krw in self.limits.get(user_id, [])
        )


def screen(deposits: Sequence[Deposit]) -> Screening:
    """Look up what `Screening.reason` needs; deposits of one network."""
    now = datetime.now(UTC)
    users = {deposit.user_id for deposit in deposits}
    events = list(
        DepositEvent.objects.filter(deposit__in=deposits).values_list(
            "deposit_id", "state", "actor_id"
        )
    )
    decided: defaultdict[str, set[int]] = defaultdict(set)
    for deposit_id, state, actor_id in events:
        if actor_id is not None:
            decided[state].add(deposit_id)
    lasting = Q(until__isnull=True) | Q(until__gt=now)
    excluded = Exclusion.objects.filter(lasting, user_id__in=users, since__lte=now)
    levels = Identity.objects.filter(user_id__in=users).values_list("user_id", "level")
    return Screening(
        bookings=Counter((deposit_id, state) for deposit_id, state, _ in events),
        credited_by_staff=frozenset(decided[DepositState.CREDITED]),
        returned=frozenset(decided[DepositState.RETURNED]),
        from_us=frozenset(_from_us(deposits)),
        excluded=frozenset(excluded.values_list("user_id", flat=True)),
        levels=dict(levels),
        least_level=policy().deposit_identity_level,
        limits=_limits(users, now),
    )


def _limits(users: set[int], now: datetime) -> dict[int, list[tuple[datetime, int]]]:
    """By user: since when, and how much; the newest limit of each period counts."""
    rows = PlayerLimit.objects.filter(
        user_id__in=users, kind=LimitKind.DEPOSIT, effective_at__lte=now
    )
    newest = {(row.user_id, row.period): row.value for row in rows.order_by("id")}
    found: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for (user_id, period), limit_krw in newest.items():
        if limit_krw is not None:
            found[user_id].append((now - WINDOWS[LimitPeriod(period)], limit_krw))
    return dict(found)


def _credited_krw(user_id: int, since: datetime) -> int:
    credited = Deposit.objects.filter(
        user_id=user_id, state=DepositState.CREDITED, credited_at__gt=since
    )
    return int(credited.aggregate(total=Sum("amount_krw"))["total"] or 0)


def _from_us(deposits: Sequence[Deposit]) -> set[int]:
    """Our own coins on a way they should not go: no player paid them."""
    by_network: defaultdict[str, list[Deposit]] = defaultdict(list)
    for deposit in deposits:
        by_network[deposit.network].append(deposit)
    return _from_our_outputs(by_network[Network.BITCOIN]) | _from_our_addresses(
        by_network[Network.ETHEREUM]
    )


def _from_our_addresses(deposits: list[Deposit]) -> set[int]:
    network = Network.ETHEREUM
    senders = {deposit.sender for deposit in deposits if deposit.sender}
    if not senders:
        return set()
    rows = DepositAddress.objects.filter(network=network, address__in=senders)
    ours = {hot_address(network), cold_address(network), *rows.values_list("address", flat=True)}
    return {deposit.pk for deposit in deposits if deposit.sender and deposit.sender in ours}


def _from_our_outputs(deposits: list[Deposit]) -> set[int]:
    if not deposits:
        return set()
    spends = {deposit.pk: {parse_outpoint(text) for text in deposit.spends} for deposit in deposits}
    parents = {outpoint.txid for each in spends.values() for outpoint in each}
    ours = set(Utxo.objects.filter(txid__in=parents).values_list("txid", "vout"))
    attempts = PaymentAttempt.objects.filter(
        network=Network.BITCOIN, txid__in={deposit.txid for deposit in deposits}
    )
    paid = set(attempts.values_list("txid", flat=True))
    return {
        deposit.pk
        for deposit in deposits
        if deposit.txid in paid
        or any((each.txid, each.index) in ours for each in spends[deposit.pk])
    }
