"""Real games of the engine, played at random from a number, as the events that clients receive."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from tables.engine import (
    Refused,
    TableConfig,
    TableView,
    decide,
    fold,
    new_table,
    next_wakeup,
    public_view,
)
from tables.engine import commands as c
from tables.engine import events as e
from tables.engine.cards import ALL_CARDS
from tables.engine.options import RunItTwice


class Chance:
    """Repeatable chance: a stream of numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.drawn = 0

    def below(self, limit: int) -> int:
        self.drawn += 1
        digest = sha256(f"{self.seed} {self.drawn}".encode()).digest()
        return int.from_bytes(digest[:8]) % limit

    def shuffled(self, cards: tuple[str, ...]) -> tuple[str, ...]:
        keyed = [(self.below(2**60), card) for card in cards]
        return tuple(card for _, card in sorted(keyed))


class Recording:
    """A table that is played at random. `steps` are pairs: an event, and the view after it; `calls`
    say what a call would add: a view, a seat that may still act, the amount."""

    def __init__(self, seed: int, *, seats: int) -> None:
        self.chance = Chance(seed)
        config = TableConfig(
            seats=seats,
            small_blind_krw=50,
            big_blind_krw=100,
            min_buy_in_krw=100,
            max_buy_in_krw=3_000,
            ante_krw=(0, 10)[seed % 2],
            rake_bps=(0, 500)[seed % 2],
            rake_caps_krw=(200,),
            straddle=True,
            run_it_twice=True,
            rabbit_hunt=True,
            bomb_pot_every=5,
            bomb_pot_ante_krw=20,
            time_bank_ms=4_000,
            disconnect_ms=9_000,
        )
        self.state = new_table(seed, config)
        self.view = self.first = public_view(self.state)
        self.steps: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.calls: list[tuple[dict[str, Any], int, int]] = []
        self.now_ms = 1_000
        self.serial = 0

    def play(self, commands: int) -> None:
        for _ in range(commands):
            self.now_ms += self.chance.below(4_000)
            self._try(self._command())

    def play_rare_scenes(self) -> None:
        """What chance alone hardly finds: somebody straddles, somebody misses both blinds and comes
        back by posting, somebody wants another seat and thinks better of it, somebody who has
        topped up wins."""
        for seat in range(4):
            buy_in_id = self._name("buy-in")
            self._try(c.ReserveSeat(100 + seat, f"player {100 + seat}", seat, 3_000, buy_in_id))
            self._try(c.ConfirmBuyIn(buy_in_id))
            self._try(c.SetOptions(100 + seat, straddle=True))
        self._deal_and_fold(c.ChangeSeat(102, 5), c.ChangeSeat(102, 2))
        self._try(c.SitOut(101))
        for _ in range(4):
            self._deal_and_fold()
        self._try(c.SetOptions(101, post_blinds=True))
        self._try(c.SitIn(101))
        for _ in range(3):
            self._deal_and_fold()
        for _ in range(4):
            self._deal_and_fold(*self._full_top_ups())

    def _full_top_ups(self) -> list[c.Command]:
        """All that the table's maximum leaves room for; who wins the hand gets some of it back."""
        commands: list[c.Command] = []
        for _, seat in sorted(self.state.seats.items()):
            top_up_id = self._name("top-up")
            room_krw = self.state.config.max_buy_in_krw - seat.stack_krw
            commands.append(c.RequestTopUp(seat.user_id, room_krw, top_up_id))
            commands.append(c.ConfirmTopUp(top_up_id))
        return commands

    def _deal_and_fold(self, *commands: c.Command) -> None:
        """A hand that everyone gives up; `commands` come while it runs."""
        self._try(c.StartHand(self._name("hand"), self.chance.shuffled(ALL_CARDS)))
        for command in commands:
            self._try(command)
        while (hand := self.state.hand) is not None:
            assert hand.turn is not None
            user_id = self.state.seats[hand.turn.seat].user_id
            self._try(c.Act(user_id, hand.hand_id, hand.turn.turn, "fold"))

    def close(self) -> None:
        """What staff do at the end: other options, then no more hands."""
        while self.state.hand is not None:
            self.now_ms += 60_000
            self._try(c.Tick())
        self._try(c.Reconfigure(replace(self.state.config, action_ms=10_000)))
        self._try(c.CloseTable())

    def _try(self, command: c.Command) -> None:
        try:
            decision = decide(self.state, command, self.now_ms)
        except Refused:
            return
        self.state = decision.state
        for event in decision.events:
            if event.audience == "public":
                self.view = fold(self.view, event)
                self.steps.append((as_json(event), as_json(self.view)))
        self._note_calls()

    def _note_calls(self) -> None:
        hand = self.state.hand
        if hand is None or hand.turn is None:
            return
        betting, view = hand.betting, as_json(self.view)
        for index, player in enumerate(hand.players):
            if betting.statuses[index] and betting.stacks[index]:
                self.calls.append((view, player.seat, betting.call_krw(index)))

    def _command(self) -> c.Command:
        hand, rabbit, chance = self.state.hand, self.state.rabbit, self.chance.below(10)
        if hand is not None and hand.turn is not None and chance < 8:
            return self._act(hand.hand_id, hand.turn)
        if hand is not None and hand.consent is not None and chance < 8:
            return self._answer(hand.consent.deadline_ms, hand.hand_id, "run_it_twice")
        if hand is None and rabbit is not None and chance < 3:
            deadline = self.now_ms if rabbit.consent is None else rabbit.consent.deadline_ms
            return self._answer(deadline, rabbit.hand_id, "rabbit_hunt")
        if hand is None and chance < 5:
            return c.StartHand(self._name("hand"), self.chance.shuffled(ALL_CARDS))
        return self._at_the_table()

    def _act(self, hand_id: str, turn: e.TurnStarted) -> c.Command:
        seat = self.state.seats[turn.seat]
        chance = self.chance.below(20)
        if turn.max_raise_to_krw is not None and turn.min_raise_to_krw is not None and chance < 6:
            spread = turn.max_raise_to_krw - turn.min_raise_to_krw
            to_krw = turn.min_raise_to_krw + self.chance.below(spread + 1)
            all_in = turn.max_raise_to_krw
            return c.Act(
                seat.user_id, hand_id, turn.turn, "raise", all_in if chance < 2 else to_krw
            )
        if chance < 8 and turn.call_krw:
            return c.Act(seat.user_id, hand_id, turn.turn, "fold")
        if chance > 17:
            self.now_ms = turn.deadline_ms
            return c.Tick()
        return c.Act(seat.user_id, hand_id, turn.turn, "call" if turn.call_krw else "check")

    def _answer(self, deadline_ms: int, hand_id: str, choice: c.Choice) -> c.Command:
        """Mostly yes, sometimes no, sometimes too late."""
        chance = self.chance.below(20)
        if chance == 0:
            self.now_ms = max(self.now_ms, deadline_ms)
            return c.Tick()
        users = [seat.user_id for _, seat in sorted(self.state.seats.items())]
        user_id = users[self.chance.below(len(users))] if users else 0
        return c.Answer(user_id, hand_id, choice, agree=chance > 1)

    def _at_the_table(self) -> c.Command:
        """Mostly sitting down, so that there is somebody to play."""
        seat = self.chance.below(self.state.config.seats)
        user_id = 100 + self.chance.below(self.state.config.seats + 2)
        name = f"player {user_id}"
        amount_krw = 100 + self.chance.below(2_900)
        reserved = [s.buy_in_id for s in self.state.seats.values() if s.is_reserved]
        top_ups = [s.top_up.top_up_id for s in self.state.seats.values() if s.top_up]
        choices: list[c.Command] = [
            *[c.ReserveSeat(user_id, name, seat, amount_krw, self._name("buy-in"))] * 6,
            *[c.ConfirmBuyIn(buy_in_id) for buy_in_id in reserved * 4],
            *[c.CancelBuyIn(buy_in_id, "insufficient_funds") for buy_in_id in reserved],
            *[c.ConfirmTopUp(top_up_id) for top_up_id in top_ups * 3],
            *[c.CancelTopUp(top_up_id, "insufficient_funds") for top_up_id in top_ups],
            c.RequestTopUp(user_id, amount_krw, self._name("top-up")),
            *[c.SitIn(s.user_id) for s in self.state.seats.values() if s.sat_out],
            *[c.ChangeSeat(s.user_id, s.seat) for s in self.state.seats.values() if s.moves_to],
            *[c.SitOut(user_id)] * 3,
            *[c.Leave(user_id)] * 2,
            *[c.JoinWaitingList(user_id, name)] * 2,
            c.LeaveWaitingList(user_id),
            *[c.ChangeSeat(user_id, seat)] * 2,
            *[self._options(user_id)] * 2,
            c.MarkDisconnected(user_id),
            c.MarkConnected(user_id),
            c.PostChat(user_id, name, "nice hand"),
            c.ResumeClock(500),
            self._later(),
            c.VoidHand("journal_lost") if self.chance.below(8) == 0 else c.Tick(),
        ]
        return choices[self.chance.below(len(choices))]

    def _options(self, user_id: int) -> c.Command:
        answers: tuple[RunItTwice, ...] = ("ask", "yes", "no")
        return c.SetOptions(
            user_id,
            post_blinds=self.chance.below(4) > 0,
            straddle=self.chance.below(3) > 0,
            run_it_twice=answers[self.chance.below(3)],
            rabbit_hunt=self.chance.below(2) == 0,
            auto_top_up_krw=self.chance.below(2) * 1_000,
            sit_out_next_big_blind=self.chance.below(4) == 0,
        )

    def _later(self) -> c.Command:
        """The clock of an offered seat, or of whatever is next, runs out."""
        due = next_wakeup(self.state)
        self.now_ms = max(self.now_ms, due or 0)
        return c.Tick()

    def _name(self, kind: str) -> str:
        self.serial += 1
        return f"{kind} {self.serial}"


def as_json(value: e.Event | TableView) -> dict[str, Any]:
    """As it is on the wire."""
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return data
