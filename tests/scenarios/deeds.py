"""What takes more than one command: coming to the table, dealing, time going by."""

from tables.engine import commands as c
from tables.engine.events import HandStarted, HoleCardsDealt
from tests.scenarios.sentences import deed, fact
from tests.scenarios.table import Table


@deed("{who} takes seat {n} with {krw}")
def takes_seat(table: Table, who: str, n: int, krw: int, *, posts: bool = False) -> None:
    buy_in = f"buy-in {table.new_id()}"
    table.do(c.ReserveSeat(table.meet(who), who, n - 1, krw, buy_in, post_blinds=posts))
    table.do(c.ConfirmBuyIn(buy_in))


@deed("{who} takes seat {n} with {krw} and will post")
def takes_seat_and_posts(table: Table, who: str, n: int, krw: int) -> None:
    takes_seat(table, who, n, krw, posts=True)


@deed("{who} adds {krw}")
def adds(table: Table, who: str, krw: int) -> None:
    top_up = f"top-up {table.new_id()}"
    table.do(c.RequestTopUp(table.user(who), krw, top_up))
    table.do(c.ConfirmTopUp(top_up))


# The deal


@deed("Next hand: button {place}, small blind {blind}, big blind {who}")
def next_hand(table: Table, place: str, blind: str, who: str) -> None:
    table.deal()
    places(table, place, blind, who)


@deed("Next hand is a bomb pot: button {place}")
def next_bomb_pot(table: Table, place: str) -> None:
    table.deal()
    started = table.last(HandStarted)
    assert started.bomb_pot, "it is none"
    assert_place(table, place, started.button_seat)


@deed("Next hand cannot start")
def no_next_hand(table: Table) -> None:
    """Either it is refused, or nobody is dealt in by it."""
    if table.accepts(c.StartHand("none", table.cards.deck([]))):
        table.deal()
        assert table.state.hand is None, "a hand is dealt"
    assert table.state.next_hand_at_ms is None


def places(table: Table, place: str, blind: str, who: str) -> None:
    """Where button and blinds of the hand are."""
    started = table.last(HandStarted)
    assert not started.bomb_pot, "it is a bomb pot"
    assert_place(table, place, started.button_seat)
    small = started.small_blind_seat
    found = "none" if small is None else table.name_of(small)
    assert found == blind, f"the small blind is {found}"
    big = table.name_of(started.big_blind_seat)
    assert big == who, f"the big blind is {big}"


def assert_place(table: Table, place: str, seat: int) -> None:
    """A name is a player who plays the hand there; `seat 3`: nobody plays it there."""
    playing = {player.seat for player in table.last(HandStarted).players}
    found = table.name_of(seat) if seat in playing else f"seat {seat + 1}"
    assert found == place, f"the button is at {found}"


# Cards that the deck was arranged for


@fact("{who} holds {cards}")
def holds(table: Table, who: str, cards: list[str]) -> None:
    place = table.place(who)
    found = [event.cards for event in table.all(HoleCardsDealt) if event.seat == place]
    assert found == [tuple(cards)], f"{who} was dealt {found}"


@fact("Flop {cards}", "Turn {cards}", "River {cards}", "Board {cards}")
def board(table: Table, cards: list[str]) -> None:
    """These are the last cards on the board."""
    view = table.view.hand
    assert view is not None, "no hand was played"
    found = list(view.board[-len(cards) :])
    assert found == cards, f"the board is {' '.join(view.board)}"


@fact("Second board {cards}")
def second_board(table: Table, cards: list[str]) -> None:
    view = table.view.hand
    assert view is not None
    assert list(view.second_board) == cards, f"the second board is {' '.join(view.second_board)}"


@fact("Rabbit {cards}")
def rabbit(table: Table, cards: list[str]) -> None:
    view = table.view.hand
    assert view is not None
    assert list(view.rabbit) == cards, f"the rabbit is {' '.join(view.rabbit)}"


# Many actions at once


@deed("Everyone folds")
def everyone_folds(table: Table) -> None:
    """Each in turn, until one is left."""
    while table.state.hand is not None:
        _act(table, "fold")


@deed("Everyone checks")
def everyone_checks(table: Table) -> None:
    """Each in turn, until the street is over."""
    street = table.hand.street
    while table.state.hand is not None and table.state.hand.street == street:
        _act(table, "check")


@deed("It is checked down")
def checked_down(table: Table) -> None:
    """Nobody bets any more."""
    while table.state.hand is not None:
        _act(table, "check")


def _act(table: Table, action: c.Action) -> None:
    turn = table.hand.turn
    assert turn is not None, "nobody is asked"
    user = table.state.seats[turn.seat].user_id
    table.do(c.Act(user, table.hand_id, turn.turn, action))


# Time


@deed("{n} s pass")
def time_passes(table: Table, n: int) -> None:
    table.pass_time(n)


@deed("The server crashes and comes back")
def crashes(table: Table) -> None:
    table.crash()
