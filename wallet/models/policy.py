"""What staff may set: limits, waits, tiers, margins and the switches. No money is in here."""

from itertools import pairwise
from typing import Any

from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset
from wallet.fields import AmountField

# The least and the most that each rule may be, in admin and in the database. Whoever may change
# rules can thereby do so much and no more: nothing large is paid out without staff.
_RANGES: dict[str, tuple[int, int]] = {
    "min_withdrawal_krw": (1, 1_000_000_000),
    "auto_approve_krw": (0, 50_000_000),
    "two_approvals_krw": (0, 1_000_000_000),
    "wait_hours": (0, 168),
    "address_wait_hours": (0, 168),
    "credentials_wait_hours": (0, 168),
    "review_expires_hours": (1, 720),
    "quote_seconds": (10, 600),
    "user_hour_krw": (0, 1_000_000_000_000),
    "user_day_krw": (0, 1_000_000_000_000),
    "house_hour_krw": (0, 1_000_000_000_000),
    "house_day_krw": (0, 1_000_000_000_000),
    "spread_bps": (0, 1_000),
    "source_max_age_s": (0, 3_600),
    "source_deviation_bps": (1, 1_000),
    "breaker_bps": (10, 5_000),
    "haircut_bps": (0, 5_000),
    "btc_one_confirmation_krw": (0, 1_000_000_000_000),
    "btc_three_confirmations_krw": (0, 1_000_000_000_000),
    "eth_safe_krw": (0, 1_000_000_000_000),
    "travel_rule_krw": (0, 1_000_000_000),
    "min_age": (0, 99),
    "deposit_identity_level": (0, 3),
    "withdraw_identity_level": (0, 3),
}
_ASSET_RANGES: dict[str, tuple[int, int]] = {
    "dust_units": (0, 10**24),
    "hot_least_units": (0, 10**30),
    "hot_most_units": (0, 10**30),
    "sweep_least_units": (1, 10**30),
    "withdrawal_fee_krw": (0, 1_000_000),
    "fee_cap_units": (1, 10**18),
}
# A tenth of a bitcoin; the native coin of the others is ether.
_BITCOIN_FEE_CAP_SAT = 10**7


def _within(name: str) -> list[BaseValidator]:
    least, most = (_RANGES | _ASSET_RANGES)[name]
    return [MinValueValidator(least), MaxValueValidator(most)]


def _checks(table: str, ranges: dict[str, tuple[int, int]]) -> list[models.CheckConstraint]:
    """Each range as a constraint of the database."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__gte": least, f"{name}__lte": most}),
            name=f"wallet_{table}_{name}",
            violation_error_message=_("A rule is outside of its range."),
        )
        for name, (least, most) in ranges.items()
    ]


def _in_order(name: str, *fields: str, message: Any) -> models.CheckConstraint:
    """Each of the fields is at most the next one."""
    condition = Q()
    for low, high in pairwise(fields):
        condition &= Q(**{f"{low}__lte": F(high)})
    return models.CheckConstraint(
        condition=condition, name=f"wallet_{name}", violation_error_message=message
    )


class Policy(models.Model):
    """The one row of house rules for money in and out; `wallet.policies.policy()` reads it."""

    # Switches
    deposits_open = models.BooleanField(
        _("deposits are shown"), default=True, help_text=_("Coins that arrive are credited anyway.")
    )
    withdrawals_open = models.BooleanField(
        _("withdrawals are open"),
        default=True,
        help_text=_("The kill switch: off, nothing is asked for, approved, signed or sent."),
    )
    # Set when chain and ledger disagree, or somebody else moves our coins; a person clears it.
    stopped_reason = models.CharField(_("stopped because"), max_length=300, blank=True, default="")

    # Withdrawals
    min_withdrawal_krw = models.BigIntegerField(
        _("least withdrawal (won)"), default=10_000, validators=_within("min_withdrawal_krw")
    )
    auto_approve_krw = models.BigIntegerField(
        _("approved by itself up to (won)"),
        default=1_000_000,
        validators=_within("auto_approve_krw"),
    )
    two_approvals_krw = models.BigIntegerField(
        _("two approvals above (won)"), default=10_000_000, validators=_within("two_approvals_krw")
    )
    wait_hours = models.IntegerField(
        _("wait for large or unusual ones (hours)"), default=24, validators=_within("wait_hours")
    )
    address_wait_hours = models.IntegerField(
        _("wait of a new address (hours)"), default=24, validators=_within("address_wait_hours")
    )
    credentials_wait_hours = models.IntegerField(
        _("wait after a new password or second factor (hours)"),
        default=24,
        validators=_within("credentials_wait_hours"),
    )
    review_expires_hours = models.IntegerField(
        _("review ends after (hours)"), default=72, validators=_within("review_expires_hours")
    )
    quote_seconds = models.IntegerField(
        _("a quote is good for (seconds)"), default=60, validators=_within("quote_seconds")
    )
    user_hour_krw = models.BigIntegerField(
        _("a player an hour (won)"), default=20_000_000, validators=_within("user_hour_krw")
    )
    user_day_krw = models.BigIntegerField(
        _("a player a day (won)"), default=100_000_000, validators=_within("user_day_krw")
    )
    house_hour_krw = models.BigIntegerField(
        _("the house an hour (won)"), default=300_000_000, validators=_within("house_hour_krw")
    )
    house_day_krw = models.BigIntegerField(
        _("the house a day (won)"), default=2_000_000_000, validators=_within("house_day_krw")
    )

    # Rates
    spread_bps = models.IntegerField(
        _("spread each way (1/100 %)"), default=50, validators=_within("spread_bps")
    )
    source_max_age_s = models.IntegerField(
        _("oldest rate (seconds)"), default=60, validators=_within("source_max_age_s")
    )
    source_deviation_bps = models.IntegerField(
        _("a source may be off by (1/100 %)"),
        default=200,
        validators=_within("source_deviation_bps"),
    )
    breaker_bps = models.IntegerField(
        _("quotes stop at a move in a minute of (1/100 %)"),
        default=500,
        validators=_within("breaker_bps"),
    )
    haircut_bps = models.IntegerField(
        _("haircut on our coins (1/100 %)"), default=1_000, validators=_within("haircut_bps")
    )

    # Depth by value
    btc_one_confirmation_krw = models.BigIntegerField(
        _("Bitcoin: 1 confirmation up to (won)"),
        default=1_000_000,
        validators=_within("btc_one_confirmation_krw"),
    )
    btc_three_confirmations_krw = models.BigIntegerField(
        _("Bitcoin: 3 confirmations up to (won)"),
        default=20_000_000,
        validators=_within("btc_three_confirmations_krw"),
    )
    eth_safe_krw = models.BigIntegerField(
        _("Ethereum: `safe` up to (won)"), default=5_000_000, validators=_within("eth_safe_krw")
    )

    # Law
    travel_rule_krw = models.BigIntegerField(
        _("Travel Rule from (won)"),
        default=0,
        help_text=_("0: withdrawals of every amount say whose wallet they go to."),
        validators=_within("travel_rule_krw"),
    )
    min_age = models.IntegerField(_("least age"), default=19, validators=_within("min_age"))
    deposit_identity_level = models.IntegerField(
        _("identity level to deposit"), default=0, validators=_within("deposit_identity_level")
    )
    withdraw_identity_level = models.IntegerField(
        _("identity level to withdraw"), default=0, validators=_within("withdraw_identity_level")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("house rules for money")
        verbose_name_plural = _("house rules for money")
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="wallet_policy_one_row"),
            *_checks("policy", _RANGES),
            _in_order(
                "policy_tiers",
                *("auto_approve_krw", "two_approvals_krw"),
                message=_(
                    "What is approved by itself must not need two approvals: lower the one"
                    " amount or raise the other."
                ),
            ),
            _in_order(
                "policy_ceilings",
                *("min_withdrawal_krw", "user_hour_krw", "user_day_krw", "house_day_krw"),
                message=_(
                    "The least withdrawal must be within what a player may in an hour, that"
                    " within a day, and that within what the house pays in a day."
                ),
            ),
            _in_order(
                "policy_house_ceilings",
                *("user_hour_krw", "house_hour_krw", "house_day_krw"),
                message=_(
                    "What a player may in an hour must be within what the house pays in an"
                    " hour, and that within a day."
                ),
            ),
            _in_order(
                "policy_depths",
                *("btc_one_confirmation_krw", "btc_three_confirmations_krw"),
                message=_(
                    "More confirmations are for larger deposits: the amount for 3 must not be"
                    " below the one for 1."
                ),
            ),
            _in_order(
                "policy_rates",
                *("source_deviation_bps", "breaker_bps"),
                message=_("Quotes must stop at a larger move than sources may be off by."),
            ),
        )

    def __str__(self) -> str:
        return str(_("house rules for money"))


class AssetPolicy(models.Model):
    """The same for one asset. Amounts in the asset's own unit."""

    asset = models.CharField(_("asset"), max_length=8, choices=Asset, primary_key=True)
    is_open = models.BooleanField(_("offered"), default=True)
    dust_units = AmountField(
        _("smaller deposits are dust (units)"), validators=_within("dust_units")
    )
    # The hot wallet is kept between these; what is above `hot_most` goes to cold storage.
    hot_least_units = AmountField(
        _("hot wallet: least (units)"), validators=_within("hot_least_units")
    )
    hot_most_units = AmountField(
        _("hot wallet: most (units)"), validators=_within("hot_most_units")
    )
    sweep_least_units = AmountField(
        _("sweep deposit addresses from (units)"), validators=_within("sweep_least_units")
    )
    withdrawal_fee_krw = models.BigIntegerField(
        _("fee of a withdrawal (won)"), validators=_within("withdrawal_fee_krw")
    )
    # In units of the network's native coin.
    fee_cap_units = AmountField(
        _("most a transaction may cost (native units)"), validators=_within("fee_cap_units")
    )

    class Meta:
        verbose_name = _("rules of an asset")
        verbose_name_plural = _("rules of assets")
        constraints = (
            *_checks("assetpolicy", _ASSET_RANGES),
            models.CheckConstraint(
                condition=~Q(asset=Asset.BTC) | Q(fee_cap_units__lte=_BITCOIN_FEE_CAP_SAT),
                name="wallet_assetpolicy_bitcoin_fee_cap",
                violation_error_message=_("A Bitcoin transaction may cost at most 0.1 BTC."),
            ),
            _in_order(
                "assetpolicy_hot",
                *("hot_least_units", "hot_most_units"),
                message=_("The hot wallet's least must not be above its most."),
            ),
            _in_order(
                "assetpolicy_dust",
                *("dust_units", "sweep_least_units"),
                message=_("What is swept must not be dust."),
            ),
        )

    def __str__(self) -> str:
        return self.asset
