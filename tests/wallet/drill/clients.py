"""Clients that move random amounts among players, tables and the house, as fast as they can."""

import random  # noqa: TID251  (not a card in sight)
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection

from wallet import chart
from wallet.errors import InsufficientFunds
from wallet.ledger import credit, debit, post
from wallet.services import buy_in, cash_out, settle_hand


@dataclass
class Outcome:
    """What one client saw. `refused`: the account had too little, nothing was moved."""

    done: int = 0
    refused: int = 0
    deadlocks: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


def work(client: int, transfers: int, players: list[int]) -> Outcome:
    """So many random movements; every one either happens or is refused for want of money."""
    dice = random.Random(client)
    outcome = Outcome()
    for number in range(transfers):
        kind = dice.choices(list(_MOVES), weights=[4, 2, 2, 2])[0]
        try:
            _MOVES[kind](dice, players, f"{client}:{number}")
        except InsufficientFunds:
            outcome.refused += 1
        except OperationalError as error:
            if "deadlock" not in str(error):
                raise
            outcome.deadlocks += 1
        else:
            outcome.done += 1
            outcome.kinds[kind] += 1
    connection.close()
    return outcome


def _transfer(dice: random.Random, players: list[int], key: str) -> None:
    giver, taker = dice.sample(players, 2)
    amount_krw = dice.randint(1, 50_000)
    post(
        kind="drill",
        key=f"transfer:{key}",
        postings=[
            debit(chart.player(giver), amount_krw),
            credit(chart.player(taker), amount_krw),
        ],
    )


def _buy_in(dice: random.Random, players: list[int], key: str) -> None:
    amount_krw = dice.randint(1, 100_000)
    user_id = dice.choice(players)
    buy_in(user_id=user_id, table_id=user_id % 7, amount_krw=amount_krw, key=f"in:{key}")


def _cash_out(dice: random.Random, players: list[int], key: str) -> None:
    amount_krw = dice.randint(1, 50_000)
    user_id = dice.choice(players)
    cash_out(user_id=user_id, table_id=user_id % 7, amount_krw=amount_krw, key=f"out:{key}")


def _hand(dice: random.Random, players: list[int], key: str) -> None:
    table_id = dice.randrange(7)
    there = [user_id for user_id in players if user_id % 7 == table_id]
    loser, winner = dice.sample(there, 2)
    lost_krw = dice.randint(20, 20_000)
    rake_krw = lost_krw // 20
    settle_hand(
        table_id=table_id,
        hand_id=key,
        net_krw={loser: -lost_krw, winner: lost_krw - rake_krw},
        rake_krw=rake_krw,
    )


_MOVES: dict[str, Callable[[random.Random, list[int], str], Any]] = {
    "transfer": _transfer,
    "buy_in": _buy_in,
    "cash_out": _cash_out,
    "hand": _hand,
}


def transfers_a_second(clients: int, each: int, players: list[int], run: Any) -> float:
    """How many of the plainest ledger transactions `run` (a pool's map) does in a second."""
    began = time.monotonic()
    run(_only_transfers, [(client, each, players) for client in range(clients)])
    return clients * each / (time.monotonic() - began)


def _only_transfers(job: tuple[int, int, list[int]]) -> None:
    client, each, players = job
    dice = random.Random(client)
    for number in range(each):
        _transfer(dice, players, f"plain:{client}:{number}")


def inserts_a_second(clients: int, each: int, run: Any) -> float:
    """The baseline: one row into an ordinary table and a commit, by the same clients."""
    began = time.monotonic()
    run(_only_inserts, [each] * clients)
    return clients * each / (time.monotonic() - began)


def _only_inserts(each: int) -> None:
    with connection.cursor() as cursor:
        for number in range(each):
            cursor.execute("INSERT INTO drill_baseline (note) VALUES (%s)", [f"row {number}"])
