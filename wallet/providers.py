"""Nodes of the settings, and when the second one is one."""

from django.conf import settings


def is_another(first: str, second: str) -> bool:
    """A second node, at another address than the first: a node does not confirm itself."""
    return bool(second) and second.rstrip("/") != first.rstrip("/")


def second_of(first: str, second: str) -> str:
    """The second node's address; empty where there is none, or where two different ones are
    required and it is the first again."""
    return "" if settings.REQUIRE_SECOND_NODE and not is_another(first, second) else second
