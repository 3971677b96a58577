"""How django-allauth makes our users and keeps their second factors."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
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

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up takes the nickname along; everything else is allauth's."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Saves the new user, and nothing else of the form but email, nickname and password."""
        user.nickname = form.cleaned_data["nickname"]
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]
        except IntegrityError as error:
            # Somebody took the nickname between the form's check and now.
            raise ImmediateHttpResponse(_taken_meanwhile(request)) from error


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
