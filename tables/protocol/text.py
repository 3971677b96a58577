"""Text that people write: what is taken out of it, and what is refused.

Control, zero-width and direction-changing characters can hide words, forge lines or turn the
order of a line around (Unicode TR 36); nothing of that belongs in a chat. Letters in disguise
(mathematical, full-width, circled; a Cyrillic `а` in a Latin word, Unicode TS 39) become what they
pretend to be. Hangul stays as it was typed, ㅋㅋㅋ too, and so do emoji.
"""

import re
import unicodedata

from accounts.nicknames import ascii_look_alike

# A surrogate alone is no character, and PostgreSQL stores no NUL.
_NEVER = re.compile("[\x00\ud800-\udfff]")
# Letters and symbols that show nothing: Hangul fillers, the blank Braille pattern, a Khmer vowel.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5"
_MAX_MARKS = 3
# Joins emoji (👨‍👩‍👧); anywhere else it hides.
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_LATIN_LOOKING = ("CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU")
# What one pass composes, another may look at as one word.
_MAX_PASSES = 5
_WORD = re.compile(r"[^\W\d_]+")


def is_storable(text: str) -> bool:
    """False for text with a lone surrogate or a NUL, which no field may carry."""
    return _NEVER.search(text) is None


def clean(text: str) -> str:
    """`text` on one line, composed, in plain letters, without what is invisible or turns around.

    Marks piled on one letter are cut off after the third. The result may be empty, and may be
    longer than `text`; cleaning it again changes nothing.
    """
    for _ in range(_MAX_PASSES):
        before, text = text, _clean_once(text)
        if text == before:
            break
    return text


def _clean_once(text: str) -> str:
    plain = "".join(map(_plain, text, text[1:] + " "))
    line = " ".join("".join(map(_allowed, plain)).split())
    latin = _WORD.sub(lambda word: _one_script(word.group()), line)
    kept = _join_emoji(_few_marks(unicodedata.normalize("NFC", latin)))
    visible = any(unicodedata.category(char)[0] not in "ZMC" for char in kept)
    return kept if visible else ""


def _plain(char: str, following: str) -> str:
    """The plain form of a letter or sign in disguise (NFKC), Hangul and emoji left alone.

    NFKC makes ㅋ (U+314B) the first third of a syllable, which fonts do not draw alone.
    """
    if "\u3131" <= char <= "\u318e" or following == _EMOJI_STYLE:
        return char
    if "\uffa1" <= char <= "\uffdc":
        return chr(int(unicodedata.decomposition(char).split()[-1], 16))
    return unicodedata.normalize("NFKC", char)


def _allowed(char: str) -> str:
    """The character, a space for any kind of gap, or nothing."""
    category = unicodedata.category(char)
    if category in ("Zl", "Zp", "Zs") or char in "\t\n\r":
        return " "
    if char == _JOINER:
        return char
    if category in ("Cc", "Cf", "Cs", "Co") or char in _BLANK:
        return ""
    return char


def _few_marks(line: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in line:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def _join_emoji(line: str) -> str:
    """Without the joiners that do not stand between two emoji."""
    parts = line.split(_JOINER)
    joined = parts[0]
    for part in parts[1:]:
        if part and _ends_in_emoji(joined) and unicodedata.category(part[0]) == "So":
            joined += _JOINER
        joined += part
    return joined


def _ends_in_emoji(text: str) -> bool:
    """Also where a skin colour (Sk) or the emoji style stands behind it."""
    return unicodedata.category(text.rstrip(_EMOJI_STYLE)[-1:] or " ") in ("So", "Sk")


def _one_script(word: str) -> str:
    """A Latin word without letters of other scripts that look Latin; any other word as it is."""
    if word.isascii() or not any("a" <= char.lower() <= "z" for char in word):
        return word
    return "".join(map(_latin, word))


def _latin(char: str) -> str:
    if unicodedata.name(char, "").startswith(_LATIN_LOOKING):
        return ascii_look_alike(char)
    return char
