"""How amounts and cards look on a page."""

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from wallet.selectors import balance_krw

register = template.Library()

_SUITS = {
    "s": ("spades", _("spades")),
    "h": ("hearts", _("hearts")),
    "d": ("diamonds", _("diamonds")),
    "c": ("clubs", _("clubs")),
}


@register.filter
def won(amount_krw: int) -> str:
    """`1234` → `₩1,234`."""
    return f"{'−' if amount_krw < 0 else ''}₩{abs(amount_krw):,}"


@register.filter
def signed_won(amount_krw: int) -> str:
    """`1234` → `+₩1,234`: for what was won or lost."""
    return f"+{won(amount_krw)}" if amount_krw > 0 else won(amount_krw)


@register.simple_tag
def balance(user: User | AnonymousUser) -> int:
    """What the user has in the wallet, outside of tables."""
    return balance_krw(user_id=user.pk) if user.is_authenticated else 0


@register.inclusion_tag("tables/cards.html")
def cards(text: str) -> dict[str, list[dict[str, object]]]:
    """Cards written as `AsTd` as small card faces."""
    return {"cards": [_face(text[i : i + 2]) for i in range(0, len(text), 2)]}


def _face(card: str) -> dict[str, object]:
    rank, (suit, name) = card[0], _SUITS[card[1]]
    return {"rank": "10" if rank == "T" else rank, "suit": suit, "name": name}
