"""Why a decision that takes two people is not proposed, or not carried out.

ProposalRefused
├── ProposalUnknown   proposal_unknown   there is none with this number
├── ProposalOver      proposal_over      done, withdrawn or expired; or its proposer has left
├── ProposalChanged   proposal_changed   the content hash is not its own
├── AlreadyProposed   already_proposed   one about the same waits
├── OwnProposal       own_proposal       nobody confirms their own
├── NotDecider        not_decider        the right for this decision is missing
├── NothingToPropose  nothing_to_propose the rules are so already
├── RulesChanged      rules_changed      the rules were changed after it was proposed
└── RulesRefused      rules_refused      the rules would not fit each other

`wallet.errors.StaffTooNew`, and what the decision itself may be refused for, come beside them.
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class ProposalRefused(WalletError):
    """Nothing was done."""

    code = "proposal_refused"
    sentence = _("This decision was not taken. Reload the page.")


class ProposalUnknown(ProposalRefused):
    """There is no such proposal."""

    code = "proposal_unknown"
    sentence = _("There is no such decision.")


class ProposalOver(ProposalRefused):
    """It was confirmed, withdrawn, or not confirmed in time; or who proposed it may no longer."""

    code = "proposal_over"
    sentence = _("This decision does not wait any more. Reload the page, or propose it again.")


class ProposalChanged(ProposalRefused):
    """The content hash is not that of the proposal as it is."""

    code = "proposal_changed"
    sentence = _("This is not the decision that you looked at. Reload the page and check it.")


class AlreadyProposed(ProposalRefused):
    """One about the same waits; two could not both be carried out."""

    code = "already_proposed"
    sentence = _(
        "A decision about this waits already. Confirm or withdraw it first, under “Decisions that"
        " wait”."
    )


class OwnProposal(ProposalRefused):
    """Four eyes: who proposed it is not the one who confirms it."""

    code = "own_proposal"
    sentence = _("A colleague must confirm what you proposed.")


class NotDecider(ProposalRefused):
    """No active staff, or without the right for this decision."""

    code = "not_decider"
    sentence = _("You may not take this decision. Ask a colleague.")


class NothingToPropose(ProposalRefused):
    """Nothing would be different."""

    code = "nothing_to_propose"
    sentence = _("The rules are like this already.")


class RulesChanged(ProposalRefused):
    """Confirming would write over what somebody else, or a stop of withdrawals, set meanwhile."""

    code = "rules_changed"
    sentence = _("These rules were changed after this was proposed. Withdraw it and propose again.")


class RulesRefused(ProposalRefused):
    """A rule would be outside of its range, or not fit another one."""

    code = "rules_refused"
    sentence = _("The rules would not fit each other. Withdraw this and propose again.")
