"""System checks: wrong configuration stops the site, with the name of the variable.

poker.E001  an environment variable has a malformed value
poker.E002  DECK_KEY is not a 256-bit key in hex
poker.E003  an installation (DEBUG off) has no ALLOWED_HOSTS, no SECRET_KEY or no SITE_URL
poker.E004  SITE_URL's host is not among ALLOWED_HOSTS: links in mails would be refused
poker.W001  development mode is on for other hosts than this machine
poker.W002  an installation runs on the embedded servers
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.http.request import split_domain_port, validate_host

from poker_site import env

# What every process of ours is started with can be asked for alone: it imports no pages.
TAG = "poker"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


@checks.register(TAG)
def environment_is_well_formed(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    return [checks.Error(f"{name} {problem}.", id="poker.E001") for name, problem in env.problems]


@checks.register(TAG)
def deck_key_is_a_key(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    if not settings.DECK_KEY or re.fullmatch(r"[0-9a-fA-F]{64}", settings.DECK_KEY):
        return []
    return [
        checks.Error(
            "DECK_KEY must be 64 hexadecimal digits.",
            hint="Make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
            id="poker.E002",
        )
    ]


@checks.register(TAG)
def installation_is_complete(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    if settings.DEBUG:
        if set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS | {"testserver"}:
            return []
        return [
            checks.Warning(
                "DEBUG is on, and ALLOWED_HOSTS names more than this machine.",
                hint="Set DEBUG=false where others can reach the site.",
                id="poker.W001",
            )
        ]
    messages: list[checks.CheckMessage] = [
        checks.Error(f"{name} must be set when DEBUG is off.", id="poker.E003")
        for name in ("ALLOWED_HOSTS", "SECRET_KEY", "SITE_URL")
        if not env.text(name)
    ]
    host, _port = split_domain_port(urlsplit(settings.SITE_URL).netloc)
    if host and settings.ALLOWED_HOSTS and not validate_host(host, settings.ALLOWED_HOSTS):
        messages.append(
            checks.Error(
                f"SITE_URL leads to {host}, which is not among ALLOWED_HOSTS.",
                hint="Links in mails lead to SITE_URL, and the site would answer them with 400.",
                id="poker.E004",
            )
        )
    if not env.text("DATABASE_URL") or not env.text("REDIS_URL"):
        messages.append(
            checks.Warning(
                "DATABASE_URL or REDIS_URL is not set: the embedded servers are used.",
                hint="They are for one machine; see docs/operations.md.",
                id="poker.W002",
            )
        )
    return messages
