"""Who runs PostgreSQL. It refuses to run as root, so root lends it a system user."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

NAME = "poker-postgres"


def server_user() -> pwd.struct_passwd | None:
    """The user to switch to; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    for name in (NAME, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            if name == NAME and _create():
                return pwd.getpwnam(NAME)
    raise RuntimeError(f"PostgreSQL cannot run as root: create a user named {NAME} for it.")


def _create() -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", NAME]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def everyone_may_enter(directory: Path) -> bool:
    """May a user who owns nothing here reach what lies in `directory`?"""
    directory = directory.resolve()
    return all(part.stat().st_mode & 0o001 for part in (directory, *directory.parents))
