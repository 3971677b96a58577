"""The first page: what one has, where it is, and what is under way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wallet.deposits.selectors import UNDER_WAY, player_deposits
from wallet.limits.exclusions import active_exclusion
from wallet.models import Withdrawal
from wallet.policies import policy
from wallet.selectors import money_of
from wallet.views.shared import offered, page, user_of
from wallet.withdrawals import frozen_reason
from wallet.withdrawals.gates import closed

SHOWN = 5


@page
def overview(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    deposits = player_deposits(user_id=user.pk, limit=SHOWN)
    withdrawals = Withdrawal.objects.filter(user=user).order_by("-id")
    return render(
        request,
        "wallet/overview.html",
        {
            "money": money_of(user_id=user.pk),
            "frozen": frozen_reason(user.pk),
            "excluded": active_exclusion(user_id=user.pk),
            "closed": closed(policy()),
            "offered": offered(),
            "deposits": deposits,
            "deposits_under_way": any(row.deposit.state in UNDER_WAY for row in deposits),
            "withdrawals": withdrawals[:SHOWN],
            "withdrawals_under_way": withdrawals.filter(closing__isnull=True).exists(),
        },
    )
