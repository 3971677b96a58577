"""How an event changes a copy of a table, after docs/protocol.md and its JSON Schema alone.

Nothing of the project is imported here: this is what a stranger would write.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "protocol.schema.json"
_DEFINITIONS: dict[str, Message] = json.loads(SCHEMA.read_text())["$defs"]

NOT_IN_A_HAND = {"in_hand": False, "folded": False, "all_in": False, "bet_krw": 0, "cards": None}

NOTHING_OWED = {"new": False, "owes_small_blind": False, "owes_big_blind": False}
FRESH = {"street": "preflop", "board": [], "pot_krw": 0, "pots": [], "turn": None}


def complete(name: str, value: Message | None) -> Message | None:
    """A value with the defaults of what was left out, as the schema names them."""
    if value is None:
        return None
    known = _DEFINITIONS[name]["properties"]
    defaults = {field: it["default"] for field, it in known.items() if "default" in it}
    return {**copy.deepcopy(defaults), **copy.deepcopy(value)}


def whole(table: Message) -> Message:
    """A table of a snapshot, with nothing left out."""
    full = complete("TableView", table) or {}
    full["config"] = complete("TableConfig", full["config"])
    full["seats"] = [complete("SeatView", seat) for seat in full["seats"]]
    full["waiting"] = [complete("WaiterView", waiter) for waiter in full["waiting"]]
    if full["hand"]:
        full["hand"] = complete("HandView", full["hand"])
        full["hand"]["turn"] = complete("TurnView", full["hand"]["turn"])
        full["hand"]["choice"] = complete("ChoiceView", full["hand"]["choice"])
    return full


def fold(table: Message, event: Message) -> None:
    """Change `table` as the page says; what the page does not name changes nothing."""
    change = _CHANGES.get(event["type"])
    if change is not None:
        change(table, event)


def seat_at(table: Message, number: int) -> Message:
    found: Message = next(seat for seat in table["seats"] if seat["seat"] == number)
    return found


def _seat(**changes: Any) -> Callable[[Message, Message], None]:
    """The event's seat gets these; a callable is asked with the table and the event."""

    def change(table: Message, event: Message) -> None:
        seat = seat_at(table, event["seat"])
        for name, value in changes.items():
            seat[name] = value(table, event) if callable(value) else value

    return change


def _of(name: str) -> Callable[[Message, Message], Any]:
    return lambda table, event: event[name]


def _bank(table: Message, event: Message) -> Any:
    return table["config"]["time_bank_ms"]


def _reserve(table: Message, event: Message) -> None:
    named = {name: event[name] for name in ("seat", "user_id", "nickname", "is_bot")}
    seat = complete("SeatView", {**named, "stack_krw": 0, "status": "reserved"})
    table["seats"] = sorted([*table["seats"], seat], key=lambda one: one["seat"])
    _stop_waiting(table, event)


def _free(table: Message, event: Message) -> None:
    table["seats"] = [seat for seat in table["seats"] if seat["seat"] != event["seat"]]


def _stop_waiting(table: Message, event: Message) -> None:
    left = [waiter for waiter in table["waiting"] if waiter["user_id"] != event["user_id"]]
    table["waiting"] = left


def _start_hand(table: Message, event: Message) -> None:
    stacks = {player["seat"]: player["stack_krw"] for player in event["players"]}
    config = table["config"]
    for seat in table["seats"]:
        seat |= NOT_IN_A_HAND
        if seat["seat"] in stacks:
            full = seat["time_bank_ms"] + config["time_bank_refill_ms"]
            seat |= NOTHING_OWED
            seat |= {"in_hand": True, "stack_krw": stacks[seat["seat"]]}
            seat["time_bank_ms"] = min(config["time_bank_ms"], full)
    own = ("hand_id", "hand_no", "button_seat", "small_blind_seat", "big_blind_seat")
    named = {name: event[name] for name in own}
    bomb_pot = event.get("bomb_pot", False)
    table["hand"] = complete(
        "HandView", {**FRESH, **named, "finished": False, "bomb_pot": bomb_pot}
    )
    table |= {"button_seat": event["button_seat"], "next_hand_at_ms": None}


def _put_in(table: Message, event: Message, *, sign: int = 1, dead: bool = False) -> None:
    amount_krw = sign * event["amount_krw"]
    seat, hand = seat_at(table, event["seat"]), table["hand"]
    seat["stack_krw"] -= amount_krw
    seat["bet_krw"] += 0 if dead else amount_krw
    seat["all_in"] = event.get("all_in", False)
    hand["pot_krw"] += amount_krw
    hand["turn"] = None
    if event.get("kind") == "straddle":
        hand["straddle_seat"] = event["seat"]


def _put_in_dead(table: Message, event: Message) -> None:
    _put_in(table, event, dead=True)


def _take_back(table: Message, event: Message) -> None:
    _put_in(table, event, sign=-1)


def _start_turn(table: Message, event: Message) -> None:
    named = {name: value for name, value in event.items() if name != "type"}
    table["hand"]["turn"] = complete("TurnView", named)


def _end_turn(table: Message, event: Message) -> None:
    table["hand"]["turn"] = None


def _fold_cards(table: Message, event: Message) -> None:
    _end_turn(table, event)
    seat_at(table, event["seat"])["folded"] = True


def _collect(table: Message, event: Message) -> None:
    for seat in table["seats"]:
        seat["bet_krw"] = 0
    table["hand"]["pots"] = event["pots"]


def _deal_street(table: Message, event: Message) -> None:
    hand = table["hand"]
    if event.get("board", 1) == 2:
        hand["second_board"] = hand["second_board"] + event["cards"]
        return
    hand["street"] = event["street"]
    hand["board"] = hand["board"] + event["cards"]


def _award(table: Message, event: Message) -> None:
    for share in event["shares"]:
        seat_at(table, share["seat"])["stack_krw"] += share["amount_krw"]


def _finish(table: Message, event: Message) -> None:
    for result in event["results"]:
        seat_at(table, result["seat"]).update(stack_krw=result["stack_krw"], all_in=False)
    table["hand"] |= {"turn": None, "choice": None, "finished": True}


def _more_time(table: Message, event: Message) -> None:
    table["hand"]["turn"] |= {"deadline_ms": event["deadline_ms"], "extra_time": event["kind"]}


def _use_bank(table: Message, event: Message) -> None:
    if event["kind"] == "time_bank":
        seat_at(table, event["seat"])["time_bank_ms"] = event["left_ms"]


def _move_clocks(table: Message, event: Message) -> None:
    running = [table["hand"] and table["hand"]["turn"], table["hand"] and table["hand"]["choice"]]
    for clock in filter(None, [*running, *table["waiting"]]):
        if clock["deadline_ms"] is not None:
            clock["deadline_ms"] += event["by_ms"]
    for thing, name in [
        (table, "next_hand_at_ms"),
        *((s, "removed_at_ms") for s in table["seats"]),
    ]:
        if thing[name] is not None:
            thing[name] += event["by_ms"]


def _reconfigure(table: Message, event: Message) -> None:
    table |= {"config": complete("TableConfig", event["config"]), "closed": False}


def _close(table: Message, event: Message) -> None:
    table["closed"] = True


def _schedule(table: Message, event: Message) -> None:
    table["next_hand_at_ms"] = event["at_ms"]


_CHANGES: dict[str, Callable[[Message, Message], None]] = {
    "seat_reserved": _reserve,
    "reservation_cancelled": _free,
    "seat_left": _free,
    "seat_taken": _seat(status="active", stack_krw=_of("stack_krw"), time_bank_ms=_bank),
    "player_sat_out": _seat(status="sitting_out", removed_at_ms=_of("removed_at_ms")),
    "player_sat_in": _seat(status="active", removed_at_ms=None),
    "leave_requested": _seat(leaving=True),
    "player_connected": _seat(connected=True),
    "player_disconnected": _seat(connected=False),
    "top_up_requested": _seat(top_up_krw=_of("amount_krw")),
    "top_up_cancelled": _seat(top_up_krw=0),
    "chips_added": _seat(stack_krw=_of("stack_krw"), top_up_krw=0),
    "blinds_missed": _seat(owes_small_blind=_of("small"), owes_big_blind=_of("big")),
    "extra_time_started": _more_time,
    "extra_time_used": _use_bank,
    "clocks_moved": _move_clocks,
    "table_reconfigured": _reconfigure,
    "table_closed": _close,
    "hand_scheduled": _schedule,
    "hand_started": _start_hand,
    "ante_posted": _put_in_dead,
    "dead_blind_posted": _put_in_dead,
    "blind_posted": _put_in,
    "player_called": _put_in,
    "player_bet": _put_in,
    "player_raised": _put_in,
    "player_folded": _fold_cards,
    "player_checked": _end_turn,
    "turn_started": _start_turn,
    "uncalled_bet_returned": _take_back,
    "bets_collected": _collect,
    "street_dealt": _deal_street,
    "hand_shown": _seat(cards=_of("cards")),
    "hand_mucked": _seat(folded=True),
    "pot_awarded": _award,
    "hand_finished": _finish,
}
