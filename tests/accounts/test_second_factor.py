"""The authenticator app: switching it on, and logging in with it."""

import re

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD
from tests.support.totp import code_for


def switch_on(client: Client) -> str:
    """Log in, confirm the password, activate the app and return its secret."""
    client.post("/accounts/login/", {"login": "mina@example.com", "password": PASSWORD})
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert found
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(found[1])})
    return found[1]


def test_a_login_needs_the_code_and_takes_it_once(client: Client, player: User) -> None:
    secret = switch_on(client)
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    code = code_for(secret)
    outcomes = []
    for _ in range(2):
        browser = Client()
        first = browser.post("/accounts/login/", {"login": player.email, "password": PASSWORD})
        assert first.headers["Location"] == "/accounts/2fa/authenticate/"
        assert "_auth_user_id" not in browser.session
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        outcomes.append("_auth_user_id" in browser.session)
    assert outcomes == [True, False]


def test_the_account_page_tells(client: Client, player: User) -> None:
    switch_on(client)
    assert client.get("/accounts/").context["two_factor"] is True
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/2fa/recovery-codes/").status_code in {200, 302}
