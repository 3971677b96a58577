"""The actions of a PHH file, one by one."""

from collections.abc import Callable, Sequence

from tables.engine.cards import ALL_CARDS
from tables.engine.record import Action, Malformed

_UNKNOWN = "??"
_KNOWN = frozenset(ALL_CARDS)


class Actions:
    """What the actions of a hand with `players` say, in a record's words.

    `played` are the players' actions and the board; `holes` every hole card that is named, at the
    deal or at the showdown (None: no card of a player is).
    """

    def __init__(self, players: int) -> None:
        self.players = players
        self.played: list[Action] = []
        self._dealt: list[list[str]] = [[] for _ in range(players)]

    @property
    def board(self) -> list[str]:
        return [card for action in self.played if action[0] == "deal" for card in action[1]]  # type: ignore[union-attr]

    @property
    def holes(self) -> list[list[str | None] | None]:
        return [
            [None if card == _UNKNOWN else card for card in cards]
            if any(card != _UNKNOWN for card in cards)
            else None
            for cards in self._dealt
        ]

    def add(self, action: str, amount: Callable[[str], int]) -> None:
        """Read one action; `amount` reads an amount. Raises `ValueError`."""
        match action.split("#", 1)[0].split():
            case []:
                pass
            case "d", "db", cards:
                self.played.append(["deal", cards_of(cards)])
            case "d", "dh", player, cards:
                self._dealt[self._seat(player)] += cards_of(cards, _UNKNOWN)
            case player, "f":
                self.played.append(["fold", self._seat(player)])
            case player, "cc":
                self.played.append(["check_or_call", self._seat(player)])
            case player, "cbr", total:
                self.played.append(["complete_bet_or_raise_to", self._seat(player), amount(total)])
            case (player, "sm") | (player, "sm", "-"):
                self._seat(player)
            case player, "sm", cards:
                shown = cards_of(cards, _UNKNOWN)
                if _UNKNOWN not in shown:
                    self._dealt[self._seat(player)] = shown
            case _:
                raise ValueError("an invalid action")

    def _seat(self, player: str) -> int:
        number = player.removeprefix("p")
        if number == player or not number.isdecimal() or not 1 <= int(number) <= self.players:
            raise ValueError(f"{player!r} is no player")
        return int(number) - 1


def read_actions(texts: Sequence[str], players: int, amount: Callable[[str], int]) -> Actions:
    """All actions; raises `Malformed` with the number of the one that cannot be read."""
    actions = Actions(players)
    for number, text in enumerate(texts, 1):
        try:
            actions.add(text, amount)
        except (ValueError, ArithmeticError) as error:
            raise Malformed(f"action {number} {text!r}: {error}") from error
    return actions


def cards_of(text: str, *others: str) -> list[str]:
    """`"AsKd"` as cards; raises `ValueError` for what is neither a card nor one of `others`."""
    text = text.replace("10", "T")
    cards = [text[at : at + 2] for at in range(0, len(text), 2)]
    wrong = [card for card in cards if card not in _KNOWN and card not in others]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no card")
    return cards
