"""Refusals of the wallet over REST: the body is `{"code", "message"}`, the status fits."""

from typing import Any, Final

from rest_framework import exceptions, serializers

from wallet.addressing import AddressesUsedUp
from wallet.errors import (
    AccountClosed,
    IdempotencyConflict,
    InsufficientFunds,
    LedgerRefused,
    NothingOwed,
    UnbalancedPostings,
    WalletError,
)
from wallet.keys.errors import AddressRefused
from wallet.limits.errors import DepositsClosed, PlayRefused
from wallet.rates.errors import NoRate
from wallet.withdrawals import errors as withdrawal

# The first class that fits counts; what is not here is a bad request.
_STATUS: Final[tuple[tuple[type[WalletError], int], ...]] = (
    (withdrawal.QuoteUnknown, 404),
    (withdrawal.WithdrawalUnknown, 404),
    (withdrawal.PayoutAddressUnknown, 404),
    (IdempotencyConflict, 409),
    (InsufficientFunds, 409),
    (NothingOwed, 409),
    (withdrawal.QuoteExpired, 409),
    (withdrawal.QuoteUsed, 409),
    (withdrawal.StateRefused, 409),
    (withdrawal.PlayerCeiling, 409),
    (withdrawal.HouseCeiling, 409),
    (withdrawal.PayoutAddressKnown, 409),
    (withdrawal.PayoutAddressInUse, 409),
    (withdrawal.AddressBookFull, 409),
    (AddressesUsedUp, 409),
    (AccountClosed, 403),
    (withdrawal.WithdrawalsFrozen, 403),
    (DepositsClosed, 503),
    (PlayRefused, 403),
    (withdrawal.WithdrawalsClosed, 503),
    (NoRate, 503),
    (LedgerRefused, 500),
    (UnbalancedPostings, 500),
)


class ErrorSerializer(serializers.Serializer[Any]):
    """Why a request was refused."""

    code = serializers.CharField(help_text="stable, for programs")
    message = serializers.CharField(help_text="for people")


class MoneyRefused(exceptions.APIException):
    """A refusal of the wallet, as REST framework knows it."""

    def __init__(self, error: WalletError | AddressRefused) -> None:
        super().__init__(error.message, error.code)
        self.status_code = status_of(error)


class KeyMissing(exceptions.APIException):
    """A request that moves money came without the header `Idempotency-Key`."""

    status_code = 400
    default_code = "idempotency_key_missing"


class CursorInvalid(exceptions.APIException):
    """A page was asked for with something that is no cursor of this list."""

    status_code = 400
    default_code = "cursor_invalid"


class UnknownField(exceptions.APIException):
    """The body has a field that nobody asked for."""

    status_code = 400
    default_code = "unknown_field"


def status_of(error: WalletError | AddressRefused) -> int:
    """The HTTP status of a refusal."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
