"""From a validated request on the wire to the engine's command."""

from collections.abc import Callable

from tables.engine import Refused, TableState
from tables.engine.commands import (
    Act,
    Answer,
    CancelPreAct,
    ChangeSeat,
    Command,
    JoinWaitingList,
    Leave,
    LeaveWaitingList,
    PostChat,
    PreAct,
    RequestTopUp,
    ReserveSeat,
    SetOptions,
    SitIn,
    SitOut,
)
from tables.runtime.ids import new_id
from tables.runtime.messages import CommandEnvelope

BUY_IN = "buyin"
TOP_UP = "topup"


def payment_id(kind: str, request_id: str, now_ms: int) -> str:
    """A new payment's id, and its ledger key.

    It ends with the request's id, so that a later owner of the table can still answer the request.
    """
    return f"{kind}:{new_id(now_ms)}.{request_id}"


def request_of(paid: str) -> str:
    """The request that a payment answers."""
    return paid.partition(".")[2]


def engine_command(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    """Raises `Refused("not_seated")` for a watcher's chat, `KeyError` for an unknown type."""
    return _BY_TYPE[envelope.command["type"]](envelope, state, now_ms)


def _sit(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    body = envelope.command
    return ReserveSeat(
        user_id=envelope.user_id,
        nickname=envelope.nickname,
        seat=body["seat"],
        amount_krw=body["buy_in_krw"],
        buy_in_id=payment_id(BUY_IN, envelope.request_id, now_ms),
        is_bot=envelope.is_bot,
        post_blinds=body.get("post_blinds", False),
    )


def _top_up(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    return RequestTopUp(
        user_id=envelope.user_id,
        amount_krw=envelope.command["amount_krw"],
        top_up_id=payment_id(TOP_UP, envelope.request_id, now_ms),
    )


def _act(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    body = envelope.command
    return Act(
        user_id=envelope.user_id,
        hand_id=body["hand_id"],
        turn=body["turn"],
        action=body["action"],
        to_krw=body.get("to_krw"),
    )


def _chat(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    if not any(seat.user_id == envelope.user_id for seat in state.seats.values()):
        raise Refused("not_seated")
    return PostChat(
        user_id=envelope.user_id, nickname=envelope.nickname, text=envelope.command["text"]
    )


def _of_body(
    kind: Callable[..., Command],
) -> Callable[[CommandEnvelope, TableState, int], Command]:
    """The command has the request's own fields."""

    def command(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
        fields = {name: value for name, value in envelope.command.items() if name != "type"}
        return kind(user_id=envelope.user_id, **fields)

    return command


def _join_waiting_list(envelope: CommandEnvelope, state: TableState, now_ms: int) -> Command:
    return JoinWaitingList(user_id=envelope.user_id, nickname=envelope.nickname)


def _of_user(
    kind: Callable[..., Command],
) -> Callable[[CommandEnvelope, TableState, int], Command]:
    return lambda envelope, state, now_ms: kind(user_id=envelope.user_id)


_BY_TYPE: dict[str, Callable[[CommandEnvelope, TableState, int], Command]] = {
    "sit": _sit,
    "top_up": _top_up,
    "act": _act,
    "chat": _chat,
    "pre_act": _of_body(PreAct),
    "cancel_pre_act": _of_user(CancelPreAct),
    "answer": _of_body(Answer),
    "set_options": _of_body(SetOptions),
    "change_seat": _of_body(ChangeSeat),
    "join_waiting_list": _join_waiting_list,
    "leave_waiting_list": _of_user(LeaveWaitingList),
    "leave": _of_user(Leave),
    "sit_out": _of_user(SitOut),
    "sit_in": _of_user(SitIn),
}
