"""The address book."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wallet import payout_addresses as services
from wallet.forms import AddressForm, OwnerForm
from wallet.policies import policy
from wallet.views.shared import page, refusals_are_told, user_of
from wallet.withdrawals.errors import OwnerInvalid


@page
def addresses(request: HttpRequest) -> HttpResponse:
    """The book, and a form for one more."""
    user = user_of(request)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_are_told(request):
            services.add_address(user=user, **form.cleaned_data)
            messages.success(request, _("The address is saved."))
            return redirect("wallet-addresses")
    return render(
        request,
        "wallet/addresses.html",
        {
            "form": form,
            "owner_form": OwnerForm(auto_id=False),
            "entries": services.addresses_of(user=user),
            "now": timezone.now(),
            "wait_hours": policy().address_wait_hours,
        },
    )


@page
@require_POST
def declare(request: HttpRequest, address_id: int) -> HttpResponse:
    """Say whose wallet it is, where that was not said when the address came into the book."""
    form = OwnerForm(request.POST)
    with refusals_are_told(request):
        if not form.is_valid():
            raise OwnerInvalid("the form")
        services.declare_owner(user=user_of(request), address_id=address_id, **form.cleaned_data)
        messages.success(request, _("Thank you. You can withdraw to this address now."))
    return redirect("wallet-addresses")


@page
@require_POST
def remove(request: HttpRequest, address_id: int) -> HttpResponse:
    with refusals_are_told(request):
        services.remove_address(user=user_of(request), address_id=address_id)
        messages.success(request, _("The address is removed."))
    return redirect("wallet-addresses")
