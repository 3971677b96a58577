"""What the wallet's pages ask for. What is refused is said by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wallet.assets import Asset, Network, coins
from wallet.models import LimitKind, LimitPeriod, PayoutAddress, WalletOwner


class WithdrawForm(forms.Form):
    """An amount in won, a coin, and an address of the book that fits it."""

    amount_krw = forms.IntegerField(label=_("Amount in won"), min_value=1)
    payout = forms.ChoiceField(label=_("Coin and address"))

    def __init__(self, *args: Any, entries: list[PayoutAddress], offered: list[Asset], **kw: Any):
        super().__init__(*args, **kw)
        from wallet.assets import facts

        self.fields["payout"].choices = [  # type: ignore[attr-defined]
            (f"{asset}:{entry.pk}", f"{asset} → {entry.label} ({entry.address})")
            for asset in offered
            for entry in entries
            if entry.network == facts(asset).network
        ]
        self.fields["amount_krw"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    @property
    def asset(self) -> str:
        return str(self.cleaned_data["payout"]).partition(":")[0]

    @property
    def payout_address_id(self) -> int:
        return int(str(self.cleaned_data["payout"]).partition(":")[2])


class AddressForm(forms.Form):
    """A new entry of the address book."""

    network = forms.ChoiceField(label=_("Network"), choices=Network.choices)
    address = forms.CharField(label=_("Address"), max_length=120)
    label = forms.CharField(label=_("Name for it"), max_length=40)
    owner = forms.ChoiceField(label=_("Whose wallet is it?"), choices=WalletOwner.choices)
    owner_name = forms.CharField(
        label=_("Their name, if it is not yours"), max_length=100, required=False
    )
    exchange = forms.CharField(
        label=_("Exchange that keeps it"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty for a wallet of your own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}


class LimitForm(forms.Form):
    """One limit; empty lifts it."""

    kind = forms.ChoiceField(choices=LimitKind.choices)
    period = forms.ChoiceField(choices=LimitPeriod.choices)
    value = forms.IntegerField(min_value=0, required=False)


EXCLUSION_DAYS = {
    "1": _("a day"),
    "7": _("a week"),
    "30": _("30 days"),
    "180": _("six months"),
    "365": _("a year"),
    "": _("for good"),
}


class ExclusionForm(forms.Form):
    """How long; it cannot be shortened, so it is asked twice."""

    days = forms.ChoiceField(
        label=_("Keep me out for"), choices=list(EXCLUSION_DAYS.items()), required=False
    )
    sure = forms.BooleanField(label=_("I know that this cannot be undone or shortened."))


def dust_hint(asset: str, units: int) -> str:
    """The smallest deposit that is credited."""
    return coins(asset, units)
