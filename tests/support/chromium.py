"""The browser of the tests in tests/pages: where it is, and how a machine comes by it."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright

# The first draws pages without a window's machinery: tests take two thirds of the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
# Without them Chromium looks for its maker's servers at every start.
ARGUMENTS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
MISSING = (
    "The tests of the pages need Chromium, and there is none. Install it: apt-get install "
    f"{SHELL} (Debian; as root), or any Chromium or Chrome that is on the PATH as "
    f"{' or '.join(NAMES)}, or: .venv/bin/playwright install chromium. "
    'Everything else runs without it: make test ARGS="--ignore tests/pages"'
)


def arguments() -> list[str]:
    # As root Chromium cannot build its sandbox.
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def on_the_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def find_chromium(playwright: Playwright) -> str | None:
    """The system's own, else the one that Playwright has downloaded for this user."""
    own = playwright.chromium.executable_path
    return on_the_path() or (own if Path(own).exists() else None)


def is_quick() -> bool:
    return shutil.which(SHELL) is not None


def may_install() -> bool:
    """As root on a Debian-like system; elsewhere it is for a person to decide."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_chromium() -> None:
    """Raises CalledProcessError, with what apt-get said, when that fails.

    Several may ask at once: one installs, the others wait for it.
    """
    with (Path(tempfile.gettempdir()) / "poker-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_quick():
            _install()


def _install() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", SHELL]):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
