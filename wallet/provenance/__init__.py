"""Where the ledger's won came from: every won of the house's books has a record of its own.

The database refuses what is unbalanced. A balanced transaction can still be made up by whoever may
write rows: won for a player, against the house's cost of coins that nobody sent. So

- accounts are those of the chart (`wallet.chart`), each with its own code;
- each kind of transaction moves only what its kind moves (`SHAPES`);
- what a deposit brought is its player's, worth its rate, and is booked as often as it is credited;
- what is held, given back or paid out is the withdrawal's, and its player's;
- the house's accounts hold what deposits and withdrawals say;
- a difference of chain and ledger is booked as two of staff confirmed it, and never reversed.

That deposits and payments are on the chain is for the reconciliation (`wallet.reconciliation`) to
prove, and that hands were played, for `tables.invariants`.
"""

from collections.abc import Collection

from wallet.provenance.accounts import not_of_the_chart
from wallet.provenance.records import deposits, differences, holds, off
from wallet.provenance.shapes import SHAPES, misshapen

__all__ = ["EVERYTHING", "NOTHING_MORE", "SHAPES", "without_origin"]

# Ids of transactions for `newer_than`.
EVERYTHING, NOTHING_MORE = -(2**63), 2**63 - 1


def without_origin(*, players: Collection[int] = (), newer_than: int = NOTHING_MORE) -> list[str]:
    """What is in the ledger and has no origin, a line each; nothing where all is well.

    All of the house's books are looked at, what moved on these players' accounts, and every
    transaction with an id above `newer_than`. Costs as much as there are accounts, deposits,
    withdrawals and payments, and what else is looked at. Each question is one statement, so it
    needs no snapshot.
    """
    return [
        *not_of_the_chart(),
        *misshapen(players=players, newer_than=newer_than),
        *deposits(),
        *holds(),
        *off(),
        *differences(),
    ]
