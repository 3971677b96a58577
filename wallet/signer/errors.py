"""Why the signer does not pay.

SignerError
├── SignerBusy          signer_busy          another process signs for this network
├── SignerLockLost      signer_lock_lost     the database ended our session; another may sign now
├── NetworkClosed       network_closed       no node, or no hot address, is configured
├── SecondNodeNeeded    second_node_needed   payments are followed on two nodes, and there is one
├── HotAddressDiffers   hot_address_differs  the settings' hot address is not the seed's
├── InsufficientCoins   hot_wallet_short     the wallet has not got that much free
├── FeeAboveCap         fee_above_cap        the network wants more than the payment may cost
├── ChangeSpent         change_spent         a later payment spends the change of this one
├── InputsTaken         inputs_taken         another has spent what a replacement must spend
├── TokenRefused        token_refused        the token's contract is not what the settings say
├── WithdrawalChanged   withdrawal_changed   it is not any more what was read a moment ago
├── OutputsChanged      outputs_changed      a payment's rows do not pay what was approved
├── RatesUnheard        rates_unheard        the exchanges do not say what a coin costs
├── WouldRevert         would_revert         the token's contract, or who gets ETH, would refuse it
├── TooMuchGas          too_much_gas         a contract burns more gas than the house pays for
└── NotPayable          (says why)           a withdrawal that must not be paid as it is
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class SignerError(WalletError):
    """Nothing was signed."""

    code = "signer_error"
    sentence = _("The payment was not made. Look at the signer's log.")


class SignerBusy(SignerError):
    """Another process is the network's signer."""

    code = "signer_busy"
    sentence = _("Another signer is at work. There is nothing to do.")


class SignerLockLost(SignerError):
    """The session that held the lock is gone, so this process must not sign."""

    code = "signer_lock_lost"
    sentence = _("The signer lost its database session. It begins again by itself.")


class NetworkClosed(SignerError):
    """The network is not configured for paying."""

    code = "network_closed"
    sentence = _("This network is not set up. Set its node and its hot address.")


class SecondNodeNeeded(SignerError):
    """What became of a payment is believed only where two different nodes agree."""

    code = "second_node_needed"
    sentence = _("Set a second node of this network, another than the first.")


class HotAddressDiffers(SignerError):
    """The seed belongs to another hot wallet than the settings say."""

    code = "hot_address_differs"
    sentence = _("The hot address is not the seed's. Correct the setting or the seed.")


class InsufficientCoins(SignerError):
    """The wallet has too little that is free to spend."""

    code = "hot_wallet_short"
    sentence = _("The hot wallet is short. Send it coins from cold storage.")


class FeeAboveCap(SignerError):
    """The network's fees are above what the payment may cost."""

    code = "fee_above_cap"
    sentence = _("Fees are above the cap. Wait, or raise the cap for new withdrawals.")


class ChangeSpent(SignerError):
    """A replacement would take away the coin that a later payment spends."""

    code = "change_spent"
    sentence = _("A later payment spends this one's change. Wait until it is in a block.")


class InputsTaken(SignerError):
    """A replacement would share no input with an earlier attempt, so both could confirm."""

    code = "inputs_taken"
    sentence = _("Somebody else has spent the coins of this payment. Wait until that is final.")


class TokenRefused(SignerError):
    """Nothing of a token is signed for whose contract was not found to be the right one."""

    code = "token_refused"
    sentence = _("The token's contract is not what the settings say. Check its address.")


class RatesUnheard(SignerError):
    """At least two exchanges must say now what the coin costs. Payments wait for that."""

    code = "rates_unheard"
    sentence = _("The exchanges cannot be asked. Payments go on by themselves when they can.")


class WouldRevert(SignerError):
    """The contract would refuse the transfer; `detail` is what it says."""

    code = "would_revert"
    sentence = _(
        "The contract refuses this transfer. Of a token, check its blacklist and the balance;"
        " of ETH, the recipient is a contract that takes none."
    )


class TooMuchGas(SignerError):
    """A contract wants more gas than a transfer needs; the house would pay for it."""

    code = "too_much_gas"
    sentence = _(
        "The contract burns more gas than a transfer needs. Of ETH, the recipient is such a"
        " contract; of a token, look whether its contract was changed."
    )


class WithdrawalChanged(SignerError):
    """Its rate was fixed anew, or it was called off, while its payment was being prepared."""

    code = "withdrawal_changed"
    sentence = _("The withdrawal changed meanwhile. It is looked at again by itself.")


class OutputsChanged(SignerError):
    """The rows of a payment are not what the signer writes for what it pays."""

    code = "outputs_changed"
    sentence = _("A payment does not pay what was approved. Close withdrawals and look at it.")


class NotPayable(SignerError):
    """A withdrawal that is not paid as it is; `reason` is a stable code."""

    code = "not_payable"
    sentence = _("This withdrawal cannot be paid as it is. Look at it and reject it.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
