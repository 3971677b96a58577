"""The line `Table: 6 seats, blinds 50/100, rake 5% cap 300`."""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import TableConfig

USUAL = TableConfig(
    seats=6, small_blind_krw=50, big_blind_krw=100, min_buy_in_krw=1, max_buy_in_krw=20_000
)


def _bps(percent: str) -> int:
    whole, _, part = percent.partition(".")
    return int(whole) * 100 + int(f"{part:0<2}")


def _ms(text: str) -> int:
    return int(text) * 1_000


def _milliseconds(field: str) -> Callable[[re.Match[str]], dict[str, Any]]:
    return lambda m: {field: _ms(m[1])}


_TERMS: dict[str, Callable[[re.Match[str]], dict[str, Any]]] = {
    r"(\d) seats": lambda m: {"seats": int(m[1])},
    r"blinds (\d+)/(\d+)": lambda m: {"small_blind_krw": int(m[1]), "big_blind_krw": int(m[2])},
    r"ante (\d+)": lambda m: {"ante_krw": int(m[1])},
    r"buy-in (\d+)\.\.(\d+)": lambda m: {
        "min_buy_in_krw": int(m[1]),
        "max_buy_in_krw": int(m[2]),
    },
    r"straddle": lambda m: {"straddle": True},
    r"no straddle": lambda m: {"straddle": False},
    r"run it twice": lambda m: {"run_it_twice": True},
    r"no run it twice": lambda m: {"run_it_twice": False},
    r"rabbit hunt": lambda m: {"rabbit_hunt": True},
    r"no rabbit hunt": lambda m: {"rabbit_hunt": False},
    r"bomb pot of (\d+) every (\d+) hands": lambda m: {
        "bomb_pot_ante_krw": int(m[1]),
        "bomb_pot_every": int(m[2]),
    },
    r"rake (\d+(?:\.\d\d?)?)% cap ([\d/]+)": lambda m: {
        "rake_bps": _bps(m[1]),
        "rake_caps_krw": tuple(int(cap) for cap in m[2].split("/")),
    },
    r"clock (\d+) s": _milliseconds("action_ms"),
    r"time bank (\d+) s": _milliseconds("time_bank_ms"),
    r"time bank refill (\d+) s": _milliseconds("time_bank_refill_ms"),
    r"disconnect budget (\d+) s": _milliseconds("disconnect_ms"),
    r"disconnect refill (\d+) s": _milliseconds("disconnect_refill_ms"),
    r"choice (\d+) s": _milliseconds("choice_ms"),
    r"offer (\d+) s": _milliseconds("offer_ms"),
    r"sit-out limit (\d+) s": _milliseconds("sit_out_limit_ms"),
    r"busted limit (\d+) s": _milliseconds("busted_limit_ms"),
}


def read_table(text: str, base: TableConfig = USUAL) -> TableConfig:
    """`base` with the terms of the line; raises `LookupError` for one that is unknown."""
    for term in text.split(", "):
        for pattern, read in _TERMS.items():
            found = re.fullmatch(pattern, term)
            if found is not None:
                base = replace(base, **read(found))
                break
        else:
            raise LookupError(f"a table has no {term!r}")
    return base
