"""A player as the ledger sees one: who pays in, wins or loses, and leaves."""

from datetime import timedelta
from itertools import count
from typing import Any

import orjson
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from tables import services
from tables.models import Stake, Table
from tables.runtime import settlement
from tables.runtime.bank import PayIn
from tables.runtime.connections import tables_redis_sync
from tables.runtime.keys import ShardKeys, shard_of
from wallet import services as wallet
from wallet.selectors import balance_krw, escrow_krw

SHARDS = 3
NOWHERE = 10**6  # the number of a table where money is parked
_numbers = count(1)


def make_other_stake() -> Table:
    """A table of a higher stake."""
    stake = Stake.objects.create(
        name="100/200",
        small_blind_krw=100,
        big_blind_krw=200,
        min_buy_in_krw=4_000,
        max_buy_in_krw=20_000,
    )
    return Table.objects.create(name="Table 3", stake=stake)


class Guest:
    """Somebody with an account; whoever loses to it or wins from it has deep pockets."""

    def __init__(self, user: User, bank: User) -> None:
        self.id = user.pk
        self._bank = bank.pk
        self._seats: dict[int, str] = {}

    def sit(self, table: Table, amount_krw: int, *, key: str = "") -> str:
        key = key or f"buyin:{next(_numbers)}"
        job = PayIn(table.pk, self.id, amount_krw, key, seat=self.id % 6, fresh=True)
        services.pay_in(job=job, shard=table.pk % SHARDS, epoch=1)
        self._seats[table.pk] = key
        return key

    def win(self, table: Table, amount_krw: int) -> None:
        """A hand against someone with deep pockets; a loss is a negative win."""
        number = next(_numbers)
        wallet.buy_in(user_id=self._bank, table_id=table.pk, amount_krw=50_000, key=f"b{number}")
        net = {self.id: amount_krw, self._bank: -amount_krw}
        wallet.settle_hand(table_id=table.pk, hand_id=f"h{number}", net_krw=net, rake_krw=0)

    def leave(self, table: Table, *, ago: timedelta = timedelta(0), settled: bool = True) -> int:
        """With every chip; `settled` False leaves it in the table's outbox."""
        amount = escrow_krw(table_id=table.pk).get(self.id, 0)
        left = timezone.now() - ago
        entry = {
            "kind": "cash_out",
            "user_id": self.id,
            "amount_krw": amount,
            "cash_out_id": f"out:{self._seats.pop(table.pk)}",
            "left_ms": int(left.timestamp() * 1000),
        }
        keys = ShardKeys(shard_of(table.pk, settings.TABLE_SHARDS))
        with tables_redis_sync() as redis:
            fields: Any = {"e": orjson.dumps(entry)}
            redis.xadd(keys.table(table.pk).outbox, fields, id=f"{next(_numbers)}-0")
            redis.sadd(keys.unsettled, table.pk)
        if settled:
            settlement.settle_table(table.pk)
        return amount

    def played(self, table: Table, buy_in_krw: int, left_with_krw: int, **leaving: Any) -> None:
        self.sit(table, buy_in_krw)
        if left_with_krw != buy_in_krw:
            self.win(table, left_with_krw - buy_in_krw)
        assert self.leave(table, **leaving) == left_with_krw

    def keep(self, amount_krw: int) -> None:
        """Move the rest of the balance out of reach."""
        rest = balance_krw(user_id=self.id) - amount_krw
        wallet.buy_in(user_id=self.id, table_id=NOWHERE, amount_krw=rest, key=f"k{self.id}")

    def take_back(self) -> None:
        rest = escrow_krw(table_id=NOWHERE)[self.id]
        wallet.cash_out(user_id=self.id, table_id=NOWHERE, amount_krw=rest, key=f"t{self.id}")
