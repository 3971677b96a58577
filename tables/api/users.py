"""Whose request it is."""

from accounts.requests import user_of as user_of
