"""What alerts of withdrawals, payments and the signer mean, and what staff do about them."""

from django.utils.translation import gettext_lazy as _

from wallet.meanings.meaning import KEY, ROWS, Meaning

_REJECT = _("It waits. Reject it, or lift what stops it.")
_REJECT_IT = _("It will never be paid. Reject it.")
_NODE_REFUSES = _(
    "The node's text is in the details, and it is sent again. Lasts it, something else has the"
    " input or the nonce."
)
_OWES = _("It waits until the player owes nothing, or the deposit is there again; or reject it.")

OF_PAYMENTS = {
    # Withdrawals that the signer does not pay.
    "account_closed": Meaning(_("The player's account is closed"), _REJECT),
    "address_changed": Meaning(_("A withdrawal's address is not the address book's"), ROWS),
    "address_checksum": Meaning(_("A withdrawal's address has a wrong checksum"), ROWS),
    "address_contract": Meaning(_("A withdrawal goes to a contract"), _REJECT_IT),
    "address_empty": Meaning(_("A withdrawal has no address"), ROWS),
    "address_malformed": Meaning(_("A withdrawal's address is none"), ROWS),
    "address_own": Meaning(_("A withdrawal goes to an address of ours"), _REJECT_IT),
    "address_removed": Meaning(
        _("A withdrawal's address is not in the address book any more"),
        _(
            "The player took it out after the first payment to it was signed, and that one can"
            " never confirm. Reject it."
        ),
    ),
    "address_unsupported": Meaning(_("A withdrawal's address is of an unknown kind"), _REJECT_IT),
    "address_wrong_network": Meaning(_("A withdrawal's address is of another network"), _REJECT_IT),
    "address_zero": Meaning(_("A withdrawal goes to an address that nobody owns"), _REJECT_IT),
    "approvals_missing": Meaning(_("A withdrawal lacks approvals"), ROWS),
    "asset_closed": Meaning(
        _("A withdrawal is of an asset that is closed"),
        _("It waits until the asset is offered again. Open it in its rules, or reject it."),
    ),
    "content_changed": Meaning(_("A withdrawal is not what was approved"), ROWS),
    "deposit_unplaced": Meaning(
        _("The block of a deposit of the player is gone"),
        _("The withdrawal waits until the deposit is in a block again."),
    ),
    "hold_missing": Meaning(_("A withdrawal has no hold in the ledger"), ROWS),
    "house_limit": Meaning(
        _("More than the house may pay out in an hour or a day"),
        _("It waits until less was signed for. Raise the ceiling, or reject it."),
    ),
    "not_approved": Meaning(
        _("A withdrawal is not approved any more"), _("There is nothing to do.")
    ),
    "not_payable": Meaning(_("A withdrawal cannot be paid as it is"), _REJECT),
    "offer_changed": Meaning(_("A withdrawal is not what its player was offered"), ROWS),
    "offer_over": Meaning(
        _("A withdrawal's quote is over"),
        _("It gets the rate of a later moment. Lasts it, look at the rates."),
    ),
    "offer_too_good": Meaning(_("A withdrawal has more coins than its won buys"), ROWS),
    "rate_unbelievable": Meaning(
        _("A withdrawal's rate is not what the exchanges say"),
        _(
            "In a fast market it passes when the quote is over. Else somebody has written a rate:"
            " close withdrawals, and look."
        ),
    ),
    "receivable": Meaning(_("The player owes the house won"), _OWES),
    "signed_before": Meaning(
        _("An earlier payment of this withdrawal may still confirm"),
        _(
            "Look before anything else: a row may say that it is over when it is not. Where its"
            " end cannot be proven, give the signer a node with an archive."
        ),
    ),
    "still_waiting": Meaning(_("A withdrawal's wait is not over"), ROWS),
    "withdrawal_changed": Meaning(
        _("A withdrawal changed while its payment was prepared"),
        _("There is nothing to do: it is looked at again by itself."),
    ),
    "withdrawal_limit": Meaning(
        _("More than one player may be paid in an hour or a day"),
        _("It waits until less was signed for. Raise the ceiling, or reject it."),
    ),
    # Payments.
    "change_spent": Meaning(
        _("A payment cannot be replaced: a later one spends its change"),
        _("Wait until the later one is in a block."),
    ),
    "fee_above_cap": Meaning(
        _("The network's fee is above the cap"),
        _("Wait, or raise the asset's cap for new withdrawals."),
    ),
    "hot_wallet_low": Meaning(
        _("The hot wallet has too little for what is approved"),
        _("Send coins from cold storage to the hot address."),
    ),
    "withdrawals_unsigned": Meaning(
        _("Withdrawals are approved, and nobody signs them"),
        _(
            "Is the signer running, has it this network's keys and hot address, and does it hear"
            " the nodes and both exchanges? Its log says what it waits for."
        ),
    ),
    "payments_unsettled": Meaning(
        _("Payments are not settled after six hours"),
        _("Look at the payment, at the nodes' heights and at the signer's log."),
    ),
    "hot_wallet_short": Meaning(
        _("The hot wallet is short: a payment waits"),
        _("Send coins from cold storage to the hot address."),
    ),
    "input_taken": Meaning(_("Somebody else has spent a payment's input"), KEY),
    "inputs_spent": Meaning(_("A node says that a payment's inputs are spent"), _NODE_REFUSES),
    "inputs_taken": Meaning(
        _("A payment cannot be replaced: somebody else has spent its coins"),
        _("Wait until that is final. If it is no payment of ours, somebody else has the key."),
    ),
    "insufficient_funds": Meaning(
        _("There is too little for a payment: a node says so, or the ledger"), _NODE_REFUSES
    ),
    "no_cold_address": Meaning(
        _("There is too much in the hot wallet, and no cold address"),
        _("Set the network's cold address."),
    ),
    "nonce_taken": Meaning(_("Somebody else has used a payment's nonce"), KEY),
    "nonce_too_low": Meaning(_("A node says that a payment's nonce is used"), _NODE_REFUSES),
    "nonce_unproven": Meaning(
        _("A node says that a nonce is used, and cannot show by what"),
        _("It lies, or has no states of so long ago. Give the signer a node with an archive."),
    ),
    "not_transferred": Meaning(
        _("A payment is in a block, and the token did not move"),
        _("The hold went back. Look at the token's blacklist, and ask its issuer about us."),
    ),
    "outputs_changed": Meaning(
        _("A payment does not pay what was approved"),
        _(
            "Unless the asset's cap was lowered, somebody has changed rows of the database: close"
            " withdrawals, and look who."
        ),
    ),
    "rates_unheard": Meaning(
        _("The exchanges cannot be asked"),
        _("Payments go on by themselves when they can. Look at the way out to the exchanges."),
    ),
    "rejected": Meaning(
        _("Rejected: a payment by a node, or a withdrawal by staff"),
        _(
            "Of a payment, the node's text is in the details, and it is sent again. A withdrawal"
            " that staff rejected and that is approved all the same: close withdrawals, and look."
        ),
    ),
    "reverted": Meaning(
        _("A payment is in a block, and was reverted there"),
        _(
            "The hold went back. Look at the token's blacklist; of ETH, the recipient is a"
            " contract that takes none."
        ),
    ),
    "stuck": Meaning(
        _("A payment is stuck"),
        _("The details say why. Wait, or raise the asset's cap for new withdrawals."),
    ),
    "token_refused": Meaning(
        _("Nothing of a token is signed: its contract is not the right one"),
        _("Its address in the settings is wrong, or the node lies."),
    ),
    "too_much_gas": Meaning(
        _("A contract wants far more gas for a payment than a transfer needs"),
        _(
            "Nothing is signed: the house would pay for it. Of ETH, the recipient is a contract"
            " that burns gas: reject it. Of a token, look whether its contract was changed."
        ),
    ),
    "would_revert": Meaning(
        _("A contract would refuse a payment"),
        _(
            "Look at the token's blacklist, and at the hot wallet's standing with its issuer; of"
            " ETH, the recipient is a contract that takes none: reject it."
        ),
    ),
}
