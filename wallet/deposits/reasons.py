"""Why a deposit is not credited, for its player.

Who launders money is not told what gave it away: of what is held a player hears the reasons of
`_HELD` and else that staff look at it. Staff read all reasons in admin.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wallet.deposits.blocks import REORGANISED, REPLACED
from wallet.deposits.mempool import LEFT_MEMPOOL
from wallet.deposits.records import CHANGED
from wallet.limits.errors import DepositLimit, IdentityNeeded, SelfExcluded, TooYoung
from wallet.models import Deposit, DepositState

REVIEW: Final = "review"

_IN_REVIEW: Final = _("Our staff are looking at it. You need not do anything.")
# What a player did or set, and knows.
_HELD: Final = {
    DepositLimit.code: _(
        "It is more than your own deposit limit left, so it is held. Our staff credit it or send it"
        " back; please contact support."
    ),
    IdentityNeeded.code: _(
        "It is held until your identity is verified. Please contact support with your documents."
    ),
    TooYoung.code: _(
        "You are too young to play here, so it is not credited. Please contact support to get it"
        " back."
    ),
    SelfExcluded.code: _(
        "You are excluded from playing, so it is not credited. Please contact support to get it"
        " back."
    ),
}
_STATES: Final = {
    DepositState.DUST: _("It is less than the minimum deposit, so it is not credited."),
    DepositState.RETURNED: _("It was not credited: the coins were sent back."),
    DepositState.REVERSED: _(
        "Its block was replaced after it was credited, so the credit was taken back. If it comes"
        " into a block again, it is credited again."
    ),
    DepositState.ORPHANED: _(
        "It is in no block any more. It often comes again by itself; if it does not, look into the"
        " wallet that sent it."
    ),
    DepositState.REPLACED: _(
        "Another transaction has spent the same coins, so it does not arrive. Look into the wallet"
        " that sent it."
    ),
}
# Where the reason says more than the state.
_SAID: Final = {
    (DepositState.REVERSED, REPLACED): _(
        "Another transaction has spent the same coins, so the credit was taken back. Look into the"
        " wallet that sent it."
    ),
    (DepositState.REVERSED, CHANGED): _(
        "Its transaction came into another block and pays something else there, so the credit was"
        " taken back. What it pays now is a deposit of its own."
    ),
    (DepositState.REPLACED, CHANGED): _(
        "Its transaction came into another block and pays something else there. What it pays now is"
        " a deposit of its own."
    ),
}
_OF_THE_CHAIN: Final = frozenset({REORGANISED, REPLACED, CHANGED, LEFT_MEMPOOL})
_DECIDED_ON: Final = (DepositState.QUARANTINED, DepositState.RETURNED)


def code_for_player(deposit: Deposit) -> str:
    """The reason that a player is told; `review` stands for all others, empty for none."""
    told = _HELD if deposit.state in _DECIDED_ON else _OF_THE_CHAIN
    if deposit.reason in told:
        return deposit.reason
    return REVIEW if deposit.reason or deposit.state == DepositState.QUARANTINED else ""


def explanation(deposit: Deposit) -> str:
    """What became of it, in the active language; empty where it goes its way."""
    state = DepositState(deposit.state)
    found: str | Promise = _STATES.get(state, "")
    if state == DepositState.QUARANTINED:
        found = _HELD.get(deposit.reason, _IN_REVIEW)
    return str(_SAID.get((state, deposit.reason), found))
