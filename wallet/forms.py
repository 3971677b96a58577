"""What the wallet's pages ask for. What is refused is said by the services."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset, Network, facts
from wallet.ledger import LARGEST_AMOUNT_KRW
from wallet.models import LimitKind, LimitPeriod, PayoutAddress, WalletOwner
from wallet.statement import KINDS

# Digits, or digits in groups of three.
_WON = re.compile(r"[0-9]{1,19}|[0-9]{1,3}(,[0-9]{3}){1,6}")

# What a player calls the kinds of movements; everything of `KINDS` has a name here.
KIND_NAMES: Final = {
    "play_grant": _("play money"),
    "buy_in": _("to a table"),
    "cash_out": _("back from a table"),
    "deposit": _("deposit"),
    "deposit_reversal": _("deposit taken back"),
    "repayment": _("debt paid"),
    "quarantine_release": _("deposit after review"),
    "withdrawal_hold": _("withdrawal"),
    "withdrawal_release": _("withdrawal given back"),
    "reversal": _("correction"),
}


class WonField(forms.Field):
    """Won as people write them: `100000` or `100,000`. Cleans to an int, or None where it is empty.

    Anything else is refused, above all what `int` would take: signs, `1_000`, other digits.
    """

    default_error_messages = {  # noqa: RUF012  (as Django declares it)
        "invalid": _("Enter a whole amount above zero.")
    }

    def __init__(self, *, min_value: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value = min_value

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        if not _WON.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        amount = int(text.replace(",", ""))
        if not self.min_value <= amount <= LARGEST_AMOUNT_KRW:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return amount

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        own = {"inputmode": "numeric", "autocomplete": "off", "data-won": ""}
        return super().widget_attrs(widget) | own


class WithdrawForm(forms.Form):
    """An amount in won, a coin, and an address of the book that fits it."""

    amount_krw = WonField(label=_("Amount in won"))
    payout = forms.ChoiceField(label=_("Coin and address"))

    def __init__(self, *args: Any, entries: list[PayoutAddress], offered: list[Asset], **kw: Any):
        super().__init__(*args, **kw)
        self.fields["payout"].choices = [  # type: ignore[attr-defined]
            (f"{asset}:{entry.pk}", f"{asset} → {entry.label} ({_shortened(entry.address)})")
            for asset in offered
            for entry in entries
            if entry.network == facts(asset).network
        ]

    @property
    def asset(self) -> str:
        return str(self.cleaned_data["payout"]).partition(":")[0]

    @property
    def payout_address_id(self) -> int:
        return int(str(self.cleaned_data["payout"]).partition(":")[2])


class OwnerForm(forms.Form):
    """Whose wallet an address is, as the Travel Rule asks."""

    owner = forms.ChoiceField(label=_("Whose wallet is it?"), choices=WalletOwner.choices)
    owner_name = forms.CharField(
        label=_("Owner's name, if it is not you"), max_length=100, required=False
    )
    exchange = forms.CharField(
        label=_("Exchange"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty if the wallet is not at an exchange."),
    )


class AddressForm(OwnerForm):
    """A new entry of the address book."""

    field_order = ("network", "address", "label", "owner", "owner_name", "exchange")
    network = forms.ChoiceField(label=_("Network"), choices=Network.choices)
    address = forms.CharField(label=_("Address"), max_length=120)
    label = forms.CharField(label=_("Label"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}


def _shortened(address: str) -> str:
    """So that a line of a menu fits a phone; the offer shows the whole address."""
    return f"{address[:8]}…{address[-6:]}"


class RepayForm(forms.Form):
    """How much of a debt to pay, at most; `key` makes the form pay once."""

    amount_krw = WonField()
    key = forms.CharField()


class LimitForm(forms.Form):
    """One limit; empty lifts it."""

    kind = forms.ChoiceField(choices=LimitKind.choices)
    period = forms.ChoiceField(choices=LimitPeriod.choices)
    value = WonField(min_value=0, required=False)


FOR_GOOD = "for-good"
EXCLUSION_DAYS = {
    "1": _("a day"),
    "7": _("a week"),
    "30": _("30 days"),
    "180": _("six months"),
    "365": _("a year"),
    FOR_GOOD: _("for good"),
}


class ExclusionForm(forms.Form):
    """How long; it cannot be shortened, so it is asked twice."""

    days = forms.ChoiceField(label=_("Keep me out for"), choices=list(EXCLUSION_DAYS.items()))
    sure = forms.BooleanField(label=_("I know that this cannot be undone or shortened."))


def _day(label: Any) -> forms.DateField:
    """A day that may be left out, within the years that can be reckoned with."""
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


class StatementForm(forms.Form):
    """Which part of a statement; `before` and `after` are numbers of movements, for its pages."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("all")), *((kind, KIND_NAMES[kind]) for kind in KINDS)],
        required=False,
    )
    start = _day(_("From"))
    end = _day(_("Until"))
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def query(self) -> dict[str, str]:
        """The filter again, as a query, without the page."""
        names = ("kind", "start", "end")
        return {name: str(self.data[name]) for name in names if self.data.get(name)}
