"""What the wallet's pages have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from accounts.models import User
from wallet import addressing
from wallet.assets import Asset
from wallet.errors import WalletError
from wallet.keys.errors import AddressRefused

View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """For the logged-in player only, never from a cache, and at most sixty posts a minute."""
    guarded = ratelimit(key="user", rate="60/m", method="POST", group="wallet", block=True)(view)

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return cast(HttpResponseBase, guarded(request, *args, **kwargs))
        except Ratelimited:
            return render(request, "429.html", status=429)

    shown: View = login_required(never_cache(answer))
    return shown


def user_of(request: HttpRequest) -> User:
    """The player; `page` lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def why_no_coins(offered: list[Asset]) -> str:
    """Why no coin is offered; empty where some are.

    `play_money`: the settings have none; `paused`: they have some, and staff have closed them all.
    """
    if offered:
        return ""
    return "paused" if addressing.reachable_assets() else "play_money"


@contextmanager
def refusals_are_told(request: HttpRequest) -> Iterator[None]:
    """What the wallet refuses inside becomes a message on the page."""
    try:
        yield
    except (WalletError, AddressRefused) as refusal:
        messages.error(request, refusal.message)
