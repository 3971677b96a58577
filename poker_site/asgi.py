"""The ASGI application: pages and REST over HTTP, lobby and tables over WebSocket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poker_site.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.urls import reverse  # noqa: E402

from tables.routing import websocket_application  # noqa: E402

application = ProtocolTypeRouter({"http": django_application, "websocket": websocket_application})

# Else Django imports the pages with the first request, while everybody else waits.
reverse("lobby")
