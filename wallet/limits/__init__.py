"""What protects players: limits, exclusion, age and identity. `docs/limits.md` tells it."""

from wallet.limits.checks import (
    check_buy_in,
    check_deposit,
    check_play,
    check_withdrawal,
    left_to_deposit,
    players_over_time,
)
from wallet.limits.exclusions import active_exclusion, exclude
from wallet.limits.own import LimitNow, limits_of, set_limit
from wallet.limits.play import Played, PlayRecord, register

__all__ = [
    "LimitNow",
    "PlayRecord",
    "Played",
    "active_exclusion",
    "check_buy_in",
    "check_deposit",
    "check_play",
    "check_withdrawal",
    "exclude",
    "left_to_deposit",
    "limits_of",
    "players_over_time",
    "register",
    "set_limit",
]
