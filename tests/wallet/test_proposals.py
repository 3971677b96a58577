"""What takes two people happens once, in time, by two; and the database says so as well."""

from functools import partial
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from tests.wallet.deposits.site import make_staff
from tests.wallet.house import at_once, execute, guards_off, refused, season
from wallet import chart, movements, proposals
from wallet import rules as house_rules
from wallet.models import (
    AssetPolicy,
    MoneyEvent,
    OwnTransfer,
    Policy,
    Proposal,
    ProposalKind,
    StaffChange,
    Transaction,
)
from wallet.proposals.errors import AlreadyProposed, NotDecider, ProposalOver, ProposalUnknown
from wallet.proposals.kinds import KINDS

pytestmark = pytest.mark.django_db


def left() -> OwnTransfer:
    return OwnTransfer.objects.create(
        network="bitcoin",
        asset="BTC",
        txid="ab" * 32,
        place=f"spends:{'cd' * 32}:0",
        custody="cold",
        is_outgoing=True,
        amount_units=700,
        height=5,
        block_hash="ef" * 32,
    )


def proposed(by: User, row: OwnTransfer | None = None) -> Proposal:
    return proposals.propose(
        kind=ProposalKind.COLD_STORAGE,
        subject=(row or left()).pk,
        staff=by,
        details={"verdict": "lost"},
        note="an order",
    )


def confirm(row: Proposal, staff: User) -> Proposal:
    return proposals.confirm(proposal_id=row.pk, staff=staff, content_hash=row.content_hash)


def lost() -> int:
    return movements.balance(chart.losses("BTC"))


def let_expire(row: Proposal) -> None:
    with guards_off():
        execute(
            "UPDATE wallet_proposal SET expires_at = now() - interval '1 minute' WHERE id = %s",
            [row.pk],
        )


def test_it_is_told_and_the_content_is_in_the_audit_log(
    django_capture_on_commit_callbacks: Any,
) -> None:
    by, other = make_staff(), make_staff()
    with django_capture_on_commit_callbacks(execute=True):
        row = proposed(by)
    assert [each.to for each in mail.outbox] == [[other.email]]
    made = MoneyEvent.objects.get(kind="proposal.made").payload
    assert (made["by"], made["content"]) == (by.pk, row.content)
    confirm(row, other)
    done = MoneyEvent.objects.get(kind="proposal.done").payload
    assert (done["by"], done["decided_by"]) == (by.pk, other.pk)
    assert MoneyEvent.objects.get(kind="capital.decided").payload["confirmed_by"] == other.pk


def test_a_withdrawn_or_expired_one_does_nothing() -> None:
    by, other, row = make_staff(), make_staff(), left()
    withdrawn = proposed(by, row)
    proposals.withdraw(proposal_id=withdrawn.pk, staff=other)
    late = proposed(by, row)
    let_expire(late)
    for proposal in (withdrawn, late):
        with pytest.raises(ProposalOver):
            confirm(proposal, other)
    assert lost() == 0
    # Another one may take its place.
    again = proposed(by, row)
    late.refresh_from_db()
    assert late.state == "expired"
    confirm(again, other)
    assert lost() == 700


def test_one_at_a_time_is_proposed_about_the_same() -> None:
    row = left()
    proposed(make_staff(), row)
    with pytest.raises(AlreadyProposed):
        proposed(make_staff(), row)


def test_a_proposal_of_somebody_who_left_is_over() -> None:
    by = make_staff()
    row = proposed(by)
    User.objects.filter(pk=by.pk).update(is_active=False)
    with pytest.raises(ProposalOver):
        confirm(row, make_staff())


def test_only_staff_with_the_right_propose() -> None:
    row = left()
    with pytest.raises(NotDecider):
        proposed(make_staff(may_decide=False), row)
    with pytest.raises(ProposalUnknown):
        proposals.withdraw(proposal_id=0, staff=make_staff())


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_once_it_is_done_once() -> None:
    row = proposed(make_staff())
    staff = [make_staff() for _ in range(3)]
    outcomes = at_once([partial(confirm, row, staff[number % 3]) for number in range(9)])
    assert sum(isinstance(outcome, Proposal) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ProposalOver) for outcome in outcomes) == 8
    assert Transaction.objects.filter(kind="loss").count() == 1
    assert lost() == 700


def test_where_it_cannot_be_done_it_is_not_confirmed_either() -> None:
    by, other = make_staff(), make_staff()
    row, transfer = proposed(by), OwnTransfer.objects.get()
    OwnTransfer.objects.filter(pk=transfer.pk).update(height=None)
    with pytest.raises(Exception, match="nothing_left"):
        confirm(row, other)
    row.refresh_from_db()
    assert (row.state, lost()) == ("waiting", 0)


DONE = "UPDATE wallet_proposal SET state = 'done', decided_by_id = %s WHERE id = %s"


def test_the_database_takes_no_confirmation_of_the_proposer_or_a_stranger() -> None:
    by = make_staff()
    row = proposed(by)
    nobody = User.objects.create(email="n@example.com", nickname="nobody")
    for who in (by.pk, nobody.pk, None):
        with refused("wallet_proposal_by_another"):
            execute(DONE, [who, row.pk])
    new = make_staff()
    StaffChange.objects.create(user=new, kind="rights")
    with refused("wallet_staff_too_new"):
        execute(DONE, [new.pk, row.pk])
    execute(DONE, [season(new).pk, row.pk])


def test_not_even_without_triggers_does_one_person_count_twice() -> None:
    by = make_staff()
    row = proposed(by)
    with refused("wallet_proposal_by_two"):
        # Ends with the savepoint.
        execute("SET session_replication_role = replica")
        execute(DONE.replace(" WHERE", ", decided_at = now() WHERE"), [by.pk, row.pk])


def test_the_database_keeps_what_was_proposed() -> None:
    by, other = make_staff(), make_staff()
    row = proposed(by)
    for change in ("content = ''", "note = 'x'", "by_id = by_id + 1", "expires_at = now()"):
        with refused("wallet_identity_fixed"):
            execute(
                f"UPDATE wallet_proposal SET {change}, state = 'withdrawn' WHERE id = %s", [row.pk]
            )
    with refused("wallet_append_only"):
        execute("DELETE FROM wallet_proposal")
    with refused("wallet_proposal_time"):
        execute("UPDATE wallet_proposal SET state = 'expired' WHERE id = %s", [row.pk])
    let_expire(row)
    with refused("wallet_proposal_time"):
        execute(DONE, [other.pk, row.pk])
    proposals.end_expired()
    for state in ("waiting", "withdrawn", "done"):
        with refused("wallet_proposal_way"):
            execute("UPDATE wallet_proposal SET state = %s WHERE id = %s", [state, row.pk])


def test_the_database_takes_no_proposal_that_is_done_or_other_than_its_hash() -> None:
    insert = (
        "INSERT INTO wallet_proposal (kind, subject, content, content_hash, note, by_id,"
        " expires_at, state, decided_by_id, decided_at) VALUES ('house_rules', '1', '{}', %s, '',"
        " %s, now() + interval '1 hour', %s, %s, NULL)"
    )
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    by, other = make_staff(), make_staff()
    new = make_staff()
    StaffChange.objects.create(user=new, kind="rights")
    player = User.objects.create(email="n@example.com", nickname="nobody")
    for values, constraint in (
        ([digest, by.pk, "done", other.pk], "wallet_proposal_way"),
        (["0" * 64, by.pk, "waiting", None], "wallet_proposal_content"),
        ([digest, player.pk, "waiting", None], "wallet_proposal_by_staff"),
        ([digest, new.pk, "waiting", None], "wallet_staff_too_new"),
    ):
        with refused(constraint):
            execute(insert, values)
    execute(insert, [digest, by.pk, "waiting", None])


def test_every_rule_is_known_to_loosen_one_way_or_neither() -> None:
    sets = (house_rules.LOOSER_ABOVE, house_rules.LOOSER_BELOW, house_rules.NEUTRAL)
    assert sum(map(len, sets)) == len(frozenset().union(*sets))
    named = {field.name for model in (Policy, AssetPolicy) for field in model._meta.fields}
    assert frozenset().union(*sets) == named - {"id", "changed_at", "asset", "stopped_reason"}


def test_every_kind_can_be_carried_out() -> None:
    assert set(KINDS) == set(ProposalKind)
