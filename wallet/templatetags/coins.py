"""How coins, rates, times and states look on the wallet's pages."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.conf import settings

from wallet import assets, moments
from wallet.forms import KIND_NAMES
from wallet.models import Withdrawal
from wallet.models.rates import price
from wallet.withdrawals import reasons
from wallet.withdrawals.states import GIVEN_BACK

register = template.Library()

SHOWN_DECIMALS = 8

# What a state means for a player: it goes well, goes on, waits, or has ended otherwise.
_TONES = {
    "credited": "good",
    "settled": "good",
    "seen": "on",
    "confirming": "on",
    "approved": "on",
    "signed": "on",
    "broadcast": "on",
    "confirmed": "on",
    "cooling": "wait",
    "approval": "wait",
    "orphaned": "wait",
    "quarantined": "wait",
}


@register.filter
def coins(units: int, asset: str) -> str:
    """`150000|coins:"BTC"` → `0.0015 BTC`, to the last unit."""
    number = f"{assets.whole(asset, units):,f}".rstrip("0").rstrip(".")
    return f"{number} {asset}"


@register.filter
def about(units: int, asset: str) -> str:
    """The same to eight decimals, rounded down: wei make a line of a list too long."""
    number, _space, name = coins(units, asset).partition(" ")
    before, _point, after = number.partition(".")
    after = after[:SHOWN_DECIMALS].rstrip("0")
    return f"{before}.{after} {name}" if after else f"{before} {name}"


@register.filter
def rate(krw: Decimal) -> str:
    """Won for a whole coin: `₩1,384.55`, with what decimals it has."""
    return price(krw)


@register.filter
def moment(at: datetime) -> str:
    """`10 Aug 2026, 15:00 KST`, as the language writes it."""
    return moments.moment(at)


@register.filter
def clock(at: datetime) -> str:
    """`15:00:00 KST`: a time of today."""
    return moments.clock(at)


@register.filter
def tone(state: str) -> str:
    """The class that colours a state."""
    return f"state-{_TONES.get(state, 'off')}"


@register.filter
def short(text: str) -> str:
    """The beginning and the end of a long address or transaction."""
    return text if len(text) <= 20 else f"{text[:10]}…{text[-8:]}"


@register.filter
def kind_name(kind: str) -> str:
    """What a player calls a kind of movement."""
    return str(KIND_NAMES.get(kind, kind))


@register.filter
def ending(withdrawal: Withdrawal) -> str:
    """How it ended without a payment; empty where it did not."""
    return reasons.ending(withdrawal)


@register.filter
def was_given_back(withdrawal: Withdrawal) -> bool:
    """It ended without a payment, and its won went back to the player."""
    return withdrawal.state in GIVEN_BACK


@register.simple_tag
def test_coins() -> bool:
    """Whether there is a page of worthless coins (`wallet.devchain`)."""
    return bool(settings.DEBUG)
