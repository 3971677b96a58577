"""What a scenario may expect of a hand: who is asked and for what, showdowns and boards."""

from tables.engine import commands as c
from tables.engine import events as e
from tests.scenarios.sentences import check
from tests.scenarios.table import Table

# Turns


@check("{who} is asked")
def is_asked(table: Table, who: str) -> None:
    table.turn_of(who)


@check("Nobody is asked")
def nobody_is_asked(table: Table) -> None:
    hand = table.state.hand
    turn = None if hand is None else hand.turn
    assert turn is None, f"{table.name_of(turn.seat)} is asked"


@check("{who} may call {krw}")
def may_call(table: Table, who: str, krw: int) -> None:
    _offers(table, who, krw)


@check("{who} may only call {krw}")
def may_only_call(table: Table, who: str, krw: int) -> None:
    _offers(table, who, krw)
    may_not_raise(table, who)


@check("{who} may check or bet {low}..{high}", "{who} may check or raise to {low}..{high}")
def may_check_or_raise(table: Table, who: str, low: int, high: int) -> None:
    _offers(table, who, 0)
    _offers_raise(table, who, low, high)


@check("{who} may call {krw} or raise to {low}..{high}")
def may_call_or_raise(table: Table, who: str, krw: int, low: int, high: int) -> None:
    _offers(table, who, krw)
    _offers_raise(table, who, low, high)


@check("{who} may call {krw} or go all-in for {high}")
def may_call_or_go_all_in(table: Table, who: str, krw: int, high: int) -> None:
    may_call_or_raise(table, who, krw, high, high)


@check("{who} may not raise")
def may_not_raise(table: Table, who: str) -> None:
    turn = table.turn_of(who)
    offered = f"{turn.min_raise_to_krw}..{turn.max_raise_to_krw}"
    assert turn.max_raise_to_krw is None, f"a raise to {offered} is offered"
    everything = table.bet(who) + table.behind(who)
    assert _try(table, who, "raise", everything) == "raise_not_allowed"


def _offers(table: Table, who: str, krw: int) -> None:
    """What is offered is accepted, and the other is refused."""
    turn = table.turn_of(who)
    assert turn.call_krw == krw, f"a call is {turn.call_krw}"
    right, wrong = ("call", "check") if krw else ("check", "call")
    assert _try(table, who, right) is None  # type: ignore[arg-type]
    assert _try(table, who, wrong) == "illegal_action"  # type: ignore[arg-type]
    assert _try(table, who, "fold") is None


def _offers_raise(table: Table, who: str, low: int, high: int) -> None:
    turn = table.turn_of(who)
    offered = (turn.min_raise_to_krw, turn.max_raise_to_krw)
    assert offered == (low, high), f"the raise may be to {offered[0]}..{offered[1]}"
    answers = [_try(table, who, "raise", to) for to in (low - 1, low, high, high + 1)]
    assert answers == ["amount_too_small", None, None, "amount_too_large"]


def _try(table: Table, who: str, action: c.Action, to_krw: int | None = None) -> str | None:
    """The code of the refusal, if it is refused."""
    turn = table.turn_of(who)
    command = c.Act(table.user(who), table.hand_id, turn.turn, action, to_krw)
    return None if table.accepts(command) else table.refusal(command).code


@check("{who} has {did}")
def has_acted(table: Table, who: str, did: str) -> None:
    """The player's last action in this hand."""
    kinds = {
        e.PlayerFolded: "folded",
        e.PlayerChecked: "checked",
        e.PlayerCalled: "called",
        e.PlayerBet: "bet",
        e.PlayerRaised: "raised",
    }
    place = table.place(who)
    actions = [
        kinds[type(event)]
        for event in table.hand_events
        if type(event) in kinds and event.seat == place  # type: ignore[attr-defined]
    ]
    assert actions, f"{who} has not acted"
    assert actions[-1] == did, f"{who} has {actions[-1]}"


# Streets and boards


@check("The {street} is being bet")
def street_is_bet(table: Table, street: str) -> None:
    found = "first round" if table.hand.street == "preflop" else table.hand.street
    assert table.hand.turn is not None, "nobody is asked"
    assert found == street, f"it is the {found}"


@check("No flop is dealt")
def no_flop(table: Table) -> None:
    assert not table.all(e.StreetDealt)


@check("The hand is over")
def hand_over(table: Table) -> None:
    assert table.state.hand is None, "it still runs"


# Showdown


@check("Showdown: {order}")
def showdown(table: Table, order: str) -> None:
    """Everybody who showed or mucked, in the order in which it happened."""
    found = [
        f"{table.name_of(event.seat)} {'shows' if isinstance(event, e.HandShown) else 'mucks'}"
        for event in table.hand_events
        if isinstance(event, e.HandShown | e.HandMucked)
    ]
    assert found == order.split(", "), f"it was {', '.join(found) or 'no showdown'}"


@check("{names} are open before the {street}")
def open_before(table: Table, names: list[str], street: str) -> None:
    """These and nobody else have shown when the street is dealt."""
    shown: list[str] = []
    for event in table.hand_events:
        if isinstance(event, e.StreetDealt) and event.street == street:
            assert sorted(shown) == sorted(names), f"open are {', '.join(shown) or 'none'}"
            return
        if isinstance(event, e.HandShown):
            shown.append(table.name_of(event.seat))
    raise AssertionError(f"no {street} is dealt")


@check("Nobody shows")
def nobody_shows(table: Table) -> None:
    assert not table.all(e.HandShown)
    assert not table.all(e.HandMucked)


@check("{who}'s cards are open")
def cards_open(table: Table, who: str) -> None:
    place = table.seat(who).seat
    assert next(seat.cards for seat in table.view.seats if seat.seat == place)


@check("{who}'s cards are hidden")
def cards_hidden(table: Table, who: str) -> None:
    """No watcher has seen them, in a seat or in anything that was public in the hand."""
    place = table.seat(who).seat
    assert next(seat.cards for seat in table.view.seats if seat.seat == place) is None
    own = [event.cards for event in table.all(e.HoleCardsDealt) if event.seat == place]
    public = " ".join(repr(event) for event in table.hand_events if event.audience == "public")
    assert all(card not in public for cards in own for card in cards)


# Run it twice


@check("{who} is asked to run it twice")
def alone_asked_to_run(table: Table, who: str) -> None:
    """The others have answered."""
    asked_to_run(table, [who])


@check("{names} are asked to run it twice")
def asked_to_run(table: Table, names: list[str]) -> None:
    """Who has not answered yet."""
    consent = table.hand.consent
    assert consent is not None, "nobody is asked"
    open_seats = [seat for seat in consent.seats if seat not in consent.agreed]
    found = table.names_of(open_seats)
    assert sorted(found) == sorted(names), f"asked are {found}"


@check("It is run twice")
def run_twice(table: Table) -> None:
    assert table.view.hand is not None
    assert len(table.view.hand.second_board) == 5


@check("It is run once")
def run_once(table: Table) -> None:
    assert table.view.hand is not None
    assert len(table.view.hand.board) == 5
    assert table.view.hand.second_board == ()


@check("{who} is asked for the rabbit")
def alone_asked_for_rabbit(table: Table, who: str) -> None:
    """The others have agreed."""
    asked_for_rabbit(table, [who])


@check("{names} are asked for the rabbit")
def asked_for_rabbit(table: Table, names: list[str]) -> None:
    assert table.view.hand is not None
    choice = table.view.hand.choice
    assert choice is not None, "nobody is asked"
    found = table.names_of(seat for seat in choice.seats if seat not in choice.agreed)
    assert sorted(found) == sorted(names), f"asked are {found}"


@check("No rabbit is shown")
def no_rabbit(table: Table) -> None:
    assert table.view.hand is not None
    assert table.view.hand.rabbit == ()
    assert not table.all(e.RabbitHuntShown)
