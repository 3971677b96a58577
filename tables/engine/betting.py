"""A hand's betting, street by street.

`Betting` is `pokerkit.State` for no-limit hold'em with every automation off: cards come from
outside, and nothing is random. PokerKit keeps whose turn it is, the bets and stacks, folding,
all-ins and the order of the streets. Where the rules of the house differ from PokerKit 0.7.7, the
difference is an override here. Pots and who wins them are `pots.py` and `showdown.py`.

Players are indexed clockwise from the first seat left of the button (PokerKit's order).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Self

from pokerkit import BettingStructure, Card, Mode, Opening, StandardHighHand, State, Street

from tables.engine.cards import DECK, parse_cards

_LISTS = (
    "statuses",
    "bets",
    "stacks",
    "payoffs",
    "mucked_cards",
    "ante_posting_statuses",
    "board_dealing_counts",
    "hand_killing_statuses",
)
_NESTED = ("hole_cards", "hole_card_statuses", "hole_dealing_statuses", "board_cards")
_OTHERS = ("actor_indices", "acted_player_indices", "showdown_indices")
_PLAIN = (
    "street_index",
    "all_in_status",
    "folded_status",
    "status",
    "bet_collection_status",
    "opener_index",
    "completion_status",
    "completion_betting_or_raising_amount",
    "completion_betting_or_raising_count",
    "runout_count_selection_flag",
    "first_to_act",
    "straddle_krw",
    "bomb_pot",
)


@cache
def _streets(big_blind_krw: int) -> tuple[Street, ...]:
    """Before the flop, flop, turn and river; no card is burnt."""
    deals = ((False, False), 0), ((), 3), ((), 1), ((), 1)
    return tuple(
        Street(False, holes, board, False, Opening.POSITION, big_blind_krw, None)
        for holes, board in deals
    )


class Betting(State):
    """One hand's betting. Mutable; callers work on a `fork`."""

    @classmethod
    def open(
        cls,
        *,
        stacks_krw: Sequence[int],
        blinds_krw: tuple[int, int],
        ante_krw: int,
        big_blind: int = 1,
        bomb_pot: bool = False,
    ) -> Self:
        """A hand before its antes and blinds; `stacks_krw` clockwise from left of the button.

        `big_blind` is the player who posts it: the next one acts first before the flop. In a
        `bomb_pot` nobody posts blinds or acts before the flop. Nobody antes more than another can
        match, so no ante ever has to be returned.
        """
        ante = min(ante_krw, sorted(stacks_krw)[-2])
        betting = cls(
            (),
            (),  # type: ignore[arg-type]
            (StandardHighHand,),
            _streets(blinds_krw[1]),
            BettingStructure.NO_LIMIT,
            True,
            (ante,) * len(stacks_krw),
            blinds_krw,
            0,
            tuple(stacks_krw),
            len(stacks_krw),
            mode=Mode.TOURNAMENT,
        )
        betting.first_to_act = (big_blind + 1) % len(stacks_krw)
        betting.bomb_pot = bomb_pot
        return betting

    first_to_act: int = 0
    straddle_krw: int = 0
    bomb_pot: bool = False

    def fork(self) -> Self:
        """An independent copy; what never changes is shared."""
        copy = object.__new__(type(self))
        fields = self.__dict__.copy()
        for name in _LISTS:
            fields[name] = fields[name][:]
        for name in _NESTED:
            fields[name] = [inner.copy() for inner in fields[name]]
        for name in _OTHERS:
            fields[name] = fields[name].copy()
        copy.__dict__ = fields
        return copy

    # What is offered

    @property
    def big_blind_krw(self) -> int:
        return self.streets[0].min_completion_betting_or_raising_amount

    @property
    def opening_bet_krw(self) -> int:
        """What the street opens at: before the flop the straddle or the big blind, later nothing
        less than a big blind may be bet. Also the first raise's least increment."""
        straddled = self.street_index == 0 and self.straddle_krw
        return self.straddle_krw if straddled else self.big_blind_krw

    @property
    def to_match_krw(self) -> int:
        """The street total to call. Before the flop at least the big blind, even if it was posted
        short (Robert's Rules, All-in 9); later a short all-in is called for its size."""
        highest = max(self.bets)
        return max(highest, self.opening_bet_krw) if self.street_index == 0 else highest

    @property
    def checking_or_calling_amount(self) -> int | None:
        """What a call adds for the actor."""
        return self.call_krw(self.actor_indices[0]) if self.actor_indices else None

    def call_krw(self, player: int) -> int:
        """What a call would add for a player: never more than another could match."""
        reach = max(
            self.bets[i] + self.stacks[i]
            for i in self.player_indices
            if i != player and self.statuses[i]
        )
        target = max(max(self.bets), min(self.to_match_krw, reach))
        return max(0, min(self.stacks[player], target - self.bets[player]))

    @property
    def min_completion_betting_or_raising_to_amount(self) -> int | None:
        return self.offer()[1]

    @property
    def max_completion_betting_or_raising_to_amount(self) -> int | None:
        return self.offer()[2]

    def offer(self) -> tuple[int, int | None, int | None]:
        """What the actor may do: the call (0: check), and the least and greatest raise total."""
        call = self.checking_or_calling_amount
        assert call is not None
        if not self._may_raise(self.actor_indices[0]):
            return call, None, None
        actor = self.actor_indices[0]
        everything = self.bets[actor] + self.stacks[actor]
        least = self.to_match_krw + self.completion_betting_or_raising_amount
        return call, min(least, everything), everything

    def _may_raise(self, actor: int) -> bool:
        """TDA 47: who has acted on this street may raise again only when facing a full bet or
        raise, whether by one wager or by short all-ins that add up to it."""
        to_match = self.to_match_krw
        facing = to_match - self.bets[actor]
        if self.stacks[actor] <= facing:
            return False
        if (
            actor in self.acted_player_indices
            and facing < self.completion_betting_or_raising_amount
        ):
            return False
        return any(
            i != actor and self.statuses[i] and self.bets[i] + self.stacks[i] > to_match
            for i in self.player_indices
        )

    # What is done

    def post_ante(self, player_index: int | None = None, **_: Any) -> None:  # type: ignore[override]
        """An ante goes straight into the pot: it is no bet of the first street."""
        assert player_index is not None
        amount = self.get_effective_ante(player_index)
        self.ante_posting_statuses[player_index] = False
        self.stacks[player_index] -= amount
        self.payoffs[player_index] -= amount
        self._update_ante_posting()

    def post_blind(self, player: int, amount_krw: int) -> None:
        """A live blind: a bet in front of the player."""
        self.bets[player] += amount_krw
        self._pay(player, amount_krw)

    def post_straddle(self, player: int, amount_krw: int) -> None:
        """The straddler acts last before the flop, like a big blind of this size."""
        self.post_blind(player, amount_krw)
        self.straddle_krw = amount_krw
        self.first_to_act = (player + 1) % self.player_count

    def post_dead(self, player: int, amount_krw: int) -> None:
        """A dead blind: into the pot, and no bet."""
        self._pay(player, amount_krw)

    def _pay(self, player: int, amount_krw: int) -> None:
        self.stacks[player] -= amount_krw
        self.payoffs[player] -= amount_krw

    def verify_folding(self) -> None:
        """A fold is legal on every turn: who leaves the table folds even with nothing to call."""

    def complete_bet_or_raise_to(self, amount: int | None = None, **_: Any) -> None:  # type: ignore[override]
        """Bet or raise to the street total `amount`, which `offer` allowed."""
        assert amount is not None
        actor = self._pop_actor_index()
        increment = amount - self.to_match_krw
        added = amount - self.bets[actor]
        self.bets[actor] = amount
        self.stacks[actor] -= added
        self.payoffs[actor] -= added
        order = (*range(actor + 1, self.player_count), *range(actor))
        self.actor_indices = deque(i for i in order if self.statuses[i] and self.stacks[i])
        self.opener_index = actor
        self.completion_betting_or_raising_amount = max(
            self.completion_betting_or_raising_amount, increment
        )
        self._update_betting()

    def return_uncalled(self, player: int, amount_krw: int) -> None:
        """Give back the part of a bet that nobody matched."""
        self.bets[player] -= amount_krw
        self.stacks[player] += amount_krw
        self.payoffs[player] += amount_krw

    def uncalled(self) -> tuple[int, int] | None:
        """Who has an uncalled bet in front once the betting is over, and how much."""
        second, highest = sorted(self.bets)[-2:]
        player = self.bets.index(highest)
        if highest == second or not self.statuses[player]:
            return None
        return player, highest - second

    def collect_bets(self, **_: Any) -> None:  # type: ignore[override]
        """Move the bets in front into the pot, if there are any; uncalled ones went back before."""
        self.bets[:] = [0] * self.player_count
        if self.bet_collection_status:
            self.bet_collection_status = False
            self._update_bet_collection()

    def show(self, player: int) -> None:
        self.hole_card_statuses[player] = [True, True]
        self.showdown_indices.remove(player)
        self._update_showdown()

    def muck(self, player: int) -> None:
        self.showdown_indices.remove(player)
        self._muck_hole_cards(player)
        self._update_showdown()

    # What is left out of PokerKit: randomness, its record of operations, its pots and pushing

    def _setup(self) -> None:
        count = self.player_count
        self.statuses = [True] * count
        self.bets = [0] * count
        self.stacks = list(self.starting_stacks)
        self.payoffs = [0] * count
        self.hole_cards = [[] for _ in range(count)]
        self.hole_card_statuses = [[] for _ in range(count)]
        self.discarded_cards = [[] for _ in self.streets]
        self._setup_ante_posting()
        self._setup_blind_or_straddle_posting()
        self._setup_dealing()
        self._setup_showdown()
        self._setup_hand_killing()

    def _update(self, operation: Any = None) -> None:
        """The table's events are the record."""

    def get_dealable_cards(self, *_: Any) -> Iterator[Card]:
        return iter(DECK)

    def _verify_cards_consumption(self, cards: Any) -> tuple[Card, ...]:
        return tuple(cards)

    def _consume_cards(self, cards: Iterable[Card]) -> None:
        """The deck is checked when the hand starts; each of its cards is dealt once."""

    def _begin_blind_or_straddle_posting(self) -> None:
        """Blinds come from the table, which knows who owes what."""
        self._end_blind_or_straddle_posting()

    def _begin_betting(self) -> None:
        """The first to act before the flop sits left of the last blind, later left of the
        button."""
        first = self.first_to_act if self.street_index == 0 else 0
        order = (*range(first, self.player_count), *range(first))
        self.opener_index = first
        self.completion_status = False
        self.completion_betting_or_raising_amount = self.opening_bet_krw
        self.completion_betting_or_raising_count = 0
        self.acted_player_indices.clear()
        self.actor_indices = deque(i for i in order if self.statuses[i] and self.stacks[i])
        self._update_betting(status=self.bomb_pot and self.street_index == 0)

    def _update_betting(self, operation: Any = None, status: bool = False) -> None:
        """End the street also when the one player left to act has nobody to bet against."""
        if len(self.actor_indices) == 1 and not status:
            actor = self.actor_indices[0]
            others = [i for i in self.player_indices if i != actor and self.statuses[i]]
            status = not any(self.stacks[i] for i in others) and all(
                self.bets[i] <= self.bets[actor] for i in others
            )
        super()._update_betting(operation, status)

    def _begin_hand_killing(self) -> None:
        self._end()

    def _begin_chips_pushing(self) -> None:
        self._end()


def freeze(betting: Betting) -> dict[str, Any]:
    """The state as readable data; `thaw` reads it."""
    data: dict[str, Any] = {name: list(getattr(betting, name)) for name in _LISTS + _OTHERS}
    data["acted_player_indices"].sort()
    for name in _NESTED:
        data[name] = [list(inner) for inner in getattr(betting, name)]
    for name in ("hole_cards", "board_cards"):
        data[name] = [[repr(card) for card in cards] for cards in data[name]]
    data["mucked_cards"] = [repr(card) for card in betting.mucked_cards]
    return data | {name: getattr(betting, name) for name in _PLAIN}


def thaw(betting: Betting, data: dict[str, Any]) -> Betting:
    """Put frozen data into a hand that was opened with the same stacks and blinds."""
    for name in _LISTS:
        setattr(betting, name, list(data[name]))
    for name in _PLAIN:
        setattr(betting, name, data[name])
    betting.mucked_cards = list(parse_cards(data["mucked_cards"]))
    betting.hole_cards = [list(parse_cards(cards)) for cards in data["hole_cards"]]
    betting.board_cards = [list(parse_cards(cards)) for cards in data["board_cards"]]
    betting.hole_card_statuses = [list(inner) for inner in data["hole_card_statuses"]]
    betting.hole_dealing_statuses = [deque(inner) for inner in data["hole_dealing_statuses"]]
    betting.actor_indices = deque(data["actor_indices"])
    betting.showdown_indices = deque(data["showdown_indices"])
    betting.acted_player_indices = set(data["acted_player_indices"])
    return betting
