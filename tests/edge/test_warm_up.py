"""What a web process asks itself before it serves."""

from typing import Any

import pytest
from django.conf import settings

from poker_site import warm_up
from poker_site.asgi import application


@pytest.mark.django_db(transaction=True)
async def test_the_sites_answers_are_those_of_warm_ways(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths that lead nowhere, or a host that is refused, would warm nothing."""
    asked = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: dict[str, Any]) -> None:
            if "status" in message:
                asked.append((scope["method"], scope["path"], message["status"]))
            await send(message)

        await application(scope, receive, told)

    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", True)
    await warm_up.warm_up(watched)
    assert asked[:2] == [("GET", "/", 200), ("POST", "/api/v1/ws-ticket/", 403)]
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    assert asked[2:] == [("GET", "/api/v1/tables/", 200)] * pool


async def test_a_site_that_cannot_answer_is_served_anyway(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("no database")

    await warm_up.warm_up(broken)
    assert "warm_up_failed" in caplog.text
