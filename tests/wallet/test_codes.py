"""Codes of refusals are for programs, so they stay; and the status over REST with them.

A new refusal is entered here. A code that changes breaks what others have written.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import wallet
from wallet.api.errors import status_of
from wallet.chains.errors import ChainError
from wallet.errors import WalletError
from wallet.keys.errors import _SENTENCES
from wallet.signer.errors import SignerError

ROOTS = (WalletError, ChainError, SignerError)
# Class: code, and the status where it reaches a program.
CODES: dict[str, tuple[str, int | None]] = {
    "AccountClosed": ("account_closed", 403),
    "AddressBookFull": ("address_book_full", 409),
    "AddressesUsedUp": ("addresses_used_up", 409),
    "AlreadyDecided": ("already_decided", 400),
    "AlreadyProposed": ("already_proposed", 400),
    "AlreadyReversed": ("already_reversed", 400),
    "AssetNotOffered": ("asset_not_offered", 400),
    "BelowMinimum": ("below_minimum", 400),
    "BlockNotFound": ("block_not_found", None),
    "BlockOrphaned": ("block_orphaned", None),
    "CallReverted": ("call_reverted", None),
    "ChainError": ("chain_error", None),
    "ChangeSpent": ("change_spent", None),
    "ContentChanged": ("content_changed", 400),
    "ContractInvalid": ("contract_invalid", None),
    "DepositLimit": ("limit_deposit", 403),
    "DepositsClosed": ("deposits_closed", 503),
    "DepositsUndecided": ("deposits_undecided", 400),
    "DifferenceGone": ("difference_gone", 400),
    "DifferenceNotProven": ("difference_not_proven", 400),
    "ExclusionShorter": ("exclusion_shorter", 400),
    "FeeAboveCap": ("fee_above_cap", None),
    "HotAddressDiffers": ("hot_address_differs", None),
    "HouseCeiling": ("house_limit", 409),
    "IdempotencyConflict": ("idempotency_conflict", 409),
    "IdentityNeeded": ("identity_needed", 403),
    "InputsTaken": ("inputs_taken", None),
    "InsufficientCoins": ("hot_wallet_short", None),
    "InsufficientFunds": ("insufficient_funds", 409),
    "InvalidAmount": ("invalid_amount", 400),
    "KeyInvalid": ("idempotency_key_invalid", 400),
    "LabelInvalid": ("label_invalid", 400),
    "LedgerRefused": ("ledger_refused", 500),
    "LimitInvalid": ("limit_invalid", 400),
    "LimitRefused": ("limit_refused", 400),
    "LossLimit": ("limit_loss", 403),
    "MayNotDecide": ("may_not_decide", 400),
    "NetworkClosed": ("network_closed", None),
    "NetworkNotOffered": ("network_not_offered", 400),
    "NoRate": ("no_rate", 503),
    "NoSuchDeposit": ("no_such_deposit", 400),
    "NoSuchHalt": ("no_such_halt", 400),
    "NodeAnswerInvalid": ("node_answer_invalid", None),
    "NodeBehind": ("node_behind", None),
    "NodeRefused": ("node_refused", None),
    "NodeUnavailable": ("node_unavailable", None),
    "NodesDisagree": ("nodes_disagree", None),
    "NotApprover": ("not_approver", 400),
    "NotDecider": ("not_decider", 400),
    "NotInQuarantine": ("not_in_quarantine", 400),
    "NotPayable": ("not_payable", None),
    "NothingLeft": ("nothing_left", 400),
    "NothingOwed": ("nothing_owed", 409),
    "NothingToPropose": ("nothing_to_propose", 400),
    "OneSource": ("one_source", 503),
    "OutputsChanged": ("outputs_changed", None),
    "OwnIdentity": ("own_identity", 400),
    "OwnProposal": ("own_proposal", 400),
    "OwnWithdrawal": ("own_withdrawal", 400),
    "OwnerInvalid": ("owner_invalid", 400),
    "PayoutAddressInUse": ("payout_address_in_use", 409),
    "PayoutAddressKnown": ("payout_address_known", 409),
    "PayoutAddressRefused": ("payout_address_refused", 400),
    "PayoutAddressUnknown": ("payout_address_unknown", 404),
    "PeriodInvalid": ("period_invalid", 400),
    "PeriodOutOfRange": ("period_out_of_range", 400),
    "PeriodRefused": ("period_refused", 400),
    "PeriodReversed": ("period_reversed", 400),
    "PlayMoneyGranted": ("play_money_granted", 503),
    "PlayMoneyRoom": ("play_money_granted", 503),
    "PlayRefused": ("play_refused", 403),
    "PlayerCeiling": ("withdrawal_limit", 409),
    "ProposalChanged": ("proposal_changed", 400),
    "ProposalOver": ("proposal_over", 400),
    "ProposalRefused": ("proposal_refused", 400),
    "ProposalUnknown": ("proposal_unknown", 400),
    "QuoteExpired": ("quote_expired", 409),
    "QuoteUnknown": ("quote_unknown", 404),
    "QuoteUsed": ("quote_used", 409),
    "RatesDisagree": ("rates_disagree", 503),
    "RatesHalted": ("rates_halted", 503),
    "RatesStale": ("rates_stale", 503),
    "RatesUnheard": ("rates_unheard", None),
    "ReadWithout": ("nodes_disagree", None),
    "ReorganisationTooDeep": ("reorganisation_too_deep", 400),
    "ReturnIncomplete": ("return_incomplete", 400),
    "RulesChanged": ("rules_changed", 400),
    "RulesRefused": ("rules_refused", 400),
    "SecondNodeMissing": ("second_node_missing", 400),
    "SecondNodeNeeded": ("second_node_needed", None),
    "SelfExcluded": ("self_excluded", 403),
    "SignerBusy": ("signer_busy", None),
    "SignerError": ("signer_error", None),
    "SignerLockLost": ("signer_lock_lost", None),
    "StaffTooNew": ("staff_too_new", 400),
    "StateRefused": ("withdrawal_state", 409),
    "TimeLimit": ("limit_time", 403),
    "TokenRefused": ("token_refused", None),
    "TooMuchGas": ("too_much_gas", None),
    "TooYoung": ("too_young", 403),
    "TracingUnsupported": ("tracing_unsupported", None),
    "TravelRuleNeeded": ("travel_rule_needed", 400),
    "UnbalancedPostings": ("unbalanced", 500),
    "VerdictIncomplete": ("verdict_incomplete", 400),
    "WalletError": ("wallet_error", 400),
    "WithdrawalChanged": ("withdrawal_changed", None),
    "WithdrawalRefused": ("withdrawal_refused", 400),
    "WithdrawalUnknown": ("withdrawal_unknown", 404),
    "WithdrawalsClosed": ("withdrawals_closed", 503),
    "WithdrawalsFrozen": ("withdrawals_frozen", 403),
    "WouldRevert": ("would_revert", None),
    "WrongChain": ("wrong_chain", None),
}
# Why an address is refused.
ADDRESSES = {
    "address_checksum",
    "address_contract",
    "address_empty",
    "address_malformed",
    "address_own",
    "address_unsupported",
    "address_wrong_network",
    "address_zero",
}


def found() -> dict[str, tuple[str, int | None]]:
    for module in pkgutil.walk_packages(wallet.__path__, "wallet."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
    kinds = {kind for root in ROOTS for kind in (root, *_below(root))}
    return {kind.__name__: (kind.code, _status(kind)) for kind in kinds}


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("wallet."):
            yield each
            yield from _below(each)


def _status(kind: type[Any]) -> int | None:
    """None: programs do not meet it."""
    if issubclass(kind, SignerError) or not issubclass(kind, WalletError):
        return None
    return status_of(kind.__new__(kind))


def test_codes_and_their_status_stay() -> None:
    assert found() == CODES


def test_codes_of_refused_addresses_stay() -> None:
    assert set(_SENTENCES) == ADDRESSES
