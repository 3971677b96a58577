"""A rabbit hunt needs everybody's consent, also when people change places meanwhile."""

from tables.engine.commands import Answer, ChangeSeat, Leave
from tables.engine.events import RabbitHuntDeclined, RabbitHuntShown
from tests.engine.room import Room


def asked() -> Room:
    """Seats 0 to 2 have played a hand that ended before the flop; 0 and 2 want to see the rest."""
    room = Room(1_000, 1_000, 1_000, rabbit_hunt=True)
    room.deal(button=0)
    room.play("0 fold, 1 fold")
    for user in (100, 102):
        room.do(Answer(user, "hand 1", "rabbit_hunt", agree=True))
    return room


def test_all_who_were_dealt_in_must_agree() -> None:
    room = asked()
    room.do(Answer(101, "hand 1", "rabbit_hunt", agree=True))
    assert len(room.last(RabbitHuntShown).cards) == 5


def test_nobody_agrees_for_another_by_taking_the_seat() -> None:
    room = asked()
    room.do(ChangeSeat(101, 4))
    assert room.all(RabbitHuntDeclined)
    room.do(ChangeSeat(102, 1))
    assert room.refusal(Answer(102, "hand 1", "rabbit_hunt", agree=True)) == "nothing_to_agree"
    assert not room.all(RabbitHuntShown)


def test_who_leaves_has_not_agreed_and_nobody_waits_for_them() -> None:
    room = asked()
    room.do(Leave(101))
    assert room.all(RabbitHuntDeclined)
    assert room.state.next_hand_at_ms == room.now_ms + room.state.config.hand_pause_ms
