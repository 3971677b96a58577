"""What a table is: stakes, seats, options and clocks. Amounts in won, times in milliseconds."""

import msgspec


class TableConfig(msgspec.Struct, frozen=True):
    """The options of a table; they change only between hands.

    - `bomb_pot_every`: every so many hands everyone antes `bomb_pot_ante_krw` instead of blinds and
      the betting begins on the flop (0: never).
    - `observers`: whether people without a seat may watch; `chat`: whether the table has a chat.
    - `action_ms`: time for a turn. `time_bank_ms` and `disconnect_ms`: the most extra time a player
      saves up; each hand dealt in gives `time_bank_refill_ms` and `disconnect_refill_ms` back.
    - `choice_ms`: time to agree to running it twice or to a rabbit hunt.
    - `reservation_ms`: within this time the ledger should have answered a buy-in.
    - `offer_ms`: how long a seat is kept for the first of the waiting list.
    - `rake_bps`: hundredths of a percent of the pot; `rake_caps_krw`: the most a hand pays, by the
      number of players dealt in, from two on; the last holds for more players (empty: no rake).
    """

    seats: int
    small_blind_krw: int
    big_blind_krw: int
    min_buy_in_krw: int
    max_buy_in_krw: int
    ante_krw: int = 0
    straddle: bool = False
    run_it_twice: bool = False
    rabbit_hunt: bool = False
    bomb_pot_every: int = 0
    bomb_pot_ante_krw: int = 0
    observers: bool = True
    chat: bool = True
    action_ms: int = 20_000
    time_bank_ms: int = 30_000
    time_bank_refill_ms: int = 2_000
    disconnect_ms: int = 90_000
    disconnect_refill_ms: int = 5_000
    choice_ms: int = 8_000
    hand_pause_ms: int = 3_000
    reservation_ms: int = 60_000
    offer_ms: int = 30_000
    sit_out_limit_ms: int = 600_000
    busted_limit_ms: int = 120_000
    rake_bps: int = 0
    rake_caps_krw: tuple[int, ...] = ()

    def rake_cap_krw(self, players: int) -> int:
        """The most that a hand with so many players dealt in pays."""
        caps = self.rake_caps_krw
        return caps[min(players - 2, len(caps) - 1)] if caps else 0
