"""A drill's page says what was counted, and a missed figure is missed however busy the machine."""

from typing import Any

import pytest

from tests.faults.drilled import LEDGER_S, TAKEOVER_S, Drilled
from tests.faults.report import page

KILL = 1_000.0
BEGAN = {
    "at": "2026-01-02T03:04:05+00:00",
    "commit": "abc1234 with changes",
    "machine": {"processor": "a processor", "cores": 2, "python": "3.11", "load_average": 0.25},
}


def drilled(
    program: str = "web",
    *,
    silent_s: float = 0.5,
    unsettled_s: float = 1.0,
    scale: float = 1.0,
    **changes: Any,
) -> Drilled:
    detail = {
        "acknowledged": {"judged": 90, "lost": 0, "doubled": 0, "unseen": 0},
        "mismatches": 0,
        "rewinds": 0,
        "voided_hands": 0,
        "failures": {},
        "reconnects": 3,
        "silences": [[KILL, silent_s]],
    }
    figures = {"hands": 7, "actions": 90, "money_ok": True, "detail": detail | changes}
    return Drilled(program, [KILL], [KILL], unsettled_s, figures, "", scale)


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (drilled(silent_s=TAKEOVER_S + 0.01), "slow takeovers"),
        (drilled("worker", unsettled_s=LEDGER_S + 0.1), "seconds the ledger lagged"),
        (drilled(mismatches=2), "views unlike the snapshot"),
    ],
)
def test_what_is_missed_is_wrong_and_stands_on_the_page(found: Drilled, what: str) -> None:
    assert found.wrong.keys() == {what}
    text = page([drilled("tables"), found], BEGAN, kills=1)
    met, missed = (line for line in text.splitlines() if line.endswith("met |"))
    assert met.startswith("| tables |")
    assert met.endswith("| met |")
    assert missed.startswith(f"| {found.program} |")
    assert missed.endswith("| NOT met |")
    assert f"- {found.program}: {what}: " in text


def test_the_page_counts_views_unlike_the_snapshot() -> None:
    row = page([drilled(mismatches=17)], BEGAN, kills=1).split("| web |")[1].splitlines()[0]
    assert "| 90, 0 | 0 | 17 | 3 |" in row


def test_the_page_says_when_and_on_what() -> None:
    text = page([drilled()], BEGAN, kills=1)
    assert "2026-01-02T03:04:05+00:00, commit abc1234 with changes, on a processor, 2 cores" in text
    assert "load average was 0.25" in text
    assert "Nothing is wrong." in text


def test_only_a_scale_makes_limits_longer() -> None:
    silent_s, unsettled_s = TAKEOVER_S * 1.5, LEDGER_S * 1.5
    assert drilled(silent_s=silent_s, unsettled_s=unsettled_s, scale=2.0).wrong == {}
    assert len(drilled(silent_s=silent_s, unsettled_s=unsettled_s).wrong) == 2
