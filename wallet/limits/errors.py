"""Why a player may not play, or not put money in; why staff may not verify somebody.

PlayRefused (`facts`: what would be possible)
├── SelfExcluded       self_excluded      excluded, by oneself or by staff
├── TooYoung           too_young          younger than `Policy.min_age`
├── IdentityNeeded     identity_needed    the identity level is too low
├── LossLimit          limit_loss         with this the player could lose more than the limit
├── TimeLimit          limit_time         as long at the tables as the limit says
├── DepositLimit       limit_deposit      as much was deposited as the limit says
└── DepositsClosed     deposits_closed    staff have switched deposits off
    └── PlayMoneyRoom  play_money_granted play money was given away, coins are real
LimitRefused
├── LimitInvalid       limit_invalid      no such limit, or out of range
└── ExclusionShorter   exclusion_shorter  an exclusion is never shortened
OwnIdentity            own_identity       nobody verifies themselves
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class PlayRefused(WalletError):
    """The player may not do this; nothing has changed."""

    code = "play_refused"
    sentence = _("You may not do this at the moment. Please contact support.")


class SelfExcluded(PlayRefused):
    """The player is excluded; withdrawals stay possible."""

    code = "self_excluded"
    sentence = _("You are excluded from playing. You can still withdraw your money.")


class TooYoung(PlayRefused):
    """Younger than the least age."""

    code = "too_young"
    sentence = _("You are too young to play here.")


class IdentityNeeded(PlayRefused):
    """Staff have not verified as much about the player as this needs."""

    code = "identity_needed"
    sentence = _("Your identity must be verified first. Please contact support.")


class LossLimit(PlayRefused):
    """`facts["max_krw"]` is what may still be brought."""

    code = "limit_loss"
    sentence = _("This would exceed your loss limit. Choose less, or wait for the next period.")


class TimeLimit(PlayRefused):
    """The player's time at the tables is used up for this period."""

    code = "limit_time"
    sentence = _("Your time limit at the tables is reached. Come back in the next period.")


class DepositLimit(PlayRefused):
    """The player's deposits of this period are used up."""

    code = "limit_deposit"
    sentence = _("Your deposit limit is reached. Come back in the next period.")


class DepositsClosed(PlayRefused):
    """No deposit addresses are shown."""

    code = "deposits_closed"
    sentence = _("Deposits are closed at the moment. Please try again later.")


class PlayMoneyRoom(DepositsClosed):
    """`wallet.play_money`: coins that come in here could not be paid out."""

    code = "play_money_granted"
    sentence = _("Play money was given away in this room, so it takes no coins.")


class LimitRefused(WalletError):
    """The limit or exclusion was not set."""

    code = "limit_refused"
    sentence = _("The limit was not changed. Please try again.")


class LimitInvalid(LimitRefused):
    """No such kind or period, or a value out of range."""

    code = "limit_invalid"
    sentence = _("Enter a whole number within the period, or nothing to lift the limit.")


class ExclusionShorter(LimitRefused):
    """It would end before the one in force, or is too short."""

    code = "exclusion_shorter"
    sentence = _("An exclusion lasts at least a day and is never shortened.")


class OwnIdentity(WalletError):
    """Nobody says of themselves who they are."""

    code = "own_identity"
    sentence = _("Somebody else must verify your own identity. Ask a colleague.")
