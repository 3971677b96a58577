"""The house's rules for money: what staff may set, with every change told in the audit log."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from wallet.events import record
from wallet.models import AssetPolicy, Policy
from wallet.policies import policy


class RulesAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that are always there; each change is an event of the audit log, old and new."""

    warn_unsaved_form = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _refuse_strangers(self, request: HttpRequest) -> None:
        """Before a list makes the rows that it is to show."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool
    ) -> None:
        changed = {
            name: {"old": str(form.initial.get(name)), "new": str(form.cleaned_data[name])}
            for name in form.changed_data
        }
        super().save_model(request, obj, form, change)
        if changed:
            kind = f"{obj._meta.model_name}_changed"
            record(kind, str(obj.pk), {"by": request.user.pk, "changed": changed})


@admin.register(Policy)
class PolicyAdmin(RulesAdmin):
    """One row: switches, limits, waits, rates, depths, law."""

    list_display = ("__str__", "withdrawals_open", "deposits_open", "stopped_reason", "changed_at")
    fieldsets = (
        (
            _("Switches"),
            {
                "fields": ("withdrawals_open", "deposits_open", "stopped_reason"),
                "description": _(
                    "Withdrawals stop by themselves when the chain and the ledger disagree, and"
                    " say here where. Find out why before you empty the reason."
                ),
            },
        ),
        (
            _("Withdrawals"),
            {
                "fields": (
                    ("min_withdrawal_krw", "auto_approve_krw"),
                    ("two_approvals_krw", "wait_hours"),
                    ("address_wait_hours", "credentials_wait_hours"),
                    ("review_expires_hours", "quote_seconds"),
                    ("user_hour_krw", "user_day_krw"),
                    ("house_hour_krw", "house_day_krw"),
                )
            },
        ),
        (
            _("Rates"),
            {
                "fields": (
                    ("spread_bps", "source_max_age_s"),
                    ("source_deviation_bps", "breaker_bps"),
                    "haircut_bps",
                )
            },
        ),
        (
            _("Depth of deposits"),
            {
                "fields": (
                    ("btc_one_confirmation_krw", "btc_three_confirmations_krw"),
                    "eth_safe_krw",
                )
            },
        ),
        (
            _("Law"),
            {
                "fields": (
                    ("travel_rule_krw", "min_age"),
                    ("deposit_identity_level", "withdraw_identity_level"),
                )
            },
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one row is there, if only with what an installation begins with."""
        policy()
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown


@admin.register(AssetPolicy)
class AssetPolicyAdmin(RulesAdmin):
    """What is offered, what is dust, how full the hot wallet is, what a withdrawal costs."""

    list_display = ("asset", "is_open", "withdrawal_fee_krw", "hot_least_units", "hot_most_units")
    readonly_fields = ("asset",)
    fields = (
        *("asset", "is_open", "dust_units", ("hot_least_units", "hot_most_units")),
        *("sweep_least_units", ("withdrawal_fee_krw", "fee_cap_units")),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every asset has its rules, if only the ones it begins with."""
        self._refuse_strangers(request)
        from wallet.assets import Asset
        from wallet.policies import asset_policy

        for asset in Asset:
            asset_policy(asset)
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown
