"""`manage.py prepare_site`, run by `run_site` when the database answers."""

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from poker_site import env
from poker_site.embedded.addresses import default_database_url
from poker_site.processes.programs import MANAGE
from poker_site.processes.secrets import PREPARATION_ONLY, without_secrets


class PreparationFailed(Exception):
    """The database could not be prepared; the message is the end of the log."""


def prepare_database(data_dir: Path, log: Path) -> None:
    """Migrate and seed. Everything it says goes to `log`."""
    with log.open("w") as file:
        well = _prepare_here(file) if _settings_know_the_address(data_dir) else _prepare_apart(file)
    if not well:
        end = "\n".join(log.read_text().splitlines()[-15:])
        raise PreparationFailed(f"The database could not be prepared:\n{end}\nAll of it: {log}")


def _settings_know_the_address(data_dir: Path) -> bool:
    """Not on the first start: our settings are older than the embedded server's port."""
    url = os.environ.get("DATABASE_URL") or default_database_url(data_dir)
    now, loaded = env.database(url), settings.DATABASES["default"]
    return all(now[part] == loaded[part] for part in ("HOST", "PORT", "PASSWORD"))


def _prepare_here(log: TextIO) -> bool:
    """Saves a start of Python and Django: two seconds of every later start."""
    try:
        call_command("prepare_site", stdout=log, skip_checks=False)
    except Exception:
        log.write(traceback.format_exc())
        return False
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
    return True


def _prepare_apart(log: TextIO) -> bool:
    own = {name: os.environ[name] for name in PREPARATION_ONLY if name in os.environ}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, str(MANAGE), "prepare_site"],
        env=without_secrets(os.environ) | own,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches us only
    )
    try:
        return process.wait() == 0
    finally:
        process.kill()
        process.wait()
