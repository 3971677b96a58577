"""The house's rules for money: what staff may set, with every change told in the audit log."""

import hashlib
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.forms import CharField, HiddenInput, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminBigIntegerFieldWidget, UnfoldAdminTextareaWidget

from wallet.events import record
from wallet.fields import AmountField
from wallet.models import AssetPolicy, Policy
from wallet.policies import policy


class RulesForm(ModelForm):  # type: ignore[type-arg]
    """Refuses a page that shows rules which were changed meanwhile, by staff or by themselves.

    Else saving one rule on an old page would undo a stop of withdrawals that came after it.
    """

    seen = CharField(widget=HiddenInput, required=False, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = fingerprint(self.instance)
        self.fields["seen"].initial = self._now

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") != self._now:
            raise ValidationError(
                _("These rules were changed after you opened this page. Reload it."), code="stale"
            )
        return cleaned

    def _post_clean(self) -> None:
        """Also constraints in which a value counts that the page only shows."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as refusal:
                self._update_errors(refusal)  # type: ignore[attr-defined]


def fingerprint(rules: Model) -> str:
    """Of every value of a row as it is now."""
    values = [str(getattr(rules, field.attname)) for field in rules._meta.concrete_fields]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


class HouseRulesForm(RulesForm):
    """With room for why withdrawals stopped: a sentence with hashes in it."""

    class Meta:
        widgets = {"stopped_reason": UnfoldAdminTextareaWidget(attrs={"rows": 3})}  # noqa: RUF012


class RulesAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that are always there; each change is an event of the audit log, old and new."""

    form = RulesForm
    formfield_overrides = {AmountField: {"widget": UnfoldAdminBigIntegerFieldWidget}}  # noqa: RUF012
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Locked while a form is checked and saved (the admin does both in one transaction)."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_for_update() if connection.in_atomic_block else rows

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
            if name != "seen"
        }
        super().save_model(request, obj, form, change)
        if changed:
            kind = f"{obj._meta.model_name}_changed"
            record(kind, str(obj.pk), {"by": request.user.pk, "changed": changed})


@admin.register(Policy)
class PolicyAdmin(RulesAdmin):
    """One row: switches, limits, waits, rates, depths, law."""

    form = HouseRulesForm
    list_display = ("__str__", "withdrawals_open", "deposits_open", "stopped_reason", "changed_at")
    fieldsets = (
        (
            _("Switches"),
            {
                "fields": ("withdrawals_open", "deposits_open", "stopped_reason", "seen"),
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
        *("sweep_least_units", ("withdrawal_fee_krw", "fee_cap_units"), "seen"),
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
