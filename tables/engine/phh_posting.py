"""What a PHH file's `antes` and `blinds_or_straddles` mean by the rules of `docs/rules.md`.

PHH tells amounts and no roles. They follow from the order: the small blind, if it is not dead, the
big blind, a straddle by the next player. A negative blind is the big blind of who comes in. What
one player antes above the others is dead money, like the small blind that is posted to come in.
"""

from collections.abc import Iterator
from typing import NoReturn

import msgspec

from tables.engine.phh_fields import Fields
from tables.engine.record import Malformed, Post


class Posting(msgspec.Struct, frozen=True):
    """Who posts what; players by their place, from 0. `blinds`: the small (None: nobody) and the
    big one."""

    small_blind: int
    big_blind: int
    ante: int
    blinds: tuple[int | None, int] | None = None
    straddle: int | None = None
    posts: tuple[Post, ...] = ()

    @property
    def is_bomb_pot(self) -> bool:
        return self.blinds is None


def read_posting(file: Fields[int]) -> Posting:
    """Raises `Malformed` for what our rules do not know, with the player and the reason."""
    heads_up = len(file.starting_stacks) == 2
    blinds = file.blinds_or_straddles[::-1] if heads_up else file.blinds_or_straddles
    antes = _effective_antes(file)
    if not any(blinds):
        return _bomb_pot(file, antes)
    if heads_up:
        # Of equal blinds the button's is written as a post, as PokerKit wants it.
        small_at, big_at = 1 if blinds[1] else None, 0
        blinds = [blinds[0], abs(blinds[1]) if blinds[1] == -blinds[0] else blinds[1]]
    else:
        small_at, big_at = _places_of_blinds(file)
    small, big = 0 if small_at is None else blinds[small_at], blinds[big_at]
    if not 0 <= small <= big or not big:
        raise Malformed("blinds_or_straddles: the small blind is at least 0, at most the big one")
    posting = Posting(
        small_blind=small,
        big_blind=big,
        ante=_ante(file, antes),
        blinds=(small_at, big_at),
        straddle=_straddle(blinds, small_at, big_at),
    )
    posts = tuple(_posts(file, posting, blinds, antes))
    return msgspec.structs.replace(posting, posts=posts)


def _effective_antes(file: Fields[int]) -> list[int]:
    """What every player antes, who may be short; trimmed to what another can match."""
    listed = file.antes[::-1] if len(file.antes) == 2 else file.antes
    antes = [min(ante, stack) for ante, stack in zip(listed, file.starting_stacks, strict=True)]
    if file.ante_trimming_status:
        most = sorted(antes)[-2]
        antes = [min(ante, most) for ante in antes]
    return antes


def _bomb_pot(file: Fields[int], antes: list[int]) -> Posting:
    big_blind = file.min_bet if file.big_blind is None else file.big_blind
    ante = max(antes)
    if not ante or not big_blind:
        raise Malformed("blinds_or_straddles: nobody posts a blind or, in a bomb pot, an ante")
    for place, stack in enumerate(file.starting_stacks):
        if antes[place] != min(ante, stack):
            _refuse_ante(place, antes[place], ante, "in a bomb pot all ante the same")
    return Posting(0, big_blind, ante)


def _places_of_blinds(file: Fields[int]) -> tuple[int | None, int]:
    """With three players or more: the first two that post a blind, the small one first, or only the
    big one, unless the file says whose they are."""
    if file.blind_players is not None:
        small, big = file.blind_players
        return small - 1 if small else None, big - 1
    blinds = file.blinds_or_straddles
    places = [place for place, blind in enumerate(blinds) if blind > 0]
    if not places:
        raise Malformed("blinds_or_straddles: nobody posts a big blind")
    return (places[0], places[1]) if len(places) > 1 else (None, places[0])


def _straddle(blinds: list[int], small_at: int | None, big_at: int) -> int | None:
    big = blinds[big_at]
    places = [i for i, blind in enumerate(blinds) if blind > 0 and i not in (small_at, big_at)]
    for place in places:
        if place != (big_at + 1) % len(blinds) or blinds[place] != 2 * big:
            raise Malformed(
                f"blinds_or_straddles: player {place + 1} straddles {blinds[place]}; our rules let"
                f" only the player left of the big blind, and only twice the big blind, {2 * big}"
            )
    return places[0] if places else None


def _ante(file: Fields[int], antes: list[int]) -> int:
    """Everyone's ante. A short one is all that its player competes for where antes are trimmed;
    where they are not, all antes are in the main pot: what is above the least is dead money."""
    stacks = file.starting_stacks
    if file.ante is not None:
        return min(file.ante, sorted(stacks)[-2])
    if not file.ante_trimming_status:
        return min(antes)
    whole = [ante for ante, stack in zip(antes, stacks, strict=True) if ante < stack]
    return min(whole, default=max(antes))


def _posts(
    file: Fields[int], posting: Posting, blinds: list[int], antes: list[int]
) -> Iterator[Post]:
    """Who comes in, and who pays more than the ante. Our rules take that last, PHH first."""
    for place, (blind, stack) in enumerate(zip(blinds, file.starting_stacks, strict=True)):
        if blind < 0 and -blind != posting.big_blind:
            raise Malformed(
                f"blinds_or_straddles: player {place + 1} posts {-blind}; who comes in posts the"
                f" big blind, {posting.big_blind}"
            )
        dead = antes[place] - min(posting.ante, stack)
        if dead < 0:
            _refuse_ante(place, antes[place], posting.ante, "nobody antes less who has more")
        if dead and place == posting.straddle:
            _refuse_ante(place, antes[place], posting.ante, "who straddles antes like the others")
        if dead and antes[place] + abs(blind) > stack:
            reason = "here the blind comes first, and there are too few chips for both"
            _refuse_ante(place, antes[place], posting.ante, reason)
        if blind < 0 or dead:
            yield Post(place, live=max(0, -blind), dead=dead)


def _refuse_ante(place: int, amount: int, ante: int, reason: str) -> NoReturn:
    raise Malformed(f"antes: player {place + 1} antes {amount}, others {ante}: {reason}")
