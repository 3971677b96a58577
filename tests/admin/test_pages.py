"""Every page of the admin opens for a superuser and for nobody below staff."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import User
from tables.models import Departure, Hand, HandPlayer, Shard, Sitting, Stake, Table, TableSettlement
from tests.admin.conftest import browser

admin.autodiscover()  # as the site's URLs do, which nobody has asked for yet
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
READ_ONLY = [Hand, Sitting, Departure, Shard, TableSettlement]


def url(model: type, page: str, *args: object) -> str:
    meta = apps.get_model(f"{model._meta.app_label}.{model.__name__}")._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.mark.usefixtures("everything")
def test_every_list_and_every_row_opens_for_a_superuser(boss: User) -> None:
    client = browser(boss)
    assert client.get("/admin/").status_code == 200
    for model in MODELS:
        # A list of one row leads straight to it.
        assert client.get(url(model, "changelist"), follow=True).status_code == 200, model
        assert client.get(url(model, "changelist"), {"q": "a"}).status_code in {200, 302}, model
        for row in model._default_manager.all()[:1]:
            answer = client.get(url(model, "change", row.pk))
            assert answer.status_code == 200, model


@pytest.mark.usefixtures("everything")
def test_no_page_opens_for_a_player_or_a_stranger(player: User) -> None:
    for client in (browser(player), Client()):
        for path in ["/admin/", *(url(model, "changelist") for model in MODELS)]:
            answer = client.get(path)
            assert answer.status_code in {302, 403}, path
            if answer.status_code == 302:
                login = client.get(path, follow=True)
                assert "/accounts/login/" in login.redirect_chain[-1][0] or (
                    login.status_code == 403
                )


def test_every_page_has_the_same_theme() -> None:
    assert [m for m, page in admin.site._registry.items() if not isinstance(page, ModelAdmin)] == []


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("model", READ_ONLY)
def test_what_play_wrote_can_only_be_looked_at(model: type, boss: User) -> None:
    client = browser(boss)
    row = model._default_manager.get()  # type: ignore[attr-defined]
    page = client.get(url(model, "change", row.pk)).content.decode()
    assert 'name="_save"' not in page
    assert client.post(url(model, "change", row.pk), {"_save": "1"}).status_code == 403
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_hand_is_told_without_hidden_cards(boss: User, hand: Hand) -> None:
    page = browser(boss).get(url(Hand, "change", hand.pk)).content.decode()
    for sentence in (
        "Mina raises to ₩300 and is all-in",
        "Flop A♠ 10♦ 2♣",
        "Mina shows A♥ A♦",
        "Mina wins ₩600 with three of a kind",
    ):
        assert sentence in page
    for hidden in ("KhKd", "K♥", "K♦", "Kh", "Kd"):
        assert hidden not in re.sub(r'(csrf\w+|nonce|value)="[^"]*"', "", page)
    listing = browser(boss).get(url(Hand, "changelist")).content.decode()
    assert "K♥" not in listing
    assert HandPlayer not in MODELS


def test_a_script_in_a_name_stays_text(boss: User, table: Table) -> None:
    Table.objects.update(name="<script>alert(1)</script>")
    page = browser(boss).get(url(Table, "changelist")).content.decode()
    assert "<script>alert(1)</script>" not in page


def test_staff_without_permission_sees_no_model(support: User) -> None:
    client = browser(support)
    assert client.get("/admin/").status_code == 200
    for model in MODELS:
        assert client.get(url(model, "changelist")).status_code == 403, model


def test_stakes_and_tables_open_for_change(boss: User, table: Table) -> None:
    client = browser(boss)
    assert 'name="_save"' in client.get(url(Stake, "change", table.stake_id)).content.decode()
    assert 'name="_save"' in client.get(url(Table, "change", table.pk)).content.decode()
