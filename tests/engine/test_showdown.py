"""Who shows, in what order, and what stays hidden."""

from tables.engine.events import HandMucked, HandShown, StreetDealt
from tests.engine.room import Room, names

BOARD = "2c7d9hJsKd"


def shown_and_mucked(room: Room) -> list[tuple[int, bool]]:
    return [
        (event.seat, isinstance(event, HandShown))
        for event in room.events
        if isinstance(event, HandShown | HandMucked)
    ]


def test_the_last_aggressor_of_the_river_shows_first_and_beaten_hands_are_mucked() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal("AsAh KsKh 3c4d", BOARD, button=0)
    room.play("0 call, 1 call, 2 check, 1 check, 2 check, 0 check, 1 check, 2 check, 0 check")
    room.play("1 check, 2 raise 200, 0 call, 1 call")
    assert shown_and_mucked(room) == [(2, True), (0, False), (1, False)]


def test_with_a_checked_river_the_first_live_seat_left_of_the_button_shows_first() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal("3c4d QsQh KsKh", BOARD, button=0)
    room.play("0 raise 300, 1 fold, 2 call, 2 check, 0 raise 100, 2 call, 2 check, 0 check")
    room.play("2 check, 0 check")
    assert shown_and_mucked(room) == [(2, True), (0, True)]


def test_a_tied_hand_is_shown() -> None:
    room = Room(5_000, 5_000)
    room.deal("AsQh AdQd", BOARD, button=0)
    room.play("0 call, 1 check, 1 check, 0 check, 1 check, 0 check, 1 check, 0 check")
    assert shown_and_mucked(room) == [(1, True), (0, True)]


def test_mucked_cards_appear_in_no_public_event() -> None:
    room = Room(5_000, 5_000)
    room.deal("AsAh 3c4d", BOARD, button=0)
    room.play("0 call, 1 check, 1 check, 0 check, 1 check, 0 check, 1 check, 0 check")
    public = [event for event in room.events if event.audience == "public"]
    assert "3c" not in repr(public)
    assert "As" in repr(public)
    assert room.state.seats[0].last_hand is not None
    assert room.state.seats[0].last_hand.cards is None


def test_all_in_opens_all_live_hands_before_the_board_runs_out() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal("AsAh 3c4d KsKh", BOARD, button=0)
    room.play("0 call, 1 call, 2 check")
    events = room.play("1 raise 4900, 2 call, 0 fold")
    after = names(events)[names(events).index("bets_collected") :]
    assert after[:4] == ["bets_collected", "hand_shown", "hand_shown", "street_dealt"]
    assert [event.street for event in room.all(StreetDealt)] == ["flop", "turn", "river"]
    assert shown_and_mucked(room) == [(1, True), (2, True)]


def test_a_side_pot_that_is_still_bet_is_shown_down_in_turn() -> None:
    """An all-in player's cards stay closed while others bet; a hand that beats nobody in any of
    its pots is mucked."""
    room = Room(5_000, 5_000, 1_000)
    room.deal("KsKh 3c4d AsAh", BOARD, button=0)
    room.play("0 raise 1000, 1 call, 2 call, 1 check, 0 check, 1 check, 0 check")
    assert shown_and_mucked(room) == []
    room.play("1 check, 0 raise 500, 1 call")
    assert shown_and_mucked(room) == [(0, True), (1, True), (2, False)]


def test_the_whole_hand_in_order() -> None:
    room = Room(5_000, 5_000, ante_krw=10)
    events = room.deal("AsAh 3c4d", BOARD, button=0)
    assert names(events) == (
        ["hand_started", "deck_dealt"]
        + ["ante_posted"] * 2
        + ["blind_posted"] * 2
        + ["hole_cards_dealt"] * 2
        + ["turn_started"]
    )
    assert names(room.play("0 raise 300, 1 call")) == [
        "player_raised",
        "turn_started",
        "player_called",
        "bets_collected",
        "street_dealt",
        "turn_started",
    ]
    room.play("1 check, 0 check, 1 check, 0 check, 1 raise 100")
    assert names(room.play("0 call")) == [
        "player_called",
        "bets_collected",
        "hand_shown",
        "hand_mucked",
        "pot_awarded",
        "hand_finished",
        "hand_scheduled",
    ]


def test_cards_come_from_the_deck_in_two_rounds_then_the_board_without_burns() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal(button=2)
    hand = room.state.hand
    assert hand is not None
    deck = hand.deck
    assert hand.hole == {0: (deck[0], deck[3]), 1: (deck[1], deck[4]), 2: (deck[2], deck[5])}
    room.play("2 raise 5000, 0 call, 1 fold")
    assert room.state.last_hand is not None
    assert room.state.last_hand.board == deck[6:11]
