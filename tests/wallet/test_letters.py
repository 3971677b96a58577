"""Mail to players: what happened to their money, in their language, even if the server fails."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.api.web import ADDRESS, Web
from tests.wallet.house import at_once, guards_off
from tests.wallet.withdrawals.house import (
    BITCOIN,
    address_of,
    ask,
    member_of_staff,
    open_house,
    player_with,
    rules,
)
from wallet import withdrawals
from wallet.models import Letter, PayoutAddress, Withdrawal
from wallet.tasks.letters import send_letters

pytestmark = pytest.mark.django_db

Outbox = list[EmailMessage]


@pytest.fixture(autouse=True)
def _open_house(redis_url: str, settings: Any) -> None:
    open_house(settings)


def refuse(*_arguments: Any, **_more: Any) -> None:
    """What sending ends in while the mail server is down."""
    raise ConnectionRefusedError


def korean(user: User) -> Web:
    web = Web(user)
    web.client = Client(headers={"accept-language": "ko"})
    web.client.force_login(user)
    return web


def subjects(outbox: Outbox) -> list[str]:
    return [str(letter.subject).removeprefix("[Poker room] ") for letter in outbox]


def sent(row: Withdrawal) -> None:
    for state in ("approved", "signed", "broadcast"):
        withdrawals.mark(row, state)


def test_a_new_address_and_a_withdrawal_are_told(mailoutbox: Outbox) -> None:
    player = player_with()
    rules(address_wait_hours=24)
    assert Web(player).post("payout-addresses/", ADDRESS).status_code == 201
    assert mailoutbox == []
    send_letters()
    (added,) = mailoutbox
    assert (added.to, subjects(mailoutbox)) == ([player.email], ["A withdrawal address was added"])
    for text in (BITCOIN, "nothing is sent to it", "Was it not you?", "Change it at once"):
        assert text in added.body
    assert Web(player).withdraw().status_code == 201
    send_letters()
    asked = mailoutbox[-1]
    assert subjects(mailoutbox)[1:] == ["A withdrawal was asked for"]
    for text in ("₩100,000", "0.00096039 BTC", BITCOIN, "Cancel the withdrawal"):
        assert text in asked.body


def test_each_leads_to_the_page_of_what_it_tells(mailoutbox: Outbox, settings: Any) -> None:
    settings.SITE_URL = "https://poker.example"
    rules(auto_approve_krw=50_000)
    player = player_with()
    web = korean(player)
    web.withdraw()
    row = Withdrawal.objects.get()
    withdrawals.reject(
        staff=member_of_staff(), public_id=row.public_id, content_hash=row.content_hash, note="no"
    )
    send_letters()
    links = [re.findall(r"\S+://\S+", str(letter.body)) for letter in mailoutbox]
    page = f"https://poker.example/wallet/withdrawals/{row.public_id}/"
    assert links == [["https://poker.example/wallet/addresses/"], [page], [page]]
    for (link,) in links:
        shown = web.client.get(link.removeprefix("https://poker.example"))
        assert BITCOIN in shown.content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_did_not_happen_is_not_told(mailoutbox: Outbox) -> None:
    player = player_with()
    assert Web(player).withdraw(2_000_000).status_code == 409
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        ask(player)
        raise RuntimeError
    send_letters()
    assert subjects(mailoutbox) == ["A withdrawal address was added"]


def test_what_is_sent_is_told_once_in_the_language_it_was_asked_in(mailoutbox: Outbox) -> None:
    player = player_with()
    web = korean(player)
    web.withdraw()
    row = Withdrawal.objects.get()
    sent(row)
    withdrawals.mark(row, "signed")
    withdrawals.mark(row, "broadcast")
    assert {letter.language for letter in Letter.objects.all()} == {"ko"}
    kinds = [letter.kind for letter in Letter.objects.order_by("id")]
    assert kinds == ["address_added", "withdrawal_asked", "withdrawal_sent"]
    send_letters()
    assert len(mailoutbox) == 3
    assert "₩100,000" in mailoutbox[-1].body


def test_what_is_rejected_is_told_without_the_note_of_staff(mailoutbox: Outbox) -> None:
    player = player_with()
    rules(auto_approve_krw=50_000)
    Web(player).withdraw()
    row = Withdrawal.objects.get()
    withdrawals.reject(
        staff=member_of_staff(),
        public_id=row.public_id,
        content_hash=row.content_hash,
        note="same phone as a known fraudster",
    )
    send_letters()
    assert subjects(mailoutbox)[-1] == "Your withdrawal was rejected"
    assert "the money is back in your balance" in mailoutbox[-1].body
    assert "fraudster" not in mailoutbox[-1].body


@pytest.mark.parametrize(
    ("way", "reason", "subject", "told"),
    [
        ((), "review_expired", "Your withdrawal has expired", "could not be looked at in time"),
        ((), "below_minimum", "Your withdrawal has expired", "bought too few coins to send"),
        (("signed", "confirmed"), "reverted", "Your withdrawal failed", "The network refused"),
        (("signed", "broadcast"), "not_transferred", "Your withdrawal failed", "another address"),
    ],
)
def test_each_ending_is_told_with_its_own_cause(
    mailoutbox: Outbox, way: tuple[str, ...], reason: str, subject: str, told: str
) -> None:
    row = ask(player_with())
    for state in way:
        withdrawals.mark(row, state)
    withdrawals.mark(row, "failed" if way else "expired", reason=reason)
    send_letters()
    assert subjects(mailoutbox)[-1] == subject
    web = Web(row.user)
    web.client.force_login(row.user)
    page = web.client.get(reverse("wallet-withdrawal", args=[row.public_id])).content.decode()
    for text in (told, "the money is back in your balance"):
        assert text in mailoutbox[-1].body
        assert text in page
    assert ("could not be looked at" in page) is (reason == "review_expired")
    assert ("Nothing was sent" in page) is not bool(way)


def test_times_have_one_reading_and_a_zone(mailoutbox: Outbox) -> None:
    rules(address_wait_hours=24)
    player = player_with()
    entry = address_of(player)
    with guards_off():
        PayoutAddress.objects.filter(pk=entry.pk).update(
            usable_from=datetime(2096, 8, 10, 6, tzinfo=UTC)
        )
    send_letters()
    assert "Until 10 Aug 2096, 15:00 KST nothing is sent to it." in mailoutbox[-1].body
    for web, shown in (
        (Web(player), "10 Aug 2096, 15:00 KST"),
        (korean(player), "2096-8-10 15:00"),
    ):
        web.client.force_login(player)
        assert shown in web.client.get(reverse("wallet-addresses")).content.decode()


def test_a_label_stays_as_it_was_typed(mailoutbox: Outbox) -> None:
    Web(player_with()).post("payout-addresses/", {**ADDRESS, "label": "Kim & <b>co</b>"})
    send_letters()
    assert "Kim & <b>co</b>\n" in mailoutbox[0].body


def test_while_mail_is_down_nothing_fails_and_it_is_tried_again_later(mailoutbox: Outbox) -> None:
    assert Web(player_with()).withdraw().status_code == 201
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        send_letters()
        send_letters()
    assert sorted(Letter.objects.values_list("tries", "sent_at")) == [(1, None), (1, None)]
    send_letters()
    assert mailoutbox == []
    Letter.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    send_letters()
    send_letters()
    assert len(mailoutbox) == 2


def test_what_nobody_takes_is_given_up(mailoutbox: Outbox) -> None:
    address_of(player_with())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        for _ in range(12):
            Letter.objects.update(next_at=timezone.now() - timedelta(seconds=1))
            send_letters()
    assert Letter.objects.get().tries == 10


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_a_letter_once(mailoutbox: Outbox) -> None:
    ask(player_with())
    at_once([send_letters] * 6)
    assert sorted(subjects(mailoutbox)) == [
        "A withdrawal address was added",
        "A withdrawal was asked for",
    ]
