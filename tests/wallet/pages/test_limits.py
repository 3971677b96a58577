"""Limits and self-exclusion on their page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.pages.conftest import browser, html, told
from wallet.limits.exclusions import active_exclusion
from wallet.models import PlayerLimit


def test_a_limit_is_in_effect_at_once_and_shown_with_separators(mina: User) -> None:
    client = browser(mina)
    sent = {"kind": "deposit", "period": "day", "value": "1,500,000"}
    answer = client.post(reverse("wallet-set-limit"), sent, follow=True)
    assert told(answer) == ["The limit is in effect."]
    assert PlayerLimit.objects.get().value == 1_500_000
    assert 'value="1,500,000"' in html(answer)


@pytest.mark.parametrize("value", ["2000000", ""])
def test_a_higher_limit_or_none_waits_a_day(mina: User, value: str) -> None:
    client = browser(mina)
    for text in ("100000", value):
        sent = {"kind": "loss", "period": "week", "value": text}
        answer = client.post(reverse("wallet-set-limit"), sent, follow=True)
    assert told(answer) == ["The higher limit comes into effect in 24 hours."]
    assert 'value="100,000"' in html(answer)
    assert ("2,000,000 from" if value else "lifted from") in html(answer)


@pytest.mark.parametrize(
    "changes",
    [{"value": "-5"}, {"value": "1.5"}, {"value": "x"}, {"kind": "rake"}, {"period": "year"}],
)
def test_what_makes_no_sense_sets_nothing(mina: User, changes: dict[str, str]) -> None:
    sent = {"kind": "loss", "period": "week", "value": "5", **changes}
    answer = browser(mina).post(reverse("wallet-set-limit"), sent, follow=True)
    assert told(answer) == ["Enter a whole number, or nothing to lift the limit."]
    assert not PlayerLimit.objects.exists()


def test_more_minutes_than_a_day_has_are_refused(mina: User) -> None:
    sent = {"kind": "time", "period": "day", "value": "1441"}
    answer = browser(mina).post(reverse("wallet-set-limit"), sent, follow=True)
    assert len(told(answer)) == 1
    assert not PlayerLimit.objects.exists()


def test_an_exclusion_lasts_as_long_as_was_chosen(mina: User) -> None:
    client = browser(mina)
    answer = client.post(reverse("wallet-exclude"), {"days": "7", "sure": "on"}, follow=True)
    assert "You are excluded" in told(answer)[0]
    row = active_exclusion(user_id=mina.pk)
    assert row is not None
    assert row.until is not None
    assert timedelta(days=6, hours=23) < row.until - timezone.now() <= timedelta(days=7)
    assert "You are excluded from play and deposits until" in html(client.get(reverse("wallet")))


def test_an_exclusion_is_never_shortened(mina: User) -> None:
    client = browser(mina)
    client.post(reverse("wallet-exclude"), {"days": "for-good", "sure": "on"})
    answer = client.post(reverse("wallet-exclude"), {"days": "1", "sure": "on"}, follow=True)
    assert "excluded for good" not in told(answer)[0]
    row = active_exclusion(user_id=mina.pk)
    assert row is not None
    assert row.until is None


@pytest.mark.parametrize("sent", [{"days": "7"}, {"sure": "on"}, {"days": "", "sure": "on"}, {}])
def test_nobody_is_excluded_by_an_incomplete_form(mina: User, sent: dict[str, str]) -> None:
    answer = browser(mina).post(reverse("wallet-exclude"), sent, follow=True)
    assert told(answer) == ["Choose for how long, and tick the box."]
    assert active_exclusion(user_id=mina.pk) is None


def test_the_way_out_for_good_is_not_the_first_choice(mina: User) -> None:
    page = html(browser(mina).get(reverse("wallet-limits")))
    assert page.index('<option value="1">') < page.index('<option value="for-good">')
    assert "selected" not in page
