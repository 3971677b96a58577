"""Which nicknames are allowed, and which of them a player could take for another.

A nickname is 2 to 20 characters of one script, Hangul syllables or Latin letters, with digits,
`_` and `-`. Its key (`nickname_key`) is a skeleton after Unicode Technical Standard 39, section 4,
folded further for small type at a table: nicknames with the same key look alike, and only one of
them can exist.
"""

import re
import unicodedata
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MIN_LENGTH = 2
MAX_LENGTH = 20
SEPARATORS = "-_"

# Nobody but staff may have these, with or without digits and separators around them.
RESERVED = frozenset(
    (
        *("anonymous", "bot", "cashier", "dealer", "everyone", "help", "house", "info", "mod"),
        *("null", "observer", "official", "owner", "poker", "pokerroom", "rake", "root"),
        *("security", "staff", "support", "sysop", "system", "undefined", "you"),
        *("고객센터", "고객지원", "공지", "공지사항", "관전자", "보안", "봇", "스태프", "시스템"),
        *("익명", "직원", "하우스", "딜러", "포커룸"),
    )
)
# Nobody but staff may have these as a part of a nickname.
RESERVED_PARTS = (
    *("admin", "moderator", "operator", "superuser"),
    *("관리자", "운영자", "운영팀", "운영진", "어드민", "매니저"),
)

# What small type does not tell apart: letters (i stands for I here), then pairs of them.
_LOOK_ALIKES = str.maketrans("1|i0", "lllo")
_DIGRAPHS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def normalise(nickname: str) -> str:
    """The form that is kept: NFKC, without space around it, inner space collapsed to one."""
    return " ".join(unicodedata.normalize("NFKC", nickname).split())


def check_nickname(nickname: str) -> None:
    """Raise ValidationError, with a sentence that says what to do, if the shape is not allowed."""
    name = normalise(nickname)
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise ValidationError(
            _("A nickname has %(min)d to %(max)d characters."),
            code="nickname_length",
            params={"min": MIN_LENGTH, "max": MAX_LENGTH},
        )
    scripts = {_script(character) for character in name}
    if None in scripts:
        raise ValidationError(
            _("Use Hangul syllables or Latin letters, digits, _ and - only, without spaces."),
            code="nickname_characters",
        )
    if {"hangul", "latin"} <= scripts:
        raise ValidationError(
            _("Use Hangul or Latin letters in a nickname, not both."), code="nickname_scripts"
        )
    if scripts == {"separator"}:
        raise ValidationError(
            _("A nickname needs at least one letter or digit."), code="nickname_empty"
        )


def is_reserved(nickname: str) -> bool:
    """Whether the nickname, or one that looks like it, belongs to the house."""
    core = re.sub(r"[\d_-]+$|^[\d_-]+", "", normalise(nickname))
    whole, part = nickname_key(nickname).replace("-", ""), nickname_key(core).replace("-", "")
    words, parts = _reserved_keys()
    return whole in words or part in words or any(word in whole for word in parts)


def nickname_key(nickname: str) -> str:
    """The look-alike-proof form; defined for any text, allowed as a nickname or not."""
    text = unicodedata.normalize("NFKD", normalise(nickname))
    text = "".join(ascii_look_alike(c) for c in text if unicodedata.category(c) not in _INVISIBLE)
    text = text.casefold().translate(_LOOK_ALIKES)
    for two, one in _DIGRAPHS:
        text = text.replace(two, one)
    text = re.sub(f"[{SEPARATORS}\\s]+", "-", text).strip("-")
    return unicodedata.normalize("NFC", text)


_INVISIBLE = {"Mn", "Mc", "Me", "Cf", "Cc"}


@cache
def _reserved_keys() -> tuple[frozenset[str], tuple[str, ...]]:
    return frozenset(map(nickname_key, RESERVED)), tuple(map(nickname_key, RESERVED_PARTS))


def _script(character: str) -> str | None:
    """What the character counts as in a nickname; None if it may not be in one."""
    if character in SEPARATORS:
        return "separator"
    if character.isascii() and character.isdigit():
        return "digit"
    if "가" <= character <= "힣":
        return "hangul"
    base = unicodedata.normalize("NFD", character)[0]
    if base.isascii() and base.isalpha():
        return "latin"
    return None


def ascii_look_alike(character: str) -> str:
    """The ASCII letter or digit that the character is drawn like, else the character itself."""
    if character.isascii() or "ᄀ" <= character <= "ᇿ":
        return character
    # A large table, and only few processes see nicknames that need it.
    from confusable_homoglyphs.confusables import confusables_data

    for other in confusables_data.get(character, ()):
        if other["c"].isascii() and other["c"].isalnum():
            return str(other["c"])
    return character
