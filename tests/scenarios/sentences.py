"""The sentences of a scenario, and what each of them does.

A sentence is registered with one or more patterns, in which `{who}`, `{krw}` and so on stand for a
player, an amount and so on. There are four kinds:

- a *move* asks the table for one thing; it can also be expected to be refused;
- a *deed* does several things, or lets time pass;
- a *fact* arranges cards before they are dealt, and is checked once they are;
- a *check* expects something and changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["move", "deed", "fact", "check"]
Run = Callable[..., Any]

_NO_NAME = r"(?!(?:Everyone|Nobody|Nothing|The|No|It|Main|Side|Rake|Board|Flop|Turn|River|Next)\b)"
_NAME = _NO_NAME + r"[A-Z][a-z]+"
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"
_CARDS = r"[2-9TJQKA][cdhs](?: [2-9TJQKA][cdhs])*"


def _names(text: str) -> list[str]:
    return re.findall(r"[A-Z][a-z]+", text)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _plain(text: str) -> str:
    return text


_Reader = Callable[[str], Any]
# What may stand in a pattern: how it is written, and how it is read.
_HOLES: dict[str, tuple[str, _Reader]] = {
    "who": (_NAME, _plain),
    "names": (rf"{_NAME}(?:(?:, | and | ){_NAME})*", _names),
    "krw": (_NUMBER, _number),
    "more": (_NUMBER, _number),
    "low": (_NUMBER, _number),
    "high": (_NUMBER, _number),
    "n": (r"\d+", int),
    "cards": (_CARDS, str.split),
    "place": (rf"seat \d|{_NAME}", _plain),
    "blind": (rf"none|{_NAME}", _plain),
    "hand": (r"[a-z][a-z ]+", _plain),
    "pot": (r"main pot|side pot|second side pot|third side pot", _plain),
    "board": (r"first|second", _plain),
    "order": (rf"{_NAME} (?:shows|mucks)(?:, {_NAME} (?:shows|mucks))*", _plain),
    "debt": (r"nothing|the small blind|both blinds", _plain),
    "reason": (r"asked|timed out|busted", _plain),
    "did": (r"folded|checked|called|bet|raised", _plain),
    "street": (r"flop|turn|river|first round", _plain),
    "spec": (r".+", _plain),
}


@dataclass(frozen=True)
class Sentence:
    """One pattern of a registered function."""

    kind: Kind
    pattern: str
    regex: re.Pattern[str]
    run: Run

    def match(self, text: str) -> dict[str, Any] | None:
        """The values of the holes, if the sentence has this form."""
        found = self.regex.fullmatch(text)
        if found is None:
            return None
        return {name: _HOLES[name][1](value) for name, value in found.groupdict().items()}


SENTENCES: list[Sentence] = []


def _compile(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern)
    regex = "".join(
        f"(?P<{part}>{_HOLES[part][0]})" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
    return re.compile(regex)


def _register(kind: Kind, patterns: tuple[str, ...]) -> Callable[[Run], Run]:
    def remember(run: Run) -> Run:
        for pattern in patterns:
            SENTENCES.append(Sentence(kind, pattern, _compile(pattern), run))
        return run

    return remember


def move(*patterns: str) -> Callable[[Run], Run]:
    """The function makes the command."""
    return _register("move", patterns)


def deed(*patterns: str) -> Callable[[Run], Run]:
    """The function plays at the table."""
    return _register("deed", patterns)


def fact(*patterns: str) -> Callable[[Run], Run]:
    """The function checks what the deck was arranged for."""
    return _register("fact", patterns)


def check(*patterns: str) -> Callable[[Run], Run]:
    """The function asserts."""
    return _register("check", patterns)


@dataclass(frozen=True)
class Step:
    """A sentence that was understood: `code` and `limit` are those of an expected refusal."""

    line: int
    text: str
    sentence: Sentence
    values: dict[str, Any]
    code: str | None = None
    limit: int | None = None

    @property
    def expects(self) -> bool:
        """Whether the step can fail for another reason than that it cannot be done."""
        return self.sentence.kind == "check" or self.code is not None or self.deals

    @property
    def deals(self) -> bool:
        """Whether a new hand begins with it."""
        return self.sentence.pattern.startswith("Next hand")


_REFUSAL = re.compile(r"Refused: (.+) \((\w+)(?:, ([\d,]+))?\)")


def understand(line: int, text: str) -> Step:
    """The step that a sentence means. Raises `LookupError` when it is none, or not only one."""
    refusal = _REFUSAL.fullmatch(text)
    if refusal is None:
        sentence, values = _find(text)
        return Step(line, text, sentence, values)
    sentence, values = _find(refusal[1])
    if sentence.kind != "move":
        raise LookupError(f"only one thing asked of the table can be refused: {refusal[1]!r}")
    limit = None if refusal[3] is None else _number(refusal[3])
    return Step(line, text, sentence, values, refusal[2], limit)


def _find(text: str) -> tuple[Sentence, dict[str, Any]]:
    found = []
    for sentence in SENTENCES:
        values = sentence.match(text)
        if values is not None:
            found.append((sentence, values))
    if not found:
        raise LookupError(f"not understood: {text!r}")
    if len(found) > 1:
        forms = " and ".join(repr(sentence.pattern) for sentence, _ in found)
        raise LookupError(f"{text!r} can be read as {forms}")
    return found[0]
