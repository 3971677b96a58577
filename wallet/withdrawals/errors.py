"""Why a withdrawal does not go on.

WithdrawalRefused
├── WithdrawalsClosed    withdrawals_closed    the kill switch, or chain and ledger disagree
│   └── PlayMoneyGranted play_money_granted    play money was given away, coins are real
├── AssetNotOffered      asset_not_offered     no such asset here, or it is switched off
├── BelowMinimum         below_minimum         too little, or nothing left after the fee
├── QuoteUnknown         quote_unknown         no such quote of this player
├── QuoteExpired         quote_expired         its time is over
├── QuoteUsed            quote_used            another request took it
├── WithdrawalUnknown    withdrawal_unknown    no such withdrawal (of this player)
├── PlayerCeiling        withdrawal_limit      more than a player may in an hour or a day
├── HouseCeiling         house_limit           more than the house pays in an hour or a day
├── WithdrawalsFrozen    withdrawals_frozen    owed won, a reversed deposit, a closed account
├── TravelRuleNeeded     travel_rule_needed    whose wallet the address is was not said
├── StateRefused         withdrawal_state      its state does not allow this
├── ContentChanged       content_changed       not what was approved, or not what was asked for
├── OwnWithdrawal        own_withdrawal        nobody decides on their own
├── AlreadyDecided       already_decided       this member of staff has decided before
└── NotApprover          not_approver          the permission is missing
PayoutAddressRefused
├── PayoutAddressUnknown payout_address_unknown
├── PayoutAddressKnown   payout_address_known  it is in the address book already
├── PayoutAddressInUse   payout_address_in_use a withdrawal to it is not signed yet
├── AddressBookFull      address_book_full
├── LabelInvalid         label_invalid
└── OwnerInvalid         owner_invalid         what was said about the owner makes no sense
"""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError
from wallet.moments import moment


class WithdrawalRefused(WalletError):
    """Nothing was paid out and nothing has changed."""

    code = "withdrawal_refused"
    sentence = _("This withdrawal is not possible. Please contact support.")


class WithdrawalsClosed(WithdrawalRefused):
    """The kill switch is off, or the reconciliation has stopped withdrawals."""

    code = "withdrawals_closed"
    sentence = _("Withdrawals are closed at the moment. Your money is safe; try again later.")


class PlayMoneyGranted(WithdrawalsClosed):
    """`wallet.play_money`: no balance here is known to be free of play money."""

    code = "play_money_granted"
    sentence = _("Play money was given away in this room, so it pays out no coins.")


class AssetNotOffered(WithdrawalRefused):
    """The asset is unknown, switched off, or its network has no node here."""

    code = "asset_not_offered"
    sentence = _("This coin cannot be withdrawn here. Choose another one.")


class BelowMinimum(WithdrawalRefused):
    """Less than the least withdrawal, or too little after the fee."""

    code = "below_minimum"
    sentence = _("This is less than the smallest withdrawal. Choose a larger amount.")


class QuoteUnknown(WithdrawalRefused):
    """The player has no such quote."""

    code = "quote_unknown"
    sentence = _("There is no such quote. Ask for a new one.")


class QuoteExpired(WithdrawalRefused):
    """The time of the locked rate is over."""

    code = "quote_expired"
    sentence = _("The time of this quote is over. Ask for a new one.")


class QuoteUsed(WithdrawalRefused):
    """A quote is good for one withdrawal."""

    code = "quote_used"
    sentence = _("This quote was used already. Ask for a new one.")


class WithdrawalUnknown(WithdrawalRefused):
    """There is no such withdrawal, or it is somebody else's."""

    code = "withdrawal_unknown"
    sentence = _("There is no such withdrawal.")


class PlayerCeiling(WithdrawalRefused):
    """With what was asked for in the last hour or day it is more than a player may.

    `facts["max_krw"]` is what is left, `more_at` when it is more, where that is known.
    """

    code = "withdrawal_limit"
    sentence = _("You have reached the limit for withdrawals. Choose less, or try again later.")

    def __init__(
        self, detail: str = "", *, left_krw: int = 0, more_at: datetime | None = None
    ) -> None:
        super().__init__(detail, max_krw=left_krw)
        self.more_at = more_at

    @property
    def message(self) -> str:
        """How much is left, and when more."""
        left_krw = self.facts["max_krw"]
        values = {"left": f"₩{left_krw:,}"}
        if self.more_at is None:
            most = gettext("You can withdraw at most %(left)s at the moment. Choose less.")
            return most % values if left_krw else super().message
        values["at"] = moment(self.more_at)
        if left_krw:
            return gettext("You can withdraw %(left)s now, and more from %(at)s.") % values
        used_up = gettext(
            "You have reached the limit for withdrawals: more is possible from %(at)s."
        )
        return used_up % values


class HouseCeiling(WithdrawalRefused):
    """With what all players asked for in the last hour or day it is more than the house pays."""

    code = "house_limit"
    sentence = _("Too much is being withdrawn at the moment. Please try again later.")


class WithdrawalsFrozen(WithdrawalRefused):
    """`detail` is the reason of `frozen_reason`."""

    code = "withdrawals_frozen"
    sentence = _("Your withdrawals are on hold. Please contact support.")


class TravelRuleNeeded(WithdrawalRefused):
    """The address book does not say whose wallet it is, and an amount like this needs that."""

    code = "travel_rule_needed"
    sentence = _("Say first whose wallet this address belongs to.")


class StateRefused(WithdrawalRefused):
    """The way from its state to the other does not exist."""

    code = "withdrawal_state"
    sentence = _("This withdrawal has gone on meanwhile. Reload the page.")


class ContentChanged(WithdrawalRefused):
    """The content hash is not that of the withdrawal as it is."""

    code = "content_changed"
    sentence = _("This is not the withdrawal that you looked at. Reload the page and check it.")


class OwnWithdrawal(WithdrawalRefused):
    """Four eyes: the requester is never one of the approvers."""

    code = "own_withdrawal"
    sentence = _("Somebody else must decide on your own withdrawal.")


class AlreadyDecided(WithdrawalRefused):
    """One member of staff counts once."""

    code = "already_decided"
    sentence = _("You have already decided on this withdrawal.")


class NotApprover(WithdrawalRefused):
    """No active staff, or without the permission `wallet.approve_withdrawal`."""

    code = "not_approver"
    sentence = _("You may not decide on withdrawals.")


class PayoutAddressRefused(WalletError):
    """The address book was not changed."""

    code = "payout_address_refused"
    sentence = _("The address book was not changed. Please try again.")


class PayoutAddressUnknown(PayoutAddressRefused):
    """The player's address book does not have it."""

    code = "payout_address_unknown"
    sentence = _("This address is not in your address book.")


class PayoutAddressKnown(PayoutAddressRefused):
    """It is there already; adding it again would not make its waiting time shorter."""

    code = "payout_address_known"
    sentence = _("This address is already in your address book.")


class PayoutAddressInUse(PayoutAddressRefused):
    """A withdrawal that goes there is under way, and can still be called off."""

    code = "payout_address_in_use"
    sentence = _("A withdrawal to this address is under way. Cancel it first.")


class AddressBookFull(PayoutAddressRefused):
    """More than `MAX_ADDRESSES` entries."""

    code = "address_book_full"
    sentence = _("Your address book is full. Remove an address first.")


class LabelInvalid(PayoutAddressRefused):
    """A label is 1 to 40 visible characters."""

    code = "label_invalid"
    sentence = _("Give the address a name of at most 40 characters.")


class OwnerInvalid(PayoutAddressRefused):
    """Another's wallet needs the owner's name; what was said once cannot be changed."""

    code = "owner_invalid"
    sentence = _("Say whose wallet it is: your own, or another's with the owner's name.")
