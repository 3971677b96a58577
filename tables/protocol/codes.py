"""Every code of an `error`, with the sentence for people.

Codes are stable and for programs; sentences say what to do and are shown in the user's language.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wallet import errors as wallet_errors
from wallet.errors import WalletError
from wallet.limits import errors as limit_errors

UNKNOWN_SENTENCE: Final = _("The request was refused.")

# The frame is no message: the connection closes after the error.
FRAME: Final[dict[str, str | Promise]] = {
    "frame_too_large": _("A message may have at most 8 KiB."),
    "malformed": _("This is no well-formed message in the encoding of this connection."),
    "duplicate_key": _("A message may name each field only once."),
    "not_an_object": _("A message is one object with named fields."),
    "too_deep": _("A message may be nested at most 8 levels deep."),
}

# The request is wrong in itself.
REQUEST: Final[dict[str, str | Promise]] = {
    "unknown_type": _("There is no request of this type here."),
    "unknown_field": _("The request has a field that its type does not have."),
    "missing_field": _("The request lacks a field that its type needs."),
    "invalid_field": _("A field has a value of the wrong kind or out of range."),
    "text_not_allowed": _("The text has nothing visible in it or has forbidden characters."),
    "conflict": _("This id was already used for another request. Use a new id."),
}

# The connection says no.
CONNECTION: Final[dict[str, str | Promise]] = {
    "login_required": _("Log in to do this; watching is free."),
    "rate_limited": _("Too many messages. Wait a moment."),
    "too_many_requests": _("Too many requests wait for an answer. Wait for the answers first."),
    "chat_too_fast": _("You write too fast. Wait a few seconds."),
    "chat_muted": _("You may not write in chats at the moment. Ask support why."),
    "observers_off": _(
        "Only players see this table, and who could take a free seat. Choose another one."
    ),
    "no_answer": _(
        "The table did not answer in time. Send the same request with the same id again."
    ),
    "unavailable": _("The table cannot be reached at the moment. Try again in a few seconds."),
    "table_unknown": _("There is no such table. Choose one in the lobby."),
    "session_ended": _("Your session has ended. Log in again."),
}

# The table says no (`tables.engine.errors`).
TABLE: Final[dict[str, str | Promise]] = {
    "hand_over": _("This hand is over."),
    "not_your_turn": _("It is not your turn."),
    "stale_turn": _("This turn is already over."),
    "illegal_action": _("This action is not possible now."),
    "amount_too_small": _("The amount is too small. Raise at least to the minimum."),
    "amount_too_large": _("The amount is more than you have or may use."),
    "raise_not_allowed": _("You cannot raise now: call or fold."),
    "not_seated": _("You have no seat at this table. Sit down first."),
    "already_seated": _("You already have a seat at this table."),
    "seat_taken": _("This seat is taken. Choose another one."),
    "no_such_seat": _("This table has no such seat."),
    "buy_in_out_of_range": _("The buy-in is outside the range of this table."),
    "top_up_too_large": _("With these chips you would have more than the table's largest buy-in."),
    "top_up_pending": _("Your last top-up is still on its way. Wait for it."),
    "no_chips": _("You have no chips. Top up first."),
    "already_leaving": _("You are already leaving this table."),
    "hand_running": _("A hand is running. Try again when it is over."),
    "not_ready": _("There are not enough players for a hand."),
    "nothing_due": _("There is nothing to do yet."),
    "unknown_reservation": _("This seat is no longer reserved for you. Sit down again."),
    "table_closed": _("This table is closed. Choose another one in the lobby."),
    "table_in_use": _("Somebody sits or waits at this table."),
    "seat_offered": _("This seat is kept for a waiting player. Join the waiting list."),
    "seat_free": _("A seat is free. Sit down instead of waiting."),
    "already_waiting": _("You are already on the waiting list."),
    "not_waiting": _("You are not on the waiting list."),
    "not_in_hand": _("You are not playing in this hand."),
    "your_turn": _("It is your turn already: act now."),
    "stale_amount": _("The amount has changed meanwhile. Decide again."),
    "nothing_to_agree": _("There is nothing to agree to now."),
    "already_answered": _("You have already answered."),
    "option_not_here": _("This table does not offer that."),
    "chat_off": _("This table has no chat."),
}

# The money says no; the wallet has the sentences.
_WALLET_ERRORS: tuple[type[WalletError], ...] = (
    WalletError,
    *(
        error
        for error in WalletError.__subclasses__()
        if error.__module__ == wallet_errors.__name__
    ),
    limit_errors.PlayRefused,
    limit_errors.SelfExcluded,
    limit_errors.TooYoung,
    limit_errors.LossLimit,
    limit_errors.TimeLimit,
)
MONEY: Final[dict[str, str | Promise]] = {
    **{error.code: error.sentence for error in _WALLET_ERRORS},
    "rathole": _(
        "You left these stakes a short while ago with more chips. Bring at least as many back."
    ),
    "bank_unavailable": _("Chips cannot be moved at the moment. Hands go on; try again soon."),
}

# REST only.
REST: Final[dict[str, str | Promise]] = {
    "not_authenticated": _("Log in first."),
    "permission_denied": _("You may not do this."),
    "not_found": _("There is nothing here."),
    "method_not_allowed": _("This address does not accept this method."),
    "invalid": _("The request is not valid."),
    "parse_error": _("The body is no well-formed JSON."),
    "unsupported_media_type": _("Send the body as application/json."),
    "throttled": _("Too many requests. Wait a moment."),
    "idempotency_key_missing": _(
        "Send the header Idempotency-Key, new for each withdrawal or repayment."
    ),
    "cursor_invalid": _("That is no page of this list. Ask for the first one, without `cursor`."),
    "server_error": _("Something went wrong here. Try again."),
}

GROUPS: Final[dict[str, dict[str, str | Promise]]] = {
    "frame": FRAME,
    "request": REQUEST,
    "connection": CONNECTION,
    "table": TABLE,
    "money": MONEY,
    "rest": REST,
}
ALL: Final[dict[str, str | Promise]] = {
    code: sentence for group in GROUPS.values() for code, sentence in group.items()
}


def sentence(code: str) -> str:
    """The sentence for a code, in the language that is active."""
    return str(ALL.get(code, UNKNOWN_SENTENCE))


# Why a connection is closed by the server, in the range for applications.
CLOSE_CODES: Final[dict[int, Promise]] = {
    1001: _("The server restarts. Connect again."),
    1008: _("The frames were no messages, or too many. Correct the client."),
    1009: _("A frame had more than 8 KiB."),
    4401: _("Your session has ended. Log in again."),
    4404: _("There is no such table."),
    4406: _("Offer the subprotocol poker.v1.json or poker.v1.msgpack."),
    4408: _("You read too slowly. Connect again."),
    4429: _("Too many connections. Close another one first."),
    4503: _("The site cannot take connections at the moment. Try again in a few seconds."),
}
