"""Plays a scenario: seats its players, deals, and takes its steps one after the other."""

from tables.engine import Refused
from tables.engine import commands as c
from tests.scenarios.deck import Cards
from tests.scenarios.deeds import takes_seat
from tests.scenarios.document import Row, Scenario
from tests.scenarios.errors import ScenarioError
from tests.scenarios.sentences import Step
from tests.scenarios.table import Table


def play(scenario: Scenario) -> None:
    """Raises `ScenarioError` at the first step that cannot be done or is not as expected."""
    table = Table(scenario.table)
    try:
        _set_up(table, scenario)
    except (AssertionError, Refused) as error:
        raise ScenarioError(scenario.file, scenario.line, _reason(error)) from error
    for number, steps in enumerate(scenario.hands):
        if number:
            table.cards = Cards()
            table.cards.learn(steps)
        for step in steps:
            try:
                _take(table, step)
            except (AssertionError, Refused, LookupError) as error:
                message = f"{step.text}: {_reason(error)}"
                raise ScenarioError(scenario.file, step.line, message) from error


def _reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return f"refused as {error.code} {error.params or ''}".strip()
    return str(error).partition("\n")[0] or type(error).__name__


def _set_up(table: Table, scenario: Scenario) -> None:
    newcomers = [row for row in scenario.rows if "new" in row.options]
    for row in scenario.rows:
        if row not in newcomers:
            _seat(table, row)
    if scenario.button is not None:
        table.place_button(scenario.button)
    for row in newcomers:
        _seat(table, row)
    if scenario.button is not None:
        table.cards.holes = {
            row.player: (row.cards[0], row.cards[1]) for row in scenario.rows if row.cards
        }
        table.cards.learn(scenario.hands[0])
        table.deal()


def _seat(table: Table, row: Row) -> None:
    takes_seat(table, row.player, row.seat, row.stack)
    user = table.user(row.player)
    for option in row.options:
        match option.split():
            case ["posts"]:
                table.do(c.SetOptions(user, post_blinds=True))
            case ["straddles"]:
                table.do(c.SetOptions(user, straddle=True))
            case ["always", *_]:
                table.do(c.SetOptions(user, run_it_twice="yes"))
            case ["never", *_]:
                table.do(c.SetOptions(user, run_it_twice="no"))
            case ["agrees", *_]:
                table.do(c.SetOptions(user, rabbit_hunt=True))
            case ["tops", "up", "to", amount]:
                table.do(c.SetOptions(user, auto_top_up_krw=int(amount)))
            case ["sits", "out"]:
                table.do(c.SitOut(user))
            case ["disconnected"]:
                table.do(c.MarkDisconnected(user))


def _take(table: Table, step: Step) -> None:
    result = step.sentence.run(table, **step.values)
    if step.sentence.kind != "move":
        return
    if step.code is None:
        table.do(result)
        return
    refused = table.refusal(result)
    assert refused.code == step.code, f"it is refused as {refused.code}"
    if step.limit is not None:
        assert step.limit in refused.params.values(), f"the refusal says {refused.params}"
