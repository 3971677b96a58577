"""What holds for every table, whatever is played at it."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tables.engine import (
    Refused,
    TableConfig,
    TableState,
    apply,
    command_from_data,
    decide,
    dump,
    event_from_data,
    fold,
    load,
    new_table,
    public_view,
    to_data,
)
from tables.engine import commands as c
from tables.engine.cards import ALL_CARDS
from tables.engine.events import ChipsAdded, Event, HandFinished, SeatLeft, SeatTaken

thorough = settings(max_examples=60, deadline=None)

configs = st.builds(
    TableConfig,
    seats=st.integers(2, 9),
    small_blind_krw=st.integers(1, 50),
    big_blind_krw=st.integers(50, 120),
    min_buy_in_krw=st.just(1),
    max_buy_in_krw=st.just(3_000),
    ante_krw=st.sampled_from([0, 0, 7, 30]),
    rake_bps=st.sampled_from([0, 500]),
    rake_caps_krw=st.sampled_from([(), (25,), (0, 25, 1_000)]),
)
small_or_large = st.one_of(st.integers(1, 250), st.integers(250, 3_000))


class Player:
    """Plays a table at random, one decision after the other, and checks each."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.state: TableState = new_table(1, data.draw(configs))
        self.view = public_view(self.state)
        self.now_ms = 1_000
        self.serial = 0
        self.bought_krw = 0

    def do(self, command: c.Command) -> tuple[Event, ...]:
        """Carry out a command that must be accepted; replay, view and money must agree."""
        command = command_from_data(_through_json(to_data(command)))
        before = dump(self.state)
        decision = decide(self.state, command, self.now_ms)
        assert dump(self.state) == before
        replayed = self.state
        for event in decision.events:
            replayed = apply(replayed, event_from_data(_through_json(to_data(event))))
            self.view = fold(self.view, event)
            assert self.view == public_view(replayed)
            self._count(event, replayed)
        assert dump(replayed) == dump(decision.state)
        self.state = load(_through_json(dump(replayed)))
        assert dump(self.state) == dump(decision.state)
        return decision.events

    def try_to(self, command: c.Command) -> None:
        """A command that may be refused; then nothing changes."""
        before = dump(self.state)
        try:
            decide(self.state, command, self.now_ms)
        except Refused:
            assert dump(self.state) == before
        else:
            self.do(command)

    def _count(self, event: Event, state: TableState) -> None:
        """Chips come only by buying in and go only by leaving and rake, at every event."""
        match event:
            case SeatTaken(stack_krw=stack):
                self.bought_krw += stack
            case ChipsAdded(amount_krw=amount):
                self.bought_krw += amount
            case SeatLeft(stack_krw=stack):
                self.bought_krw -= stack
            case HandFinished():
                self.bought_krw -= event.rake_krw
                assert sum(result.net_krw for result in event.results) == -event.rake_krw
        hand = state.hand
        if hand is None:
            assert sum(seat.stack_krw for seat in state.seats.values()) == self.bought_krw
            return
        playing = [seat for seat in self.view.seats if seat.in_hand]
        waiting = sum(seat.stack_krw for seat in state.seats.values() if not hand.plays(seat.seat))
        stacks = sum(seat.stack_krw for seat in playing) - sum(hand.awarded_krw)
        assert all(seat.stack_krw >= 0 and seat.bet_krw >= 0 for seat in playing)
        assert stacks + hand.pot_krw + waiting == self.bought_krw
        assert sum(hand.awarded_krw) + hand.rake_krw <= hand.pot_krw

    def new_id(self) -> str:
        self.serial += 1
        return f"id {self.serial}"

    def sit(self) -> None:
        seat = self.data.draw(st.integers(0, self.state.config.seats - 1))
        if seat not in self.state.seats:
            key = self.new_id()
            user = 100 + self.serial
            self.do(c.ReserveSeat(user, key, seat, self.data.draw(small_or_large), key))
            if self.data.draw(st.booleans()):
                self.do(c.ConfirmBuyIn(key))

    def act(self) -> None:
        """What is offered is accepted, what is not is refused."""
        assert self.state.hand is not None
        turn = self.state.hand.turn
        assert turn is not None, "the hand is running, so somebody is asked"
        user = self.state.seats[turn.seat].user_id
        action = self.data.draw(st.sampled_from(["fold", "check", "call", "call", "raise"]))
        to_krw = None
        least, most = turn.min_raise_to_krw, turn.max_raise_to_krw
        legal = action == "fold" or (action == "check") == (turn.call_krw == 0)
        if action == "raise":
            to_krw = self.data.draw(st.one_of(st.integers(0, 3_000), st.just(most or 0)))
            if least is not None and self.data.draw(st.booleans()):
                to_krw = least
            legal = least is not None and most is not None and least <= to_krw <= most
        command = c.Act(user, self.state.hand.hand_id, turn.turn, action, to_krw)  # type: ignore[arg-type]
        try:
            decide(self.state, command, self.now_ms)
        except Refused:
            assert not legal
        else:
            assert legal
            self.do(command)

    def meddle(self) -> None:
        """Anything else that may happen at a table, at any time."""
        users = [seat.user_id for seat in self.state.seats.values()] or [1]
        user = self.data.draw(st.sampled_from(users))
        top_ups = [s.top_up.top_up_id for s in self.state.seats.values() if s.top_up] or ["x"]
        buy_ins = [s.buy_in_id for s in self.state.seats.values() if s.is_reserved] or ["x"]
        self.now_ms += self.data.draw(st.sampled_from([0, 100, 25_000, 700_000]))
        commands: list[c.Command] = [
            c.Leave(user),
            c.SitOut(user),
            c.SitIn(user),
            c.RequestTopUp(user, self.data.draw(small_or_large), self.new_id()),
            c.ConfirmTopUp(self.data.draw(st.sampled_from(top_ups))),
            c.CancelTopUp(top_ups[0], "refused"),
            c.ConfirmBuyIn(buy_ins[0]),
            c.CancelBuyIn(buy_ins[0], "refused"),
            c.MarkConnected(user),
            c.MarkDisconnected(user),
            c.Tick(),
            c.Tick(),
            c.ResumeClock(500),
            c.VoidHand("test"),
        ]
        self.try_to(self.data.draw(st.sampled_from(commands)))


def _through_json(data: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(json.dumps(data))
    return result


@thorough
@given(st.data())
def test_a_table_stays_sound_whatever_is_played(data: st.DataObject) -> None:
    player = Player(data)
    for _ in range(data.draw(st.integers(2, 12))):
        player.sit()
    for _ in range(data.draw(st.integers(1, 40))):
        if player.state.hand is None:
            player.sit()
            if len(player.state.ready_seats()) >= 2:
                deck = data.draw(st.permutations(ALL_CARDS))
                player.do(c.StartHand(player.new_id(), tuple(deck)))
        elif data.draw(st.integers(0, 4)):
            player.act()
        if not data.draw(st.integers(0, 3)):
            player.meddle()


@thorough
@given(st.data())
def test_what_is_seen_does_not_depend_on_cards_that_are_hidden(data: st.DataObject) -> None:
    """Two hands that differ only in what the others hold look the same until cards are shown."""
    deck = data.draw(st.permutations(ALL_CARDS))
    count = data.draw(st.integers(2, 6))
    hidden = [i for i in range(52) if i % count and i < 2 * count] + list(range(2 * count + 5, 52))
    shuffled = data.draw(st.permutations([deck[i] for i in hidden]))
    other = list(deck)
    for place, card in zip(hidden, shuffled, strict=True):
        other[place] = card
    first, second = (_seated(count) for _ in range(2))
    events, same = (
        decide(state, c.StartHand("h", tuple(cards)), 0)
        for state, cards in ((first, deck), (second, other))
    )
    while True:
        ours = [event for event in events.events if _seen_by(events.state, event)]
        theirs = [event for event in same.events if _seen_by(same.state, event)]
        if any("hand_shown" in to_data(event)["type"] for event in ours + theirs):
            break
        assert ours == theirs
        assert public_view(events.state) == public_view(same.state)
        if events.state.hand is None:
            break
        command = _any_action(data, events.state)
        events, same = (decide(step.state, command, 0) for step in (events, same))


def _seated(count: int) -> TableState:
    state = new_table(1, TableConfig(count, 50, 100, 1, 3_000))
    for seat in range(count):
        reserve = c.ReserveSeat(seat, f"p{seat}", seat, 1_000 + 100 * seat, f"b{seat}")
        state = decide(state, reserve, 0).state
        state = decide(state, c.ConfirmBuyIn(f"b{seat}"), 0).state
    return state


def _seen_by(state: TableState, event: Event) -> bool:
    """Public, or the cards of the player left of the button, who looks on."""
    if event.audience == "owner":
        return getattr(event, "seat", None) == (1 % len(state.seats))
    return event.audience == "public"


def _any_action(data: st.DataObject, state: TableState) -> c.Command:
    assert state.hand is not None
    turn = state.hand.turn
    assert turn is not None
    to_krw = turn.min_raise_to_krw
    actions = ["fold", "check" if turn.call_krw == 0 else "call"]
    actions += [] if to_krw is None else ["raise"]
    action = data.draw(st.sampled_from(actions))
    user = state.seats[turn.seat].user_id
    raise_to = to_krw if action == "raise" else None
    return c.Act(user, "h", turn.turn, action, raise_to)  # type: ignore[arg-type]
