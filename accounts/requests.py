"""Whose request it is."""

from rest_framework.request import Request

from accounts.models import User


def user_of(request: Request) -> User:
    """The logged-in user of a view that asks for a login."""
    assert isinstance(request.user, User)
    return request.user
