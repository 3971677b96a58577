"""Whether a player may play, bring money to a table, or put money in.

Who has set nothing costs a buy-in one query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Sum
from django.utils import timezone

from accounts.models import User
from wallet import ledger, play_money
from wallet.chart import AccountSpec
from wallet.limits.errors import (
    DepositLimit,
    DepositsClosed,
    IdentityNeeded,
    LossLimit,
    PlayMoneyRoom,
    PlayRefused,
    SelfExcluded,
    TimeLimit,
    TooYoung,
)
from wallet.limits.exclusions import active_exclusions
from wallet.limits.own import values_of
from wallet.limits.periods import start_of
from wallet.limits.play import played
from wallet.models import (
    Account,
    AccountKind,
    Deposit,
    Identity,
    LimitKind,
    LimitPeriod,
    PlayerLimit,
)
from wallet.policies import policy
from wallet.selectors import money_of

_AT_THE_TABLES = (LimitKind.LOSS, LimitKind.TIME)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a player in one query."""

    is_excluded: bool
    has_limits: bool
    born_on: date | None
    level: int


def check_play(*, user_id: int) -> None:
    """Raises SelfExcluded, TooYoung or TimeLimit."""
    now = timezone.now()
    standing = _standing(user_id, now)
    _check_person(standing, now)
    if standing.has_limits:
        _check_time(user_id, now)


def check_buy_in(*, user_id: int, amount_krw: int, accounts: Sequence[AccountSpec] = ()) -> None:
    """Whether a player may bring `amount_krw` to a table.

    What could be lost in a period is what was lost already, all that lies on tables and the new
    amount. `accounts` of the ledger are locked where that is counted, so that two buy-ins at once
    count each other. Raises SelfExcluded, TooYoung, TimeLimit or LossLimit.
    """
    now = timezone.now()
    standing = _standing(user_id, now)
    _check_person(standing, now)
    if not standing.has_limits:
        return
    if accounts:
        ledger.lock(accounts)
    values = values_of(user_id=user_id, kinds=_AT_THE_TABLES)
    in_play_krw: int | None = None
    for (kind, period), value in values.items():
        done = played(user_id=user_id, since=start_of(period, now))
        if kind == LimitKind.TIME and done.minutes >= value:
            raise TimeLimit(f"{done.minutes} of {value} minutes a {period}")
        if kind == LimitKind.LOSS:
            if in_play_krw is None:
                in_play_krw = money_of(user_id=user_id).in_play_krw
            left_krw = value + done.net_krw - in_play_krw
            if amount_krw > left_krw:
                raise LossLimit(f"{value} won a {period}", max_krw=max(0, left_krw))


def check_deposit(*, user_id: int, amount_krw: int = 0) -> None:
    """Whether a player may be shown where to deposit, or (`amount_krw`) deposit so much.

    Coins that were sent arrive all the same. Raises SelfExcluded, TooYoung, IdentityNeeded,
    DepositsClosed, PlayMoneyRoom or DepositLimit.
    """
    now, house = timezone.now(), policy()
    if not house.deposits_open:
        raise DepositsClosed
    if play_money.bars_coins():
        raise PlayMoneyRoom
    standing = _standing(user_id, now)
    _check_person(standing, now)
    if standing.level < house.deposit_identity_level:
        raise IdentityNeeded(f"level {standing.level} of {house.deposit_identity_level}")
    if not standing.has_limits:
        return
    for period, left_krw in left_to_deposit(user_id=user_id).items():
        if max(1, amount_krw) > left_krw:
            raise DepositLimit(f"{left_krw} won left of this {period}", max_krw=left_krw)


def left_to_deposit(*, user_id: int) -> dict[LimitPeriod, int]:
    """Won that the player's own limits still allow to be credited, by their periods.

    Empty where there is no limit. Coins on their way count when they are credited.
    """
    now = timezone.now()
    limits = values_of(user_id=user_id, kinds=(LimitKind.DEPOSIT,))
    return {
        period: max(0, value - _deposited_krw(user_id, start_of(period, now)))
        for period in LimitPeriod
        if (value := limits.get((LimitKind.DEPOSIT, period))) is not None
    }


def check_withdrawal(*, user_id: int) -> None:
    """Raises IdentityNeeded; exclusion and limits never keep anybody from taking money out."""
    needed = policy().withdraw_identity_level
    if needed == 0:
        return
    level = Identity.objects.filter(pk=user_id).values_list("level", flat=True).first() or 0
    if level < needed:
        raise IdentityNeeded(f"level {level} of {needed}")


def players_over_time() -> list[int]:
    """Who has chips at a table and no time left: the seats are to be left."""
    now = timezone.now()
    limited = PlayerLimit.objects.filter(kind=LimitKind.TIME).values("user_id")
    seated = Account.objects.filter(kind=AccountKind.ESCROW, user_id__in=limited)
    user_ids = seated.exclude(credits=F("debits")).values_list("user_id", flat=True)
    return [user_id for user_id in sorted(set(user_ids)) if _is_over_time(user_id, now)]


def _standing(user_id: int, now: datetime) -> _Standing:
    of_user = {"user_id": OuterRef("pk")}
    row = (
        User.objects.filter(pk=user_id)
        .values_list(
            Exists(active_exclusions(now).filter(**of_user)),
            Exists(PlayerLimit.objects.filter(**of_user)),
            F("identity__born_on"),
            F("identity__level"),
        )
        .first()
    )
    if row is None:
        raise PlayRefused(f"there is no user {user_id}")
    is_excluded, has_limits, born_on, level = row
    return _Standing(is_excluded, has_limits, born_on, level or 0)


def _check_person(standing: _Standing, now: datetime) -> None:
    if standing.is_excluded:
        raise SelfExcluded
    if standing.born_on is not None:
        least, today = policy().min_age, timezone.localdate(now)
        had_birthday = (today.month, today.day) >= (standing.born_on.month, standing.born_on.day)
        age = today.year - standing.born_on.year - (not had_birthday)
        if age < least:
            raise TooYoung(f"{age} of {least}")


def _check_time(user_id: int, now: datetime) -> None:
    for (_, period), value in values_of(user_id=user_id, kinds=(LimitKind.TIME,)).items():
        minutes = played(user_id=user_id, since=start_of(period, now)).minutes
        if minutes >= value:
            raise TimeLimit(f"{minutes} of {value} minutes a {period}")


def _is_over_time(user_id: int, now: datetime) -> bool:
    try:
        _check_time(user_id, now)
    except TimeLimit:
        return True
    return False


def _deposited_krw(user_id: int, since: datetime) -> int:
    """Won that was credited for deposits since then."""
    found = Deposit.objects.filter(user_id=user_id, state="credited", credited_at__gte=since)
    return int(found.aggregate(total=Sum("amount_krw"))["total"] or 0)
