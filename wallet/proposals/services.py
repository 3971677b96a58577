"""Proposing a decision, and what the other member of staff does with it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from wallet.deposits.alerts import tell_staff
from wallet.events import record
from wallet.models import Proposal, ProposalState
from wallet.policies import policy
from wallet.proposals.errors import (
    AlreadyProposed,
    NotDecider,
    OwnProposal,
    ProposalChanged,
    ProposalOver,
    ProposalUnknown,
)
from wallet.proposals.kinds import KINDS, Agreed, Line, Wish
from wallet.staff import require_known

_NOTE = 200


def propose(
    *, kind: str, subject: object, staff: User, details: Mapping[str, Any], note: str = ""
) -> Proposal:
    """Propose a decision that is carried out once a colleague confirms exactly this.

    Those who may are told by mail. It ends with the time that a review has. Raises NotDecider,
    StaffTooNew, AlreadyProposed, and what the decision itself would be refused for.
    """
    about, note = str(subject), note.strip()[:_NOTE]
    with transaction.atomic():
        staff = _require_right(staff, kind)
        require_known(staff)
        end_expired()
        if Proposal.objects.filter(kind=kind, subject=about, state=ProposalState.WAITING).exists():
            raise AlreadyProposed(f"{kind} {about}")
        found = KINDS[kind].look(Wish(about, details, staff, note))
        content = _canonical({"kind": kind, "subject": about, "details": found, "note": note})
        row = Proposal.objects.create(
            kind=kind,
            subject=about,
            content=content,
            content_hash=_digest(content),
            note=note,
            by=staff,
            expires_at=timezone.now() + timedelta(hours=policy().review_expires_hours),
        )
        told = {"kind": kind, "subject": about, "by": staff.pk, "content_hash": row.content_hash}
        record("proposal.made", f"proposal:{row.pk}", {**told, "content": content})
        tell_staff(
            "decision_waits",
            f"proposal:{row.pk}",
            {"decision": kind, "about": about, "by": staff.nickname},
            to=(KINDS[kind].permission,),
            but_not=staff.pk,
        )
        return row


def confirm(*, proposal_id: int, staff: User, content_hash: str) -> Proposal:
    """Confirm a colleague's proposal, and carry it out with this very transaction, once.

    `content_hash` is that of what the member of staff saw. Raises ProposalUnknown, ProposalOver,
    NotDecider, OwnProposal, StaffTooNew, ProposalChanged, and what the decision itself is refused
    for.
    """
    with transaction.atomic():
        row = _waiting(proposal_id)
        staff = _require_right(staff, row.kind)
        if staff.pk == row.by_id:
            raise OwnProposal(str(proposal_id))
        require_known(staff)
        if not content_hash == row.content_hash == _digest(row.content):
            raise ProposalChanged(str(proposal_id))
        if row.expires_at <= timezone.now() or not _has_right(row.by, row.kind):
            raise ProposalOver(str(proposal_id))
        _end(row, ProposalState.DONE, staff)
        content = json.loads(row.content)
        KINDS[row.kind].carry_out(
            Agreed(row.subject, content["details"], row.by, staff, content["note"])
        )
        return row


def withdraw(*, proposal_id: int, staff: User) -> Proposal:
    """End a proposal without doing anything: its proposer, or whoever could confirm it.

    Raises ProposalUnknown, ProposalOver, NotDecider.
    """
    with transaction.atomic():
        row = _waiting(proposal_id)
        staff = _require_right(staff, row.kind)
        _end(row, ProposalState.WITHDRAWN, staff)
        return row


def end_expired() -> int:
    """End those that nobody confirmed in time; how many there were."""
    waiting = Proposal.objects.filter(state=ProposalState.WAITING, expires_at__lt=Now())
    return waiting.update(state=ProposalState.EXPIRED)


def in_words(proposal: Proposal) -> list[Line]:
    """What would be done, for whoever is to confirm it, in the active language."""
    return KINDS[proposal.kind].in_words(json.loads(proposal.content)["details"])


def may_decide_on_any(staff: User) -> bool:
    """Whether there are decisions that this member of staff may propose and confirm."""
    return any(staff.has_perm(kind.permission) for kind in KINDS.values())


def _waiting(proposal_id: int) -> Proposal:
    """It, locked."""
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("by")
    row = rows.filter(pk=proposal_id).first()
    if row is None:
        raise ProposalUnknown(str(proposal_id))
    if row.state != ProposalState.WAITING:
        raise ProposalOver(str(proposal_id))
    return row


def _require_right(staff: User, kind: str) -> User:
    """The member of staff, read afresh. Raises NotDecider."""
    # What a session remembers of its user's rights may be old.
    staff = User.objects.get(pk=staff.pk)
    if not _has_right(staff, kind):
        raise NotDecider(f"user {staff.pk}, {kind}")
    return staff


def _has_right(staff: User, kind: str) -> bool:
    return staff.is_active and staff.is_staff and staff.has_perm(KINDS[kind].permission)


def _end(row: Proposal, state: ProposalState, staff: User) -> None:
    row.state, row.decided_by, row.decided_at = state, staff, timezone.now()
    row.save(update_fields=("state", "decided_by", "decided_at"))
    told = {"by": row.by_id, "decided_by": staff.pk, "content_hash": row.content_hash}
    record(f"proposal.{state}", f"proposal:{row.pk}", told)


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
