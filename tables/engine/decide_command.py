"""The way into a table: a command becomes events, or is refused."""

from collections.abc import Callable
from typing import Any

from tables.engine import absence, clock, commands, deal, hands, house, preactions, seating, waiting
from tables.engine.draft import Decision
from tables.engine.state import TableState


def decide(state: TableState, command: commands.Command, now_ms: int) -> Decision:
    """What `command` causes at the server's time `now_ms`.

    `state` stays as it was; `Decision.state` is the state after all of `Decision.events`.

    Raises `Refused` with a stable code; then nothing has happened.
    """
    return _HANDLERS[type(command)](state, command, now_ms)


_HANDLERS: dict[type[commands.Command], Callable[[TableState, Any, int], Decision]] = {
    commands.ReserveSeat: seating.reserve_seat,
    commands.ConfirmBuyIn: seating.confirm_buy_in,
    commands.CancelBuyIn: seating.cancel_buy_in,
    commands.RequestTopUp: seating.request_top_up,
    commands.ConfirmTopUp: seating.confirm_top_up,
    commands.CancelTopUp: seating.cancel_top_up,
    commands.Act: hands.act,
    commands.PreAct: preactions.pre_act,
    commands.CancelPreAct: preactions.cancel_pre_act,
    commands.Answer: clock.answer,
    commands.SetOptions: seating.set_options,
    commands.ChangeSeat: absence.change_seat,
    commands.JoinWaitingList: waiting.join_waiting_list,
    commands.LeaveWaitingList: waiting.leave_waiting_list,
    commands.SitOut: absence.sit_out,
    commands.SitIn: absence.sit_in,
    commands.Leave: absence.leave,
    commands.PostChat: house.post_chat,
    commands.MarkConnected: absence.mark_connected,
    commands.MarkDisconnected: absence.mark_disconnected,
    commands.StartHand: deal.start_hand,
    commands.Tick: clock.tick,
    commands.ResumeClock: clock.resume_clock,
    commands.VoidHand: hands.void_hand,
    commands.Reconfigure: house.reconfigure,
    commands.CloseTable: house.close_table,
}
