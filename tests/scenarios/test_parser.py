"""Scenarios are read strictly: what is not understood, or expects nothing, is an error."""

from pathlib import Path

import pytest

from tests.scenarios.document import Scenario, read
from tests.scenarios.errors import ScenarioError
from tests.scenarios.player import play
from tests.scenarios.sentences import SENTENCES
from tests.scenarios.terms import read_table
from tests.scenarios.test_rules import SCENARIOS

HEAD = """# Rule 0

Words.

Table: 6 seats, blinds 50/100

## A title

| seat | player | stack |
|------|--------|-------|
| 1    | Ann    | 5,000 |
| 2    | Bob    | 5,000 |

Button: Ann

"""


def scenario(*steps: str) -> Scenario:
    return read("x.md", HEAD + "".join(f"- {step}\n" for step in steps))[0]


def test_a_scenario_is_read_as_it_is_written() -> None:
    parsed = scenario("Ann calls 50", "Bob may check or raise to 200..5,000")
    assert (parsed.title, parsed.line, parsed.button) == ("A title", 7, "Ann")
    assert parsed.table.big_blind_krw == 100
    assert [(row.seat, row.player, row.stack) for row in parsed.rows] == [
        (1, "Ann", 5_000),
        (2, "Bob", 5_000),
    ]


def test_a_list_item_may_go_on_in_the_next_line() -> None:
    text = HEAD + "- Ann calls 50. Bob may check\n  or raise to 200..5,000.\n"
    steps = read("x.md", text)[0].steps
    assert [step.text for step in steps] == [
        "Ann calls 50",
        "Bob may check or raise to 200..5,000",
    ]
    assert steps[1].values == {"who": "Bob", "low": 200, "high": 5_000}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("- Ann calls.", "x.md:17: not understood: 'Ann calls'"),
        ("- ann calls 50.", "x.md:17: not understood: 'ann calls 50'"),
        ("- Everyone may check.", "x.md:17: not understood: 'Everyone may check'"),
        ("Ann calls 50.", "x.md:17: only steps may follow a step: 'Ann calls 50.'"),
        ("* Ann calls 50.", "x.md:17: only steps may follow a step: '* Ann calls 50.'"),
        ("- Refused: Everyone folds (hand_over).", "x.md:17: only one thing asked of the table"),
        ("- Refused: Ann folds.", "x.md:17: not understood: 'Refused: Ann folds'"),
    ],
)
def test_a_step_that_is_not_understood_is_an_error(line: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        read("x.md", f"{HEAD}- Ann is asked.\n{line}\n")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("| 1    | Ann    | 5,000 |", "| 0    | Ann    | 5,000 |", "11: a seat is 1 to 9"),
        ("| 1    | Ann    | 5,000 |", "| 1    | ann    | 5,000 |", "11: a seat is 1 to 9"),
        ("| 1    | Ann    | 5,000 |", "| 1    | Ann    | much  |", "11: a stack is an amount"),
        ("| seat | player | stack |", "| seat | player | chips |", "9: the columns of a seat"),
        ("Button: Ann", "Button: Cat", "14: Cat has no seat"),
        ("Button: Ann", "Buton: Ann", "14: not understood: 'Buton: Ann'"),
        ("blinds 50/100", "blinds fifty", "5: a table has no 'blinds fifty'"),
        ("Table: 6 seats, blinds 50/100", "Tabel: 6 seats", "7: the table that the scenarios"),
        ("Words.", "- Ann folds.", "3: this belongs into a scenario"),
        ("## A title", "##A title", "7: this belongs into a scenario"),
    ],
)
def test_a_frame_that_is_not_understood_is_an_error(old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        read("x.md", HEAD.replace(old, new) + "- Ann is asked.\n")
    assert str(error.value).startswith(f"x.md:{message}")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("As    |      ", "a player holds two cards"),
        ("As 1d |      ", "a player holds two cards"),
        ("As Kd | flies", "a player has no option 'flies'"),
    ],
)
def test_cards_and_options_of_a_seat_are_known_ones(cells: str, message: str) -> None:
    text = HEAD.partition("| seat")[0] + (
        "| seat | player | stack | cards | options |\n|---|---|---|---|---|\n"
        f"| 1 | Ann | 5,000 | {cells} |\n"
    )
    with pytest.raises(ScenarioError, match=message):
        read("x.md", text)


@pytest.mark.parametrize("steps", ["", "- Ann calls 50. Bob checks.\n", "- Flop 2c 7d Jh.\n"])
def test_a_scenario_that_expects_nothing_is_an_error(steps: str) -> None:
    with pytest.raises(ScenarioError, match=r"^x.md:7: the scenario expects nothing"):
        read("x.md", HEAD + steps)


def test_a_title_names_one_scenario() -> None:
    text = HEAD + "- Ann is asked.\n\n## A title\n"
    with pytest.raises(ScenarioError, match=r"^x.md:18: there is another scenario 'A title'"):
        read("x.md", text)


def test_a_file_without_scenarios_is_an_error() -> None:
    with pytest.raises(ScenarioError, match="the file has no scenario"):
        read("x.md", "# Rule 0\n\nTable: 6 seats\n")


# What is wrong in play


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("Bob is asked", "Ann is asked, not Bob"),
        ("Bob calls 50. Ann is asked", "refused as not_your_turn"),
        ("Ann calls 60. Bob is asked", "a call is 50"),
        ("Cat is asked", "Ann is asked, not Cat"),
        ("Cat folds. Ann is asked", "nobody here is called Cat"),
        ("Ann may call 40", "a call is 50"),
        ("Ann may not raise", "a raise to 200..5000 is offered"),
        ("Ann may only call 50", "a raise to 200..5000 is offered"),
        ("Ann may call 50 or raise to 201..5000", "the raise may be to 200..5000"),
        ("Refused: Ann calls 50 (illegal_action)", "it is accepted"),
        ("Refused: Ann checks (hand_over)", "it is refused as illegal_action"),
        ("Refused: Ann raises to 150 (amount_too_small, 150)", "the refusal says"),
        ("Ann calls 50. Bob checks. Main pot 300: Ann Bob", "the main pot is 200: Bob Ann"),
        ("Ann calls 50. Bob checks. Main pot 200: Ann", "the main pot is 200: Bob Ann"),
        ("Everyone folds. Bob wins 101", "Bob wins 100"),
        ("Everyone folds. Bob has 5000", "Bob has 5050"),
        ("Everyone folds. Next hand: button Ann, small blind Ann, big blind Bob", "the button is"),
        ("20 s pass. The clock folds for Ann", "Ann has not acted"),
        ("Ann calls 50. Flop 2c 7d Jh. Bob is asked", "the board is"),
    ],
)
def test_an_expectation_that_is_not_met_names_its_line(step: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        play(scenario("Ann is asked", step))
    assert str(error.value).startswith("x.md:17: ")
    assert message in str(error.value)


def test_pots_that_are_named_together_are_all_there_are() -> None:
    short = HEAD.replace("| 2    | Bob    | 5,000 |", "| 2 | Bob | 5,000 |\n| 3 | Cat | 60 |")
    text = short + "- Ann calls 100. Bob calls 50. Main pot 180: Ann Bob Cat.\n"
    with pytest.raises(ScenarioError, match="1 pots in all: the pots are"):
        play(read("x.md", text)[0])


def test_a_card_comes_once() -> None:
    with pytest.raises(ScenarioError, match="a card comes twice"):
        play(scenario("Ann holds 2c 7d. Flop 2c 7h Jh. Ann is asked"))


def test_a_rake_is_read_to_the_hundredth_of_a_percent() -> None:
    table = read_table("rake 2.5% cap 100/200")
    assert (table.rake_bps, table.rake_caps_krw) == (250, (100, 200))
    assert read_table("rake 0.05% cap 1").rake_bps == 5


# The book


def test_every_sentence_is_used_and_described() -> None:
    used = {step.sentence.pattern for scenario in SCENARIOS for step in scenario.steps}
    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    for sentence in SENTENCES:
        assert sentence.pattern in used, f"no scenario says {sentence.pattern!r}"
        assert f"`{sentence.pattern}`" in readme, f"README.md lacks {sentence.pattern!r}"


def test_every_rule_has_its_file() -> None:
    numbers = {int(scenario.file[:2]) for scenario in SCENARIOS}
    assert numbers >= set(range(1, 25))
    assert len(SCENARIOS) >= 200
