"""Pots: main and side pots, odd chips and the house's rake.

Players are indexed clockwise from the first seat left of the button, so the order of the indices
is the order in which odd chips are handed out.
"""

from collections.abc import Iterable, Sequence


def split_pots(
    contributions_krw: Sequence[int], live: Sequence[bool]
) -> list[tuple[int, tuple[int, ...]]]:
    """Main pot first: the amount of each pot and the players who can win it.

    A level ends where a live player's contribution ends; folded chips stay in. Uncalled bets must
    have gone back before.
    """
    players = range(len(contributions_krw))
    levels = sorted({contributions_krw[i] for i in players if live[i]})
    pots = []
    below = 0
    for level in levels:
        top = max(contributions_krw) if level == levels[-1] else level
        amount = sum(min(c, top) - min(c, below) for c in contributions_krw)
        eligible = tuple(i for i in players if live[i] and contributions_krw[i] >= level)
        if amount:
            pots.append((amount, eligible))
        below = level
    return pots


def share(amount_krw: int, winners: Iterable[int]) -> list[tuple[int, int]]:
    """Split a pot: equal parts, odd chips one each clockwise from the button (TDA 20)."""
    order = sorted(winners)
    part, odd = divmod(amount_krw, len(order))
    return [(winner, part + (place < odd)) for place, winner in enumerate(order)]


def rake(amounts_krw: Sequence[int], *, bps: int, cap_krw: int, flop_seen: bool) -> list[int]:
    """The house's part of each pot: one percentage and one cap for the hand, whole won rounded
    down, nothing without a flop. Side pots carry their proportion of it."""
    whole = sum(amounts_krw)
    total = min(whole * bps // 10_000, cap_krw) if flop_seen else 0
    parts = []
    seen = taken = 0
    for amount in amounts_krw:
        seen += amount
        due = total * seen // whole
        parts.append(due - taken)
        taken = due
    return parts
