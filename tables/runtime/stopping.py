"""How a loop learns that it should end.

A cancellation can get lost: redis-py and `asyncio.timeout` now and then turn one into an error of
their own, which the loop takes for a fault and survives. The request to stop is still counted.
"""

import asyncio


def asked_to_stop() -> bool:
    """True once the running task was cancelled, even if that was swallowed on the way."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
