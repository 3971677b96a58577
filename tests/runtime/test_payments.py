"""Chips on their way to a seat: what waits for the ledger, and who waits for the outcome."""

import asyncio
from typing import Any

import pytest

from accounts.models import User
from tables import services
from tables.models import Table
from tests.runtime.house import Player, in_database, running, until
from tests.runtime.test_recovery import pause, second_runner
from wallet.selectors import balance_krw

pytestmark = pytest.mark.django_db(transaction=True)

GRANT = 10_000_000
SIT = {"type": "sit", "seat": 1, "buy_in_krw": 5_000}
OTHER = {"type": "sit", "seat": 3, "buy_in_krw": 7_000}


async def test_a_payment_that_fails_by_a_fault_of_ours_is_tried_again(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_in, asked = services.pay_in, []

    def fails_twice(**job: Any) -> None:
        asked.append(job["job"])
        if len(asked) == 1:
            raise ValueError("before anything was paid")
        pay_in(**job)
        if len(asked) == 2:
            raise ValueError("after it was paid")

    monkeypatch.setattr(services, "pay_in", fails_twice)
    monkeypatch.setattr("tables.runtime.payments.AGAIN_S", (0.05,))
    async with running():
        player = await Player(users[0], table).join()
        assert (await player.ask(SIT))["type"] == "ack"
        assert [job.fresh for job in asked] == [True, False, False]
        assert await in_database(balance_krw)(user_id=users[0].pk) == GRANT - 5_000
        await player.leave_groups()


class Counter:
    """The ledger's counter, closed until `open`."""

    def __init__(self, runner: Any) -> None:
        self.opened = asyncio.Event()
        self._pay_in = runner.bank.pay_in
        runner.bank.pay_in = self.pay_in

    async def pay_in(self, job: Any, **owner: Any) -> Any:
        await self.opened.wait()
        return await self._pay_in(job, **owner)


async def test_every_socket_that_asked_gets_the_outcome_and_another_request_a_conflict(
    table: Table, users: list[User]
) -> None:
    async with running() as (runner,):
        counter = Counter(runner)
        one, two = [await Player(users[0], table).join() for _ in range(2)]
        await one.send(SIT, "sit-1")
        await until(lambda: one.happened("seat_reserved"))
        await two.send(SIT, "sit-1")
        answer = await two.ask(OTHER, "sit-1")
        assert (answer["type"], answer["code"]) == ("error", "conflict")
        two.replies.clear()
        await one.send(SIT, "sit-1")
        await one.ask({"type": "sit_out"}, "all-before-is-done")
        assert "sit-1" not in one.replies
        counter.opened.set()
        first = await until(lambda: one.replies.get("sit-1"))
        assert first["type"] == "ack"
        assert await until(lambda: two.replies.get("sit-1")) == first
        assert await in_database(balance_krw)(user_id=users[0].pk) == GRANT - 5_000
        await one.leave_groups()
        await two.leave_groups()


async def test_the_next_owner_knows_another_request_with_the_id_of_a_payment(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as (first,):
        Counter(first)
        player = await Player(users[0], table).join()
        await player.send(SIT, "sit-1")
        await until(lambda: player.happened("seat_reserved"))
        await pause(first)
        pay_in, opened = services.pay_in, asyncio.Event()
        loop = asyncio.get_running_loop()

        def waits(**job: Any) -> None:
            asyncio.run_coroutine_threadsafe(opened.wait(), loop).result(20)
            pay_in(**job)

        monkeypatch.setattr(services, "pay_in", waits)
        second = await second_runner(first)
        try:
            answer = await player.ask(OTHER, "sit-1")
            assert (answer["type"], answer["code"]) == ("error", "conflict")
            player.replies.clear()
            await player.send(SIT, "sit-1")
            opened.set()
            assert (await until(lambda: player.replies.get("sit-1")))["type"] == "ack"
        finally:
            await player.leave_groups()
            await second.stop()
