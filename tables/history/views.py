"""Pages of the hands one has played: search, one hand to read, and files to take away."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from tables.history.archive import each, one_file, zip_file
from tables.history.played import played
from tables.history.search import HandSearch, find_hands, sittings_of, with_hands
from tables.history.selectors import BadSelection, day_or_sitting, own_hand, style_of
from tables.history.story import story
from tables.models import Table

HANDS_ON_A_PAGE = 25
SITTINGS_SHOWN = 20

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])

# One allowance for files of pages and of REST together.
limited: Callable[[_View], _View] = ratelimit(
    key="user", rate="30/m", group="hand-export", block=True
)


def page_limited(view: _View) -> _View:
    """`limited`, with a page that says so."""
    guarded = limited(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return guarded(request, *args, **kwargs)
        except Ratelimited:
            return render(request, "429.html", status=429)

    return cast(_View, answer)


@login_required
def hands(request: HttpRequest) -> HttpResponse:
    """The hands the user was dealt in, newest first, and the search through them."""
    user_id = _user_id(request)
    asked = request.GET.copy()
    asked.pop("page", None)
    form = HandSearch(asked)
    form.fields["table"].queryset = Table.objects.filter(  # type: ignore[attr-defined]
        sittings__user_id=user_id
    ).distinct()
    search = form.cleaned_data if form.is_valid() else {}
    rows = with_hands(find_hands(user_id=user_id, search=search)).defer("hand__events")
    page = Paginator(rows, HANDS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "searching": any(asked.values()),
        "query": asked.urlencode(),
        "sittings": sittings_of(user_id=user_id)[:SITTINGS_SHOWN],
    }
    return render(request, "tables/my_hands.html", context)


@login_required
def hand(request: HttpRequest, hand_id: str) -> HttpResponse:
    """One hand the user played, to read. Other players' hands are not there."""
    user_id = _user_id(request)
    row = own_hand(user_id=user_id, hand_id=hand_id)
    seen = played(row.hand, viewer_id=user_id)
    context = {"hand": seen, "own": row, "sections": story(seen)}
    return render(request, "tables/hand.html", context)


@login_required
@page_limited
def export_hand(request: HttpRequest, hand_id: str, style: str) -> HttpResponse:
    """One hand as a file."""
    wanted, user_id = style_of(style), _user_id(request)
    row = own_hand(user_id=user_id, hand_id=hand_id)
    return one_file(played(row.hand, viewer_id=user_id), wanted)


@login_required
@page_limited
def export_hands(request: HttpRequest, style: str) -> HttpResponseBase:
    """The hands of a day or of a sitting as a zip."""
    wanted, user_id = style_of(style), _user_id(request)
    try:
        name, rows = day_or_sitting(user_id=user_id, asked=request.GET)
    except BadSelection:
        messages.error(request, _("Choose a day or a sitting to export."))
        return redirect("hands")
    if not rows.exists():
        messages.error(request, _("There are no hands of yours in that time."))
        return redirect("hands")
    return zip_file(request, each(rows, viewer_id=user_id), wanted, name=name)


def _user_id(request: HttpRequest) -> int:
    user_id = request.user.pk
    assert user_id is not None
    return int(user_id)
