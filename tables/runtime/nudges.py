"""Telling Celery that a table has something to settle.

Only a hint: beat sweeps what a nudge missed. Publishing blocks, so it happens in a thread, and many
nudges for one table within a moment are one.
"""

import queue
import threading
import time
from collections.abc import Callable

import structlog
from kombu.exceptions import OperationalError

log = structlog.get_logger()

GATHER_SECONDS = 0.1


class Nudges:
    """`put(table_id)` from anywhere; `send` is called once for each table."""

    def __init__(self, send: Callable[[int], object]) -> None:
        self._send = send
        self._queue: queue.Queue[int | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join(timeout=3)

    def put(self, table_id: int) -> None:
        self._queue.put(table_id)

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            time.sleep(GATHER_SECONDS)
            waiting = [first]
            while not self._queue.empty():
                waiting.append(self._queue.get())
            for table_id in {item for item in waiting if item is not None}:
                try:
                    self._send(table_id)
                except (OperationalError, OSError) as error:
                    log.warning("nudge_failed", table=table_id, error=str(error))
                except Exception:
                    log.exception("nudge_failed", table=table_id)
            if None in waiting:
                return
