"""How coins and states look on the wallet's pages."""

from django import template

from wallet import assets
from wallet.forms import KIND_NAMES

register = template.Library()

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
    """`150000|coins:"BTC"` → `0.0015 BTC`."""
    return assets.coins(asset, units)


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
