"""The deck that makes a scenario's cards come."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tables.engine.cards import ALL_CARDS
from tests.scenarios.sentences import Step

_PLACES = {"Flop": 0, "Turn": 3, "River": 4, "Board": 0}


@dataclass
class Cards:
    """What is known of a hand's cards: who holds what, and the boards by place."""

    holes: dict[str, tuple[str, str]] = field(default_factory=dict)
    board: dict[int, str] = field(default_factory=dict)
    second: tuple[str, ...] = ()

    def learn(self, steps: Iterable[Step]) -> None:
        """Take in what the facts of a hand say."""
        for step in steps:
            cards = step.values.get("cards")
            if step.sentence.kind != "fact" or cards is None:
                continue
            word = step.text.split()[0]
            if "who" in step.values:
                self.holes[step.values["who"]] = (cards[0], cards[1])
            elif word == "Second":
                self.second = tuple(cards)
            else:
                first = 5 - len(cards) if word == "Rabbit" else _PLACES[word]
                self.board |= {first + place: card for place, card in enumerate(cards)}

    def deck(self, order: list[str]) -> tuple[str, ...]:
        """All 52 cards in dealing order for the players, clockwise from left of the button; what is
        not known comes from the unused cards, low ones first."""
        known = [card for hole in self.holes.values() for card in hole]
        known += [*self.board.values(), *self._second_own()]
        if len(known) != len(set(known)):
            raise AssertionError(f"a card comes twice: {' '.join(sorted(known))}")
        rest = [card for card in ALL_CARDS if card not in known]
        holes = [self.holes.get(name) or (rest.pop(0), rest.pop(0)) for name in order]
        board = [self.board.get(place) or rest.pop(0) for place in range(5)]
        top = [hole[0] for hole in holes] + [hole[1] for hole in holes]
        top += [*board, *self._second_own()]
        return (*top, *(card for card in ALL_CARDS if card not in top))

    def _second_own(self) -> tuple[str, ...]:
        """What of the second board is not the first board's too."""
        shared = 0
        while shared < len(self.second) and self.second[shared] == self.board.get(shared):
            shared += 1
        return self.second[shared:]
