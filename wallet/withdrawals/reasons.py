"""Why a withdrawal waits, or ended without a payment, as sentences: for its player and for staff.

Who launders money is not told what gave it away: a player hears the reasons of `TOLD` and that
staff look at it, staff hear all.
"""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wallet.models import Withdrawal, WithdrawalState
from wallet.moments import moment
from wallet.withdrawals.errors import BelowMinimum
from wallet.withdrawals.states import GIVEN_BACK

TOLD: Final = frozenset({"large", "new_address", "first_withdrawal", "credentials_changed"})
REVIEW: Final = "review"

# By the code of a flag (`wallet.withdrawals.risk`), whose values they name.
SENTENCES: Final = {
    "large": _("%(amount_krw)s is more than the %(most_krw)s that are paid without review."),
    "new_address": _("The address is new, of %(at)s: nothing is sent to it until %(until)s."),
    "first_withdrawal": _("It is the first withdrawal: none was paid yet."),
    "credentials_changed": _(
        "The password, the second factor or the email address was changed on %(at)s."
    ),
    "many_in_a_short_time": _("Withdrawals asked for in the 24 hours before it: %(count)s."),
    "unusual_amount": _(
        "%(amount_krw)s is more than three times the largest that was paid before, %(largest_krw)s."
    ),
    "deposit_without_play": _(
        "%(unplayed_krw)s was deposited in the 7 days before it and is not played yet."
    ),
    "deposit_reversed": _("Deposits that were taken back in the 30 days before it: %(count)s."),
    "address_shared": _("Other players who have the same address: %(count)s."),
    "cancels_often": _("Withdrawals cancelled in the 30 days before it: %(count)s."),
}

# How it ended without a payment.
_BACK = _("Nothing was sent, and the money is back in your balance.")
_REFUSED = _(
    "The network refused the payment, so no coins arrived, and the money is back in your balance."
    " Ask for it again with another address or another coin."
)
ENDINGS: Final = {
    WithdrawalState.CANCELLED: (_BACK,),
    WithdrawalState.REJECTED: (_BACK, _("Our support can tell you more.")),
    WithdrawalState.EXPIRED: (
        _BACK,
        _("It could not be looked at in time; you can ask for it again."),
    ),
    WithdrawalState.FAILED: (_REFUSED,),
}
_TOO_FEW = (
    _BACK,
    _("At the rate of then it bought too few coins to send. Ask for a larger amount."),
)


def ending(withdrawal: Withdrawal) -> str:
    """How it ended without a payment, as its player is told; empty where it did not."""
    if withdrawal.state not in GIVEN_BACK:
        return ""
    state = WithdrawalState(withdrawal.state)
    is_too_few = state == WithdrawalState.EXPIRED and withdrawal.reason == BelowMinimum.code
    return " ".join(map(str, _TOO_FEW if is_too_few else ENDINGS[state]))


def codes_for_player(withdrawal: Withdrawal) -> list[str]:
    """The codes that a player is told, each once; `review` stands for all others."""
    codes = (flag["code"] for flag in withdrawal.flags)
    return list(dict.fromkeys(code if code in TOLD else REVIEW for code in codes))


def sentences_for_player(withdrawal: Withdrawal) -> list[str]:
    """Why it waits, in the active language; nothing where it does not wait."""
    if withdrawal.state not in (WithdrawalState.COOLING, WithdrawalState.APPROVAL):
        return []
    found = [sentence(flag) for flag in withdrawal.flags if flag["code"] in TOLD]
    # In review its state says so.
    if REVIEW in codes_for_player(withdrawal) and withdrawal.state == WithdrawalState.COOLING:
        found.append(gettext("Our staff look at it before it is sent."))
    return found


def sentence(flag: dict[str, Any]) -> str:
    """A flag of `Withdrawal.flags` in the active language."""
    values = {name: _shown(name, value) for name, value in flag.get("values", {}).items()}
    try:
        return str(SENTENCES[flag["code"]]) % values
    except KeyError:
        # Written before flags had values.
        return ": ".join(filter(None, (flag["code"], flag.get("detail", ""))))


def _shown(name: str, value: int | str) -> str:
    if name.endswith("_krw"):
        return f"₩{value:,}"
    if isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    return str(value)
