"""A rough idea of how good cards are, from 0 to 1. For the demo bots: not an evaluator."""

from collections import Counter

RANKS = "23456789TJQKA"
_CHEN_TOP = {"A": 10.0, "K": 8.0, "Q": 7.0, "J": 6.0}


def start_strength(cards: tuple[str, str]) -> float:
    """Bill Chen's formula for two hole cards (−1 … 20 points), scaled to 0 … 1."""
    high, low = sorted((RANKS.index(card[0]) for card in cards), reverse=True)
    points = _CHEN_TOP.get(RANKS[high], (high + 2) / 2)
    if high == low:
        return min(max(5.0, points * 2) + 1, 21.0) / 21
    points += 2 if cards[0][1] == cards[1][1] else 0
    between = high - low - 1
    points -= (0, 1, 2, 4)[between] if between < 4 else 5
    points += 1 if between <= 1 and high < RANKS.index("Q") else 0
    return max(points + 1, 0.0) / 21


def made_strength(cards: tuple[str, str], board: tuple[str, ...]) -> float:
    """What own cards make with the board; what the board makes alone counts little."""
    own = _category(cards + board)
    if own == _category(board):
        strength = start_strength(cards) * 0.4
    elif own == 1:
        strength = _pair_strength(cards, board)
    else:
        strength = (0.1, 0.45, 0.72, 0.8, 0.88, 0.92, 0.96, 0.99)[own]
    return max(strength, 0.5 if len(board) < 5 and _flush_draw(cards + board) else 0.0)


def _pair_strength(cards: tuple[str, str], board: tuple[str, ...]) -> float:
    """An overpair or top pair is worth a bet, a small pair a look."""
    ranks = [RANKS.index(card[0]) for card in cards]
    top = max(RANKS.index(card[0]) for card in board)
    paired = ranks[0] if ranks[0] == ranks[1] or cards[0][0] in {c[0] for c in board} else ranks[1]
    if paired >= top:
        return 0.68
    return 0.34 + 0.2 * paired / len(RANKS)


def _category(cards: tuple[str, ...]) -> int:
    """0 high card, 1 pair, 2 two pair, 3 three, 4 straight, 5 flush, 6 full house, 7 four."""
    counts = sorted(Counter(card[0] for card in cards).values(), reverse=True)
    if counts[0] == 4:
        return 7
    if counts[0] == 3 and len(counts) > 1 and counts[1] >= 2:
        return 6
    if max(Counter(card[1] for card in cards).values()) >= 5:
        return 5
    if _straight({RANKS.index(card[0]) for card in cards}):
        return 4
    if counts[0] == 3:
        return 3
    return min(counts.count(2), 2)


def _straight(ranks: set[int]) -> bool:
    low_ace = {-1} if 12 in ranks else set[int]()
    return any(set(range(low, low + 5)) <= ranks | low_ace for low in range(-1, 9))


def _flush_draw(cards: tuple[str, ...]) -> bool:
    return max(Counter(card[1] for card in cards).values()) == 4
