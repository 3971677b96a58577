"""Text that people write: what is taken out of it, and what is refused.

Control, zero-width and direction-changing characters can hide words, forge lines or turn the
order of a line around (Unicode TR 36); nothing of that belongs in a chat.
"""

import re
import unicodedata

# A surrogate alone is no character, and PostgreSQL stores no NUL.
_NEVER = re.compile("[\x00\ud800-\udfff]")
# Letters and symbols that show nothing: Hangul fillers, the blank Braille pattern, a Khmer vowel.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5"
_MAX_MARKS = 3


def is_storable(text: str) -> bool:
    """False for text with a lone surrogate or a NUL, which no field may carry."""
    return _NEVER.search(text) is None


def clean(text: str) -> str:
    """`text` on one line, composed (NFC), without what is invisible or changes direction.

    Marks piled on one letter are cut off after the third. The result may be empty.
    """
    line = " ".join("".join(map(_allowed, text)).split())
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", line):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    visible = any(unicodedata.category(char)[0] not in "ZM" for char in kept)
    return "".join(kept) if visible else ""


def _allowed(char: str) -> str:
    """The character, a space for any kind of gap, or nothing."""
    category = unicodedata.category(char)
    if category in ("Zl", "Zp", "Zs") or char in "\t\n\r":
        return " "
    if category in ("Cc", "Cf", "Cs", "Co") or char in _BLANK:
        return ""
    return char
