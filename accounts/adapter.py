"""How django-allauth makes our users and keeps their second factors."""

import base64
from typing import Any, NamedTuple

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _

from accounts.links import link_to, site_host
from accounts.models import User


class Site(NamedTuple):
    """How mails name the site."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up takes the nickname along, and nothing depends on the host that a request names."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Saves the new user, and nothing else of the form but email, nickname and password."""
        user.nickname = form.cleaned_data["nickname"]
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]
        except IntegrityError as error:
            # Somebody took the nickname between the form's check and now.
            raise ImmediateHttpResponse(_taken_meanwhile(request)) from error

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = Site(_("Poker room"), site_host())
        super().send_mail(template_prefix, email, {"current_site": site, **context})

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Who failed to log in: allauth's has the request's host in it, with whatever port."""
        return str(credentials.get("email", "")).lower()


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """Says where the links in mails lead, those that browsers ask for too: to the site's pages."""

    def get_frontend_url(self, urlname: str, **kwargs: str) -> str:
        if urlname == "account_reset_password_from_key":
            user, _dash, key = kwargs["key"].partition("-")
            return link_to(urlname, uidb36=user, key=key)
        return link_to(urlname, **kwargs)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors encrypted, with a key made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _taken_meanwhile(request: HttpRequest) -> HttpResponse:
    message = _("This nickname is taken, or looks like one that is taken.")
    if is_headless_request(request):
        error = {"code": "nickname_taken", "param": "nickname", "message": message}
        return JsonResponse({"status": 400, "errors": [error]}, status=400)
    messages.error(request, message)
    return HttpResponseRedirect(reverse("account_signup"))


def _fernet() -> MultiFernet:
    return MultiFernet(
        Fernet(
            base64.urlsafe_b64encode(
                HKDF(SHA256(), 32, salt=None, info=b"accounts.mfa").derive(force_bytes(secret))
            )
        )
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
