"""Hands played through the whole runtime: stream, actor, commit, broadcast, ledger."""

import asyncio

import pytest

from accounts.models import User
from tables.models import Hand, Sitting, Table
from tables.runtime import settlement
from tables.runtime.gateway import Gateway
from tests.runtime.house import Player, in_database, play_turn, running, seated, until
from wallet.selectors import balance_krw, escrow_krw

pytestmark = pytest.mark.django_db(transaction=True)

GRANT = 10_000_000


async def test_players_sit_down_and_play_a_hand_into_the_ledger(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        results = watcher.happened("hand_finished")[0]["results"]
        await in_database(settlement.settle_table)(table.pk)
        escrow = await in_database(escrow_krw)(table_id=table.pk)
        hand = await Hand.objects.aget()
        assert escrow == {row["user_id"]: row["stack_krw"] for row in results}
        assert sum(row["net_krw"] for row in results) == 0
        assert len(hand.board) == 10
        assert await hand.players.acount() == 2


async def test_own_cards_reach_their_owner_alone(table: Table, users: list[User]) -> None:
    async with running(), seated(table, users[:2]) as players:
        await until(lambda: players[0].cards and players[1].cards)
        assert players[0].cards
        assert players[0].cards["seat"] == 0
        assert players[1].cards
        assert players[1].cards["seat"] == 1
        assert "hole_cards_dealt" not in {event["type"] for event in players[0].events}
        assert "deck_dealt" not in {event["type"] for event in players[0].events}


async def test_leaving_pays_out_after_the_hand(table: Table, users: list[User]) -> None:
    async with running(), seated(table, users[:2]) as players:
        await until(lambda: players[0].turn)
        await players[0].ask({"type": "leave"})
        await players[1].ask({"type": "leave"})
        await until(lambda: len(players[0].happened("seat_left")) == 2)
        await in_database(settlement.settle_table)(table.pk)
        balances = [await in_database(balance_krw)(user_id=user.pk) for user in users[:2]]
        assert sum(balances) == 2 * GRANT
        assert set((await in_database(escrow_krw)(table_id=table.pk)).values()) <= {0}
        assert await Sitting.objects.filter(ended_at=None).acount() == 0


async def test_a_buy_in_beyond_the_balance_is_refused_and_the_seat_is_free_again(
    table: Table, users: list[User]
) -> None:
    poor = users[0]
    await in_database(_spend)(poor, GRANT - 1_000)
    async with running():
        player = await Player(poor, table).join()
        answer = await player.sit(2)
        assert (answer["type"], answer["code"]) == ("error", "insufficient_funds")
        await until(lambda: player.happened("reservation_cancelled"))
        other = await Player(users[1], table).join()
        assert (await other.sit(2))["type"] == "ack"
        await player.leave_groups()
        await other.leave_groups()


def _spend(user: User, amount_krw: int) -> None:
    from wallet import services

    services.buy_in(user_id=user.pk, table_id=10**6, amount_krw=amount_krw, key=f"spend:{user.pk}")


async def test_the_same_request_a_hundred_times_has_one_effect_and_one_answer(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        turn = await until(lambda: players[0].turn)
        act = {"type": "act", "hand_id": turn["hand_id"], "turn": turn["turn"], "action": "call"}
        player = players[turn["seat"]]
        answers = [await player.ask(act, "same-id") for _ in range(100)]
        assert all(answer == answers[0] for answer in answers)
        assert answers[0]["type"] == "ack"
        assert len(player.happened("player_called")) == 1


async def test_the_same_sit_twice_buys_in_once(table: Table, users: list[User]) -> None:
    async with running():
        player = await Player(users[0], table).join()
        sit = {"type": "sit", "seat": 1, "buy_in_krw": 5_000}
        await asyncio.gather(*(player.send(sit, "sit-1") for _ in range(5)))
        await until(lambda: player.replies)
        again = await player.ask(sit, "sit-1")
        assert again["type"] == "ack"
        assert await in_database(balance_krw)(user_id=users[0].pk) == GRANT - 5_000
        await player.leave_groups()


async def test_another_request_with_a_known_id_is_a_conflict(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        await players[0].ask({"type": "sit_out"}, "one-id")
        answer = await players[0].ask({"type": "leave"}, "one-id")
        assert (answer["type"], answer["code"]) == ("error", "conflict")


async def test_wrong_turn_wrong_hand_and_strangers_are_refused(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        turn = await until(lambda: players[0].turn)
        act = {"type": "act", "hand_id": turn["hand_id"], "turn": turn["turn"], "action": "call"}
        other = players[1 - turn["seat"]]
        stranger = await Player(users[2], table).join()
        refusals = [
            await other.ask(act),
            await stranger.ask(act),
            await players[turn["seat"]].ask({**act, "turn": turn["turn"] + 1}),
            await players[turn["seat"]].ask({**act, "hand_id": "no such hand"}),
        ]
        codes = [refusal["code"] for refusal in refusals]
        assert codes == ["not_your_turn", "not_seated", "stale_turn", "hand_over"]
        assert not players[0].happened("player_called")
        await stranger.leave_groups()


async def test_who_does_not_act_in_time_checks_or_folds_and_sits_out(users: list[User]) -> None:
    from tests.runtime.house import make_table

    table = await in_database(make_table)(action_seconds=1, time_bank_seconds=0)
    async with running(), seated(table, users[:2]) as players:
        await until(lambda: players[0].happened("player_sat_out"), 15)
        folded = players[0].happened("player_folded")
        assert folded
        assert folded[0]["timed_out"]
        assert players[0].happened("player_sat_out")[0]["reason"] == "timed_out"


async def test_snapshot_and_missed_frames_agree_with_what_was_sent(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        await until(lambda: players[0].turn)
        await play_turn(players, players[0])
        frames = players[0].frames
        snapshot = await Gateway.get().snapshot(table.pk)
        missed = await Gateway.get().frames_since(table.pk, frames[0]["version"])
        assert snapshot.version == frames[-1]["version"]
        assert missed is not None
        assert [frame.events for frame in missed] == [frame["events"] for frame in frames[1:]]
        assert [f["version"] for f in frames] == list(
            range(frames[0]["version"], frames[-1]["version"] + 1)
        )
