"""Why a deposit waits for staff instead of being credited.

Deposits of a block are screened together: what is asked of the database does not grow with them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from wallet.addressing import cold_address, hot_address
from wallet.assets import Network
from wallet.deposits.watch import parse_outpoint
from wallet.limits.checks import check_play
from wallet.limits.errors import DepositLimit, IdentityNeeded, SelfExcluded, TooYoung
from wallet.limits.errors import TimeLimit as OutOfTime
from wallet.limits.own import values_of
from wallet.limits.periods import start_of
from wallet.models import (
    Deposit,
    DepositAddress,
    DepositEvent,
    DepositState,
    Identity,
    LimitKind,
    PaymentAttempt,
    PlayerLimit,
    Utxo,
)
from wallet.policies import policy

# Beside the codes of `wallet.limits.errors`:
ACCOUNT_CLOSED = "account_closed"
FROM_OWN_ADDRESS = "from_own_address"
RETURNED_BEFORE = "returned_before"


@dataclass(frozen=True, slots=True)
class Screening:
    """What is known about some deposits and their players.

    `bookings` counts by deposit how often it came to a state. `barred` says by user why they may
    not play at all; `limits` holds by user what may be credited since a moment.
    """

    bookings: Counter[tuple[int, str]]
    credited_by_staff: frozenset[int]
    returned: frozenset[int]
    from_us: frozenset[int]
    barred: dict[int, str]
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
        if code := self.barred.get(deposit.user_id):
            return code
        if self.levels.get(deposit.user_id, 0) < self.least_level:
            return IdentityNeeded.code
        if amount_krw is not None and self._exceeds_limit(deposit.user_id, amount_krw):
            return DepositLimit.code
        return ""

    def _exceeds_limit(self, user_id: int, amount_krw: int) -> bool:
        return any(
            _credited_krw(user_id, since) + amount_krw > limit_krw
            for since, limit_krw in self.limits.get(user_id, [])
        )


def screen(deposits: Sequence[Deposit]) -> Screening:
    """Look up what `Screening.reason` needs; deposits of one network."""
    users = {deposit.user_id for deposit in deposits}
    events = list(
        DepositEvent.objects.filter(deposit__in=deposits).values_list(
            "deposit_id", "state", "actor_id"
        )
    )
    credited_by_staff = {
        deposit_id
        for deposit_id, state, actor_id in events
        if actor_id is not None and state == DepositState.CREDITED
    }
    levels = Identity.objects.filter(user_id__in=users).values_list("user_id", "level")
    return Screening(
        bookings=Counter((deposit_id, state) for deposit_id, state, _ in events),
        credited_by_staff=frozenset(credited_by_staff),
        returned=frozenset(_returned(deposits)),
        from_us=frozenset(_from_us(deposits)),
        barred={user_id: code for user_id in users if (code := _barred(user_id))},
        levels=dict(levels),
        least_level=policy().deposit_identity_level,
        limits=_limits(users),
    )


def _returned(deposits: Sequence[Deposit]) -> set[int]:
    """Those whose sender was paid back, for them or for what their transaction paid before."""
    paid_back = DepositEvent.objects.filter(
        deposit__network__in={deposit.network for deposit in deposits},
        deposit__txid__in={deposit.txid for deposit in deposits},
        state=DepositState.RETURNED,
    )
    places = set(paid_back.values_list("deposit__txid", "deposit__place"))
    return {deposit.pk for deposit in deposits if (deposit.txid, deposit.place) in places}


def _barred(user_id: int) -> str:
    """Excluded, or too young; time at the tables that is used up keeps nobody from depositing."""
    try:
        check_play(user_id=user_id)
    except (SelfExcluded, TooYoung) as refusal:
        return refusal.code
    except OutOfTime:
        pass
    return ""


def _limits(users: Collection[int]) -> dict[int, list[tuple[datetime, int]]]:
    """By user: since when, and how much."""
    now = timezone.now()
    with_limits = PlayerLimit.objects.filter(user_id__in=users, kind=LimitKind.DEPOSIT)
    return {
        user_id: [
            (start_of(period, now), limit_krw)
            for (_, period), limit_krw in values_of(
                user_id=user_id, kinds=(LimitKind.DEPOSIT,)
            ).items()
        ]
        for user_id in set(with_limits.values_list("user_id", flat=True))
    }


def _credited_krw(user_id: int, since: datetime) -> int:
    credited = Deposit.objects.filter(
        user_id=user_id, state=DepositState.CREDITED, credited_at__gte=since
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
