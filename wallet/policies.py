"""The house's rules as they are now, with what an installation begins with."""

from django.db import transaction

from wallet.assets import Asset, facts
from wallet.events import record
from wallet.models import AssetPolicy, Policy

_GWEI = 10**9
# dust, hot least, hot most, sweep least (units); fee of a withdrawal (won); fee cap (native units)
_BEGIN: dict[str, tuple[int, int, int, int, int, int]] = {
    Asset.BTC: (2_000, 20_000_000, 200_000_000, 1_000_000, 3_000, 200_000),
    Asset.ETH: (10**15, 5 * 10**18, 50 * 10**18, 10**17, 2_000, 500_000 * 100 * _GWEI),
    Asset.USDT: (1_000_000, 10_000 * 10**6, 100_000 * 10**6, 100 * 10**6, 3_000, 10**17),
    Asset.USDC: (1_000_000, 10_000 * 10**6, 100_000 * 10**6, 100 * 10**6, 3_000, 10**17),
}


def policy() -> Policy:
    """The house's one row of rules; made with its defaults where there is none."""
    row, _ = Policy.objects.get_or_create(id=1)
    return row


def asset_policy(asset: str) -> AssetPolicy:
    """The rules of one asset. Raises ValueError for what is no asset of ours."""
    dust, hot_least, hot_most, sweep_least, fee_krw, fee_cap = _BEGIN[facts(asset).asset]
    row, _ = AssetPolicy.objects.get_or_create(
        asset=asset,
        defaults={
            "dust_units": dust,
            "hot_least_units": hot_least,
            "hot_most_units": hot_most,
            "sweep_least_units": sweep_least,
            "withdrawal_fee_krw": fee_krw,
            "fee_cap_units": fee_cap,
        },
    )
    return row


def stop_withdrawals(reason: str, *, is_known: bool = False) -> None:
    """Close withdrawals and say why, together with the caller's writes. The first reason stays.

    `is_known`: they were closed for the same before. While they are closed with a reason the rules
    then stay as they are, so that a decision on these that waits for a colleague can be confirmed.
    """
    policy()
    with transaction.atomic():
        rules = Policy.objects.select_for_update().get(id=1)
        if not is_known or rules.withdrawals_open or not rules.stopped_reason:
            rules.withdrawals_open = False
            rules.stopped_reason = rules.stopped_reason or reason[:300]
            rules.save(update_fields=("withdrawals_open", "stopped_reason", "changed_at"))
        record("withdrawals_stopped", "policy", {"reason": reason})
