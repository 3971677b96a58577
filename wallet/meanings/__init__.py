"""What the codes of alerts mean to a person: on the pages of admin, and in mail to staff."""

from wallet.meanings.codes import MEANINGS, meaning_of
from wallet.meanings.meaning import Meaning

__all__ = ["MEANINGS", "Meaning", "meaning_of"]
