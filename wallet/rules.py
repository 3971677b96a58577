"""Rules of the house that are changed: which way is looser, and how a change is written.

Making a rule stricter is done at once by whoever may set rules; loosening one takes two
(`wallet.proposals`).
"""

import hashlib
from collections.abc import Mapping
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from wallet.events import record
from wallet.models import AssetPolicy, Policy

# More of it lets more money move with less looking; True is more than False.
LOOSER_ABOVE = frozenset(
    {
        *("withdrawals_open", "auto_approve_krw", "two_approvals_krw", "quote_seconds"),
        *("user_hour_krw", "user_day_krw", "house_hour_krw", "house_day_krw"),
        *("source_max_age_s", "source_deviation_bps", "breaker_bps", "travel_rule_krw"),
        *("btc_one_confirmation_krw", "btc_three_confirmations_krw", "eth_safe_krw"),
        # Of an asset. What is dust is the house's.
        *("is_open", "dust_units", "hot_most_units", "fee_cap_units"),
    }
)
# Less of it does.
LOOSER_BELOW = frozenset(
    {
        *("wait_hours", "address_wait_hours", "credentials_wait_hours", "spread_bps"),
        *("haircut_bps", "min_age", "deposit_identity_level", "withdraw_identity_level"),
    }
)
# Neither way lets more out.
NEUTRAL = frozenset(
    {
        *("deposits_open", "min_withdrawal_krw", "review_expires_hours"),
        *("hot_least_units", "sweep_least_units", "withdrawal_fee_krw"),
    }
)
STOPPED = "stopped_reason"


class Change(TypedDict):
    """What a rule was, and what it is to be."""

    old: str
    new: str


Changes = Mapping[str, Change]


def fingerprint(rules: Model) -> str:
    """Of every value of a row as it is now."""
    values = [str(getattr(rules, field.attname)) for field in rules._meta.concrete_fields]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


def changes_to(rules: Model, wanted: Mapping[str, Any]) -> dict[str, Change]:
    """What is different in `wanted` from a row as it is."""
    return {
        name: {"old": str(getattr(rules, name)), "new": str(value)}
        for name, value in wanted.items()
        if getattr(rules, name) != value
    }


def looser(rules: Model, changes: Changes) -> list[str]:
    """The rules among them that would let more out than a row as it is."""
    return [name for name, change in changes.items() if _is_looser(rules, name, change["new"])]


def write(rules: Policy | AssetPolicy, changes: Changes, *, told: Mapping[str, Any]) -> None:
    """Set them and tell the audit log, old and new, with what is `told` of who did it.

    Raises ValidationError where they do not fit each other.
    """
    with transaction.atomic():
        for name, change in changes.items():
            setattr(rules, name, _read(rules, name, change["new"]))
        rules.full_clean()
        rules.save()
        record(f"{rules._meta.model_name}_changed", str(rules.pk), {**told, "changed": changes})


def locked(model: type[Model], pk: str) -> Policy | AssetPolicy | None:
    """A row of rules, locked."""
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    return row if isinstance(row, Policy | AssetPolicy) else None


def _is_looser(rules: Model, name: str, new: str) -> bool:
    old_value, new_value = getattr(rules, name), _read(rules, name, new)
    if name == STOPPED:
        # Writing another reason over one is hiding it.
        return bool(old_value) and old_value != new_value
    if name in LOOSER_ABOVE:
        return bool(new_value > old_value)
    return name in LOOSER_BELOW and bool(new_value < old_value)


def _read(rules: Model, name: str, text: str) -> Any:
    """A value as its rule has it: a switch, a whole number or a text."""
    kind = type(getattr(rules, name))
    if kind is bool:
        return text == "True"
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise ValidationError({name: text}) from None
    return text
