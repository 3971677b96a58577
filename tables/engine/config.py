"""What a table is: stakes, seats and clocks. Amounts in won, times in milliseconds."""

import msgspec


class TableConfig(msgspec.Struct, frozen=True):
    """The options of a table; they change only between hands.

    `rake_bps`: hundredths of a percent of the pot; `rake_cap_krw`: the most a hand pays (0: none).
    """

    seats: int
    small_blind_krw: int
    big_blind_krw: int
    min_buy_in_krw: int
    max_buy_in_krw: int
    ante_krw: int = 0
    action_ms: int = 20_000
    hand_pause_ms: int = 3_000
    reservation_ms: int = 60_000
    sit_out_limit_ms: int = 600_000
    busted_limit_ms: int = 120_000
    rake_bps: int = 0
    rake_cap_krw: int = 0
