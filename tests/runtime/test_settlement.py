"""From the outbox to the ledger: once, in order, whoever does it and however often."""

import asyncio
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from tables.invariants import check_tables
from tables.models import Hand, HandPlayer, Table, TableSettlement
from tables.runtime import settlement
from tables.tasks import settle_table, sweep_settlements
from tests.runtime.house import in_database, play_turn, play_until, running, seated, until
from wallet import services as wallet
from wallet.errors import WalletError
from wallet.models import Transaction
from wallet.selectors import escrow_krw

pytestmark = pytest.mark.django_db(transaction=True)


async def play_hands(table: Table, users: list[User], count: int) -> list[dict[str, Any]]:
    """Play, leave what happened in the outbox, and return the hands' ends."""
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        while len(watcher.happened("hand_finished")) < count:
            await play_turn(players, watcher)
        await players[0].ask({"type": "leave"})
        await play_until(players, watcher, lambda: watcher.happened("seat_left"))
        return watcher.happened("hand_finished")


async def test_two_workers_at_once_settle_each_hand_once(table: Table, users: list[User]) -> None:
    hands = await play_hands(table, users, 3)
    await asyncio.gather(
        *(in_database(settle_table, thread_sensitive=False)(table.pk) for _ in "ab")
    )
    assert await Transaction.objects.filter(kind="hand").acount() <= len(hands)
    assert await Hand.objects.acount() == len(hands)
    assert await in_database(settlement.settle_table)(table.pk) == 0
    assert await in_database(settlement.unsettled_tables)() == []


async def test_a_lost_nudge_is_swept_up(table: Table, users: list[User]) -> None:
    hands = await play_hands(table, users, 1)
    assert await Hand.objects.acount() == 0
    await in_database(sweep_settlements)()
    assert await Hand.objects.acount() == len(hands)


async def test_a_failure_in_the_middle_leaves_nothing_half_done(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = await play_hands(table, users, 2)
    before = await in_database(escrow_krw)(table_id=table.pk)
    with monkeypatch.context() as patch:
        patch.setattr(HandPlayer.objects, "bulk_create", _die)
        with pytest.raises(ConnectionResetError):
            await in_database(settlement.settle_table)(table.pk)
    assert await in_database(escrow_krw)(table_id=table.pk) == before
    assert await TableSettlement.objects.acount() == 0
    await in_database(settlement.settle_table)(table.pk)
    assert await Hand.objects.acount() == len(hands)


def _die(*_: object, **__: object) -> None:
    raise ConnectionResetError("the database went away")


async def test_a_hand_is_one_transaction_of_the_database(table: Table, users: list[User]) -> None:
    await play_hands(table, users, 1)
    await in_database(settlement.settle_table)(table.pk)
    hand = await Hand.objects.afirst()
    assert hand is not None
    transactions = await in_database(_database_transactions)(hand.pk)
    assert len(transactions) == 1


def _database_transactions(hand_id: str) -> set[str]:
    """The PostgreSQL transactions that wrote a hand, its players, its money and its entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT xmin::text FROM tables_hand WHERE id = %(hand)s
            UNION ALL SELECT xmin::text FROM tables_handplayer WHERE hand_id = %(hand)s
            UNION ALL SELECT xmin::text FROM wallet_transaction WHERE key = %(key)s
            UNION ALL SELECT e.xmin::text FROM wallet_entry e
                JOIN wallet_transaction t ON t.id = e.transaction_id WHERE t.key = %(key)s
            """,
            {"hand": hand_id, "key": f"hand:{hand_id}"},
        )
        return {row[0] for row in cursor.fetchall()}


def test_a_hand_that_the_ledger_refuses_is_not_skipped(table: Table, users: list[User]) -> None:
    with pytest.raises(WalletError):
        wallet.settle_hand(
            table_id=table.pk,
            hand_id="unbalanced",
            net_krw={users[0].pk: 100, users[1].pk: -50},
            rake_krw=0,
        )


async def test_what_a_stack_has_no_room_for_goes_back_to_the_balance(
    table: Table, users: list[User]
) -> None:
    """A player tops up in a hand, wins it, and would have more than the table's maximum."""
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        first = await until(lambda: watcher.turn)
        await play_turn(players, watcher, "fold")
        second = await until(lambda: watcher.turn)
        assert second["hand_id"] != first["hand_id"]
        assert second["seat"] != first["seat"]
        loser = players[first["seat"]]
        answer = await loser.ask({"type": "top_up", "amount_krw": 50})
        assert answer["type"] == "ack", answer
        await play_turn(players, watcher, "fold")
        returned = (await until(lambda: watcher.happened("top_up_returned")))[0]
        assert (returned["seat"], returned["amount_krw"]) == (first["seat"], 50)
        await until(lambda: watcher.turn)
        await in_database(settlement.settle_table)(table.pk)
        assert (await in_database(escrow_krw)(table_id=table.pk))[loser.user.pk] == 10_000
        assert (await in_database(check_tables)()).discrepancies == []
        assert await in_database(settlement.settle_table)(table.pk) == 0
