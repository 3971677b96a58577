"""What an alert's code means to a person."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Meaning(NamedTuple):
    """What happened, and what a person is to do."""

    what: Any
    todo: Any


ROWS = _("Somebody has changed rows of the database. Close withdrawals, and look who.")
KEY = _("Somebody else has the key. Close withdrawals, and move the coins to a new seed.")
