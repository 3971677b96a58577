"""People at a table who do anything at any time: random options, and random commands.

What they do depends on what can be seen and on the generator, never on hidden cards, so that two
tables that differ only in those are asked the same.
"""

from collections.abc import Callable
from random import Random  # noqa: TID251  (a simulated table may be dealt from a seed)

from tables.engine import TableConfig, TableState, next_wakeup
from tables.engine import commands as c
from tables.engine.cards import ALL_CARDS
from tables.engine.events import PreAction
from tables.engine.hand import Consent
from tables.engine.seat import Seat

STRANGER = 1
PLANS: tuple[PreAction, ...] = ("check_fold", "check", "call", "call_any")


def random_config(random: Random, *, seats: int | None = None) -> TableConfig:
    """Any sensible mixture of options; many small numbers, so that edges are met often."""
    pick = random.choice
    big = pick([2, 3, 10, 100, 100, 1_000])
    return TableConfig(
        seats=seats or random.randint(2, 9),
        small_blind_krw=pick([big, random.randint(1, big), *[max(1, big // 2)] * 4]),
        big_blind_krw=big,
        min_buy_in_krw=1,
        max_buy_in_krw=pick([20, 40, 100, 200]) * big,
        ante_krw=pick([0, 0, 0, 1, big // 4, big]),
        straddle=pick([True, False]),
        run_it_twice=pick([True, False]),
        rabbit_hunt=pick([True, False]),
        bomb_pot_every=pick([0, 0, 2, 3, 7]),
        bomb_pot_ante_krw=pick([0, 1, 2 * big, 5 * big]),
        chat=pick([True, False]),
        action_ms=pick([1_000, 20_000]),
        time_bank_ms=pick([0, 1, 2_500, 30_000]),
        time_bank_refill_ms=pick([0, 1, 2_000]),
        disconnect_ms=pick([0, 1, 4_000, 90_000]),
        disconnect_refill_ms=pick([0, 1_000, 5_000]),
        choice_ms=pick([1_000, 8_000]),
        hand_pause_ms=pick([0, 3_000]),
        offer_ms=pick([1_000, 30_000]),
        sit_out_limit_ms=pick([5_000, 60_000, 600_000]),
        busted_limit_ms=pick([1_000, 20_000, 120_000]),
        rake_bps=pick([0, 250, 500, 1_000]),
        rake_caps_krw=pick([(), (big,), (0, big, 3 * big), (10**9,)]),
    )


def random_deck(random: Random) -> tuple[str, ...]:
    deck = list(ALL_CARDS)
    random.shuffle(deck)
    return tuple(deck)


class Crowd:
    """Says what happens next at a table, and when."""

    def __init__(self, random: Random, *, mischief: float = 0.15) -> None:
        self.random = random
        self.mischief = mischief
        self.serial = 0
        self.wanted = 9
        # Mischief by how often it is done.
        self._mischief: list[Callable[[TableState], c.Command]] = [
            *[self._sit] * 8,
            *[self._set_options] * 6,
            *[self._pre_act] * 10,
            *[self._sit_out] * 2,
            *[self._sit_in] * 3,
            *[self._leave] * 2,
            *[self._top_up] * 3,
            *[self._change_seat] * 2,
            *[self._wait] * 3,
            *[self._connect] * 2,
            *[self._disconnect] * 2,
            *[self._answer_anything] * 2,
            *[self._act_out_of_turn] * 2,
            *[lambda _: c.Tick()] * 2,
            lambda _: c.ResumeClock(self.random.randint(1, 20_000)),
            lambda _: c.PostChat(STRANGER, "guest", "hello"),
            self._cancel_pre_act,
            self._stop_waiting,
            *[self._turn_the_house_upside_down] * 2,
        ]

    def new_id(self, kind: str) -> str:
        self.serial += 1
        return f"{kind} {self.serial}"

    def next(self, state: TableState, now_ms: int) -> tuple[int, c.Command]:
        """When what is asked of the table."""
        random = self.random
        now_ms += random.choice([0, 0, 0, 1, 150, 900])
        paid = self._payment(state) if random.random() < 0.3 else None
        if paid is not None:
            return now_ms, paid
        if random.random() < self.mischief:
            return now_ms, random.choice(self._mischief)(state)
        due = next_wakeup(state)
        if due is not None and random.random() < 0.04:
            return max(now_ms, due), c.Tick()
        if state.hand is not None:
            return now_ms, self._play(state)
        return self._between_hands(state, now_ms)

    # In a hand

    def _play(self, state: TableState) -> c.Command:
        hand = state.hand
        assert hand is not None
        if hand.turn is not None:
            return self._act(state)
        assert hand.consent is not None
        return self._answer(state, hand.hand_id, "run_it_twice", hand.consent, 0.8)

    def _act(self, state: TableState) -> c.Command:
        hand = state.hand
        assert hand is not None
        assert hand.turn is not None
        turn, dice = hand.turn, self.random.random()
        action: c.Action = "call" if turn.call_krw else "check"
        to_krw = None
        if dice < 0.3:
            action = "fold"
        elif dice > 0.72 and turn.min_raise_to_krw is not None:
            action, to_krw = "raise", self._raise_to(turn.min_raise_to_krw, turn.max_raise_to_krw)
        user = state.seats[turn.seat].user_id
        return c.Act(user, hand.hand_id, turn.turn, action, to_krw)

    def _raise_to(self, least: int, most: int | None) -> int:
        assert most is not None
        choices = (least, least, min(most, 3 * least), self.random.randint(least, most), most)
        return self.random.choice(choices)

    def _answer(
        self, state: TableState, hand_id: str, choice: c.Choice, asked: Consent, yes: float
    ) -> c.Command:
        open_ = [n for n in asked.seats if n not in asked.agreed and n in state.seats]
        user = state.seats[self.random.choice(open_)].user_id if open_ else STRANGER
        return c.Answer(user, hand_id, choice, self.random.random() < yes)

    # Between hands

    def _between_hands(self, state: TableState, now_ms: int) -> tuple[int, c.Command]:
        rabbit = state.rabbit
        if rabbit is not None and self.random.random() < 0.3:
            if rabbit.consent is not None:
                ask = self._answer(state, rabbit.hand_id, "rabbit_hunt", rabbit.consent, 0.9)
                return now_ms, ask
            return now_ms, c.Answer(self._somebody(state), rabbit.hand_id, "rabbit_hunt", True)
        if not state.closed and state.free_seats() and self.random.random() < self._longing(state):
            return now_ms, self._sit(state)
        if state.next_hand_at_ms is not None:
            self.wanted = self.random.randint(2, 9) if self.random.random() < 0.1 else self.wanted
            deck = random_deck(self.random)
            return max(now_ms, state.next_hand_at_ms), c.StartHand(self.new_id("hand"), deck)
        if state.closed:
            return now_ms, c.Reconfigure(random_config(self.random, seats=9))
        ways = (self._sit, self._sit, self._sit_in, self._tick_away, self._top_up)
        return now_ms, self.random.choice(ways)(state)

    def _longing(self, state: TableState) -> float:
        """How likely somebody sits down before the next hand."""
        return 0.5 if len(state.ready_seats()) < self.wanted else 0.0

    def _tick_away(self, state: TableState) -> c.Command:
        absent = [seat.user_id for seat in state.seats.values() if seat.sat_out is not None]
        return c.Leave(self.random.choice(absent)) if absent else c.Tick()

    def _payment(self, state: TableState) -> c.Command | None:
        """The ledger's answer to a payment that is under way."""
        agrees = self.random.random() < 0.9
        for seat in state.seats.values():
            if seat.is_reserved:
                key = seat.buy_in_id
                return c.ConfirmBuyIn(key) if agrees else c.CancelBuyIn(key, "no_money")
            if seat.top_up is not None and not seat.top_up.confirmed:
                key = seat.top_up.top_up_id
                return c.ConfirmTopUp(key) if agrees else c.CancelTopUp(key, "no_money")
        return None

    # Mischief

    def _somebody(self, state: TableState) -> int:
        seated = [seat.user_id for seat in state.seats.values()]
        return self.random.choice(seated) if seated else STRANGER

    def _chips(self, state: TableState) -> int:
        big, most = state.config.big_blind_krw, state.config.max_buy_in_krw
        return self.random.choice([self.random.randint(1, 2 * big), self.random.randint(1, most)])

    def _sit(self, state: TableState) -> c.Command:
        key = self.new_id("buy-in")
        user, seat = 100 + self.serial, self.random.randrange(state.config.seats)
        offered = state.offered_seats()
        if offered and self.random.random() < 0.8:
            seat, user = self.random.choice(sorted(offered.items()))
        free = state.free_seats()
        if free and self.random.random() < 0.8:
            seat = self.random.choice(free)
        posts = self.random.random() < 0.5
        return c.ReserveSeat(user, f"p{user}", seat, self._chips(state), key, post_blinds=posts)

    def _set_options(self, state: TableState) -> c.Command:
        pick = self.random.choice
        most = state.config.max_buy_in_krw
        rarely = pick([None, None, None, None, None, True, False])
        return c.SetOptions(
            self._somebody(state),
            post_blinds=pick([None, True, False]),
            straddle=pick([None, True, False]) if state.config.straddle else None,
            run_it_twice=pick([None, "ask", "yes", "no"]),
            rabbit_hunt=pick([None, True, False]),
            auto_top_up_krw=pick([None, None, None, 0, most // 2, most]),
            sit_out_next_big_blind=rarely,
            leave_after_hand=pick([None, None, None, None, None, None, True, False]),
        )

    def _pre_act(self, state: TableState) -> c.Command:
        hand = state.hand
        if hand is None:
            return c.PreAct(self._somebody(state), "none", "check_fold")
        waiting = [p for p in hand.players if hand.turn is None or p.seat != hand.turn.seat]
        player = self.random.choice(waiting or hand.players)
        action = self.random.choice(PLANS)
        call_krw = hand.betting.call_krw(hand.index(player.seat)) if action == "call" else None
        return c.PreAct(player.user_id, hand.hand_id, action, call_krw)

    def _cancel_pre_act(self, state: TableState) -> c.Command:
        planned = sorted(state.hand.pre_actions) if state.hand is not None else []
        user = state.seats[self.random.choice(planned)].user_id if planned else STRANGER
        return c.CancelPreAct(user)

    def _sit_out(self, state: TableState) -> c.Command:
        return c.SitOut(self._somebody(state))

    def _sit_in(self, state: TableState) -> c.Command:
        absent = [seat.user_id for seat in state.seats.values() if seat.sat_out is not None]
        return c.SitIn(self.random.choice(absent) if absent else self._somebody(state))

    def _leave(self, state: TableState) -> c.Command:
        return c.Leave(self._somebody(state))

    def _top_up(self, state: TableState) -> c.Command:
        seats = [seat for seat in state.seats.values() if not seat.is_reserved]
        seat: Seat | None = self.random.choice(seats) if seats else None
        amount = self._chips(state)
        if seat is not None and self.random.random() < 0.8:
            amount = max(1, state.config.max_buy_in_krw - seat.stack_krw)
        user = STRANGER if seat is None else seat.user_id
        return c.RequestTopUp(user, amount, self.new_id("top-up"))

    def _change_seat(self, state: TableState) -> c.Command:
        seat = self.random.randrange(-1, state.config.seats + 1)
        return c.ChangeSeat(self._somebody(state), seat)

    def _wait(self, state: TableState) -> c.Command:
        user = self.random.choice([100 + self.serial, 10, 11, 12, 13])
        return c.JoinWaitingList(user, f"p{user}")

    def _stop_waiting(self, state: TableState) -> c.Command:
        users = [waiter.user_id for waiter in state.waiting]
        return c.LeaveWaitingList(self.random.choice(users) if users else STRANGER)

    def _connect(self, state: TableState) -> c.Command:
        return c.MarkConnected(self._somebody(state))

    def _disconnect(self, state: TableState) -> c.Command:
        return c.MarkDisconnected(self._somebody(state))

    def _answer_anything(self, state: TableState) -> c.Command:
        hand_id = state.hand.hand_id if state.hand is not None else "none"
        choice: c.Choice = self.random.choice(("run_it_twice", "rabbit_hunt"))
        return c.Answer(self._somebody(state), hand_id, choice, self.random.random() < 0.5)

    def _act_out_of_turn(self, state: TableState) -> c.Command:
        hand_id = state.hand.hand_id if state.hand is not None else "none"
        action: c.Action = self.random.choice(("fold", "check", "call", "raise"))
        to_krw = self.random.choice([None, self._chips(state)])
        turn = self.random.randint(-1, 9)
        return c.Act(self._somebody(state), hand_id, turn, action, to_krw)

    def _turn_the_house_upside_down(self, state: TableState) -> c.Command:
        """A void hand; between hands, other options or a closed table."""
        if state.hand is not None:
            return c.VoidHand("test") if self.random.random() < 0.4 else c.Tick()
        dice = self.random.random()
        if dice < 0.2:
            return c.CloseTable(only_if_empty=self.random.random() < 0.5)
        taken = max((*state.seats, *state.offered_seats()), default=1)
        seats = self.random.randint(max(2, taken + 1), 9)
        return c.Reconfigure(random_config(self.random, seats=seats))
