"""The house's rules for money: what staff may set, with every change told in the audit log.

What makes a rule stricter is set at once; a page that loosens one is proposed as a whole.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.forms import CharField, HiddenInput, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminBigIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from wallet import proposals
from wallet.admin.tools import PROPOSED
from wallet.errors import WalletError
from wallet.events import record
from wallet.fields import AmountField
from wallet.models import AssetPolicy, Policy, Proposal, ProposalKind
from wallet.policies import policy
from wallet.rules import changes_to, fingerprint, looser


class RulesForm(ModelForm):  # type: ignore[type-arg]
    """Refuses a page that shows rules which were changed meanwhile, by staff or by themselves.

    Else saving one rule on an old page would undo a stop of withdrawals that came after it.
    """

    seen = CharField(widget=HiddenInput, required=False, label="")
    note = CharField(
        required=False,
        max_length=200,
        initial="",
        widget=UnfoldAdminTextInputWidget,
        label=_("Why"),
        help_text=_(
            "What loosens a rule, opens withdrawals or empties the reason why they are stopped is"
            " only proposed, with the whole page: a colleague must confirm it under “Decisions"
            " that wait”, and reads this. What makes rules stricter is set at once."
        ),
    )

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


class HouseRulesForm(RulesForm):
    """With room for why withdrawals stopped: a sentence with hashes in it."""

    class Meta:
        widgets = {"stopped_reason": UnfoldAdminTextareaWidget(attrs={"rows": 3})}  # noqa: RUF012


class RulesAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that are always there; each change is an event of the audit log, old and new."""

    form = RulesForm
    formfield_overrides = {AmountField: {"widget": UnfoldAdminBigIntegerFieldWidget}}  # noqa: RUF012
    warn_unsaved_form = True
    proposal_kind: ProposalKind

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

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With what is refused to be proposed told on the page."""
        try:
            shown: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except WalletError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.path)
        return shown

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool
    ) -> None:
        now = type(obj)._default_manager.get(pk=obj.pk)
        own = {field.name for field in now._meta.concrete_fields}
        changes = changes_to(
            now, {name: form.cleaned_data[name] for name in form.changed_data if name in own}
        )
        if looser(now, changes):
            obj.proposal = proposals.propose(
                kind=self.proposal_kind,
                subject=obj.pk,
                staff=request.user,  # type: ignore[arg-type]
                details={"changes": changes},
                note=form.cleaned_data["note"],
            )
            return
        super().save_model(request, obj, form, change)
        if changes:
            kind = f"{obj._meta.model_name}_changed"
            record(kind, str(obj.pk), {"by": request.user.pk, "changed": changes})

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing is changed by a proposal; it tells of itself."""
        return None if _proposed(obj) else super().log_change(request, obj, message)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        row = _proposed(obj)
        if row is None:
            answer: HttpResponse = super().response_change(request, obj)
            return answer
        self.message_user(request, PROPOSED, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:wallet_proposal_change", args=[row.pk]))


def _proposed(rules: Any) -> Proposal | None:
    """What was proposed instead of saving this row."""
    row: Proposal | None = getattr(rules, "proposal", None)
    return row


@admin.register(Policy)
class PolicyAdmin(RulesAdmin):
    """One row: switches, limits, waits, rates, depths, law."""

    proposal_kind = ProposalKind.HOUSE_RULES

    form = HouseRulesForm
    list_display = ("__str__", "withdrawals_open", "deposits_open", "stopped_reason", "changed_at")
    fieldsets = (
        (
            _("Switches"),
            {
                "fields": ("note", "withdrawals_open", "deposits_open", "stopped_reason", "seen"),
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

    proposal_kind = ProposalKind.ASSET_RULES
    list_display = ("asset", "is_open", "withdrawal_fee_krw", "hot_least_units", "hot_most_units")
    readonly_fields = ("asset",)
    fields = (
        *("asset", "note", "is_open", "dust_units", ("hot_least_units", "hot_most_units")),
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
