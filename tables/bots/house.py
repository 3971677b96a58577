"""The developer's side of a load run: accounts, sessions and tables made straight in the database.

Only where `DEBUG` is on and the site's own database is at hand. Everything that is measured goes
over the network like a stranger's; this only spares the wait for 480 sign-ups, 480 password
checks and a form in admin.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from accounts.models import User
from accounts.nicknames import nickname_key
from tables.bots.site import Account
from tables.bots.swarm import LoadTable
from tables.models import Stake, Table
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.gateway import lobby_now
from wallet.services import grant_play_money

LOAD_DOMAIN = "load.invalid"
DEMO_DOMAIN = "demo.invalid"
PASSWORD = "development-load-bot"  # noqa: S105  (accounts that exist only where DEBUG is on)
HAND_PAUSE_MS = 500
DEMO_NICKNAMES = (
    *("Haneul_bot", "Byeol_bot", "Dasom_bot", "Garam_bot", "Narae_bot", "Miru_bot"),
    *("Saebom_bot", "Areum_bot", "Bada_bot", "Iseul_bot", "Nuri_bot", "Gaon_bot"),
)
DEMO_BOTS_A_TABLE = 2
SESSION_SECONDS = 24 * 3600
SERVED_S = 30.0


def accounts(count: int) -> list[Account]:
    """`load0001@load.invalid` and so on, made where missing, each with its play money.

    One password hash serves all of them: hashing 480 would take a minute.
    """
    return _existing([f"load{number:04}" for number in range(1, count + 1)], LOAD_DOMAIN)


def _existing(nicknames: Sequence[str], domain: str) -> list[Account]:
    emails = [f"{nickname.lower()}@{domain}" for nickname in nicknames]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    wanted = zip(nicknames, emails, strict=True)
    missing = [(nickname, email) for nickname, email in wanted if email not in known]
    if missing:
        _create(missing)
    return [Account(email, PASSWORD) for email in emails]


@transaction.atomic
def _create(missing: Sequence[tuple[str, str]]) -> None:
    password = make_password(PASSWORD)
    users = [
        User(
            email=email,
            nickname=nickname,
            nickname_key=nickname_key(nickname),
            password=password,
            is_bot=True,
        )
        for nickname, email in missing
    ]
    created = User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in created
    )
    for user in created:
        grant_play_money(user_id=user.pk)


def sessions(of: Sequence[Account]) -> list[str]:
    """Log the accounts in without a password check: what the login page leaves in the database."""
    users = {user.email: user for user in User.objects.filter(email__in=[a.email for a in of])}
    return [_session(users[account.email]) for account in of]


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(SESSION_SECONDS)
    session.create()
    key: str | None = session.session_key
    if key is None:
        raise RuntimeError("the session was not saved")
    return key


def end_sessions(keys: Sequence[str]) -> None:
    SessionStore.get_model_class().objects.filter(session_key__in=keys).delete()


def open_tables(*, players: int, tables: int) -> list[LoadTable]:
    """Tables of the smallest stake with room for everyone; in the lobby as long as the run lasts.

    Their number of seats is part of the name, so that no table ever changes its own.
    """
    seats = min(max(-(-players // tables), 2), 9)
    stake = Stake.objects.order_by("big_blind_krw").first()
    if stake is None:
        stake = Stake.objects.create(
            name="50/100",
            small_blind_krw=50,
            big_blind_krw=100,
            min_buy_in_krw=4_000,
            max_buy_in_krw=20_000,
        )
    opened = []
    for number in range(1, tables + 1):
        table, _ = Table.objects.update_or_create(
            name=f"Load {seats}-{number:03}",
            defaults={"is_open": True},
            create_defaults={
                "stake": stake,
                "seats": seats,
                "hand_pause_ms": HAND_PAUSE_MS,
                "is_open": True,
            },
        )
        opened.append(
            LoadTable(
                table_id=table.pk,
                seats=table.seats,
                buy_in_krw=table.stake.max_buy_in_krw,
                top_up_below_krw=20 * table.stake.big_blind_krw,
            )
        )
    return opened


def wait_until_served(opened: Sequence[LoadTable], *, seconds: float = SERVED_S) -> None:
    """Until a runner has opened each table, which takes a moment where it is new. Raises
    TimeoutError."""
    end = time.monotonic() + seconds
    while missing := {table.table_id for table in opened} - _served():
        if time.monotonic() > end:
            raise TimeoutError(f"no runner has opened the tables {sorted(missing)}")
        time.sleep(0.1)


def _served() -> set[int]:
    try:
        return set(lobby_now())
    except RuntimeUnavailable:
        return set()


def close_tables(opened: Sequence[LoadTable]) -> None:
    """Take the load tables out of the lobby again."""
    Table.objects.filter(pk__in=[table.table_id for table in opened]).update(is_open=False)


class DemoSeat(NamedTuple):
    """One bot's place. Each has an account of its own, so that each table has its faces."""

    account: Account
    table_id: int
    buy_in_krw: int
    top_up_below_krw: int


def demo_seats() -> list[DemoSeat]:
    """Which bots belong at which demo table; their accounts are made where missing."""
    tables = list(
        Table.objects.filter(is_demo=True, is_open=True).select_related("stake").order_by("pk")
    )[: len(DEMO_NICKNAMES) // DEMO_BOTS_A_TABLE]
    bots = _existing(DEMO_NICKNAMES[: len(tables) * DEMO_BOTS_A_TABLE], DEMO_DOMAIN)
    return [
        DemoSeat(
            account=account,
            table_id=table.pk,
            buy_in_krw=(table.stake.min_buy_in_krw + table.stake.max_buy_in_krw) // 2,
            top_up_below_krw=30 * table.stake.big_blind_krw,
        )
        for number, account in enumerate(bots)
        for table in [tables[number // DEMO_BOTS_A_TABLE]]
    ]
