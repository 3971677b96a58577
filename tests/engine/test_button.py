"""Where button and blinds come to lie while players come, go and move between hands.

What must hold of every deal is in `simulation.watch`; here it meets few seats and much coming and
going, which leads to the corners between two players and three.
"""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tables.engine import Refused, TableState, decide, new_table
from tables.engine import commands as c
from tables.engine.cards import ALL_CARDS
from tests.engine.room import CONFIG
from tests.engine.simulation.watch import Watch

SEATS = 5
PLAYERS = (101, 102, 103, 104)
Step = tuple[str, int, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(["deal", "deal", "deal", "move", "move", "sit", "leave", "away", "back"]),
        st.sampled_from(PLAYERS),
        st.integers(0, SEATS - 1),
    ),
    min_size=10,
    max_size=60,
)


@dataclass
class Table:
    """A table that is watched. Who is refused has asked for nothing."""

    bomb_pot_every: int = 0
    posts: bool = False
    state: TableState = field(init=False)
    watch: Watch = field(init=False)
    serial: int = 0

    def __post_init__(self) -> None:
        config = replace(
            CONFIG, seats=SEATS, bomb_pot_every=self.bomb_pot_every, bomb_pot_ante_krw=10
        )
        self.state = new_table(1, config)
        self.watch = Watch(self.state)
        for seat, user in enumerate(PLAYERS[:3]):
            self.sit(user, seat)

    def do(self, command: c.Command) -> None:
        try:
            decision = decide(self.state, command, 0)
        except Refused:
            return
        self.state = decision.state
        for event in decision.events:
            self.watch.see(event)
        self.watch.settle()

    def sit(self, user: int, seat: int) -> None:
        self.serial += 1
        key = f"buy-in {self.serial}"
        posts = self.posts and user % 2 == 0
        self.do(c.ReserveSeat(user, f"p{user}", seat, 5_000, key, post_blinds=posts))
        self.do(c.ConfirmBuyIn(key))

    def deal(self, *, void: bool) -> None:
        """A hand that everybody folds, or one that is called off."""
        self.serial += 1
        self.do(c.StartHand(f"hand {self.serial}", ALL_CARDS))
        if void:
            self.do(c.VoidHand("test"))
        while (hand := self.state.hand) is not None:
            assert hand.turn is not None
            user = self.state.seats[hand.turn.seat].user_id
            self.do(c.Act(user, hand.hand_id, hand.turn.turn, "fold"))

    def take(self, step: Step) -> None:
        kind, user, seat = step
        match kind:
            case "deal":
                self.deal(void=(user, seat) == (PLAYERS[0], 0))
            case "move":
                self.do(c.ChangeSeat(user, seat))
            case "sit":
                self.sit(user, seat)
            case "leave":
                self.do(c.Leave(user))
            case "away":
                self.do(c.SitOut(user))
            case "back":
                self.do(c.SitIn(user))


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([0, 3]), st.booleans())
def test_the_places_are_sound_however_players_come_and_go(
    steps: list[Step], bomb_pot_every: int, posts: bool
) -> None:
    table = Table(bomb_pot_every, posts)
    for step in steps:
        table.take(step)


@settings(max_examples=100, deadline=None)
@given(steps, st.integers(3, SEATS))
def test_two_who_play_on_at_a_smaller_table_take_turns(steps: list[Step], seats: int) -> None:
    """The table changes its size after every hand, as far as its players let it."""
    table = Table()
    for step in steps:
        table.take(step)
        size = seats if table.state.config.seats == SEATS else SEATS
        table.do(c.Reconfigure(replace(table.state.config, seats=size)))
