"""A table behind the page without a site: the real page, the real protocol and the real engine, in
the test's own process. Tests say what happens at the table and see what the page asks of it."""

import time
from typing import Any

import msgspec
from playwright.sync_api import Page, WebSocketRoute

from tables.engine import (
    Event,
    Refused,
    TableConfig,
    decide,
    new_table,
    private_events,
    public_view,
    to_data,
)
from tables.engine import commands as c
from tables.protocol import codes
from tables.protocol.codec import encode_json
from tables.protocol.decode import decode_table
from tables.protocol.messages import Ack, Error, TableSnapshot, Welcome, WelcomeUser
from tables.protocol.requests import ClientMessage, Missed, Ping, Snapshot, Subscribe
from tables.runtime.messages import CommandEnvelope
from tables.runtime.translate import engine_command
from tests.pages.files import FileServer

TABLE_ID, MY_ID = 7, 9
ME = "Haru"
BALANCE_KRW = 1_000_000


class StandIn:
    """One table, and the sockets of one page at it. `asked` are the page's requests in order."""

    def __init__(self, config: TableConfig) -> None:
        self.state = new_table(TABLE_ID, config)
        self.version = 100
        self.frames: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.sockets: list[WebSocketRoute] = []
        self.is_silent = False
        self.refusals: dict[str, list[str]] = {}
        self.buy_in: dict[str, Any] | None = None
        self.serial = 0

    # What tests do

    def do(self, *commands: c.Command) -> None:
        for command in commands:
            self._decide(command)

    def seat(self, *people: tuple[int, str, int]) -> None:
        """Sit people down: seat, name (`ME` is the page's own), stack."""
        for number, name, stack_krw in people:
            user_id = self.user_of(name)
            buy_in_id = self.name("buy-in")
            self.do(
                c.ReserveSeat(user_id, name, number, stack_krw, buy_in_id),
                c.ConfirmBuyIn(buy_in_id),
            )

    def user_of(self, name: str) -> int:
        return MY_ID if name == ME else 10_000 + sum(map(ord, name))

    def deal(self, deck: tuple[str, ...]) -> str:
        hand_id = self.name("hand")
        self.do(c.StartHand(hand_id, deck))
        return hand_id

    def act(self, action: c.Action, to_krw: int | None = None) -> None:
        """The player whose turn it is acts."""
        hand = self.state.hand
        assert hand is not None
        assert hand.turn is not None
        user_id = self.state.seats[hand.turn.seat].user_id
        self.do(c.Act(user_id, hand.hand_id, hand.turn.turn, action, to_krw))

    def forget(self) -> None:
        """The table lost its last steps: nobody sits there, at a lower version."""
        self.state = new_table(TABLE_ID, self.state.config)
        self.version, self.frames = 50, []

    def always_twice(self) -> None:
        """Everyone has said yes to running it twice, for always."""
        for seat in list(self.state.seats.values()):
            self.do(c.SetOptions(seat.user_id, run_it_twice="yes"))

    def wait_until(self, at_ms: int) -> None:
        time.sleep(max(0, at_ms - self.now_ms() + 1) / 1000)

    def requests(self, kind: str) -> list[dict[str, Any]]:
        """What the page asked of this type, without the ids."""
        found = [request for request in self.asked if request["type"] == kind]
        return [{k: v for k, v in request.items() if k not in ("id", "type")} for request in found]

    def awaited(self, page: Page, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The same, once so many have come: what the page sends is on its way for a while."""
        end = time.monotonic() + 10
        while len(self.requests(kind)) < count:
            assert time.monotonic() < end, f"{kind}: {self.requests(kind)}"
            page.wait_for_timeout(20)
        return self.requests(kind)

    def name(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}-{self.serial}"

    # What the page meets

    def serve(self, files: FileServer, page: Page, html: str) -> None:
        """Be what the page finds behind its address, until another does that."""
        self._html = html
        files.answer = self._answer
        page.route_web_socket(f"{files.origin.replace('http', 'ws')}/**", self._connect)

    def _answer(self, path: str) -> tuple[bytes, str]:
        content: Any
        if path == "/api/v1/me/":
            content = {"balance_krw": BALANCE_KRW}
        elif path == "/api/v1/mutes/":
            content = []
        elif path.endswith("/buy-in/"):
            content = self.buy_in or self._usual_buy_in()
        else:
            return self._html.encode(), "text/html"
        return msgspec.json.encode(content), "application/json"

    def _usual_buy_in(self) -> dict[str, Any]:
        config = self.state.config
        return {
            "least_krw": config.min_buy_in_krw,
            "most_krw": config.max_buy_in_krw,
            "balance_krw": BALANCE_KRW,
            "because_of_rathole": False,
            "until": None,
        }

    def _connect(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self._receive(socket, text))
        user = WelcomeUser(MY_ID, ME)
        self._send(socket, Welcome(1, self.now_ms(), user, TABLE_ID))

    def _send(self, socket: WebSocketRoute, message: object) -> None:
        if not self.is_silent:
            socket.send(encode_json(message).decode())

    def _receive(self, socket: WebSocketRoute, text: str | bytes) -> None:
        request = decode_table(text.encode() if isinstance(text, str) else text, "json")
        self.asked.append(msgspec.to_builtins(request))
        refusals = self.refusals.get(self.asked[-1]["type"])
        if refusals:
            self._send(socket, self._error(request, refusals.pop(0)))
            return
        match request:
            case Ping():
                self._send(socket, Ack(request.id, server_time_ms=self.now_ms()))
            case Subscribe() | Snapshot():
                self._send(socket, Ack(request.id, self.version))
                self._resync(socket)
            case Missed(since=since):
                self._send(socket, Ack(request.id, self.version))
                for frame in self.frames:
                    if frame["version"] > since:
                        self._send(socket, frame)
            case _:
                self._send(socket, self._command(request))

    def _resync(self, socket: WebSocketRoute) -> None:
        view = public_view(self.state)
        self._send(socket, TableSnapshot(TABLE_ID, self.version, self.now_ms(), view))
        self._tell_own(private_events(self.state, MY_ID))

    def _command(self, request: ClientMessage) -> Ack | Error:
        body = {key: value for key, value in self.asked[-1].items() if key != "id"}
        envelope = CommandEnvelope(TABLE_ID, MY_ID, ME, False, request.id, "", "", body)
        try:
            self._decide(engine_command(envelope, self.state, self.now_ms()))
        except Refused as refused:
            return self._error(request, refused.code)
        self._pay()
        return Ack(request.id, self.version)

    def _error(self, request: ClientMessage, code: str) -> Error:
        return Error(request.id, code, codes.sentence(code))

    def _pay(self) -> None:
        """The ledger pays at once."""
        for seat in list(self.state.seats.values()):
            if seat.is_reserved:
                self._decide(c.ConfirmBuyIn(seat.buy_in_id))
            elif seat.top_up is not None and not seat.top_up.confirmed:
                self._decide(c.ConfirmTopUp(seat.top_up.top_up_id))

    def _decide(self, command: c.Command) -> None:
        before = self.state
        decision = decide(before, command, self.now_ms())
        self.state = decision.state
        self.version += 1
        public = [to_data(event) for event in decision.events if event.audience == "public"]
        frame = {
            "type": "events",
            "table_id": TABLE_ID,
            "version": self.version,
            "at_ms": self.now_ms(),
            "events": public,
        }
        self.frames.append(frame)
        for socket in self.sockets:
            self._send(socket, frame)
        self._tell_own([event for event in decision.events if self._is_mine(event)])

    def _is_mine(self, event: Event) -> bool:
        if event.audience != "owner":
            return False
        return self.state.seats[event.seat].user_id == MY_ID  # type: ignore[attr-defined]

    def _tell_own(self, events: list[Event]) -> None:
        if not events:
            return
        frame = {
            "type": "private",
            "table_id": TABLE_ID,
            "version": self.version,
            "events": [to_data(event) for event in events],
        }
        for socket in self.sockets:
            self._send(socket, frame)

    @staticmethod
    def now_ms() -> int:
        return int(time.time() * 1000)
