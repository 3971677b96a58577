"""One running site for a data directory."""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType

from poker_site.embedded.registry import private_dir


class AlreadyRunning(Exception):
    """The site of this data directory runs; the message says where."""


class SiteLock:
    """Held while the site runs. The system frees it when the holder ends, however it ends."""

    def __init__(self, data_dir: Path, url: str) -> None:
        self._path = private_dir(data_dir / "run") / "site.lock"
        self._url = url

    def __enter__(self) -> None:
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read()
            self._file.close()
            raise AlreadyRunning(_describe(holder)) from None
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "url": self._url}))
        self._file.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.truncate(0)
        self._file.close()


def _describe(holder: str) -> str:
    try:
        facts = json.loads(holder)
    except ValueError:
        return "it is starting or stopping"
    return f"process {facts['pid']}, {facts['url']}"
