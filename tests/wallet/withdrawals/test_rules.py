"""House rules have ranges and fit each other: in the form, and in the database."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from tests.wallet.house import execute, refused
from wallet.models import AssetPolicy, Policy
from wallet.policies import asset_policy, policy

pytestmark = pytest.mark.django_db

TOO_MUCH = {"asset_units": 10**37, "other": 2 * 10**12}


def numbers(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name != "id"
        and not isinstance(field, (models.BooleanField, models.CharField, models.DateTimeField))
    ]


def refusal(row: models.Model, **changes: Any) -> ValidationError:
    """What the admin's form says."""
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value


@pytest.mark.parametrize("name", numbers(Policy))
def test_every_rule_has_a_range(name: str) -> None:
    too_much = 2 * 10**12 if name.endswith("_krw") else 10**9
    for value in (-1, too_much):
        assert name in refusal(policy(), **{name: value}).message_dict
        constraint = f"wallet_policy_{name}"
        with refused(constraint):
            # Only this constraint is looked at: what the rule has to fit is elsewhere.
            _without_orders("policy")
            execute(f"UPDATE wallet_policy SET {name} = %s", [value])


@pytest.mark.parametrize("name", numbers(AssetPolicy))
def test_every_rule_of_an_asset_has_a_range(name: str) -> None:
    asset_policy("ETH")
    for value in (-1, 10**37 if name.endswith("_units") else 10**9):
        assert name in refusal(asset_policy("ETH"), **{name: value}).message_dict
        with refused(f"wallet_assetpolicy_{name}"):
            _without_orders("assetpolicy")
            execute(f"UPDATE wallet_assetpolicy SET {name} = %s", [value])


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("policy_tiers", {"two_approvals_krw": 500_000}),
        ("policy_ceilings", {"min_withdrawal_krw": 30_000_000}),
        ("policy_ceilings", {"user_day_krw": 10_000_000}),
        ("policy_house_ceilings", {"house_hour_krw": 10_000_000}),
        ("policy_house_ceilings", {"house_hour_krw": 3_000_000_000}),
        ("policy_depths", {"btc_one_confirmation_krw": 30_000_000}),
        ("policy_rates", {"breaker_bps": 100}),
    ],
)
def test_rules_fit_each_other(constraint: str, changes: dict[str, Any]) -> None:
    row = policy()
    assert "__all__" in refusal(row, **changes).message_dict
    with refused(f"wallet_{constraint}"):
        Policy.objects.update(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("hot", {"hot_least_units": 10**10}),
        ("dust", {"dust_units": 10**7}),
        ("bitcoin_fee_cap", {"fee_cap_units": 10**8}),
    ],
)
def test_rules_of_an_asset_fit_each_other(constraint: str, changes: dict[str, Any]) -> None:
    row = asset_policy("BTC")
    assert "__all__" in refusal(row, **changes).message_dict
    with refused(f"wallet_assetpolicy_{constraint}"):
        AssetPolicy.objects.update(**changes)


def test_what_an_installation_begins_with_is_within_them() -> None:
    policy().full_clean()
    for asset in ("BTC", "ETH", "USDT", "USDC"):
        asset_policy(asset).full_clean()


def _without_orders(table: str) -> None:
    """Until the end of the transaction that is refused."""
    kept = {
        f"wallet_{table}_{name}" for name in numbers({"policy": Policy}.get(table, AssetPolicy))
    }
    for (name,) in execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
        [f"wallet_{table}"],
    ):
        if name not in kept:
            execute(f'ALTER TABLE wallet_{table} DROP CONSTRAINT "{name}"')
