"""What must hold at a table after every event, and when a command is done."""

from collections import Counter
from typing import Any

from msgspec import to_builtins

from tables.engine import TableState, fold, next_wakeup, public_view
from tables.engine import events as e
from tables.engine.apply_event import APPLY
from tables.engine.hand import HandState


class Watch:
    """Follows a table by its events alone: as a journal's reader (`state`) and as a client
    (`view`)."""

    def __init__(self, state: TableState) -> None:
        self.state = state.fork()
        self.view = public_view(state)
        self.bought_krw = sum(seat.stack_krw for seat in state.seats.values())
        self.counts: Counter[str] = Counter()
        # Whose the last big blinds were; the last one goes when its hand is void.
        self.big_blinds: list[int] = []

    def see(self, event: e.Event) -> None:
        if isinstance(event, e.HandFinished):
            self._check_result(event)
        elif isinstance(event, e.HandStarted):
            self._check_places(event)
        elif isinstance(event, e.HandVoided):
            self.big_blinds.pop()
        elif isinstance(event, e.PreActionSet):
            assert not self.state.seats[event.seat].leaving
        elif isinstance(event, e.DeadBlindPosted) or (
            isinstance(event, e.BlindPosted) and event.kind == "post"
        ):
            self._check_post(event.seat)
        APPLY[type(event)](self.state, event)
        self.view = fold(self.view, event)
        self.counts[type(event).__name__] += 1
        self._count_money(event)
        seen = public_view(self.state)
        assert self.view == seen, (
            f"after {event} a client sees something else: {_apart(self, seen)}"
        )
        self._check_chips()
        if isinstance(event, e.TurnStarted):
            self._check_turn(event)
        elif isinstance(event, e.BetsCollected):
            self._check_pots(event.pots)
        elif isinstance(event, e.PotAwarded):
            eligible = self._hand().pots[event.pot].seats
            assert {part.seat for part in event.shares} <= set(eligible)
            assert all(part.amount_krw > 0 for part in event.shares)

    # Chips

    def _count_money(self, event: e.Event) -> None:
        """Chips come by buying in and go by leaving and by rake."""
        match event:
            case e.SeatTaken(stack_krw=stack):
                self.bought_krw += stack
            case e.ChipsAdded(amount_krw=amount):
                assert self.state.hand is None or not self.state.in_hand(event.seat)
                self.bought_krw += amount
            case e.SeatLeft(stack_krw=stack):
                assert not self.state.in_hand(event.seat)
                self.bought_krw -= stack
            case e.HandFinished():
                self.bought_krw -= event.rake_krw
                assert sum(result.net_krw for result in event.results) == -event.rake_krw
                assert all(result.stack_krw >= 0 for result in event.results)

    def _check_chips(self) -> None:
        """Every chip is in a stack or in a pot, and no number is below zero."""
        hand = self.state.hand
        if hand is None:
            chips = 0
            for seat in self.state.seats.values():
                assert seat.stack_krw >= 0
                chips += seat.stack_krw
        else:
            dealt = {player.seat for player in hand.players}
            betting, pot = hand.betting, hand.pot_krw
            waiting = sum(
                s.stack_krw for number, s in self.state.seats.items() if number not in dealt
            )
            chips = waiting + sum(betting.stacks) + pot
            assert min(betting.stacks) >= 0
            assert min(betting.bets) >= 0
            assert sum(betting.bets) <= pot
            assert sum(hand.awarded_krw) + hand.rake_krw <= pot
        assert chips == self.bought_krw, "chips were made or lost"

    def _check_pots(self, pots: tuple[e.Pot, ...]) -> None:
        hand = self._hand()
        live = set(hand.live_seats())
        assert sum(pot.amount_krw for pot in pots) == hand.pot_krw
        assert all(pot.amount_krw > 0 and pot.seats and live.issuperset(pot.seats) for pot in pots)

    def _check_result(self, event: e.HandFinished) -> None:
        """All of the pot is paid out but a lawful rake, and nobody wins more from another than
        they risked (side pots); dead blinds are anyone's."""
        hand, config = self._hand(), self.state.config
        assert sum(hand.awarded_krw) + event.rake_krw == hand.pot_krw
        most = min(hand.pot_krw * config.rake_bps // 10_000, config.rake_cap_krw(len(hand.players)))
        assert event.rake_krw == (most if hand.board else 0)
        risked = [-p - d for p, d in zip(hand.betting.payoffs, hand.dead_krw, strict=True)]
        for mine, won in zip(risked, hand.awarded_krw, strict=True):
            assert won <= sum(min(mine, other) for other in risked) + sum(hand.dead_krw)

    # Who plays, and whose turn it is

    def _check_places(self, event: e.HandStarted) -> None:
        """Who is ready and owes nothing is dealt in; heads-up the button posts the small blind, and
        nobody the big one twice running. Between more, only who chose to sit down where the big
        blind comes next."""
        state, dealt = self.state, {player.seat: player for player in event.players}
        order = [player.seat for player in event.players]
        ready = state.ready_seats()
        assert dealt.keys() <= set(ready)
        assert all(number in dealt for number in ready if not state.seats[number].debts)
        assert event.big_blind_seat in dealt
        if len(dealt) == 2:
            assert event.small_blind_seat in (event.button_seat, None)
            assert order == [event.big_blind_seat, event.button_seat]
        else:
            assert event.big_blind_seat != event.button_seat
        if event.small_blind_seat is not None and len(dealt) > 2:
            small, big = order.index(event.small_blind_seat), order.index(event.big_blind_seat)
            assert small < big, "the big blind is in front of the small one"
        user = dealt[event.big_blind_seat].user_id
        moved = len(dealt) > 2 and state.seats[event.big_blind_seat].debts.new
        assert moved or user not in self.big_blinds[-1:], "the big blind is posted twice running"
        self.big_blinds = [*self.big_blinds[-1:], user]

    def _check_post(self, number: int) -> None:
        """Who posts to come in sits between the big blind and the button."""
        hand = self._hand()
        assert number != hand.button_seat
        assert hand.index(number) > hand.index(hand.big_blind_seat)

    def _hand(self) -> HandState:
        assert self.state.hand is not None
        return self.state.hand

    def _check_turn(self, turn: e.TurnStarted) -> None:
        hand = self._hand()
        betting, index = hand.betting, hand.index(turn.seat)
        stack, bet = betting.stacks[index], betting.bets[index]
        assert betting.statuses[index], "who has folded is asked"
        assert not self.state.seats[turn.seat].leaving
        assert 0 <= turn.call_krw <= stack
        assert stack > 0
        assert len(hand.live_seats()) > 1, "nobody is left to play against"
        if turn.min_raise_to_krw is None:
            assert turn.max_raise_to_krw is None
        else:
            assert turn.max_raise_to_krw == bet + stack
            assert max(betting.bets) < turn.min_raise_to_krw <= bet + stack
        assert turn.turn == hand.turns

    def settle(self) -> None:
        """A command is done: somebody must act, or the hand is over and the table in order."""
        state = self.state
        assert all(number == seat.seat for number, seat in state.seats.items())
        users = [seat.user_id for seat in state.seats.values()]
        users += [waiter.user_id for waiter in state.waiting]
        assert len(set(users)) == len(users), "somebody is here twice"
        assert all(s.time_bank_ms >= 0 and s.disconnect_ms >= 0 for s in state.seats.values())
        if any(waiter.seat is None for waiter in state.waiting):
            assert state.closed or not state.free_seats(), "a seat is free and people wait"
        if state.hand is None:
            self._check_between_hands()
        else:
            self._check_in_hand(state.hand)

    def _check_in_hand(self, hand: HandState) -> None:
        assert next_wakeup(self.state) is not None
        assert (hand.turn is None) != (hand.consent is None), "nobody is to act"
        assert all(player.seat in self.state.seats for player in hand.players)
        if hand.turn is not None:
            assert hand.index(hand.turn.seat) == hand.betting.actor_index
        assert hand.extra is None or hand.turn is not None
        assert not any(self.state.seats[number].leaving for number in hand.pre_actions)

    def _check_between_hands(self) -> None:
        state = self.state
        ready = len(state.ready_seats()) >= 2
        assert (state.next_hand_at_ms is not None) == ready, "the next hand is not scheduled"
        for seat in state.seats.values():
            assert seat.awaits_payment or not seat.leaving, "who has left is still here"
            assert seat.top_up is None or not seat.top_up.confirmed
            assert seat.moves_to is None
            if not seat.stack_krw:
                assert seat.is_reserved or seat.leaving or seat.sat_out is not None


def _apart(watch: Watch, seen: Any) -> str:
    """Where two views differ."""
    ours, theirs = to_builtins(watch.view), to_builtins(seen)
    apart = [
        f"{name}: {ours[name]} / {theirs[name]}" for name in ours if ours[name] != theirs[name]
    ]
    return "; ".join(apart)
