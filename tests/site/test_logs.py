"""Log lines tell what happened, never what a function held in its hands."""

import logging.config
import subprocess
import sys

import pytest

from poker_site.logs import logging_settings

SCRIPT = """
import logging.config, structlog
from poker_site.logs import logging_settings, set_up_structlog
logging.config.dictConfig(logging_settings(level="INFO", as_json={as_json}))
set_up_structlog()
def deal(deck):
    raise RuntimeError("no table")
try:
    deal("As Kd Qc".replace(" ", "+"))
except RuntimeError:
    structlog.get_logger().exception("hand_failed", table=7)
"""


@pytest.mark.parametrize("as_json", [True, False], ids=["production", "development"])
def test_a_traceback_names_the_error_and_no_local_variable(as_json: bool) -> None:
    script = SCRIPT.format(as_json=as_json)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "hand_failed" in done.stderr
    assert "RuntimeError" in done.stderr
    assert "As+Kd+Qc" not in done.stderr


def test_the_settings_are_valid() -> None:
    logging.config.dictConfigClass(logging_settings(level="INFO", as_json=True))
