"""What is to stay out of the logs does not."""

from collections.abc import Callable

import pytest

from tests.wallet.audit.conftest import agree, wrong
from tests.wallet.house import account_of, execute, guards_off, make_player, refused
from tests.wallet.refusals.plain_sql import INSERT_ENTRIES
from wallet.audit.relay import relay
from wallet.models import AuditRecord, MoneyEvent
from wallet.tasks.audit import seal_thoroughly

pytestmark = pytest.mark.django_db

POST_AS = """INSERT INTO wallet_transaction (id, kind, key, content_hash, meta)
    VALUES (%s, 'gift', %s, 'hash', '{}')"""


def move_as(number: int) -> None:
    """A transaction with an id of one's own choice."""
    a, b = account_of(make_player(1_000)), account_of(make_player(1_000))
    execute(POST_AS, [number, f"own-id:{number}"])
    execute(INSERT_ENTRIES, [number, [a.pk, b.pk], ["D", "C"], [400, 400]])


@pytest.fixture
def free_id(happen: Callable[[int], None]) -> int:
    """An id that nothing has, far below those that the relay looks at."""
    number: int = execute("SELECT nextval('wallet_transaction_id_seq')")[0][0]
    happen(2)
    agree()
    with guards_off():
        execute("UPDATE wallet_auditrecord SET sealed_at = now() - interval '2 hours'")
    return number


def let_time_pass() -> None:
    with guards_off():
        for table, at in (("wallet_transaction", "created_at"), ("wallet_moneyevent", "at")):
            execute(f"UPDATE {table} SET {at} = {at} - interval '11 minutes'")


def test_a_transaction_below_those_that_have_records_is_found(free_id: int) -> None:
    move_as(free_id)
    relay()
    assert not AuditRecord.objects.filter(transaction_id=free_id).exists()
    assert wrong() == [], "it may be on its way"
    let_time_pass()
    assert any(f"no log tells of transaction {free_id} of 20" in line for line in wrong())


def test_it_gets_its_record_and_staff_are_told(free_id: int) -> None:
    move_as(free_id)
    relay()
    let_time_pass()
    seal_thoroughly()
    (alert,) = MoneyEvent.objects.filter(kind="alert.audit_sealed_late")
    assert len(alert.payload["lines"]) == 1
    assert alert.payload["lines"][0].startswith(f"transaction {free_id} of 20")
    assert AuditRecord.objects.get(transaction_id=free_id).body


def test_what_took_long_gets_its_record_without_a_word(free_id: int) -> None:
    move_as(free_id)
    seal_thoroughly()
    assert AuditRecord.objects.filter(transaction_id=free_id).exists()
    assert not MoneyEvent.objects.filter(kind="alert.audit_sealed_late").exists()
    agree()


def test_an_event_that_says_it_is_still_to_happen_is_found(free_id: int) -> None:
    """Else it would never be overdue."""
    execute(
        "INSERT INTO wallet_moneyevent (id, kind, subject, payload, at)"
        " OVERRIDING SYSTEM VALUE VALUES (1000000, 'x', 'y', '{}', now() + interval '1 year')"
    )
    assert any("no log tells of event 1000000" in line for line in wrong())


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (POST_AS.replace("%s", "-7", 1).replace("%s", "'k'"), "wallet_transaction_named"),
        (
            "INSERT INTO wallet_moneyevent (id, kind, subject, payload)"
            " VALUES (-5, 'x', 'y', '{}')",
            "wallet_event_id_positive",
        ),
    ],
)
def test_ids_are_above_zero(statement: str, constraint: str) -> None:
    with refused(constraint):
        execute(statement)
