"""What PostgreSQL says about the tables: which are open, how they are set up, who sits there."""

from dataclasses import dataclass

from rake.terms import terms_for
from tables.engine.config import TableConfig
from tables.models import Sitting, Table
from wallet.selectors import escrow_krw


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table that runs, or is closed but may still have players.

    A resting table takes no new players and closes when the last one has left.
    """

    table_id: int
    is_open: bool
    is_resting: bool
    config: TableConfig


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """A player whose chips are in a table's escrow."""

    user_id: int
    nickname: str
    is_bot: bool
    seat: int
    buy_in_id: str
    escrow_krw: int


def config_of(table: Table) -> TableConfig:
    """The engine's options of a table."""
    stake = table.stake
    min_buy_in_krw, max_buy_in_krw = table.buy_in_range_krw
    terms = terms_for(big_blind_krw=stake.big_blind_krw, players=table.seats)
    return TableConfig(
        seats=table.seats,
        small_blind_krw=stake.small_blind_krw,
        big_blind_krw=stake.big_blind_krw,
        ante_krw=stake.ante_krw,
        min_buy_in_krw=min_buy_in_krw,
        max_buy_in_krw=max_buy_in_krw,
        straddle=table.straddle,
        run_it_twice=table.run_it_twice,
        rabbit_hunt=table.rabbit_hunt,
        bomb_pot_every=table.bomb_pot_every,
        bomb_pot_ante_krw=table.bomb_pot_ante_krw,
        observers=table.observers,
        chat=table.chat,
        action_ms=table.action_seconds * 1000,
        time_bank_ms=table.time_bank_seconds * 1000,
        disconnect_ms=table.disconnect_seconds * 1000,
        hand_pause_ms=table.hand_pause_ms,
        rake_bps=terms.bps,
        rake_caps_krw=(terms.cap_krw,),
    )


def _as_it_is(table: Table) -> OpenTable:
    return OpenTable(table.pk, table.is_open, table.is_resting, config_of(table))


def all_tables() -> list[OpenTable]:
    """Every table there is."""
    tables = Table.objects.select_related("stake").order_by("id")
    return [_as_it_is(table) for table in tables]


def open_sittings(*, table_id: int) -> list[OpenSitting]:
    """Who has chips in the table's escrow; a player's latest sitting tells the seat."""
    escrow = escrow_krw(table_id=table_id)
    sittings: dict[int, OpenSitting] = {}
    rows = Sitting.objects.filter(table_id=table_id, user_id__in=escrow).select_related("user")
    for row in rows.order_by("started_at"):
        amount = escrow[row.user_id]
        if amount > 0:
            sittings[row.user_id] = OpenSitting(
                user_id=row.user_id,
                nickname=row.user.nickname,
                is_bot=row.user.is_bot,
                seat=row.seat,
                buy_in_id=row.buy_in_id,
                escrow_krw=amount,
            )
    return list(sittings.values())
