"""Typed readers of environment variables.

A malformed value never stops the process while settings are being imported: it is remembered in
`problems`, and the system checks report it with the variable's name (`manage.py check`).
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

problems: list[tuple[str, str]] = []


def text(name: str, default: str = "") -> str:
    """The variable as it stands; an empty variable counts as not set."""
    return os.environ.get(name) or default


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""
    raw = os.environ.get(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        problems.append((name, f"must be a whole number, not {raw!r}"))
        return default
    if value < minimum:
        problems.append((name, f"must be at least {minimum}, not {value}"))
        return default
    return value


def flag(name: str, default: bool) -> bool:
    """true/false, yes/no, on/off, 1/0."""
    raw = os.environ.get(name, "").lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    if raw:
        problems.append((name, f"must be true or false, not {raw!r}"))
    return default


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def origin(name: str, default: str) -> str:
    """A site's address without a path: `https://poker.example`, `http://127.0.0.1:8000`."""
    raw = os.environ.get(name)
    if not raw:
        return default
    if not re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?", raw):
        problems.append((name, f"must be like https://poker.example, without a path, not {raw!r}"))
        return default
    return raw.removesuffix("/")


def path(name: str, default: Path) -> Path:
    raw = os.environ.get(name)
    return Path(raw).expanduser().resolve() if raw else default


def database(url: str) -> dict[str, Any]:
    """Django's database settings from `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        problems.append(("DATABASE_URL", "must start with postgresql://"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
