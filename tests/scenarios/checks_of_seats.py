"""What a scenario may expect of seats: blinds and debts, time, coming and going."""

from tables.engine import events as e
from tests.scenarios.deeds import places
from tests.scenarios.sentences import check
from tests.scenarios.table import Table

# The deal


@check("Button {place}, small blind {blind}, big blind {who}")
def button_and_blinds(table: Table, place: str, blind: str, who: str) -> None:
    places(table, place, blind, who)


@check("{names} are dealt in")
def are_dealt_in(table: Table, names: list[str]) -> None:
    """These and nobody else."""
    found = [table.name_of(player.seat) for player in table.last(e.HandStarted).players]
    assert sorted(found) == sorted(names), f"dealt in are {', '.join(found)}"


@check("{who} waits")
def waits(table: Table, who: str) -> None:
    """Ready, and not dealt in."""
    assert table.seat(who).can_play, f"{who} is not ready"
    is_not_dealt_in(table, who)
    assert table.seat(who).debts, f"{who} has nothing to wait for"


@check("{who} is not dealt in")
def is_not_dealt_in(table: Table, who: str) -> None:
    users = [player.user_id for player in table.last(e.HandStarted).players]
    assert table.user(who) not in users, f"{who} is dealt in"


def _posted(table: Table, who: str) -> tuple[int, int]:
    """Live and dead, blinds of the turn not included."""
    place = table.place(who)
    live = [b for b in table.all(e.BlindPosted) if b.seat == place and b.kind == "post"]
    dead = [b for b in table.all(e.DeadBlindPosted) if b.seat == place]
    return sum(b.amount_krw for b in live), sum(b.amount_krw for b in dead)


@check("{who} posts {krw}")
def posts(table: Table, who: str, krw: int) -> None:
    assert _posted(table, who) == (krw, 0), f"posted live and dead: {_posted(table, who)}"


@check("{who} posts {krw} and {more} dead")
def posts_both(table: Table, who: str, krw: int, more: int) -> None:
    assert _posted(table, who) == (krw, more), f"posted live and dead: {_posted(table, who)}"


@check("{who} posts {more} dead")
def posts_dead(table: Table, who: str, more: int) -> None:
    assert _posted(table, who) == (0, more), f"posted live and dead: {_posted(table, who)}"


@check("{who} posts nothing")
def posts_nothing(table: Table, who: str) -> None:
    """No debt; a blind whose turn it is may still be paid."""
    assert _posted(table, who) == (0, 0), f"posted live and dead: {_posted(table, who)}"


def _blind(table: Table, who: str, kind: e.BlindKind) -> int:
    place = table.place(who)
    found = [b for b in table.all(e.BlindPosted) if b.seat == place and b.kind == kind]
    return sum(b.amount_krw for b in found)


@check("{who} pays a small blind of {krw}")
def pays_small(table: Table, who: str, krw: int) -> None:
    assert _blind(table, who, "small") == krw, f"it is {_blind(table, who, 'small')}"


@check("{who} pays a big blind of {krw}")
def pays_big(table: Table, who: str, krw: int) -> None:
    assert _blind(table, who, "big") == krw, f"it is {_blind(table, who, 'big')}"


@check("{who} straddles for {krw}")
def straddles(table: Table, who: str, krw: int) -> None:
    assert _blind(table, who, "straddle") == krw, f"it is {_blind(table, who, 'straddle')}"


@check("Nobody straddles")
def nobody_straddles(table: Table) -> None:
    assert all(blind.kind != "straddle" for blind in table.all(e.BlindPosted))


@check("{who} antes {krw}")
def antes(table: Table, who: str, krw: int) -> None:
    place = table.place(who)
    found = [ante.amount_krw for ante in table.all(e.AntePosted) if ante.seat == place]
    assert found == [krw], f"the ante is {found}"


@check("{who} owes {debt}")
def owes(table: Table, who: str, debt: str) -> None:
    """Missed blinds; being new is no debt."""
    debts = table.seat(who).debts
    names = {
        (False, False): "nothing",
        (True, False): "the small blind",
        (True, True): "both blinds",
    }
    found = names[debts.small, debts.big]
    assert found == debt, f"{who} owes {found}"


@check("{who} is new")
def is_new(table: Table, who: str) -> None:
    assert table.seat(who).debts.new


# Time


def _left_ms(table: Table, who: str) -> int:
    return table.turn_of(who).deadline_ms - table.now_ms


@check("{who} has {n} s to act")
def has_time(table: Table, who: str, n: int) -> None:
    assert _left_ms(table, who) == n * 1_000, f"{_left_ms(table, who) / 1_000} s are left"
    assert table.hand.extra is None, f"it is extra time: {table.hand.extra}"


@check("{who} has {n} s to act from the time bank")
def has_bank_time(table: Table, who: str, n: int) -> None:
    assert _left_ms(table, who) == n * 1_000, f"{_left_ms(table, who) / 1_000} s are left"
    assert table.hand.extra is not None, "it is no extra time"
    assert table.hand.extra.kind == "time_bank"


@check("{who} has {n} s to reconnect")
def has_reconnect_time(table: Table, who: str, n: int) -> None:
    assert _left_ms(table, who) == n * 1_000, f"{_left_ms(table, who) / 1_000} s are left"
    assert table.hand.extra is not None, "it is no extra time"
    assert table.hand.extra.kind == "disconnect"


@check("{who} has {n} s left in the time bank")
def bank_left(table: Table, who: str, n: int) -> None:
    found = table.seat(who).time_bank_ms
    assert found == n * 1_000, f"{found / 1_000} s are left"


@check("{who} has {n} s left for lost connections")
def budget_left(table: Table, who: str, n: int) -> None:
    found = table.seat(who).disconnect_ms
    assert found == n * 1_000, f"{found / 1_000} s are left"


@check("The clock folds for {who}")
def clock_folds(table: Table, who: str) -> None:
    """The player's last fold or check was the clock's."""
    _by_clock(table, who, e.PlayerFolded)


@check("The clock checks for {who}")
def clock_checks(table: Table, who: str) -> None:
    _by_clock(table, who, e.PlayerChecked)


def _by_clock(table: Table, who: str, kind: type[e.PlayerFolded] | type[e.PlayerChecked]) -> None:
    place = table.place(who)
    actions = [
        event
        for event in table.hand_events
        if isinstance(event, e.PlayerFolded | e.PlayerChecked | e.PlayerCalled | e.PlayerRaised)
        and event.seat == place
    ]
    assert actions, f"{who} has not acted"
    last = actions[-1]
    assert isinstance(last, kind), f"it was {last}"
    assert last.timed_out, f"it was {last}"


@check("The next hand is due in {n} s")
def next_hand_due(table: Table, n: int) -> None:
    due = table.state.next_hand_at_ms
    assert due is not None, "no hand is due"
    assert due - table.now_ms == n * 1_000, f"it is due in {(due - table.now_ms) / 1_000} s"


@check("No hand is due")
def no_hand_due(table: Table) -> None:
    assert table.state.next_hand_at_ms is None


# Coming and going


@check("{who} is sitting out ({reason})")
def is_sitting_out(table: Table, who: str, reason: str) -> None:
    sat_out = table.seat(who).sat_out
    assert sat_out is not None, f"{who} is not sitting out"
    assert sat_out.reason == reason.replace(" ", "_"), f"it is {sat_out.reason}"


@check("{who} is not sitting out")
def is_not_sitting_out(table: Table, who: str) -> None:
    assert table.seat(who).sat_out is None


@check("{who} sits in seat {n}")
def sits_in_seat(table: Table, who: str, n: int) -> None:
    found = table.seat(who).seat + 1
    assert found == n, f"{who} sits in seat {found}"


@check("{who} is still seated")
def is_seated(table: Table, who: str) -> None:
    table.seat(who)


@check("{who} has left with {krw}")
def has_left(table: Table, who: str, krw: int) -> None:
    user = table.user(who)
    assert table.state.seat_of(user) is None, f"{who} still has a seat"
    paid = [x.stack_krw for x in table.events if isinstance(x, e.SeatLeft) and x.user_id == user]
    assert paid, f"{who} was not paid out"
    assert paid[-1] == krw, f"{who} was paid {paid[-1]}"


@check("{who} has no seat")
def has_no_seat(table: Table, who: str) -> None:
    assert table.state.seat_of(table.user(who)) is None


@check("{who} is adding {krw}")
def is_adding(table: Table, who: str, krw: int) -> None:
    """Chips on their way, which cannot be played yet."""
    top_up = table.seat(who).top_up
    assert top_up is not None, "nothing is on the way"
    assert top_up.amount_krw == krw, f"it is {top_up.amount_krw}"


@check("{who} is adding nothing")
def is_adding_nothing(table: Table, who: str) -> None:
    assert table.seat(who).top_up is None


@check("{who} has a plan")
def has_plan(table: Table, who: str) -> None:
    assert table.place(who) in table.hand.pre_actions


@check("{who} has no plan")
def has_no_plan(table: Table, who: str) -> None:
    assert table.place(who) not in table.hand.pre_actions


@check("{who} is offered seat {n}")
def is_offered(table: Table, who: str, n: int) -> None:
    waiters = [w for w in table.state.waiting if w.user_id == table.user(who)]
    assert waiters, f"{who} is not waiting"
    assert waiters[0].seat == n - 1, f"offered is {waiters[0]}"


@check("{names} wait in line")
def wait_in_line(table: Table, names: list[str]) -> None:
    """All who wait for a seat, in this order, with or without an offer."""
    found = [waiter.nickname for waiter in table.state.waiting]
    assert found == names, f"the line is {found}"


@check("{who} waits in line")
def waits_in_line(table: Table, who: str) -> None:
    """Alone."""
    wait_in_line(table, [who])


@check("Nobody waits in line")
def nobody_in_line(table: Table) -> None:
    assert table.state.waiting == ()


@check("The table is closed")
def is_closed(table: Table) -> None:
    assert table.state.closed
