"""A recorded hand as `replay.py` plays it.

A record is one JSON object: `id`, `sb`, `bb`, `ante` (may be missing), `stacks`, `button`, `holes`
(null: unknown), `actions`, `board`, `net`, and where the hand had it what `Record` names with a
default. A seat is its index; a stack of 0 is an empty seat. Amounts are whole.

Actions: `["fold", seat]`, `["check", seat]`, `["call", seat, adds]`, `["raise_to", seat, total]`,
`["deal", cards]`; and, for sources that do not tell calls from checks and raises,
`["check_or_call", seat]` and `["complete_bet_or_raise_to", seat, total]`.
"""

import msgspec

from tables.engine.cards import ALL_CARDS

Action = list[str | int | list[str]]

_LENGTHS = {
    "fold": 2,
    "check": 2,
    "call": 3,
    "raise_to": 3,
    "check_or_call": 2,
    "complete_bet_or_raise_to": 3,
    "deal": 2,
}
_KNOWN = frozenset(ALL_CARDS)


class Malformed(ValueError):
    """A record that describes no hand of ours; the message says why."""


class Post(msgspec.Struct, frozen=True):
    """What a seat posts beside blinds and ante: to come in, the big blind `live`; `dead`, what goes
    into the pot and is no bet (a missed small blind, an ante that others do not pay)."""

    seat: int
    live: int = 0
    dead: int = 0


class Record(msgspec.Struct):
    """A recorded hand.

    - `net` may hold half chips.
    - `blinds`: who posts the small blind (null: nobody, it is dead) and who the big one, where they
      are not the first two left of the button (heads-up: the button and the other).
    - `straddle`: the seat that straddles.
    - `bomb_pot`: everyone antes `ante`, and the betting begins on the flop.
    - `second_board`: the whole board of the second run; it shares with `board` what was dealt
      before.
    - `void`: the hand was called off after `actions`.
    """

    id: int | str
    sb: int
    bb: int
    stacks: list[int]
    button: int
    holes: list[list[str | None] | None]
    actions: list[Action]
    board: list[str]
    net: list[int | float]
    ante: int = 0
    blinds: tuple[int | None, int] | None = None
    posts: list[Post] = []
    straddle: int | None = None
    bomb_pot: bool = False
    second_board: list[str] = []
    void: bool = False

    def order(self) -> list[int]:
        """The seats that are dealt in, clockwise from left of the button."""
        count = len(self.stacks)
        places = [(self.button + 1 + place) % count for place in range(count)]
        return [seat for seat in places if self.stacks[seat]]

    def blind_seats(self) -> tuple[int | None, int]:
        """Who posts the small and the big blind."""
        if self.blinds is not None:
            return self.blinds
        first, second, *others = self.order()
        return (first, second) if others else (second, first)

    def second_run(self) -> list[str]:
        """The cards that only the second board has."""
        return [card for card in self.second_board if card not in self.board]

    def cards(self) -> list[str]:
        """Every card the record names."""
        holes = [card for hole in self.holes for card in hole or [] if card is not None]
        return holes + self.board + self.second_run()


def read(line: bytes) -> Record:
    """One line of a file; raises `Malformed`."""
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error
    verify(record)
    return record


def verify(record: Record) -> None:
    """Raise `Malformed` unless the record describes a hand."""
    count = len(record.stacks)
    if not 2 <= count <= 9:
        raise Malformed(f"{count} stacks; a table has 2 to 9 seats")
    if len(record.holes) != count or len(record.net) != count:
        raise Malformed("stacks, holes and net differ in length")
    if min(record.stacks) < 0 or sum(stack > 0 for stack in record.stacks) < 2:
        raise Malformed("at least two seats need chips, and no stack is negative")
    if not 0 <= record.button < count or not record.stacks[record.button]:
        raise Malformed(f"the button is at seat {record.button}, where nobody plays")
    if not 0 <= record.sb <= record.bb or record.bb < 1 or record.ante < 0:
        raise Malformed("the blinds and the ante make no sense")
    if record.void and any(record.net):
        raise Malformed("a void hand has no net")
    _verify_posting(record)
    _verify_cards(record)
    for number, action in enumerate(record.actions, 1):
        _verify_action(number, action, count)


def _verify_posting(record: Record) -> None:
    """That our rules know who posts what; `docs/rules.md` says them."""
    order = record.order()
    small, big = record.blind_seats()
    if big not in order or small not in [None, *order] or small == big:
        raise Malformed("the blinds are posted by two different seats that play")
    if record.bomb_pot and (record.posts or record.straddle is not None or not record.ante):
        raise Malformed("in a bomb pot all ante the same, and nobody posts a blind")
    under_the_gun = order[(order.index(big) + 1) % len(order)]
    if record.straddle is not None and (len(order) == 2 or record.straddle != under_the_gun):
        raise Malformed("only the seat left of the big blind straddles, and nobody heads-up")
    seats = [post.seat for post in record.posts]
    if len(set(seats)) != len(seats) or not set(seats) <= set(order) - {record.straddle}:
        raise Malformed("who posts plays and does not straddle, and each posts once")
    for post in record.posts:
        blinds = record.bb if post.seat == big else record.sb if post.seat == small else 0
        if min(post.live, post.dead) < 0 or not max(post.live, post.dead):
            raise Malformed(f"seat {post.seat} posts {post.live} live and {post.dead} dead")
        if post.live and (post.live != record.bb or post.seat in (small, big)):
            raise Malformed("who comes in posts the big blind, and has no other")
        left = record.stacks[post.seat] - record.ante - blinds - post.live
        if post.dead > max(0, left):
            raise Malformed("what is posted dead comes after blinds and ante, from what is left")


def _verify_cards(record: Record) -> None:
    if any(hole is not None and len(hole) != 2 for hole in record.holes):
        raise Malformed("a player has two hole cards")
    if len(record.board) not in (0, 3, 4, 5):
        raise Malformed(f"a board of {len(record.board)} cards")
    if record.second_board:
        _verify_second_board(record)
    cards = record.cards()
    unknown = sorted(set(cards) - _KNOWN)
    if unknown:
        raise Malformed(f"{unknown[0]!r} is no card")
    if len(set(cards)) != len(cards):
        raise Malformed("a card appears twice")


def _verify_second_board(record: Record) -> None:
    shared = 5 - len(record.second_run())
    whole = len(record.board) == len(record.second_board) == 5
    if (
        not whole
        or shared not in (0, 3, 4)
        or record.board[:shared] != record.second_board[:shared]
    ):
        raise Malformed("two whole boards share the streets that were dealt before, and no more")
    if record.void:
        raise Malformed("a hand that is run twice is played to its end")


def _verify_action(number: int, action: Action, seats: int) -> None:
    name = action[0] if action else None
    if not isinstance(name, str) or _LENGTHS.get(name) != len(action):
        raise Malformed(f"action {number} is {action!r}")
    if name == "deal":
        fits = isinstance(action[1], list)
    else:
        numbers = [part for part in action[1:] if isinstance(part, int) and part >= 0]
        fits = len(numbers) == len(action) - 1 and numbers[0] < seats
    if not fits:
        raise Malformed(f"action {number} is {action!r}")
