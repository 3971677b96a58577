"""The books: the trial balance of a period on a page, and every report as a file.

Who takes a file is told in the audit log before its first byte.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from wallet.admin.tools import whole_amount
from wallet.finance.balances import Balance, trial_balance
from wallet.finance.errors import PeriodRefused
from wallet.finance.files import REPORTS, csv_of, file_name, note_export
from wallet.finance.period import Period, last_month, this_month, yesterday
from wallet.finance.reading import one_moment
from wallet.models import AccountKind, Currency

PERMISSION: Final = "wallet.view_finance"
# What the files hold, for who takes one.
_FILES: Final = {
    "balances": _("This trial balance"),
    "accounts": _("The same for every account"),
    "totals": _("The journal summed up by day"),
    "journal": _("Every entry"),
    "deposits": _("Deposits credited and reversed"),
    "withdrawals": _("Withdrawals requested and ended"),
}
_PRESETS: Final = (
    (_("Yesterday"), yesterday),
    (_("This month"), this_month),
    (_("Last month"), last_month),
)

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Section:
    """One currency's part of the trial balance, in words."""

    name: str
    lines: list[tuple[str, list[str]]]
    debits: str
    credits: str
    agrees: bool


def _for_finance(view: View) -> View:
    """For staff with the permission; never from a cache (`admin_view`)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except Ratelimited:
            return render(request, "429.html", status=429)

    shown: View = admin.site.admin_view(require_GET(guarded))
    return shown


@_for_finance
def page(request: HttpRequest) -> HttpResponse:
    """The trial balance of the period that was asked for, or of the last whole day."""
    context: dict[str, Any] = admin.site.each_context(request)
    asked = yesterday()
    first, last = str(asked.first), str(asked.last)
    if "from" in request.GET or "to" in request.GET:
        first, last = request.GET.get("from", ""), request.GET.get("to", "")
    context |= {"title": _("Finance"), "first": first, "last": last, "presets": _presets()}
    try:
        period = Period.read(first, last)
    except PeriodRefused as refusal:
        return render(request, "admin_wallet/finance.html", context | {"refusal": refusal.message})
    with one_moment():
        lines = list(trial_balance(period))
    context |= {"period": period, "sections": list(_sections(lines)), "files": _files(period)}
    return render(request, "admin_wallet/finance.html", context)


@_for_finance
def file(request: HttpRequest, report: str) -> HttpResponseBase:
    """A report of a period as CSV. A bad period is told instead: 400, and nothing to download."""
    if report not in REPORTS:
        raise Http404(report)
    try:
        period = Period.read(request.GET.get("from", ""), request.GET.get("to", ""))
    except PeriodRefused as refusal:
        return HttpResponse(refusal.message, status=400, content_type="text/plain; charset=utf-8")
    answer: HttpResponseBase = _download(request, report, period)
    return answer


@ratelimit(key="user", rate="10/m", group="wallet-finance-file", block=True)  # type: ignore[untyped-decorator]
def _download(request: HttpRequest, report: str, period: Period) -> StreamingHttpResponse:
    note_export(report, period, staff_id=request.user.pk)
    return StreamingHttpResponse(
        csv_of(report, period),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name(report, period)}"'},
    )


def _presets() -> list[tuple[Any, str]]:
    found = [(name, period()) for name, period in _PRESETS]
    return [(name, _query(period)) for name, period in found]


def _files(period: Period) -> list[tuple[str, str, Any]]:
    """The address, the name and the content of each file."""
    return [
        (f"{reverse('admin-finance-file', args=[name])}{_query(period)}", f"{name}.csv", what)
        for name, what in _FILES.items()
    ]


def _query(period: Period) -> str:
    return "?" + urlencode({"from": str(period.first), "to": str(period.last)})


def _sections(lines: list[Balance]) -> Iterator[Section]:
    """Won first."""
    lines.sort(key=lambda line: line.currency != Currency.KRW)
    for currency, grouped in groupby(lines, key=lambda line: line.currency):
        own = list(grouped)
        debited = sum(line.debits_units for line in own)
        credited = sum(line.credits_units for line in own)
        yield Section(
            # Its unit is that of the ledger; here are whole coins.
            name=str(Currency.KRW.label) if currency == Currency.KRW else currency,
            lines=[
                (
                    str(AccountKind(line.account_kind).label),
                    [_shown(currency, units) for units in line.all_units],
                )
                for line in own
            ],
            debits=_shown(currency, debited),
            credits=_shown(currency, credited),
            agrees=debited == credited,
        )


def _shown(currency: str, units: int) -> str:
    """An amount that may go on in the next line after its point: ether has 18 decimals."""
    number, point, decimals = whole_amount(currency, units).partition(".")
    return format_html("{}{}<wbr>{}", number, point, decimals) if point else number


urlpatterns = [
    path("", page, name="admin-finance"),
    path("<slug:report>.csv", file, name="admin-finance-file"),
]
