"""A hand as PokerStars writes it, for trackers and for PokerKit's `PokerStarsParser`.

English, amounts without thousands separators, seats from 1, times in UTC. Winners' lines of the
summary carry no position, because PokerKit would take it for a part of the name.
"""

from collections.abc import Iterator
from datetime import UTC

from tables.history.played import Event, PlayedBy, PlayedHand

_STREETS = {"flop": 3, "turn": 4, "river": 5}
_BLINDS = {
    "small": "small blind",
    "big": "big blind",
    "straddle": "straddle",
    "post": "big blind",
}
_WHEN = {"": "before Flop", "flop": "on the Flop", "turn": "on the Turn", "river": "on the River"}


def pokerstars(hand: PlayedHand) -> str:
    """One hand, with the empty lines that part it from the next."""
    return "\n".join(_Writer(hand).lines()) + "\n\n\n"


def hand_number(hand: PlayedHand) -> int:
    """A number that no other hand of the site has."""
    return hand.table_id * 10**9 + hand.number


def _krw(amount: int) -> str:
    return f"₩{amount}"


def _bracket(cards: tuple[str, ...] | list[str]) -> str:
    return f"[{' '.join(cards)}]"


def _pair(cards: str) -> list[str]:
    return [cards[:2], cards[2:]]


class _Writer:
    """Goes through the events once; what belongs to the end is kept until there."""

    def __init__(self, hand: PlayedHand) -> None:
        self.hand = hand
        self.names = hand.names
        self.bets: dict[int, int] = {}
        self.boards: dict[int, list[str]] = {1: [], 2: []}
        self.street = ""
        self.folded: dict[int, str] = {}
        self.dealt = False
        self.ending: list[str] = []
        self.pots: dict[int, int] = {}
        pots = {e["pot"] for e in hand.events if e["type"] == "pot_awarded"}
        self.side_pots = len(pots) > 1

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for event in self.hand.events:
            tell = getattr(self, f"_{event['type']}", None)
            if tell is not None:
                if not self.dealt and not event["type"].endswith(("_posted", "_started")):
                    yield from self._hole_cards()
                yield from tell(event)
        if not self.dealt:
            yield from self._hole_cards()
        if any(" shows " in line or line.endswith("mucks hand") for line in self.ending):
            yield "*** SHOW DOWN ***"
        yield from self.ending
        yield from self._summary()

    def _head(self) -> Iterator[str]:
        hand = self.hand
        started = hand.started_at.astimezone(UTC)
        stakes = f"{_krw(hand.small_blind_krw)}/{_krw(hand.big_blind_krw)} KRW"
        yield (
            f"PokerStars Hand #{hand_number(hand)}: Hold'em No Limit ({stakes})"
            f" - {started:%Y/%m/%d %H:%M:%S} UTC"
        )
        yield (f"Table '{hand.table}' {hand.seats}-max Seat #{hand.button_seat + 1} is the button")
        for player in self._by_seat():
            yield (f"Seat {player.seat + 1}: {player.nickname} ({_krw(player.stack_krw)} in chips)")

    def _by_seat(self) -> list[PlayedBy]:
        return sorted(self.hand.players, key=lambda player: player.seat)

    def _hole_cards(self) -> Iterator[str]:
        self.dealt = True
        yield "*** HOLE CARDS ***"
        for player in self.hand.players:
            if player.is_viewer and player.cards:
                yield f"Dealt to {player.nickname} {_bracket(_pair(player.cards))}"

    def _line(self, event: Event, words: str) -> str:
        all_in = " and is all-in" if event.get("all_in") else ""
        return f"{self.names[event['seat']]}: {words}{all_in}"

    # Before the cards

    def _ante_posted(self, event: Event) -> Iterator[str]:
        yield self._line(event, f"posts the ante {_krw(event['amount_krw'])}")

    def _dead_blind_posted(self, event: Event) -> Iterator[str]:
        yield self._line(event, f"posts dead blind {_krw(event['amount_krw'])}")

    def _blind_posted(self, event: Event) -> Iterator[str]:
        self.bets[event["seat"]] = event["amount_krw"]
        blind = _BLINDS.get(event["kind"], "big blind")
        yield self._line(event, f"posts {blind} {_krw(event['amount_krw'])}")

    # Betting

    def _player_folded(self, event: Event) -> Iterator[str]:
        self.folded[event["seat"]] = self.street
        yield self._line(event, "folds")

    def _player_checked(self, event: Event) -> Iterator[str]:
        yield self._line(event, "checks")

    def _player_called(self, event: Event) -> Iterator[str]:
        self.bets[event["seat"]] = event["bet_krw"]
        yield self._line(event, f"calls {_krw(event['amount_krw'])}")

    def _player_bet(self, event: Event) -> Iterator[str]:
        self.bets[event["seat"]] = event["bet_krw"]
        yield self._line(event, f"bets {_krw(event['amount_krw'])}")

    def _player_raised(self, event: Event) -> Iterator[str]:
        by = event["bet_krw"] - max(self.bets.values(), default=0)
        self.bets[event["seat"]] = event["bet_krw"]
        yield self._line(event, f"raises {_krw(by)} to {_krw(event['bet_krw'])}")

    def _uncalled_bet_returned(self, event: Event) -> Iterator[str]:
        name = self.names[event["seat"]]
        yield f"Uncalled bet ({_krw(event['amount_krw'])}) returned to {name}"

    def _street_dealt(self, event: Event) -> Iterator[str]:
        self.bets.clear()
        self.street = event["street"]
        number = event.get("board", 1)
        board = self.boards[number]
        before = _STREETS[self.street] - len(event["cards"])
        if number == 2 and len(board) < before:
            board[:] = self.boards[1][:before]
        shared = f"{_bracket(board)} " if board else ""
        second = "SECOND " if number == 2 else ""
        yield f"*** {second}{self.street.upper()} *** {shared}{_bracket(event['cards'])}"
        board += event["cards"]

    # The end

    def _hand_shown(self, event: Event) -> Iterator[str]:
        cards = list(event["cards"])
        holding = "cards"
        if len(self.hand.board) == 5:
            # Needs PokerKit, which a web process starts without.
            from tables.engine.cards import category, strength

            holding = category(strength(cards, self.hand.board)).replace("_", " ")
        self.ending.append(f"{self.names[event['seat']]}: shows {_bracket(cards)} ({holding})")
        yield from ()

    def _hand_mucked(self, event: Event) -> Iterator[str]:
        self.ending.append(f"{self.names[event['seat']]}: mucks hand")
        yield from ()

    def _pot_awarded(self, event: Event) -> Iterator[str]:
        number = event["pot"]
        pot = "pot"
        if self.side_pots:
            pot = f"side pot-{number}" if number else "main pot"
        for share in event["shares"]:
            name = self.names[share["seat"]]
            self.ending.append(f"{name} collected {_krw(share['amount_krw'])} from {pot}")
            self.pots[number] = self.pots.get(number, 0) + share["amount_krw"]
        yield from ()

    def _summary(self) -> Iterator[str]:
        hand = self.hand
        yield "*** SUMMARY ***"
        if hand.is_void:
            yield "Hand cancelled"
        yield f"Total pot {_krw(hand.pot_krw)}{self._side_pots()} | Rake {_krw(hand.rake_krw)}"
        if hand.second_board:
            yield "Hand was run twice"
            yield f"FIRST Board {_bracket(hand.board)}"
            yield f"SECOND Board {_bracket(hand.second_board)}"
        elif hand.board:
            yield f"Board {_bracket(hand.board)}"
        won = hand.won_krw()
        for player in self._by_seat():
            yield f"Seat {player.seat + 1}: {self._end_of(player, won)}"

    def _side_pots(self) -> str:
        """After rake, as each was collected."""
        if not self.side_pots:
            return ""
        main = f" Main pot {_krw(self.pots.get(0, 0))}."
        sides = [f" Side pot-{n} {_krw(self.pots[n])}." for n in sorted(self.pots) if n]
        return main + "".join(sides)

    def _end_of(self, player: PlayedBy, won: dict[int, int]) -> str:
        if won.get(player.seat):
            return f"{player.nickname} collected ({_krw(won[player.seat])})"
        name = player.nickname
        place = {"BTN": " (button)", "SB": " (small blind)", "BB": " (big blind)"}
        name += place.get(player.position, "")
        if player.seat in self.folded:
            return f"{name} folded {_WHEN[self.folded[player.seat]]}"
        if player.shown:
            return f"{name} showed {_bracket(_pair(player.cards))} and lost"
        return f"{name} mucked"
