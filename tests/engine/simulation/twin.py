"""Two tables that differ only in cards that somebody must not see are the same to them."""

from collections.abc import Iterable
from itertools import zip_longest
from random import Random  # noqa: TID251  (a simulated table may be dealt from a seed)

from tables.engine import Refused, TableState, decide, private_events, public_view
from tables.engine import commands as c
from tables.engine import events as e
from tables.engine.events import Event
from tests.engine.simulation.crowd import random_deck
from tests.engine.simulation.table import Simulation

Outcome = list[Event] | str
SHOWDOWN = e.HandShown | e.HandMucked
REVEALING = SHOWDOWN | e.RabbitHuntShown


class Twins:
    """A hand that is dealt twice, from different decks, at a random table."""

    def __init__(self, seed: int, *, warm_up: int = 2) -> None:
        self.random = Random(seed)
        self.table = Simulation(seed, probes=0, stores=0)
        self.table.play(warm_up)
        while len(self.table.state.ready_seats()) < 2 or self.table.state.hand is not None:
            self.table.step()
        state = self.table.state
        self.user = state.seats[self.random.choice(state.ready_seats())].user_id
        self.deck = random_deck(self.random)

    def play_until_revealed(self, *, board: int) -> int:
        """The second deck has the same cards for `user` and the same first `board` cards of the
        board. Up to a showdown, a card after those or a rabbit hunt, `user` and people who only
        watch must see the same. Gives the number of commands compared."""
        ours, events = _decide(self.table.state, c.StartHand("twin", self.deck), self.table.now_ms)
        start = c.StartHand("twin", self._other_deck(self._hidden(events, board)))
        theirs, same = _decide(self.table.state, start, self.table.now_ms)
        before, compared = self.table.state, 0
        while not self._is_revealed(before, ours, events, same, board):
            self._verify_views(ours, theirs)
            compared += 1
            self.table.now_ms, command = self.table.crowd.next(ours, self.table.now_ms)
            if isinstance(command, c.StartHand):
                break
            before = ours
            ours, events = _decide(ours, command, self.table.now_ms)
            theirs, same = _decide(theirs, command, self.table.now_ms)
        return compared

    def play_with_other_folded_cards(self) -> int:
        """Only cards that nobody showed down or will be dealt differ: nobody else must ever notice.
        Gives the number of places where the decks differ."""
        steps: list[tuple[int, c.Command]] = []
        states, outcomes = [self.table.state], []
        command: c.Command = c.StartHand("twin", self.deck)
        while not steps or not isinstance(command, c.StartHand):
            steps.append((self.table.now_ms, command))
            state, outcome = _decide(states[-1], command, self.table.now_ms)
            states.append(state)
            outcomes.append(outcome)
            self.table.now_ms, command = self.table.crowd.next(state, self.table.now_ms)
        hidden = self._folded(outcomes)
        state = self.table.state
        steps[0] = steps[0][0], c.StartHand("twin", self._other_deck(hidden))
        for (now_ms, step), expected, outcome in zip(steps, states[1:], outcomes, strict=True):
            state, same = _decide(state, step, now_ms)
            assert _seen(outcome, None) == _seen(same, None)
            assert public_view(expected) == public_view(state)
        return len(hidden)

    def _other_deck(self, hidden: list[int]) -> tuple[str, ...]:
        """The deck with the cards of these places in another order."""
        cards = [self.deck[place] for place in hidden]
        self.random.shuffle(cards)
        other = list(self.deck)
        for place, card in zip(hidden, cards, strict=True):
            other[place] = card
        return tuple(other)

    def _hidden(self, events: Outcome, board: int) -> list[int]:
        """The places of the deck that `user` does not know."""
        users = [player.user_id for player in _dealt(events)]
        count = len(users)
        known = set(range(2 * count, 2 * count + board))
        if self.user in users:
            place = users.index(self.user)
            known |= {place, count + place}
        return [place for place in range(52) if place not in known]

    def _folded(self, outcomes: list[Outcome]) -> list[int]:
        """The places of folded cards, and of those that no board and no rabbit hunt needs."""
        players = _dealt(outcomes[0])
        count = len(players)
        every = [event for events in outcomes if not isinstance(events, str) for event in events]
        at_showdown = {event.seat for event in every if isinstance(event, SHOWDOWN)}
        folded = [i for i, player in enumerate(players) if player.seat not in at_showdown]
        holes = [place for i in folded for place in (i, count + i)]
        return holes + list(range(2 * count + 10, 52))

    def _verify_views(self, ours: TableState, theirs: TableState) -> None:
        assert public_view(ours) == public_view(theirs)
        assert private_events(ours, self.user) == private_events(theirs, self.user)

    def _is_revealed(
        self, before: TableState, after: TableState, ours: Outcome, theirs: Outcome, known: int
    ) -> bool:
        """Whether hidden cards rightly show; up to there both sides must have seen the same."""
        seat = before.seat_of(self.user) or after.seat_of(self.user)
        number = None if seat is None else seat.seat
        board = len(before.hand.board) if before.hand is not None else 0
        for one, two in zip_longest(_seen(ours, number), _seen(theirs, number)):
            if isinstance(one, REVEALING) or isinstance(two, REVEALING):
                return True
            if isinstance(one, e.StreetDealt):
                board += len(one.cards)
                if board > known:
                    assert isinstance(two, e.StreetDealt)
                    return True
            assert one == two, f"{one} / {two}"
        return False


def _decide(state: TableState, command: c.Command, now_ms: int) -> tuple[TableState, Outcome]:
    try:
        decision = decide(state, command, now_ms)
    except Refused as refused:
        return state, f"{refused.code} {refused.params}"
    return decision.state, list(decision.events)


def _dealt(events: Outcome) -> tuple[e.DealtIn, ...]:
    """Who is dealt in, clockwise from left of the button."""
    started = (event for event in events if isinstance(event, e.HandStarted))
    return next((event.players for event in started), ())


def _seen(events: Outcome, seat: int | None) -> list[Event | str]:
    """What is public, and what is the seat's own; or the refusal."""
    if isinstance(events, str):
        return [events]
    return list(_visible(events, seat))


def _visible(events: Iterable[Event], seat: int | None) -> Iterable[Event]:
    for event in events:
        own = event.audience == "owner" and getattr(event, "seat", None) == seat
        if own or event.audience == "public":
            yield event
