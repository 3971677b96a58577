"""A player's limits and self-exclusion."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wallet import limits as services
from wallet.forms import FOR_GOOD, ExclusionForm, LimitForm
from wallet.limits.exclusions import active_exclusion
from wallet.models import LimitKind
from wallet.views.shared import page, refusals_are_told, user_of


@page
def limits(request: HttpRequest) -> HttpResponse:
    """Every limit that there can be, with what is to come; and the way out."""
    user = user_of(request)
    known = services.limits_of(user_id=user.pk)
    return render(
        request,
        "wallet/limits.html",
        {
            "groups": [(kind, [row for row in known if row.kind == kind]) for kind in LimitKind],
            "exclusion_form": ExclusionForm(),
            "excluded": active_exclusion(user_id=user.pk),
        },
    )


@page
@require_POST
def set_limit(request: HttpRequest) -> HttpResponse:
    form = LimitForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter a whole number, or nothing to lift the limit."))
        return redirect("wallet-limits")
    with refusals_are_told(request):
        made = services.set_limit(user_id=user_of(request).pk, **form.cleaned_data)
        if made.next_at:
            messages.success(request, _("The higher limit comes into effect in 24 hours."))
        else:
            messages.success(request, _("The limit is in effect."))
    return redirect("wallet-limits")


@page
@require_POST
def exclude(request: HttpRequest) -> HttpResponse:
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose for how long, and tick the box."))
        return redirect("wallet-limits")
    days = form.cleaned_data["days"]
    until = None if days == FOR_GOOD else timezone.now() + timedelta(days=int(days))
    with refusals_are_told(request):
        services.exclude(user_id=user_of(request).pk, until=until)
        messages.success(request, _("You are excluded. Your money stays yours to withdraw."))
    return redirect("wallet-limits")
