"""A finished hand, told in sentences: for staff, where no script runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tables.templatetags.poker import won
from tables.texts import EVENTS, HANDS

Event = Mapping[str, Any]
Names = Mapping[int, str]

_RANKS = {"T": "10"}
_SUITS = {"s": "♠", "h": "♥", "d": "♦", "c": "♣"}


def cards_text(cards: str) -> str:
    """`AsTd` → `A♠ 10♦`."""
    ranks, suits = cards[::2], cards[1::2]
    pairs = zip(ranks, suits, strict=True)
    return " ".join(f"{_RANKS.get(rank, rank)}{_SUITS[suit]}" for rank, suit in pairs)


def hand_lines(events: list[dict[str, Any]], names: Names) -> list[str]:
    """What happened, in order. `names`: seat → nickname. Events without a sentence are left out."""
    return [line for event in name_boards(events) for line in event_lines(event, names)]


def name_boards(events: Iterable[Event]) -> list[Event]:
    """The events, where only those of a hand that was run twice say for which board they are."""
    events = list(events)
    if any(event.get("board") == 2 for event in events):
        return events
    return [{name: event[name] for name in event if name != "board"} for event in events]


def event_lines(event: Event, names: Names) -> Iterator[str]:
    """What one event says; nothing where it has no sentence."""
    return _TELL.get(event["type"], _nothing)(event, names)


def _nothing(event: Event, names: Names) -> Iterator[str]:
    return iter(())


def _say(key: str) -> Callable[[Event, Names], Iterator[str]]:
    """`key` filled with who, how much and which cards; the `_all_in` or `_late` form if it is."""

    def tell(event: Event, names: Names) -> Iterator[str]:
        late = "_late" if event.get("timed_out") else ""
        all_in = "_all_in" if event.get("all_in") and f"{key}_all_in" in EVENTS else ""
        amount = event["bet_krw"] if key == "log.raised" else event.get("amount_krw", 0)
        yield str(EVENTS[key + late + all_in]).format(
            name=names.get(event.get("seat", -1), "?"),
            amount=won(amount),
            cards=cards_text("".join(event.get("cards", ()))),
            number=event.get("hand_no"),
        )

    return tell


def _street(event: Event, names: Names) -> Iterator[str]:
    key = "second_board" if event.get("board", 1) == 2 else event["street"]
    return _say(f"log.{key}")(event, names)


def _blind(event: Event, names: Names) -> Iterator[str]:
    key = f"log.{event['kind']}_blind"
    return _say(key if key in EVENTS else "log.big_blind")(event, names)


def _rake(event: Event, names: Names) -> Iterator[str]:
    return _say("log.rake")(event, names) if event["amount_krw"] else iter(())


def _pot(event: Event, names: Names) -> Iterator[str]:
    side, hand = "_side" if event["pot"] else "", event["hand"]
    text = str(EVENTS[f"log.won{side}{'_with' if hand else ''}"])
    for share in event["shares"]:
        line = text.format(
            name=names.get(share["seat"], "?"),
            amount=won(share["amount_krw"]),
            hand=HANDS[f"hand.{hand}"] if hand else "",
        )
        board = event.get("board")
        yield _on_board(board, line) if board is not None else line


def _on_board(board: int, line: str) -> str:
    return str(EVENTS[f"log.{'second' if board == 2 else 'first'}_board_won"]).format(line=line)


_TELL: dict[str, Callable[[Event, Names], Iterator[str]]] = {
    "hand_started": _say("log.hand_started"),
    "ante_posted": _say("log.ante"),
    "blind_posted": _blind,
    "dead_blind_posted": _say("log.dead_blind"),
    "player_folded": _say("log.folded"),
    "player_checked": _say("log.checked"),
    "player_called": _say("log.called"),
    "player_bet": _say("log.bet"),
    "player_raised": _say("log.raised"),
    "uncalled_bet_returned": _say("log.uncalled"),
    "run_it_twice_agreed": _say("log.twice_agreed"),
    "run_it_twice_declined": _say("log.twice_declined"),
    "street_dealt": _street,
    "hand_shown": _say("log.shown"),
    "hand_mucked": _say("log.mucked"),
    "rake_taken": _rake,
    "pot_awarded": _pot,
    "hand_voided": _say("log.voided"),
}
