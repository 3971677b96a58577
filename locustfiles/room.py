"""Load with Locust: people who look at the lobby, watch a table, and some who play.

    .venv/bin/locust -f locustfiles/room.py --host http://127.0.0.1:8000 \
        --headless --users 50 --spawn-rate 5 --run-time 60s

Log-ins come from BOT_ACCOUNTS, a JSON file [{"email": …, "password": …}, …]; `manage.py bots`
leaves such accounts behind (docs/load.md). Without it, users only look and watch.
"""

import json
import os
import time
from collections import deque
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

ACCOUNTS = (
    deque(json.loads(Path(os.environ["BOT_ACCOUNTS"]).read_text()))
    if os.environ.get("BOT_ACCOUNTS")
    else deque()
)
LISTEN_S = 5.0
PLAY_S = 60.0


class Guest(HttpUser):
    """Looks at the pages and watches a table without an account."""

    wait_time = between(1, 5)
    weight = 3
    session = ""

    @task(3)
    def look_at_the_lobby(self) -> None:
        self.client.get("/")

    @task(1)
    def watch_a_table(self) -> None:
        with self.socket(self.any_table()) as socket:
            ask(socket, "subscribe")
            self.listen(socket, LISTEN_S)

    def tables(self) -> list[dict[str, Any]]:
        """The lobby by REST; no account is needed."""
        return list(self.client.get("/api/v1/tables/", headers=self.headers).json())

    def any_table(self) -> int:
        """The busiest one."""
        return int(max(self.tables(), key=lambda table: table["players"])["table_id"])

    def socket(self, table_id: int) -> ClientConnection:
        """An open WebSocket; the time it took is a Locust figure."""
        host = str(self.host)
        headers = {"Authorization": f"Ticket {self.ticket()}"} if self.session else {}
        started = time.perf_counter()
        failure = None
        try:
            return connect(
                f"ws{host.removeprefix('http')}/ws/table/{table_id}/",
                origin=None if headers else host,  # type: ignore[arg-type]
                additional_headers=headers,
                subprotocols=["poker.v1.json"],  # type: ignore[list-item]
                compression=None,
            )
        except (OSError, WebSocketException) as error:
            failure = error
            raise
        finally:
            fire("connect /ws/table/", started, failure)

    def ticket(self) -> str:
        answer = self.client.post("/api/v1/ws-ticket/", headers=self.headers)
        return str(answer.json()["ticket"])

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Session-Token": self.session} if self.session else {}

    def listen(self, socket: ClientConnection, seconds: float) -> None:
        """Reads what comes; an `events` frame is a Locust figure by its age."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                message = json.loads(socket.recv(timeout=left))
            except (TimeoutError, ConnectionClosed):
                return
            if message["type"] == "events":
                age_ms = max(0.0, time.time() * 1000 - message["at_ms"])
                record("events frame, age", age_ms, len(str(message)))
            self.on_message(socket, message)

    def on_message(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        """For those who do more than watch."""


class Player(Guest):
    """Logs in, reads the lobby by REST, sits down at a free seat, checks and calls, leaves."""

    weight = 1
    fixed_count = len(ACCOUNTS)

    def on_start(self) -> None:
        """One of the accounts for each player."""
        account = ACCOUNTS.popleft()
        answer = self.client.post("/_allauth/app/v1/auth/login", json=account)
        self.session = answer.json()["meta"]["session_token"]
        self.user_id, self.seat, self.hand_id = 0, -1, ""
        self.table: dict[str, Any] = {}
        self.acts: dict[str, float] = {}

    @task(3)
    def play(self) -> None:
        free = [table for table in self.tables() if table["players"] < table["seats"]]
        if not free:
            return
        table = min(free, key=lambda each: each["min_buy_in_krw"])
        with self.socket(table["table_id"]) as socket:
            ask(socket, "subscribe")
            self.table, self.seated = table, False
            self.listen(socket, PLAY_S)
            ask(socket, "leave")
            self.listen(socket, 1.0)

    def on_message(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        match message["type"]:
            case "welcome":
                self.user_id = message["user"]["user_id"]
            case "snapshot" if self.table and not self.seated:
                taken = {seat["seat"] for seat in message["table"]["seats"]}
                seat = next(n for n in range(9) if n not in taken)
                self.seated, self.seat = True, seat
                ask(socket, "sit", seat=seat, buy_in_krw=self.table["min_buy_in_krw"])
            case "events":
                for event in message["events"]:
                    self.on_event(socket, event)
            case "ack" | "error" if message["id"] in self.acts:
                failure = None if message["type"] == "ack" else ValueError(message["code"])
                fire("act → answer", self.acts.pop(message["id"]), failure)

    def on_event(self, socket: ClientConnection, event: dict[str, Any]) -> None:
        if event["type"] == "hand_started":
            self.hand_id = event["hand_id"]
        elif event["type"] == "turn_started" and event["seat"] == self.seat:
            action = "check" if event["call_krw"] == 0 else "call"
            sent = ask(socket, "act", hand_id=self.hand_id, turn=event["turn"], action=action)
            self.acts[sent] = time.perf_counter()


_numbers = count(1)


def ask(socket: ClientConnection, kind: str, **fields: Any) -> str:
    """Sends a request; returns its id."""
    request_id = f"locust-{time.time_ns():x}-{next(_numbers)}"
    socket.send(json.dumps({"type": kind, "id": request_id, **fields}))
    return request_id


def fire(name: str, started: float, failure: Exception | None = None) -> None:
    record(name, (time.perf_counter() - started) * 1000, 0, failure)


def record(name: str, ms: float, length: int, failure: Exception | None = None) -> None:
    """A figure of Locust's own, beside those of HTTP."""
    events.request.fire(  # type: ignore[no-untyped-call]
        request_type="WS",
        name=name,
        response_time=ms,
        response_length=length,
        exception=failure,
        context={},
    )
