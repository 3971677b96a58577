"""What `make start` writes down: a time that was missed is missed."""

from tests.site.start_times import FIRST_S, LATER_S, STOP_S, Timed, page

BEGAN = {
    "at": "2026-01-02T03:04:05+00:00",
    "commit": "abc1234",
    "machine": {"processor": "a processor", "cores": 2, "python": "3.11", "load_average": 0.25},
}


def test_every_time_has_a_verdict() -> None:
    times = [
        Timed("first start", FIRST_S, FIRST_S),
        Timed("second start", LATER_S + 0.1, LATER_S),
        Timed("Ctrl-C", None, STOP_S),
    ]
    assert [timed.met for timed in times] == [True, False, False]
    text = page(times, BEGAN, coins=True)
    assert "| first start | 60.0 | 60 | met |" in text
    assert "| second start | 15.1 | 15 | NOT met |" in text
    assert "| Ctrl-C | over 240 | 20 | NOT met |" in text


def test_the_page_says_on_what_and_with_what() -> None:
    text = page([], BEGAN, coins=False)
    assert "commit abc1234, on a processor, 2 cores" in text
    assert "load average was 0.25" in text
    assert "play money only" in text
