"""The way of a withdrawal, as the database holds it too (`migrations/0004_money_guards.py`)."""

from typing import Final

from wallet.models import WithdrawalState as State

# The hold went back to the player.
GIVEN_BACK: Final = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED, State.FAILED})
# Nothing happens to it any more.
CLOSED: Final = GIVEN_BACK | {State.SETTLED}
# Nothing is signed yet: it can still be called off.
BEFORE_SIGNING: Final = frozenset({State.COOLING, State.APPROVAL, State.APPROVED})

_CALLED_OFF = frozenset({State.CANCELLED, State.REJECTED, State.EXPIRED})
WAYS: Final[dict[State, frozenset[State]]] = {
    State.COOLING: _CALLED_OFF | {State.APPROVAL, State.APPROVED},
    State.APPROVAL: _CALLED_OFF | {State.APPROVED},
    State.APPROVED: _CALLED_OFF | {State.APPROVAL, State.SIGNED},
    State.SIGNED: frozenset({State.BROADCAST, State.CONFIRMED, State.APPROVED, State.FAILED}),
    State.BROADCAST: frozenset({State.CONFIRMED, State.SIGNED, State.APPROVED, State.FAILED}),
    State.CONFIRMED: frozenset({State.SETTLED, State.BROADCAST, State.FAILED}),
    **{state: frozenset() for state in CLOSED},
}
