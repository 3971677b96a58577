"""What a colleague does with the decision that waits."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from tests.admin.conftest import browser
from wallet.models import Proposal


def waiting() -> Proposal:
    return Proposal.objects.get(state="waiting")


def answered(staff: User, decision: str, **sent: str) -> list[str]:
    """What the page tells who confirms or withdraws the decision that waits."""
    row = waiting()
    target = reverse("admin:wallet_proposal_decide", args=[row.pk])
    content = {"decision": decision, "content_hash": row.content_hash, **sent}
    answer: Any = browser(staff).post(target, content, follow=True)
    return [str(message) for message in answer.context["messages"]]


def confirmed(staff: User) -> None:
    """The one decision that waits is confirmed."""
    row = waiting()
    assert answered(staff, "confirm") == ["Your decision is recorded."]
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("done", staff)
