"""What beat sends is a task that there is, to a queue that a process of the site serves."""

import inspect
from typing import Any

import pytest
from django.conf import settings

from poker_site.celery import app
from poker_site.processes import programs
from wallet.assets import Network

SCHEDULE: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE


def queues_of(program: programs.Program) -> set[str]:
    """What a worker is started for; in containers it is the same (tests/site/test_compose.py)."""
    command = program.command
    return set(command[command.index("--queues") + 1].split(","))


def tasks() -> dict[str, Any]:
    """The site's own, by name."""
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def queue_of(task: str, options: dict[str, Any] | None = None) -> str:
    return str(app.amqp.router.route(options or {}, task)["queue"].name)


@pytest.mark.parametrize("name", SCHEDULE)
def test_each_entry_is_a_task_with_its_arguments_for_a_queue_that_is_served(name: str) -> None:
    entry = SCHEDULE[name]
    task = tasks()[entry["task"]]
    inspect.signature(task.run).bind(*entry.get("args", ()), **entry.get("kwargs", {}))
    served = queues_of(programs.worker()) | queues_of(programs.signer({}))
    assert queue_of(entry["task"], entry.get("options")) in served


def test_what_needs_no_arguments_is_sent_by_beat() -> None:
    """Nothing else in the site sends any of these."""
    alone = {name for name, task in tasks().items() if not inspect.signature(task.run).parameters}
    assert alone <= {entry["task"] for entry in SCHEDULE.values()}


def test_every_network_is_scanned() -> None:
    scans = [each["args"] for each in SCHEDULE.values() if each["task"].endswith("scan_chain")]
    assert sorted(scans) == sorted((network.value,) for network in Network)


def test_the_process_with_the_keys_signs_and_does_nothing_else() -> None:
    signing = queues_of(programs.signer({}))
    assert not signing & queues_of(programs.worker())
    assert {name for name in tasks() if queue_of(name) in signing} == {
        "wallet.tasks.sign_payments",
        "wallet.tasks.sign_sweeps",
    }
