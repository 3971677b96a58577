"""Ports and passwords of the embedded servers: chosen at the first start, then remembered."""

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poker_site.embedded.addresses import read_services, services_file


def prepare_data_dir(data_dir: Path) -> None:
    """Create it. As root others may pass through it: PostgreSQL runs as a user of its own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if data_dir.stat().st_uid == os.geteuid():
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)


def private_dir(path: Path) -> Path:
    """A directory that only this user may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, content: str) -> None:
    """Replace a file at once; only this user may read it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def remember(data_dir: Path, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The remembered facts of a service; `make` gives them the first time."""
    services = read_services(data_dir)
    if name not in services:
        services[name] = make()
        write_private(services_file(data_dir), json.dumps(services, indent=2) + "\n")
    facts: dict[str, Any] = services[name]
    return facts


def forget(data_dir: Path, name: str) -> None:
    """A service that this installation does not have any more."""
    services = read_services(data_dir)
    if services.pop(name, None) is not None:
        write_private(services_file(data_dir), json.dumps(services, indent=2) + "\n")


def leave_taken_port(data_dir: Path, name: str) -> None:
    """Choose another port for a service that is not running when someone else has its own."""
    services = read_services(data_dir)
    if name in services and not port_is_free(services[name]["port"]):
        services[name]["port"] = free_port()
        write_private(services_file(data_dir), json.dumps(services, indent=2) + "\n")


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with contextlib.closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True


def new_password() -> str:
    return secrets.token_urlsafe(24)
