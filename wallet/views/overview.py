"""The first page: what one has, where it is, and what is under way."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wallet import addressing, debts
from wallet.deposits.selectors import UNDER_WAY, player_deposits
from wallet.forms import RepayForm
from wallet.limits.exclusions import active_exclusion
from wallet.models import Withdrawal
from wallet.policies import policy
from wallet.selectors import money_of
from wallet.views.shared import page, refusals_are_told, user_of, why_no_coins
from wallet.withdrawals import frozen_reason
from wallet.withdrawals.gates import closed

SHOWN = 5


@page
@require_POST
def repay(request: HttpRequest) -> HttpResponse:
    """Pay what is owed, as the page showed it; sending the form twice pays once."""
    form, user_id = RepayForm(request.POST), user_of(request).pk
    if not form.is_valid():
        messages.error(request, gettext("Nothing was paid. Please try again."))
        return redirect("wallet")
    with refusals_are_told(request):
        paid_krw = debts.repay(user_id=user_id, **form.cleaned_data)
        left_krw = money_of(user_id=user_id).owed_krw
        paid = {"paid": f"₩{paid_krw:,}", "left": f"₩{left_krw:,}"}
        messages.success(
            request,
            gettext("You paid %(paid)s and still owe %(left)s.") % paid
            if left_krw
            else gettext("You paid %(paid)s. You owe nothing any more.") % paid,
        )
    return redirect("wallet")


@page
def overview(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    deposits = player_deposits(user_id=user.pk, limit=SHOWN)
    withdrawals = Withdrawal.objects.filter(user=user).order_by("-id")
    money = money_of(user_id=user.pk)
    return render(
        request,
        "wallet/overview.html",
        {
            "money": money,
            "payable_krw": min(money.owed_krw, money.balance_krw),
            "repay_key": secrets.token_hex(16),
            "frozen": frozen_reason(user.pk),
            "excluded": active_exclusion(user_id=user.pk),
            "closed": closed(policy()),
            "no_coins": why_no_coins(addressing.offered_assets()),
            "deposits": deposits,
            "deposits_under_way": any(row.deposit.state in UNDER_WAY for row in deposits),
            "withdrawals": withdrawals[:SHOWN],
            "withdrawals_under_way": withdrawals.filter(closing__isnull=True).exists(),
        },
    )
