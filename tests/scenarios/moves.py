"""What a scenario may ask of the table: each sentence is one command."""

from tables.engine import commands as c
from tests.scenarios.sentences import move
from tests.scenarios.table import Table
from tests.scenarios.terms import read_table


def _act(table: Table, who: str, action: c.Action, to_krw: int | None = None) -> c.Act:
    """The number of the turn is that of the running one, whoever is asked."""
    hand = table.state.hand
    turn = 0 if hand is None or hand.turn is None else hand.turn.turn
    return c.Act(table.user(who), table.hand_id, turn, action, to_krw)


# In the hand


@move("{who} folds")
def folds(table: Table, who: str) -> c.Command:
    return _act(table, who, "fold")


@move("{who} checks")
def checks(table: Table, who: str) -> c.Command:
    return _act(table, who, "check")


@move("{who} calls {krw}")
def calls(table: Table, who: str, krw: int) -> c.Command:
    """The amount is what the call adds, and must be right."""
    turn = None if table.state.hand is None else table.state.hand.turn
    if turn is not None and table.name_of(turn.seat) == who and turn.call_krw:
        assert turn.call_krw == krw, f"a call is {turn.call_krw}"
    return _act(table, who, "call")


@move("{who} bets {krw}")
def bets(table: Table, who: str, krw: int) -> c.Command:
    """The first wager of a street."""
    assert table.state.hand is None or not any(table.hand.betting.bets), "it is a raise"
    return _act(table, who, "raise", krw)


@move("{who} raises to {krw}")
def raises(table: Table, who: str, krw: int) -> c.Command:
    """The amount is the player's total of the street."""
    assert table.state.hand is None or any(table.hand.betting.bets), "it is a bet"
    return _act(table, who, "raise", krw)


@move("{who} goes all-in for {krw}")
def goes_all_in(table: Table, who: str, krw: int) -> c.Command:
    """The amount is the player's total of the street."""
    turn = table.turn_of(who)
    everything = table.bet(who) + table.behind(who)
    assert everything == krw, f"all-in is {everything}"
    if turn.call_krw == table.behind(who):
        return _act(table, who, "call")
    return _act(table, who, "raise", krw)


@move("{who} plans to check or fold")
def plans_check_fold(table: Table, who: str) -> c.Command:
    return c.PreAct(table.user(who), table.hand_id, "check_fold")


@move("{who} plans to check")
def plans_check(table: Table, who: str) -> c.Command:
    return c.PreAct(table.user(who), table.hand_id, "check")


@move("{who} plans to call {krw}")
def plans_call(table: Table, who: str, krw: int) -> c.Command:
    return c.PreAct(table.user(who), table.hand_id, "call", krw)


@move("{who} plans to call anything")
def plans_call_any(table: Table, who: str) -> c.Command:
    return c.PreAct(table.user(who), table.hand_id, "call_any")


@move("{who} drops the plan")
def drops_plan(table: Table, who: str) -> c.Command:
    return c.CancelPreAct(table.user(who))


@move("{who} agrees to run it twice")
def agrees_runs(table: Table, who: str) -> c.Command:
    return c.Answer(table.user(who), table.hand_id, "run_it_twice", agree=True)


@move("{who} refuses to run it twice")
def refuses_runs(table: Table, who: str) -> c.Command:
    return c.Answer(table.user(who), table.hand_id, "run_it_twice", agree=False)


@move("{who} asks for the rabbit", "{who} agrees to the rabbit")
def agrees_rabbit(table: Table, who: str) -> c.Command:
    return c.Answer(table.user(who), table.hand_id, "rabbit_hunt", agree=True)


@move("{who} refuses the rabbit")
def refuses_rabbit(table: Table, who: str) -> c.Command:
    return c.Answer(table.user(who), table.hand_id, "rabbit_hunt", agree=False)


# Seats


@move("{who} reserves seat {n} with {krw}")
def reserves(table: Table, who: str, n: int, krw: int) -> c.Command:
    return c.ReserveSeat(table.meet(who), who, n - 1, krw, f"buy-in {table.new_id()}")


@move("{who}'s buy-in is paid")
def buy_in_paid(table: Table, who: str) -> c.Command:
    return c.ConfirmBuyIn(table.seat(who).buy_in_id)


@move("{who}'s buy-in fails")
def buy_in_fails(table: Table, who: str) -> c.Command:
    return c.CancelBuyIn(table.seat(who).buy_in_id, "insufficient_funds")


@move("{who} asks to add {krw}")
def asks_to_add(table: Table, who: str, krw: int) -> c.Command:
    return c.RequestTopUp(table.user(who), krw, f"top-up {table.new_id()}")


@move("{who}'s top-up is paid")
def top_up_paid(table: Table, who: str) -> c.Command:
    top_up = table.seat(who).top_up
    return c.ConfirmTopUp("none" if top_up is None else top_up.top_up_id)


@move("{who}'s top-up fails")
def top_up_fails(table: Table, who: str) -> c.Command:
    top_up = table.seat(who).top_up
    return c.CancelTopUp("none" if top_up is None else top_up.top_up_id, "insufficient_funds")


@move("{who} sits out")
def sits_out(table: Table, who: str) -> c.Command:
    return c.SitOut(table.user(who))


@move("{who} sits in")
def sits_in(table: Table, who: str) -> c.Command:
    return c.SitIn(table.user(who))


@move("{who} leaves")
def leaves(table: Table, who: str) -> c.Command:
    return c.Leave(table.user(who))


@move("{who} moves to seat {n}")
def moves_to(table: Table, who: str, n: int) -> c.Command:
    return c.ChangeSeat(table.user(who), n - 1)


@move("{who} stays in the seat")
def stays(table: Table, who: str) -> c.Command:
    return c.ChangeSeat(table.user(who), table.seat(who).seat)


@move("{who} loses the connection")
def loses_connection(table: Table, who: str) -> c.Command:
    return c.MarkDisconnected(table.user(who))


@move("{who} reconnects")
def reconnects(table: Table, who: str) -> c.Command:
    return c.MarkConnected(table.user(who))


@move("{who} joins the waiting list")
def joins_list(table: Table, who: str) -> c.Command:
    return c.JoinWaitingList(table.meet(who), who)


@move("{who} leaves the waiting list")
def leaves_list(table: Table, who: str) -> c.Command:
    return c.LeaveWaitingList(table.user(who))


# Options


@move("{who} will post")
def will_post(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), post_blinds=True)


@move("{who} will wait for the big blind")
def will_wait(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), post_blinds=False)


@move("{who} will straddle")
def will_straddle(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), straddle=True)


@move("{who} will not straddle")
def will_not_straddle(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), straddle=False)


@move("{who} will leave after the hand")
def will_leave(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), leave_after_hand=True)


@move("{who} will stay after the hand")
def will_stay(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), leave_after_hand=False)


@move("{who} will sit out at the big blind")
def will_sit_out(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), sit_out_next_big_blind=True)


@move("{who} will be topped up to {krw}")
def will_be_topped_up(table: Table, who: str, krw: int) -> c.Command:
    return c.SetOptions(table.user(who), auto_top_up_krw=krw)


@move("{who} will always run it twice")
def always_runs(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), run_it_twice="yes")


@move("{who} will never run it twice")
def never_runs(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), run_it_twice="no")


@move("{who} will always agree to rabbits")
def always_rabbits(table: Table, who: str) -> c.Command:
    return c.SetOptions(table.user(who), rabbit_hunt=True)


# The house


@move("The hand is called off")
def called_off(table: Table) -> c.Command:
    return c.VoidHand("journal_lost")


@move("The table closes")
def closes(table: Table) -> c.Command:
    return c.CloseTable()


@move("The table changes to {spec}")
def changes_to(table: Table, spec: str) -> c.Command:
    return c.Reconfigure(read_table(spec, table.state.config))


@move("The house stands still for {n} s")
def stands_still(table: Table, n: int) -> c.Command:
    table.now_ms += n * 1_000
    return c.ResumeClock(n * 1_000)
