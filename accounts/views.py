"""A player's account on one page."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, and the ways to change it."""
    user = request.user
    assert isinstance(user, User)  # @login_required
    return render(
        request,
        "account/account.html",
        {
            "verified": EmailAddress.objects.filter(
                user_id=user.pk, email=user.email, verified=True
            ).exists(),
            "two_factor": Authenticator.objects.filter(
                user_id=user.pk, type=Authenticator.Type.TOTP
            ).exists(),
        },
    )
