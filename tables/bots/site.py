"""The site as a program meets it over HTTP: log in, ask for WebSocket tickets."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

LOGIN_PATH = "/_allauth/app/v1/auth/login"
TICKET_PATH = "/api/v1/ws-ticket/"
# A password check costs the site some 50 ms of one core.
LOGINS_AT_ONCE = 4
TICKETS_AT_ONCE = 16
LOGGED_OUT = frozenset({401, 403, 410})


class Account(NamedTuple):
    email: str
    password: str


class LoginFailed(Exception):
    """The site did not let an account in; says what it answered."""


class Site:
    """One site by its address. Use as an async context manager."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self.url,
            timeout=httpx.Timeout(20.0),
            limits=httpx.Limits(max_connections=TICKETS_AT_ONCE),
            headers={"User-Agent": "poker-site-bot"},
        )
        self._logins = asyncio.Semaphore(LOGINS_AT_ONCE)
        self._tickets = asyncio.Semaphore(TICKETS_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    def table_socket(self, table_id: int) -> str:
        """The WebSocket address of a table."""
        return f"ws{self.url.removeprefix('http')}/ws/table/{table_id}/"

    async def login(self, account: Account) -> str:
        """A session token for `X-Session-Token`. Raises LoginFailed."""
        body = {"email": account.email, "password": account.password}
        async with self._logins:
            answer = await self._http.post(LOGIN_PATH, json=body)
        token = answer.json().get("meta", {}).get("session_token") if answer.is_success else None
        if not token:
            raise LoginFailed(f"{account.email}: {answer.status_code} {answer.text[:200]}")
        return str(token)

    async def tables(self, session: str) -> list[dict[str, Any]]:
        """The open tables of the lobby, as the REST API tells them."""
        answer = await self._http.get("/api/v1/tables/", headers={"X-Session-Token": session})
        answer.raise_for_status()
        body = answer.json()
        return list(body["results"] if isinstance(body, dict) else body)

    def tickets(self, session: str, account: Account | None = None) -> Callable[[], Awaitable[str]]:
        """Gives a fresh WebSocket ticket at each call; raises ConnectionError.

        With the `account` it logs in again when the session has ended.
        """

        async def ticket() -> str:
            nonlocal session
            try:
                answer = await self._ask_for_ticket(session)
                if answer.status_code in LOGGED_OUT and account is not None:
                    session = await self.login(account)
                    answer = await self._ask_for_ticket(session)
                answer.raise_for_status()
            except (httpx.HTTPError, LoginFailed) as error:
                raise ConnectionError(f"no ticket: {error!r}") from error
            return str(answer.json()["ticket"])

        return ticket

    async def _ask_for_ticket(self, session: str) -> httpx.Response:
        async with self._tickets:
            return await self._http.post(TICKET_PATH, headers={"X-Session-Token": session})
