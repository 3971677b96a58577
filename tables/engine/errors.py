"""Why a table says no.

A `Refused` changes nothing; `code` is stable and part of the protocol.
"""

from typing import Literal

Code = Literal[
    "hand_over",
    "not_your_turn",
    "stale_turn",
    "illegal_action",
    "amount_too_small",
    "amount_too_large",
    "raise_not_allowed",
    "not_seated",
    "already_seated",
    "seat_taken",
    "no_such_seat",
    "buy_in_out_of_range",
    "top_up_too_large",
    "top_up_pending",
    "no_chips",
    "already_leaving",
    "hand_running",
    "not_ready",
    "nothing_due",
    "unknown_reservation",
    "table_closed",
    "table_in_use",
    "seat_offered",
    "seat_free",
    "already_waiting",
    "not_waiting",
    "not_in_hand",
    "your_turn",
    "stale_amount",
    "nothing_to_agree",
    "already_answered",
    "option_not_here",
    "chat_off",
]


class Refused(Exception):
    """The table refuses a command; the state is unchanged."""

    def __init__(self, code: Code, **params: int | str) -> None:
        super().__init__(code)
        self.code: Code = code
        self.params = params
