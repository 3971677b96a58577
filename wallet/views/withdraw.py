"""Withdrawals: ask, see the offer, confirm it once, follow it, call it off."""

from datetime import datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from wallet import addressing, rates
from wallet import withdrawals as services
from wallet.errors import WalletError
from wallet.forms import WithdrawForm
from wallet.models import (
    PayoutAddress,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalQuote,
    WithdrawalState,
)
from wallet.payout_addresses import addresses_of
from wallet.policies import asset_policy, policy
from wallet.rates.errors import NoRate
from wallet.selectors import balance_krw
from wallet.sent import txids
from wallet.views.shared import page, refusals_are_told, user_of, why_no_coins
from wallet.withdrawals.errors import PlayMoneyGranted
from wallet.withdrawals.gates import closed
from wallet.withdrawals.progress import RATE_FIXED
from wallet.withdrawals.reasons import sentences_for_player
from wallet.withdrawals.risk import waits
from wallet.withdrawals.states import BEFORE_SIGNING, CLOSED, GIVEN_BACK

# The way as a player sees it, with the states that stand for each step.
STEPS = (
    (gettext_lazy("Requested"), ()),
    (gettext_lazy("Review"), ("cooling", "approval")),
    (gettext_lazy("Sending"), ("approved", "signed")),
    (gettext_lazy("Confirmations"), ("broadcast", "confirmed")),
    (gettext_lazy("Done"), ("settled",)),
)


@page
def withdraw(request: HttpRequest) -> HttpResponse:
    """How much, as which coin, to which address; then an offer."""
    user = user_of(request)
    entries = list(addresses_of(user=user))
    offered = addressing.offered_assets()
    form = WithdrawForm(request.POST or None, entries=entries, offered=offered)
    if request.method == "POST" and form.is_valid():
        with refusals_are_told(request):
            made = services.quote(
                user=user, asset=form.asset, amount_krw=form.cleaned_data["amount_krw"]
            )
            return redirect("wallet-quote", made.public_id, form.payout_address_id)
    house = policy()
    own_krw = balance_krw(user_id=user.pk)
    left = services.left_to_withdraw(user_id=user.pk, house=house)
    return render(
        request,
        "wallet/withdraw.html",
        {
            "form": form,
            "entries": entries,
            "offered": offered,
            "no_coins": why_no_coins(offered),
            "usable": bool(form.fields["payout"].choices),  # type: ignore[attr-defined]
            "balance_krw": own_krw,
            "left": left,
            "all_krw": min(own_krw, left.now_krw),
            "house": house,
            "closed": closed(house),
            "frozen": services.frozen_reason(user.pk),
            "fees": [(asset, asset_policy(asset).withdrawal_fee_krw) for asset in offered],
            "withdrawals": Withdrawal.objects.filter(user=user)
            .prefetch_related("outputs")
            .order_by("-id")[:20],
        },
    )


@page
def quote(request: HttpRequest, quote_id: Any, address_id: int) -> HttpResponse:
    """The offer, with its end; confirming it twice is one withdrawal."""
    user = user_of(request)
    offer = get_object_or_404(
        WithdrawalQuote.objects.select_related("rate"), user=user, public_id=quote_id
    )
    entry = get_object_or_404(PayoutAddress, user=user, pk=address_id, removed_at=None)
    if request.method == "POST":
        with refusals_are_told(request):
            made = services.request(
                user=user,
                quote_id=offer.public_id,
                payout_address_id=entry.pk,
                key=f"page:{offer.public_id}",
            )
            return redirect("wallet-withdrawal", made.public_id)
    now = timezone.now()
    return render(
        request,
        "wallet/quote.html",
        {
            "quote": offer,
            "entry": entry,
            "used": Withdrawal.objects.filter(quote=offer)
            .values_list("public_id", flat=True)
            .first(),
            "is_over": offer.expires_at <= now,
            # The page counts these down: the clock of who reads it may be wrong.
            "seconds_left": ceil((offer.expires_at - now).total_seconds()),
            "cools": entry.usable_from > now,
            "waits": waits(user=user, address=entry, amount_krw=offer.amount_krw),
            "left_krw": balance_krw(user_id=user.pk) - offer.amount_krw,
        },
    )


@page
def withdrawal(request: HttpRequest, public_id: Any) -> HttpResponse:
    """One withdrawal: where it is, why it waits, and its transaction."""
    row = _own(request, public_id)
    reached = next(
        (number for number, (_name, states) in enumerate(STEPS) if row.state in states), 0
    )
    return render(
        request,
        "wallet/withdrawal.html",
        {
            "withdrawal": row,
            "steps": [
                (name, number < reached or row.state == WithdrawalState.SETTLED, number == reached)
                for number, (name, _states) in enumerate(STEPS)
            ],
            "ended_otherwise": row.state in GIVEN_BACK,
            "under_way": row.state not in CLOSED,
            "can_cancel": row.state in BEFORE_SIGNING,
            "reasons": sentences_for_player(row),
            "waits_until": _waits_until(row),
            "waits_to_be_sent": _waits_to_be_sent(row),
            "stopped": _waits_to_be_sent(row) and _what_stops(row),
            "frozen": row.state == WithdrawalState.APPROVAL and services.frozen_reason(row.user_id),
            "txid": txids([row]).get(row.pk),
            "events": [
                (event, int(event.details.get("amount_units", 0))) for event in _history(row)
            ],
            **_who_approves(row),
        },
    )


@page
@require_POST
def cancel(request: HttpRequest, public_id: Any) -> HttpResponse:
    row = _own(request, public_id)
    try:
        services.cancel(user=user_of(request), public_id=row.public_id)
    except WalletError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, gettext("The withdrawal is cancelled. The money is back in your balance.")
        )
    return redirect("wallet-withdrawal", row.public_id)


def _waits_until(row: Withdrawal) -> datetime | None:
    """The end of its wait, while that is to come."""
    if row.state != WithdrawalState.COOLING or row.cooling_until is None:
        return None
    return row.cooling_until if row.cooling_until > timezone.now() else None


def _waits_to_be_sent(row: Withdrawal) -> bool:
    """Nobody has to do anything any more, and no payment has it yet."""
    if row.state == WithdrawalState.COOLING:
        return _waits_until(row) is None
    return row.state == WithdrawalState.APPROVED and not row.is_rate_fixed


def _what_stops(row: Withdrawal) -> str:
    """Why it is not sent now, where that is the house's or the market's doing."""
    refusal = closed(policy())
    if isinstance(refusal, PlayMoneyGranted):
        return refusal.message
    if refusal:
        return gettext(
            "Withdrawals are closed at the moment. Your money is safe;"
            " this one is sent when they are open again."
        )
    if not asset_policy(row.asset).is_open:
        return gettext(
            "Withdrawals of this coin are closed at the moment."
            " This one is sent when they are open again."
        )
    try:
        rates.current(row.asset)
    except NoRate:
        return gettext("There is no exchange rate right now. It is sent as soon as there is one.")
    return ""


def _history(row: Withdrawal) -> list[WithdrawalEvent]:
    """What happened; of the rates that it got while it waited to be sent only the last one."""
    fixed = row.events.filter(reason=RATE_FIXED).order_by("id")
    last = fixed.values_list("pk", flat=True).last()
    return list(row.events.exclude(Q(reason=RATE_FIXED) & ~Q(pk=last)).order_by("id"))


def _who_approves(row: Withdrawal) -> dict[str, str]:
    """In development, where the staff is who reads the page."""
    if not settings.DEBUG or row.state != WithdrawalState.APPROVAL:
        return {}
    staff = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if staff is None:
        return {}
    return {
        "admin_url": reverse("admin:wallet_withdrawal_change", args=[row.pk]),
        "staff": staff.email,
    }


def _own(request: HttpRequest, public_id: Any) -> Withdrawal:
    found = Withdrawal.objects.filter(user=user_of(request), public_id=public_id)
    row = found.select_related("payout_address", "quote__rate").first()
    if row is None:
        raise Http404
    return row
