"""Hands really played by the engine, from a seed, and as they are stored."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from accounts.models import User
from tables.engine import TableConfig
from tables.engine.commands import Answer, SetOptions, SitIn, SitOut, StartHand
from tables.engine.events import TurnStarted
from tables.history.facts import positions, showdown_seats, starting_hand
from tables.history.played import PlayedHand, played
from tables.models import Hand, HandPlayer, Table
from tables.runtime.deck import HmacDrbg, shuffled
from tables.runtime.outbox import HandRecorder
from tests.engine.places import place_button
from tests.engine.room import CONFIG, Room


class Dice:
    """The same throws for the same seed."""

    def __init__(self, seed: object) -> None:
        self.digest = hashlib.sha256(repr(seed).encode()).digest()
        self.stream = HmacDrbg(self.digest)

    def below(self, bound: int) -> int:
        return int.from_bytes(self.stream.read(8), "big") % bound

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def pick(self, *choices: Any) -> Any:
        return choices[self.below(len(choices))]


def random_config(dice: Dice, **options: Any) -> TableConfig:
    small = dice.between(1, 50)
    config = TableConfig(
        seats=dice.between(2, 9),
        small_blind_krw=small,
        big_blind_krw=dice.between(small, 2 * small + 1),
        min_buy_in_krw=1,
        max_buy_in_krw=20_000,
        ante_krw=dice.pick(0, 0, 0, 7, 30),
        rake_bps=dice.pick(0, 0, 500, 333),
        rake_caps_krw=(dice.pick(25, 1_000),),
    )
    return replace(config, **options)


def random_entry(seed: object, **options: Any) -> dict[str, Any]:
    """The outbox entry of a hand in which everything is thrown: stacks, cards, actions."""
    dice = Dice(seed)
    config = random_config(dice, **options)
    count = dice.between(2, config.seats)
    room = Room(config=config)
    for seat in range(config.seats):
        if seat < count:
            room.sit(seat, dice.pick(dice.between(1, 300), dice.between(300, 3_000)))
    if dice.below(2):
        button = dice.pick(*room.state.ready_seats())
        room.state = place_button(room.state, button)
    calm = dice.between(1, 6)
    deck = shuffled(dice.digest)
    room.hands += 1
    room.do(StartHand("hand 1", deck))
    while room.state.hand is not None:
        take_turn(room, dice, calm)
    return entry_of(room)


def random_entries(seed: object, hands: int = 8, **options: Any) -> list[dict[str, Any]]:
    """Hands running at a table with every option: straddles, bomb pots, two boards; players go and
    come back, so that blinds are missed and posted, and buttons and small blinds are dead."""
    dice = Dice(seed)
    config = random_config(
        dice,
        seats=dice.between(3, 7),
        straddle=True,
        run_it_twice=True,
        ante_krw=dice.pick(0, 0, 9),
    )
    config = replace(config, bomb_pot_every=dice.pick(0, 4), bomb_pot_ante_krw=60, **options)
    room = Room(config=config)
    for seat in range(config.seats - 1):
        room.sit(seat, dice.between(400, 6_000))
    for number in range(hands):
        _come_and_go(room, dice, number)
        if len(room.state.ready_seats()) < 2:
            break
        room.hands += 1
        room.do(StartHand(f"hand {room.hands}", shuffled(Dice((seed, number)).digest)))
        while room.state.hand is not None:
            if room.state.hand.turn is None:
                _answer(room, dice)
            else:
                take_turn(room, dice, 4, may_leave=False)
    return entries_of(room)


def _come_and_go(room: Room, dice: Dice, number: int) -> None:
    for seat in sorted(room.state.seats):
        user = 100 + seat
        options = SetOptions(user, post_blinds=dice.below(3) > 0, straddle=dice.below(2) == 0)
        room.do(options)
        sitting = room.state.seats[seat]
        if sitting.stack_krw and sitting.sat_out and dice.below(2):
            room.do(SitIn(user))
        elif not sitting.sat_out and dice.below(7) == 0:
            room.do(SitOut(user))
    if number == 3:
        room.sit(room.state.config.seats - 1, dice.between(400, 2_000))


def _answer(room: Room, dice: Dice) -> None:
    hand = room.state.hand
    assert hand is not None
    assert hand.consent is not None
    seat = next(seat for seat in hand.consent.seats if seat not in hand.consent.agreed)
    room.do(Answer(100 + seat, hand.hand_id, "run_it_twice", agree=dice.below(5) > 0))


def take_turn(room: Room, dice: Dice, calm: int, *, may_leave: bool = True) -> None:
    turn = room.turn
    if may_leave and dice.below(60) == 0:
        room.leave(turn.seat)
        return
    throw = dice.below(calm + 4)
    if turn.min_raise_to_krw is not None and throw < 2:
        room.do(room.act("raise", _raise(turn, dice)))
    elif throw == 2 and turn.call_krw:
        room.do(room.act("fold"))
    else:
        room.do(room.act("call" if turn.call_krw else "check"))


def _raise(turn: TurnStarted, dice: Dice) -> int:
    least, most = turn.min_raise_to_krw, turn.max_raise_to_krw
    assert least is not None
    assert most is not None
    return int(dice.pick(least, most, dice.between(least, min(most, 3 * least)), least))


def entry_of(room: Room) -> dict[str, Any]:
    """The outbox entry of a room's last hand."""
    return entries_of(room)[-1]


def entries_of(room: Room) -> list[dict[str, Any]]:
    """The outbox entries of a room's hands."""
    recorder = HandRecorder()
    entries = recorder.outbox(room.events, at_ms=room.now_ms, config=room.state.config)
    return [entry for entry in entries if entry["kind"] == "hand"]


def stored(entry: dict[str, Any], *, table: Table | None = None) -> Hand:
    """What settlement makes of an entry, in memory."""
    hand = Hand(
        id=entry["hand_id"],
        table=table or Table(pk=3, name="Table 3", seats=9),
        number=entry["hand_no"],
        started_at=datetime.fromtimestamp(entry["started_ms"] / 1000, tz=UTC),
        finished_at=datetime.fromtimestamp(entry["finished_ms"] / 1000, tz=UTC),
        board=entry["board"],
        pot_krw=entry["pot_krw"],
        rake_krw=entry["rake_krw"],
        is_void=entry["void"],
        events=entry["events"],
        **entry["stakes"],
    )
    places, in_showdown = positions(entry["events"]), showdown_seats(entry["events"])
    players = [
        HandPlayer(
            hand=hand,
            user=User(pk=player["user_id"], nickname=f"플레이어{player['seat']}"),
            seat=player["seat"],
            stack_krw=player["stack_krw"],
            net_krw=player["net_krw"],
            hole_cards=player["cards"],
            shown=player["shown"],
            finished_at=hand.finished_at,
            position=places[player["seat"]],
            starting_hand=starting_hand(player["cards"]),
            saw_showdown=player["seat"] in in_showdown,
        )
        for player in entry["players"]
    ]
    hand._prefetched_objects_cache = {"players": players}  # type: ignore[attr-defined]
    # `hand.players.all()` asks the cached object once more.
    players_cache: Any = _Cached(players)
    hand._prefetched_objects_cache["players"] = players_cache  # type: ignore[attr-defined]
    return hand


class _Cached(list[HandPlayer]):
    def all(self) -> "_Cached":
        return self


def random_hand(seed: object, *, viewer: int | None = 0, **options: Any) -> PlayedHand:
    """A thrown hand as the player in seat `viewer` (None: staff) may see it."""
    return seen(random_entry(seed, **options), viewer=viewer)


def seen(entry: dict[str, Any], *, viewer: int | None = 0) -> PlayedHand:
    viewer_id = None
    if viewer is not None:
        viewer_id = next(p["user_id"] for p in entry["players"] if p["seat"] == viewer)
    return played(stored(entry), viewer_id=viewer_id)


def room(*stacks: int, **options: Any) -> Room:
    return Room(*stacks, config=replace(CONFIG, **options))
