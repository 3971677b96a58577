"""What staff can do to users, and what only a superuser can."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import FOR_GOOD
from tests.admin.conftest import PASSWORD, browser


def change_page(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


@pytest.fixture
def helper(support: User) -> User:
    """Support staff who may see and change users."""
    support.user_permissions.set(
        Permission.objects.filter(codename__in=("view_user", "change_user", "add_user"))
    )
    return support


def test_staff_cannot_raise_itself_or_a_player(helper: User, player: User) -> None:
    client = browser(helper)
    rights = {"is_staff": "on", "is_superuser": "on", "is_active": "on"}
    for user in (helper, player):
        answer = client.post(
            change_page(user),
            {"nickname": user.nickname, "email": "stolen@example.com", "is_bot": "on", **rights},
        )
        assert answer.status_code == (403 if user == helper else 302)
        user.refresh_from_db()
        assert not user.is_superuser
        assert not user.is_bot
        assert user.email != "stolen@example.com"
    assert not player.is_staff


def test_staff_cannot_touch_a_superuser(helper: User, boss: User) -> None:
    client = browser(helper)
    assert client.post(change_page(boss), {"nickname": "x"}).status_code == 403
    client.post(
        "/admin/accounts/user/",
        {"action": "deactivate", "_selected_action": [boss.pk, helper.pk]},
    )
    boss.refresh_from_db()
    assert boss.is_active


def test_only_a_superuser_sets_a_password(helper: User, boss: User, player: User) -> None:
    path = f"/admin/accounts/user/{player.pk}/password/"
    new = {"password1": "turn-card-88", "password2": "turn-card-88", "usable_password": "true"}
    assert browser(helper).post(path, new).status_code == 403
    assert player.check_password(PASSWORD)
    assert browser(boss).post(path, new).status_code == 302
    player.refresh_from_db()
    assert player.check_password("turn-card-88")


def test_the_hash_is_never_a_field(boss: User, player: User) -> None:
    client = browser(boss)
    assert 'name="password"' not in client.get(change_page(player)).content.decode()
    fields = {"nickname": "Mina", "email": player.email, "is_active": "on", "password": "x"}
    assert client.post(change_page(player), fields).status_code == 302
    player.refresh_from_db()
    assert player.check_password(PASSWORD)


def test_another_address_is_a_new_credential(boss: User, player: User) -> None:
    """Who reads it can set the password, so withdrawals wait."""
    client = browser(boss)
    fields = {"nickname": player.nickname, "email": player.email.upper(), "is_active": "on"}
    assert client.post(change_page(player), fields).status_code == 302
    player.refresh_from_db()
    assert player.credentials_changed_at is None
    assert (
        client.post(change_page(player), fields | {"email": "new@example.com"}).status_code == 302
    )
    player.refresh_from_db()
    assert player.credentials_changed_at is not None


def test_nobody_is_deleted(boss: User, player: User) -> None:
    client = browser(boss)
    path = f"/admin/accounts/user/{player.pk}/delete/"
    assert client.post(path, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=player.pk).exists()


def test_deactivate_and_activate(helper: User, player: User) -> None:
    client = browser(helper)
    theirs = browser(player)
    for action, active in (("deactivate", False), ("activate", True)):
        answer = client.post(
            "/admin/accounts/user/",
            {"action": action, "_selected_action": [player.pk]},
            follow=True,
        )
        assert "1 user changed." in answer.content.decode()
        player.refresh_from_db()
        assert player.is_active is active
        assert theirs.get("/accounts/").status_code == (200 if active else 302)


def test_mute_and_unmute_in_chats(helper: User, player: User, boss: User) -> None:
    client = browser(helper)
    for action, hours in (("mute_for_an_hour", 1), ("mute_for_a_day", 24)):
        answer = act(client, action, player, boss)
        assert "1 user changed." in answer.content.decode()
        player.refresh_from_db()
        assert player.chat_muted_until
        left = player.chat_muted_until - timezone.now()
        assert timedelta(hours=hours, minutes=-1) < left <= timedelta(hours=hours)
    act(client, "mute_for_good", player)
    player.refresh_from_db()
    assert player.chat_muted_until == FOR_GOOD
    assert client.get(change_page(player)).status_code == 200
    act(client, "unmute", player)
    player.refresh_from_db()
    boss.refresh_from_db()
    assert player.chat_muted_until is None
    assert boss.chat_muted_until is None


def act(client: Client, action: str, *users: User) -> Any:
    form = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post("/admin/accounts/user/", form, follow=True)


def test_a_superuser_adds_a_user_who_can_log_in(boss: User) -> None:
    answer = browser(boss).post(
        "/admin/accounts/user/add/",
        {
            "email": "joe@example.com",
            "nickname": "Joe",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "usable_password": "true",
        },
    )
    assert answer.status_code == 302
    user = User.objects.get(nickname="Joe")
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    login = Client()
    login.post("/accounts/login/", {"login": "joe@example.com", "password": PASSWORD})
    assert "_auth_user_id" in login.session


def test_a_look_alike_is_refused_beside_its_field(boss: User, player: User) -> None:
    answer = browser(boss).post(
        "/admin/accounts/user/add/",
        {
            "email": "joe@example.com",
            "nickname": "M1na",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "usable_password": "true",
        },
    )
    assert "looks like one that is taken" in str(answer.context["adminform"].form.errors)


def test_search_by_email_and_nickname(boss: User, player: User) -> None:
    client = browser(boss)
    for words in ("mina@", "Mina"):
        page = client.get("/admin/accounts/user/", {"q": words}).content.decode()
        assert "mina@example.com" in page
        assert change_page(boss) not in page
