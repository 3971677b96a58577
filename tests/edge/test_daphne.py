"""Daphne, which `runserver` uses, serves the same connections."""

import asyncio
import os
import socket
import sys

import pytest
from django.conf import settings
from django.db import connection

from tables.models import Table
from tests.edge.site import opened, refused

pytestmark = pytest.mark.django_db(transaction=True)


async def test_daphne_serves_the_site(table: Table) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    database = settings.DATABASES["default"]
    url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = connection.settings_dict["NAME"]
    query = os.environ["DATABASE_URL"].partition("?")[2]
    environment = {**os.environ, "DATABASE_URL": f"{url}/{name}" + (f"?{query}" if query else "")}
    assert database["NAME"] == name
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "daphne",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "poker_site.asgi:application",
        cwd=settings.BASE_DIR,
        env=environment,
    )
    try:
        site = f"127.0.0.1:{port}"
        await _until_it_listens(port)
        path = f"/ws/table/{table.pk}/"
        async with opened(site, path) as client:
            assert (await client.next())["table_id"] == table.pk
            assert (await client.ask({"type": "ping"}))["type"] == "ack"
            await client.connection.send('{"type":"ping"' + " " * 8_192)
            assert (await client.until_type("error"))["code"] == "frame_too_large"
            # Its WebSocket library lets nobody choose a code below 3000.
            assert await client.closed() in (1009, 1011)
        assert await refused(site, path, origin="http://evil.example") == 403
    finally:
        process.terminate()
        await process.wait()


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                await writer.wait_closed()
                return
