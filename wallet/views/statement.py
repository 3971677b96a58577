"""The statement: every movement of the player's account, by kind and date, and as a file."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_ratelimit.decorators import ratelimit

from wallet.forms import StatementForm
from wallet.models import Deposit, Entry, Withdrawal
from wallet.statement import Line, entries_of, line_of
from wallet.statement_file import NAME, statement_csv
from wallet.templatetags.coins import about
from wallet.views.shared import page, user_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what it is about: a coin, and a page of its own where there is one."""

    line: Line
    coin: str = ""
    withdrawal_id: str = ""
    table_id: str = ""


@page
def statement(request: HttpRequest) -> HttpResponse:
    """A page of movements, newest first, each with the balance after it."""
    form = StatementForm(request.GET)
    entries = _chosen(request, form)
    asked = form.cleaned_data
    rows, newer, older = _cut(entries, asked.get("before"), asked.get("after"))
    lines = [line_of(entry) for entry in rows]
    query = form.query()
    return render(
        request,
        "wallet/statement.html",
        {
            "form": form,
            "rows": _told(user_of(request).pk, lines),
            "is_filtered": bool(query),
            "file_query": urlencode(query),
            "newer": urlencode(query | {"after": lines[0].number}) if newer and lines else "",
            "older": urlencode(query | {"before": lines[-1].number}) if older and lines else "",
        },
    )


@page
@ratelimit(key="user", rate="10/m", group="wallet-statement-file", block=True)  # type: ignore[untyped-decorator]
def statement_file(request: HttpRequest) -> StreamingHttpResponse:
    """What the page shows, all of it, for a spreadsheet."""
    entries = _chosen(request, StatementForm(request.GET))
    return StreamingHttpResponse(
        statement_csv(entries.iterator(chunk_size=1_000)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{NAME}"'},
    )


def _chosen(request: HttpRequest, form: StatementForm) -> QuerySet[Entry]:
    """The player's entries as the form asks; none where it makes no sense."""
    if not form.is_valid():
        return Entry.objects.none()
    asked = form.cleaned_data
    return entries_of(
        user_id=user_of(request).pk,
        kinds=[asked["kind"]] if asked["kind"] else (),
        start=_midnight(asked["start"]),
        end=_midnight(asked["end"], days=1),
    )


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """When a day begins in the site's time zone, `days` later."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _cut(
    entries: QuerySet[Entry], before: int | None, after: int | None
) -> tuple[list[Entry], bool, bool]:
    """A page of entries, and whether there are newer and older ones."""
    if after is not None:
        found = list(entries.filter(ordinal__gt=after).order_by("ordinal")[: PAGE_SIZE + 1])
        return found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE, True
    older = entries if before is None else entries.filter(ordinal__lt=before)
    found = list(older[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], before is not None, len(found) > PAGE_SIZE


def _told(user_id: int, lines: list[Line]) -> list[Shown]:
    """The coins of deposits and withdrawals are looked up together."""
    numbers = defaultdict(list)
    for line in lines:
        kind, _colon, number = line.reference.partition(":")
        numbers[kind].append(number)
    deposits = Deposit.objects.filter(user_id=user_id, pk__in=numbers["deposit"])
    withdrawals = Withdrawal.objects.filter(user_id=user_id, public_id__in=numbers["withdrawal"])
    found = {
        f"deposit:{pk}": about(units, asset)
        for pk, asset, units in deposits.values_list("pk", "asset", "amount_units")
    } | {
        f"withdrawal:{public_id}": about(units, asset)
        for public_id, asset, units in withdrawals.values_list("public_id", "asset", "amount_units")
    }
    return [_shown(line, found.get(line.reference, "")) for line in lines]


def _shown(line: Line, coin: str) -> Shown:
    kind, _colon, number = line.reference.partition(":")
    return Shown(
        line,
        coin,
        withdrawal_id=number if kind == "withdrawal" and coin else "",
        table_id=number if kind == "table" else "",
    )
