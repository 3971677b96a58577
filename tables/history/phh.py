"""A hand as PHH, the Poker Hand History format (Kim 2024, arXiv:2312.11753).

Players are numbered from the first seat left of the button; heads-up the lists of antes and blinds
stand button first, as PokerKit reads them. Where the format lacks a word, `docs/hand-histories.md`
says what stands instead. The text is written here and not by PokerKit, whose writer does not escape
strings and which only the engine may import.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from tables.history.played import Event, PlayedHand


def phh(hand: PlayedHand) -> str:
    """One hand: the content of a `.phh` file."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in _fields(hand).items())


def phhs(hands: Iterable[PlayedHand], *, first: int = 1) -> Iterator[str]:
    """The pieces of a `.phhs` file, one for a hand, numbered from `first`."""
    for number, hand in enumerate(hands, first):
        yield f"[{number}]\n{phh(hand)}\n"


def _fields(hand: PlayedHand) -> dict[str, Any]:
    writer = _Writer(hand)
    writer.write()
    started = hand.started_at.astimezone(UTC)
    heads_up = len(hand.players) == 2
    won = hand.won_krw()
    fields = {
        "variant": "NT",
        "ante_trimming_status": not writer.dead_blinds,
        "antes": writer.antes[::-1] if heads_up else writer.antes,
        "blinds_or_straddles": _heads_up(writer.blinds) if heads_up else writer.blinds,
        "min_bet": writer.min_bet_krw,
        "starting_stacks": [player.stack_krw for player in hand.players],
        "actions": writer.actions,
        "time": started.time().replace(microsecond=0),
        "time_zone": "UTC",
        "day": started.day,
        "month": started.month,
        "year": started.year,
        "hand": hand.number,
        "seats": [player.seat + 1 for player in hand.players],
        "seat_count": hand.seats,
        "table": hand.table,
        "players": [player.nickname for player in hand.players],
        "finishing_stacks": [player.stack_krw + player.net_krw for player in hand.players],
        "winnings": [won.get(player.seat, 0) for player in hand.players],
        "currency": "KRW",
        "currency_symbol": "₩",
        "_hand_id": hand.hand_id,
        "_button_seat": hand.button_seat + 1,
        "_big_blind": hand.big_blind_krw,
        "_ante": hand.ante_krw,
        "_rake": hand.rake_krw,
    }
    if writer.blind_players:
        fields["_blind_players"] = writer.blind_players
    if hand.second_board:
        fields["_boards"] = ["".join(hand.board), "".join(hand.second_board)]
    if hand.is_void:
        fields["_void"] = True
    return fields


def _heads_up(blinds: list[int]) -> list[int]:
    """Button first. Of equal blinds PokerKit takes the button's for the big one, unless it is
    written as a post."""
    big, small = blinds
    return [-small if small == big else small, big]


def _toml(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return "true" if value else "false"
        case list():
            items = [_toml(item) for item in value]
            if value and isinstance(value[0], str) and len(value) > 4:
                return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
            return "[" + ", ".join(items) + "]"
    return str(value)


class _Writer:
    """Turns the events of a hand into PHH's lists.

    It keeps the bets of the street, because PHH's `cc` calls only the largest bet in front: a call
    of a big blind that was posted short is written as the completion that it is.
    """

    def __init__(self, hand: PlayedHand) -> None:
        self.hand = hand
        self.place = hand.order
        self.antes = [0] * len(hand.players)
        self.blinds = [0] * len(hand.players)
        self.blind_players: list[int] = []
        self.actions: list[str] = []
        self.min_bet_krw = hand.big_blind_krw
        self.dead_blinds = False
        self.bets: dict[int, int] = {}
        self.paid: dict[int, int] = {}
        self.bomb_pot = False
        self.dealt = False

    def write(self) -> None:
        for event in self.hand.events:
            tell = getattr(self, f"_{event['type']}", None)
            if tell is not None:
                tell(event)
        self._deal()

    def _say(self, seat: int, words: str) -> None:
        self._deal()
        self.actions.append(f"p{self.place[seat] + 1} {words}")

    def _deal(self) -> None:
        if self.dealt:
            return
        self.dealt = True
        for place, player in enumerate(self.hand.players, 1):
            cards = player.cards if player.is_viewer and player.cards else "????"
            self.actions.append(f"d dh p{place} {cards}")

    # Before the cards

    def _hand_started(self, event: Event) -> None:
        self.bomb_pot = event.get("bomb_pot", False)
        # A player whose ante took everything owes a blind and posts none. A dead blind is nobody's.
        blinds = {"small": self.hand.small_blind_krw, "big": self.hand.big_blind_krw}
        for kind, amount in blinds.items():
            seat = event[f"{kind}_blind_seat"]
            if self.bomb_pot:
                continue
            self.blind_players.append(self.place[seat] + 1 if seat in self.place else 0)
            if seat in self.place:
                self.blinds[self.place[seat]] = amount

    def _ante_posted(self, event: Event) -> None:
        self.antes[self.place[event["seat"]]] += event["amount_krw"]
        self._pay(event["seat"], event["amount_krw"])

    def _dead_blind_posted(self, event: Event) -> None:
        self.dead_blinds = True
        self._ante_posted(event)

    def _blind_posted(self, event: Event) -> None:
        seat, amount = event["seat"], event["amount_krw"]
        nominal = {
            "small": self.hand.small_blind_krw,
            "straddle": 2 * self.hand.big_blind_krw,
        }.get(event["kind"], self.hand.big_blind_krw)
        written = max(amount, nominal) if event["all_in"] else amount
        self.blinds[self.place[seat]] = -written if event["kind"] == "post" else written
        self.bets[seat] = amount
        self._pay(seat, amount)

    def _pay(self, seat: int, amount_krw: int) -> None:
        self.paid[seat] = self.paid.get(seat, 0) + amount_krw

    # Betting

    def _player_folded(self, event: Event) -> None:
        self._say(event["seat"], "f")

    def _player_checked(self, event: Event) -> None:
        self._say(event["seat"], "cc")

    def _player_called(self, event: Event) -> None:
        highest = max(self.bets.values(), default=0)
        if event["bet_krw"] > highest:
            self.min_bet_krw = min(self.min_bet_krw, event["bet_krw"] - highest)
            self._player_raised(event)
        else:
            self.bets[event["seat"]] = event["bet_krw"]
            self._say(event["seat"], "cc")

    def _player_raised(self, event: Event) -> None:
        self.bets[event["seat"]] = event["bet_krw"]
        self._say(event["seat"], f"cbr {event['bet_krw']}")

    _player_bet = _player_raised

    def _street_dealt(self, event: Event) -> None:
        self._deal()
        if self.bomb_pot and event["street"] == "flop" and event.get("board", 1) == 1:
            self._check_around()
        self.bets.clear()
        cards = "".join(event["cards"])
        second = event.get("board", 1) != 1
        self.actions.append(f"# second board: {cards}" if second else f"d db {cards}")

    def _check_around(self) -> None:
        """PHH knows no hand without betting before the flop: who has chips checks."""
        able = [p for p in self.hand.players if self.paid.get(p.seat, 0) < p.stack_krw]
        if len(able) > 1:
            for player in able:
                self._say(player.seat, "cc")

    # The end

    def _hand_shown(self, event: Event) -> None:
        self._say(event["seat"], f"sm {''.join(event['cards'])}")

    def _hand_mucked(self, event: Event) -> None:
        self._say(event["seat"], "sm")

    def _hand_voided(self, event: Event) -> None:
        self._deal()
        self.actions.append("# The hand is void: stacks are as before it")
