"""What staff may set: limits, waits, tiers, margins and the switches. No money is in here."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset
from wallet.fields import AmountField

BASIS_POINTS = [MinValueValidator(0), MaxValueValidator(5_000)]


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
    min_withdrawal_krw = models.BigIntegerField(_("least withdrawal (won)"), default=10_000)
    auto_approve_krw = models.BigIntegerField(
        _("approved by itself up to (won)"), default=1_000_000
    )
    two_approvals_krw = models.BigIntegerField(_("two approvals above (won)"), default=10_000_000)
    wait_hours = models.IntegerField(_("wait for large or unusual ones (hours)"), default=24)
    address_wait_hours = models.IntegerField(_("wait of a new address (hours)"), default=24)
    credentials_wait_hours = models.IntegerField(
        _("wait after a new password or second factor (hours)"), default=24
    )
    review_expires_hours = models.IntegerField(_("review ends after (hours)"), default=72)
    quote_seconds = models.IntegerField(_("a quote is good for (seconds)"), default=60)
    user_hour_krw = models.BigIntegerField(_("a player an hour (won)"), default=20_000_000)
    user_day_krw = models.BigIntegerField(_("a player a day (won)"), default=100_000_000)
    house_hour_krw = models.BigIntegerField(_("the house an hour (won)"), default=300_000_000)
    house_day_krw = models.BigIntegerField(_("the house a day (won)"), default=2_000_000_000)

    # Rates
    spread_bps = models.IntegerField(
        _("spread each way (1/100 %)"), default=50, validators=BASIS_POINTS
    )
    source_max_age_s = models.IntegerField(_("oldest rate (seconds)"), default=60)
    source_deviation_bps = models.IntegerField(
        _("a source may be off by (1/100 %)"), default=200, validators=BASIS_POINTS
    )
    breaker_bps = models.IntegerField(
        _("quotes stop at a move in a minute of (1/100 %)"), default=500, validators=BASIS_POINTS
    )
    haircut_bps = models.IntegerField(
        _("haircut on our coins (1/100 %)"), default=1_000, validators=BASIS_POINTS
    )

    # Depth by value
    btc_one_confirmation_krw = models.BigIntegerField(
        _("Bitcoin: 1 confirmation up to (won)"), default=1_000_000
    )
    btc_three_confirmations_krw = models.BigIntegerField(
        _("Bitcoin: 3 confirmations up to (won)"), default=20_000_000
    )
    eth_safe_krw = models.BigIntegerField(_("Ethereum: `safe` up to (won)"), default=5_000_000)

    # Law
    travel_rule_krw = models.BigIntegerField(
        _("Travel Rule from (won)"),
        default=0,
        help_text=_("0: withdrawals of every amount say whose wallet they go to."),
    )
    min_age = models.IntegerField(_("least age"), default=19)
    deposit_identity_level = models.IntegerField(_("identity level to deposit"), default=0)
    withdraw_identity_level = models.IntegerField(_("identity level to withdraw"), default=0)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("house rules for money")
        verbose_name_plural = _("house rules for money")
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="wallet_policy_one_row"),
        )

    def __str__(self) -> str:
        return str(_("house rules for money"))


class AssetPolicy(models.Model):
    """The same for one asset. Amounts in the asset's own unit."""

    asset = models.CharField(_("asset"), max_length=8, choices=Asset, primary_key=True)
    is_open = models.BooleanField(_("offered"), default=True)
    dust_units = AmountField(_("smaller deposits are dust (units)"))
    # The hot wallet is kept between these; what is above `hot_most` goes to cold storage.
    hot_least_units = AmountField(_("hot wallet: least (units)"))
    hot_most_units = AmountField(_("hot wallet: most (units)"))
    sweep_least_units = AmountField(_("sweep deposit addresses from (units)"))
    withdrawal_fee_krw = models.BigIntegerField(_("fee of a withdrawal (won)"))
    # In units of the network's native coin.
    fee_cap_units = AmountField(_("most a transaction may cost (native units)"))

    class Meta:
        verbose_name = _("rules of an asset")
        verbose_name_plural = _("rules of assets")

    def __str__(self) -> str:
        return self.asset
