"""The least that a message to everyone at a table can cost: a bare Channels group, no game.

An ASGI application for `measure`. A socket joins the group of the table in its path; what it sends
goes to the group as it is, and every member's socket forwards the bytes.
"""

import os
from typing import Any

from django import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poker_site.settings")
setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Echo(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Sends every frame to its table's group."""

    async def connect(self) -> None:
        self.group = f"bench.{self.scope['url_route']['kwargs']['table']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send(
            self.group, {"type": "echo.frame", "body": bytes_data or b""}
        )

    async def echo_frame(self, event: dict[str, Any]) -> None:
        await self.send(bytes_data=event["body"])


application = URLRouter([path("echo/<int:table>/", Echo.as_asgi())])
