"""Reads a file of scenarios. What is not understood is an error with file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tables.engine import TableConfig
from tests.scenarios import checks, checks_of_chips, checks_of_seats, deeds, moves  # noqa: F401
from tests.scenarios.errors import ScenarioError
from tests.scenarios.sentences import Step, understand
from tests.scenarios.terms import USUAL, read_table

COLUMNS = ("seat", "player", "stack", "cards", "options")
OPTIONS = (
    r"new",
    r"sits out",
    r"posts",
    r"straddles",
    r"always runs it twice",
    r"never runs it twice",
    r"agrees to rabbits",
    r"tops up to \d+",
    r"disconnected",
)
_CARD = re.compile(r"[2-9TJQKA][cdhs]")


@dataclass(frozen=True)
class Row:
    """A seat at the scenario's start."""

    line: int
    seat: int
    player: str
    stack: int
    cards: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass
class Scenario:
    """`hands` are the steps, cut where a new hand is dealt; the first part belongs to the hand that
    `button` starts, or to no hand."""

    file: str
    line: int
    title: str
    table: TableConfig
    rows: list[Row] = field(default_factory=list)
    button: str | None = None
    hands: list[list[Step]] = field(default_factory=lambda: [[]])

    @property
    def steps(self) -> list[Step]:
        return [step for hand in self.hands for step in hand]


def read_file(path: Path) -> list[Scenario]:
    return read(path.name, path.read_text(encoding="utf-8"))


def read(file: str, text: str) -> list[Scenario]:
    """The scenarios of a file's text."""
    reader = _Reader(file)
    for number, line in enumerate(text.splitlines(), 1):
        try:
            reader.read_line(number, line.rstrip())
        except LookupError as error:
            raise ScenarioError(file, number, str(error.args[0])) from error
    reader.end()
    return reader.scenarios


class _Reader:
    """Takes a file line by line; `pending` is the list item that is being read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.table = USUAL
        self.has_table = False
        self.scenarios: list[Scenario] = []
        self.columns: tuple[str, ...] = ()
        self.pending: tuple[int, str] | None = None

    def read_line(self, number: int, line: str) -> None:
        if line.startswith("  ") and self.pending is not None:
            first, text = self.pending
            self.pending = first, f"{text} {line.strip()}"
            return
        self._end_item()
        if line.startswith("## "):
            self._end_scenario()
            self._begin_scenario(number, line[3:])
        elif not self.scenarios:
            self._read_in_head(line)
        else:
            self._read_in_scenario(number, line, self.scenarios[-1])

    def _read_in_head(self, line: str) -> None:
        """Above the first scenario stand the rule in words and the table that all of them share."""
        if line.startswith("Table: "):
            self.table = read_table(line[7:])
            self.has_table = True
        elif line.startswith(("|", "- ", "> ", "##", "Button:")):
            raise LookupError(f"this belongs into a scenario (## title): {line!r}")

    def _begin_scenario(self, number: int, title: str) -> None:
        if not self.has_table:
            raise LookupError("the table that the scenarios share is missing above (Table: ...)")
        if any(title == other.title for other in self.scenarios):
            raise LookupError(f"there is another scenario {title!r}")
        self.columns = ()
        self.scenarios.append(Scenario(self.file, number, title, self.table))

    def _read_in_scenario(self, number: int, line: str, scenario: Scenario) -> None:
        if not line or line.startswith("> "):
            return
        if line.startswith("- "):
            self.pending = number, line[2:]
        elif scenario.steps:
            raise LookupError(f"only steps may follow a step: {line!r}")
        elif line.startswith("|"):
            self._read_row(number, line, scenario)
        elif line.startswith("Table: "):
            scenario.table = read_table(line[7:], scenario.table)
        elif line.startswith("Button: "):
            scenario.button = line[8:]
            if scenario.button not in [row.player for row in scenario.rows]:
                raise LookupError(f"{scenario.button} has no seat in the table above")
        else:
            raise LookupError(f"not understood: {line!r}")

    def _read_row(self, number: int, line: str, scenario: Scenario) -> None:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not self.columns:
            self.columns = tuple(cells)
            unknown = [name for name in cells if name not in COLUMNS]
            if unknown or cells[:3] != list(COLUMNS[:3]):
                raise LookupError(f"the columns of a seat table are {', '.join(COLUMNS)}")
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            scenario.rows.append(_row(number, dict(zip(self.columns, cells, strict=True))))

    def _end_item(self) -> None:
        if self.pending is None:
            return
        number, text = self.pending
        self.pending = None
        try:
            for step in _steps(number, text):
                hands = self.scenarios[-1].hands
                if step.deals:
                    hands.append([])
                hands[-1].append(step)
        except LookupError as error:
            raise ScenarioError(self.file, number, str(error.args[0])) from error

    def _end_scenario(self) -> None:
        if not self.scenarios:
            return
        scenario = self.scenarios[-1]
        if not any(step.expects for step in scenario.steps):
            raise ScenarioError(self.file, scenario.line, "the scenario expects nothing")

    def end(self) -> None:
        self._end_item()
        self._end_scenario()
        if not self.scenarios:
            raise ScenarioError(self.file, 1, "the file has no scenario (## title)")


def _row(number: int, cells: dict[str, str]) -> Row:
    seat, player, stack = cells["seat"], cells["player"], cells["stack"].replace(",", "")
    if not re.fullmatch(r"[1-9]", seat) or not re.fullmatch(r"[A-Z][a-z]+", player):
        raise LookupError("a seat is 1 to 9, a player one capitalised word")
    if not stack.isdecimal():
        raise LookupError(f"a stack is an amount, not {stack!r}")
    cards = tuple(cells.get("cards", "").split())
    if len(cards) not in (0, 2) or not all(_CARD.fullmatch(card) for card in cards):
        raise LookupError(f"a player holds two cards, like As Kd, not {' '.join(cards)!r}")
    options = tuple(part for part in cells.get("options", "").split(", ") if part)
    for option in options:
        if not any(re.fullmatch(known, option) for known in OPTIONS):
            raise LookupError(f"a player has no option {option!r}")
    return Row(number, int(seat), player, int(stack), cards, options)


def _steps(number: int, text: str) -> Iterator[Step]:
    """The sentences of a list item. Pots that are named together are all the pots there are."""
    sentences = [part for part in re.split(r"\.\s+|\.$", text) if part]
    pots = 0
    for sentence in sentences:
        step = understand(number, sentence)
        pots += sentence.startswith(("Main pot ", "Side pot "))
        yield step
    if pots:
        yield understand(number, f"{pots} pots in all")
