"""What the codes of alerts mean, and what staff do about them (`docs/payments.md`)."""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError
from wallet.meanings.meaning import KEY, ROWS, Meaning
from wallet.meanings.payments import OF_PAYMENTS

_BY_ITSELF = _("It passes by itself. Lasts it, look at the node's log.")
_NODE = _("Look at the node's log, or replace the node. Nothing is booked on it until then.")
_LEDGER = _("Nothing was booked. Look at the log, and report it with the details.")
_RATES = _("Look at both exchanges. Quotes go on when they agree, or when staff lift the halt.")

_SIGNER = _("That payment or withdrawal waits, the others go on. The signer's log says where.")
_KEY = _("Look at the signer's seed and at its settings. Nothing is signed until then.")
_PROGRAM = _("Nothing was signed. It is an error of ours: report it, with the details.")

# Codes that mean the same to a person.
_KEYS = (
    *("key_malformed", "key_missing", "key_private", "key_wrong_depth", "key_wrong_network"),
    "signer_only",
)
_UNSIGNED = (
    *("fee_negative", "fee_too_high", "input_not_ours", "input_twice", "no_inputs", "no_outputs"),
    *("out_of_range", "output_dust", "priority_above_fee"),
)
_UNBOOKED = (
    *("already_reversed", "idempotency_conflict", "idempotency_key_invalid", "invalid_amount"),
    *("ledger_refused", "unbalanced", "wallet_error"),
)

MEANINGS = {
    # Audit logs, reconciliation, rates.
    "audit_discrepancy": Meaning(
        _("The audit logs do not agree"),
        _("Somebody has changed one of them. Close withdrawals, and run check_audit."),
    ),
    "audit_log_shrunk": Meaning(
        _("An audit log lost records"),
        _("It is filled again. Find out why: an emptied Redis, a file of a backup, or a hand."),
    ),
    "audit_sealed_late": Meaning(
        _("Something was kept out of the audit logs"),
        _(
            "It is in them now. Look at it, and whether its transaction took that long or somebody"
            " wrote it past the site."
        ),
    ),
    "hands_unproven": Meaning(
        _("The ledger's hands are not those that were played: withdrawals are closed"), ROWS
    ),
    "staff_changed": Meaning(
        _("A member of staff, or their rights or login, is new"),
        _("They decide on nothing for a while. Was it not you who wanted that? Ask whoever did."),
    ),
    "decision_waits": Meaning(
        _("A colleague's decision waits to be confirmed"),
        _("Look at it under “Decisions that wait”: confirm it, or withdraw it."),
    ),
    "chain_and_ledger_disagree": Meaning(
        _("Chain and ledger disagree: withdrawals are closed"),
        _(
            "Find out why, and propose on the reconciliation's page to book what stays different."
            " Then empty the reason in the house rules, and open withdrawals."
        ),
    ),
    "ledger_without_origin": Meaning(
        _("Something in the ledger comes from nowhere: withdrawals are closed"), ROWS
    ),
    "reconciliation_not_proven": Meaning(
        _("A chain could not be compared with the ledger"),
        _("Look at the nodes. The next reconciliation asks them again."),
    ),
    "insolvent": Meaning(_("Our coins do not cover what we owe"), _("The operator brings coins.")),
    "rates_halted": Meaning(_("Quotes of an asset stopped"), _RATES),
    # Deposits and what is ours.
    "absurd_amount": Meaning(
        _("A token's contract told of an amount that no ledger holds"),
        _("It is not credited. Look at the contract: its owner may have lost the key."),
    ),
    "capital_reorganised": Meaning(
        _("Coins of the house went away with their block"),
        _("They are not in the ledger any more. Look whether they come again."),
    ),
    "cold_balance_disagrees": Meaning(
        _("Nodes disagree about cold storage"),
        _("Look at both nodes: one of them lies or has other data."),
    ),
    "deposit_changed": Meaning(
        _("A booked deposit is another one now"),
        _("The old one is taken back, the new one is looked at like any other. Look at both."),
    ),
    "deposit_reversed": Meaning(
        _("A credited deposit went away"),
        _("What the player has of it is taken back, and nothing is paid out. Look at the player."),
    ),
    "deposit_undecided": Meaning(
        _("A deposit cannot be decided on"),
        _("The ledger refuses it: the details say why. It waits, the others go on."),
    ),
    "left_cold_storage": Meaning(
        _("Coins left cold storage"),
        _("Withdrawals are closed. Say what it was, on the page of the house's coins."),
    ),
    "quarantine": Meaning(
        _("A deposit waits for a decision"), _("Credit it, or return it and note that.")
    ),
    "unknown_spend": Meaning(_("Coins left one of our addresses, not by a payment of ours"), KEY),
    # Nodes.
    "block_not_found": Meaning(_("A node does not know a block"), _BY_ITSELF),
    "block_orphaned": Meaning(_("A block is not in the chain any more"), _BY_ITSELF),
    "call_reverted": Meaning(
        _("A contract refuses a call"),
        _("Look at the contract's blacklist, and at the balance of the address that pays."),
    ),
    "chain_error": Meaning(_("A node's answer cannot be used"), _NODE),
    "contract_invalid": Meaning(
        _("A token's contract is not what the settings say"),
        _("Nothing of it is signed. Its address in the settings is wrong, or the node lies."),
    ),
    "node_answer_invalid": Meaning(_("A node answers nonsense"), _NODE),
    "node_behind": Meaning(_("A node lags behind"), _BY_ITSELF),
    "node_contradicts_itself": Meaning(_("A node contradicts itself"), _NODE),
    "node_refused": Meaning(
        _("A node refuses a request"),
        _("Look at its version, its settings and our rights there."),
    ),
    "node_unavailable": Meaning(_("A node does not answer"), _BY_ITSELF),
    "nodes_disagree": Meaning(
        _("Two nodes tell different things"),
        _("Nothing is credited and nothing is signed there. Look at both: one of them lies."),
    ),
    "reorganisation_too_deep": Meaning(
        _("A node tells another history"),
        _("Nothing is credited. Look whether it is the right node and the right chain."),
    ),
    "second_node_missing": Meaning(
        _("Nothing is credited without a second node"),
        _("Put a second node into the settings, another than the first."),
    ),
    "second_node_needed": Meaning(
        _("Nothing is signed without a second node"),
        _("Put a second node into the settings, another than the first."),
    ),
    "tracing_unsupported": Meaning(
        _("A node cannot show ETH that contracts move"),
        _("Use a node with trace_block (Erigon, Nethermind, Reth, Besu)."),
    ),
    "wrong_chain": Meaning(
        _("A node serves another network"),
        _("Nothing is signed there. Correct the node's address, or the network's setting."),
    ),
    # The signer, its keys and what it refuses to sign.
    "hot_address_differs": Meaning(
        _("The signer's seed is not the one of the hot address"),
        _("Nothing is signed there. Correct the setting or the seed."),
    ),
    "network_closed": Meaning(
        _("A network is not set up"), _("Set its node and its hot address, or leave it closed.")
    ),
    "signer_busy": Meaning(_("Two signers are at work"), _("There is nothing to do: one waits.")),
    "signer_error": Meaning(_("A payment was not made"), _SIGNER),
    "signer_failed": Meaning(_("The signer met an error of ours"), _SIGNER),
    "signer_lock_lost": Meaning(
        _("The signer lost its database session"), _("It begins again by itself.")
    ),
    **{code: Meaning(_("The signer cannot use its key"), _KEY) for code in _KEYS},
    "vault_unavailable": Meaning(
        _("The signer gets no key from Vault"), _("Look at Vault, and at the signer's token.")
    ),
    **{
        code: Meaning(_("The signer refused a transaction that loses money"), _PROGRAM)
        for code in _UNSIGNED
    },
    **{code: Meaning(_("The ledger refused something"), _LEDGER) for code in _UNBOOKED},
    **OF_PAYMENTS,
}


def meaning_of(code: str) -> Meaning:
    """Of an alert's code. An error that seldom comes so far says in its own sentence what to do."""
    known = MEANINGS.get(code)
    if known is not None:
        return known
    for kind in _kinds(WalletError):
        if kind.code == code:
            return Meaning(_("Something was refused that should not be"), kind.sentence)
    return Meaning(code, _("Nothing is known about this code. Look at the log."))


def _kinds(kind: type[WalletError]) -> list[type[WalletError]]:
    found = [kind]
    for each in kind.__subclasses__():
        found += _kinds(each)
    return found
