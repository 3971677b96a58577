"""WebSocket routes."""

from typing import Any, cast

from channels.routing import URLRouter
from django.urls import path, re_path

from tables.consumers.door import Door
from tables.consumers.lobby import LobbyConsumer
from tables.consumers.table import TableConsumer


async def nowhere(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """No such address: refused in the handshake (403), without a trace in the error log."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


websocket_application = Door(
    URLRouter(
        [
            path("ws/lobby/", LobbyConsumer.as_asgi()),
            path("ws/table/<int:table_id>/", TableConsumer.as_asgi()),
            re_path("", cast(Any, nowhere)),
        ]
    )
)
