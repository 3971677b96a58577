"""Deposits: an address with its QR code and network, and what has arrived."""

import io

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wallet import addressing, rates
from wallet.assets import Asset, Network, facts
from wallet.deposits.selectors import UNDER_WAY, player_deposits
from wallet.errors import WalletError
from wallet.limits import check_deposit, left_to_deposit
from wallet.models import Rate
from wallet.policies import asset_policy, policy
from wallet.rates.errors import NoRate
from wallet.views.shared import page, refusals_are_told, user_of, why_no_coins


@page
def deposit(request: HttpRequest, asset: str = "") -> HttpResponse:
    """One coin's address, and every deposit of the player."""
    there = addressing.offered_assets()
    if not asset:
        if no_coins := why_no_coins(there):
            return render(request, "wallet/not_offered.html", {"no_coins": no_coins})
        return redirect("wallet-deposit-of", there[0])
    chosen = _known(asset, there)
    user = user_of(request)
    refusal, address = None, None
    try:
        check_deposit(user_id=user.pk)
        address = addressing.deposit_address(user_id=user.pk, network=facts(chosen).network)
    except WalletError as error:
        refusal = error
    deposits = player_deposits(user_id=user.pk)
    return render(
        request,
        "wallet/deposit.html",
        {
            "offered": there,
            "asset": chosen,
            "network": Network(facts(chosen).network),
            "is_token": facts(chosen).is_token,
            "address": address,
            "refusal": refusal,
            "left": left_to_deposit(user_id=user.pk),
            "rate": _rate(chosen),
            "dust_units": asset_policy(chosen).dust_units,
            "house": policy(),
            "deposits": deposits,
            "deposits_under_way": any(row.deposit.state in UNDER_WAY for row in deposits),
        },
    )


@page
def qr_code(request: HttpRequest, asset: str) -> HttpResponse:
    """The newest address as a QR code: a BIP-21 or plain address, as wallets read it."""
    chosen = _known(asset, addressing.offered_assets())
    network, user_id = facts(chosen).network, user_of(request).pk
    try:
        check_deposit(user_id=user_id)
        address = addressing.deposit_address(user_id=user_id, network=network).address
    except WalletError as refusal:
        raise Http404 from refusal
    text = f"bitcoin:{address}" if network == Network.BITCOIN else address
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        image, kind="svg", scale=6, border=3, dark="#0c1014", light="#ffffff"
    )
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


@page
@require_POST
def new_address(request: HttpRequest, asset: str) -> HttpResponse:
    """One more address; the older ones stay watched."""
    chosen = _known(asset, addressing.offered_assets())
    with refusals_are_told(request):
        check_deposit(user_id=user_of(request).pk)
        addressing.new_deposit_address(user_id=user_of(request).pk, network=facts(chosen).network)
        messages.success(request, _("Here is a new address. The older ones still work."))
    return redirect("wallet-deposit-of", chosen)


def _known(asset: str, there: list[Asset]) -> Asset:
    if asset not in there:
        raise Http404
    return Asset(asset)


def _rate(asset: str) -> Rate | None:
    try:
        return rates.current(asset)
    except NoRate:
        return None
