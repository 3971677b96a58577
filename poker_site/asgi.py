"""The ASGI application: pages and REST over HTTP, lobby and tables over WebSocket."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poker_site.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.urls import reverse  # noqa: E402

from poker_site.http import PageHandler  # noqa: E402
from tables.routing import websocket_application  # noqa: E402

application = ProtocolTypeRouter({"http": PageHandler(), "websocket": websocket_application})

# Else Django imports the pages with the first request, while everybody else waits.
reverse("lobby")
