"""An ASGI application that answers with the address of whoever asks."""

from typing import Any


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = str((scope["client"] or ("unknown",))[0]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
