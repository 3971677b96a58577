"""Why money does not move.

WalletError
├── InvalidAmount          invalid_amount        not a whole number, or out of range
├── InsufficientFunds      insufficient_funds    the account does not have that much
├── IdempotencyConflict    idempotency_conflict  the key was used for something else
├── KeyInvalid             idempotency_key_invalid
├── NothingOwed            nothing_owed          the player owes the house nothing
├── AccountClosed          account_closed        nothing is posted to a closed account
├── AlreadyReversed        already_reversed      a transaction is reversed at most once
├── UnbalancedPostings     unbalanced            debits and credits differ
├── StaffTooNew            staff_too_new         something about this member of staff is new
└── LedgerRefused          ledger_refused        any other refusal of the database

`code` is stable and for programs, `message` tells people what to do, `facts` say what would be
possible. The errors of deposits, rates, withdrawals and limits are beside them. An error of the
database leaves its transaction unusable: catch these outside of the `atomic` block they came from.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class WalletError(Exception):
    """Money was not moved; nothing has changed."""

    code: ClassVar[str] = "wallet_error"
    sentence: ClassVar[str | Promise] = _("The money was not moved. Please try again.")
    facts: Mapping[str, int] = {}

    def __init__(self, detail: str = "", **facts: int) -> None:
        super().__init__(detail)
        self.detail = detail
        if facts:
            self.facts = facts

    @property
    def message(self) -> str:
        """What a person should do, in the active language."""
        return str(self.sentence)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class InvalidAmount(WalletError):
    """Not a whole number above zero, or too large."""

    code = "invalid_amount"
    sentence = _("Enter a whole amount above zero.")


class InsufficientFunds(WalletError):
    """The account does not have that much."""

    code = "insufficient_funds"
    sentence = _("You do not have that much. Choose a smaller amount.")


class IdempotencyConflict(WalletError):
    """The key belongs to a transaction with other content."""

    code = "idempotency_conflict"
    sentence = _("This request was already used for something else. Reload the page and try again.")


class KeyInvalid(WalletError):
    """An idempotency key is 1 to 80 visible ASCII characters."""

    code = "idempotency_key_invalid"
    sentence = _("The idempotency key must be 1 to 80 visible characters.")


class NothingOwed(WalletError):
    """There is no debt to pay, or it is paid already."""

    code = "nothing_owed"
    sentence = _("You owe nothing. There is nothing to pay.")


class AccountClosed(WalletError):
    """Nothing is posted to a closed account."""

    code = "account_closed"
    sentence = _("This account is closed. Please contact support.")


class AlreadyReversed(WalletError):
    """The transaction has its reversal already."""

    code = "already_reversed"
    sentence = _("This transaction is already reversed. Look up its reversal instead.")


class UnbalancedPostings(WalletError):
    """Debits and credits of a currency differ, or a hand is not zero-sum with its rake."""

    code = "unbalanced"
    sentence = _("The two sides of this transaction differ. Please report it to support.")


class StaffTooNew(WalletError):
    """The account, its rights, password, second factor or address changed lately."""

    code = "staff_too_new"
    sentence = _(
        "Your account, its rights or what you log in with changed lately, so your decision does"
        " not count yet. Ask a colleague, or come back after the wait that the house rules set."
    )


class LedgerRefused(WalletError):
    """The database refused for another reason; `detail` is what it said."""

    code = "ledger_refused"
    sentence = _("The ledger refused this. Please report it to support.")


_BY_CONSTRAINT: dict[str, type[WalletError]] = {
    "wallet_account_not_overdrawn": InsufficientFunds,
    "wallet_entry_account_open": AccountClosed,
    "wallet_transaction_reversed_once": AlreadyReversed,
    "wallet_transaction_balanced": UnbalancedPostings,
}


def from_database(error: IntegrityError) -> WalletError:
    """The wallet's own error for what the database refused."""
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    kind = _BY_CONSTRAINT.get(constraint, LedgerRefused)
    return kind(getattr(diagnosis, "message_primary", None) or str(error))
