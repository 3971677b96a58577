"""Why a deposit, or the scan of a chain, does not go on.

WalletError
├── NotInQuarantine        not_in_quarantine         nothing is left to decide
├── MayNotDecide           may_not_decide            not this member of staff
├── ReturnIncomplete       return_incomplete         a return without a reason or a transaction
├── NoSuchDeposit          no_such_deposit           its number is unknown
├── NothingLeft            nothing_left              no coins of cold storage wait for a word
├── VerdictIncomplete      verdict_incomplete        a word about them without a note
├── DepositsUndecided      deposits_undecided        ledger or database refuse some deposits
├── ReorganisationTooDeep  reorganisation_too_deep   the common ancestor is out of reach
└── SecondNodeMissing      second_node_missing       nothing is credited that one node tells alone

The last three are for staff and stop a network's scan, its credits or a part of these.
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class NotInQuarantine(WalletError):
    """The deposit is not, or no longer, in quarantine; or its block is gone just now."""

    code = "not_in_quarantine"
    sentence = _("This deposit does not wait for a decision. Reload the page.")


class MayNotDecide(WalletError):
    """Staff with the permission decide, and never on deposits of their own."""

    code = "may_not_decide"
    sentence = _("You may not decide on this deposit. Ask a colleague.")


class ReturnIncomplete(WalletError):
    """A return names its reason and the transaction that paid the sender back."""

    code = "return_incomplete"
    sentence = _("Enter the reason and the transaction that pays the sender back.")


class NoSuchDeposit(WalletError):
    """No deposit has this number."""

    code = "no_such_deposit"
    sentence = _("There is no such deposit. Reload the page.")


class DepositsUndecided(WalletError):
    """Some neither could be credited nor put aside; all others were, `decided` of them.

    `detail` has their ids.
    """

    code = "deposits_undecided"
    sentence = _("Some deposits cannot be decided on. Look at the alerts, and at the log.")

    def __init__(self, detail: str = "", *, decided: int = 0) -> None:
        super().__init__(detail)
        self.decided = decided


class ReorganisationTooDeep(WalletError):
    """More blocks are different than any chain of honest nodes replaces."""

    code = "reorganisation_too_deep"
    sentence = _("The node tells another history. Check that it is the right node and chain.")


class SecondNodeMissing(WalletError):
    """The settings demand a second provider and name none."""

    code = "second_node_missing"
    sentence = _("A second node is needed before anything is credited. Put it into the settings.")


class NothingLeft(WalletError):
    """It is no movement out of cold storage, its block is gone, or somebody has decided on it."""

    code = "nothing_left"
    sentence = _("This movement does not wait for a decision. Reload the page.")


class VerdictIncomplete(WalletError):
    """Whoever says what coins were that left says how they know."""

    code = "verdict_incomplete"
    sentence = _("Write down how you know what happened to these coins.")
