"""What a scenario may expect of a hand's chips: pots, what goes back, rake, who wins."""

from tables.engine import events as e
from tests.scenarios.sentences import check
from tests.scenarios.table import Table


def _pots(table: Table) -> tuple[e.Pot, ...]:
    return table.last(e.BetsCollected).pots


@check("Main pot {krw}: {names}")
def main_pot(table: Table, krw: int, names: list[str]) -> None:
    """As of the last finished street; who can win it, in any order."""
    pot = _pots(table)[0]
    found = f"{pot.amount_krw}: {' '.join(table.names_of(pot.seats))}"
    same = pot.amount_krw == krw and sorted(table.names_of(pot.seats)) == sorted(names)
    assert same, f"the main pot is {found}"


@check("Side pot {krw}: {names}")
def side_pot(table: Table, krw: int, names: list[str]) -> None:
    pots = [(pot.amount_krw, sorted(table.names_of(pot.seats))) for pot in _pots(table)[1:]]
    assert (krw, sorted(names)) in pots, f"the side pots are {pots}"


@check("{n} pots in all")
def pots_in_all(table: Table, n: int) -> None:
    assert len(_pots(table)) == n, f"the pots are {_pots(table)}"


@check("{who} gets {krw} back")
def gets_back(table: Table, who: str, krw: int) -> None:
    """An uncalled bet of the last finished street."""
    event = table.last(e.UncalledBetReturned)
    assert (table.name_of(event.seat), event.amount_krw) == (who, krw), f"it was {event}"


@check("Nothing goes back")
def nothing_back(table: Table) -> None:
    assert not table.all(e.UncalledBetReturned)


@check("Rake {krw}")
def rake(table: Table, krw: int) -> None:
    taken = [event.amount_krw for event in table.all(e.RakeTaken)]
    assert taken == [krw], f"the rake is {taken}"
    assert table.last(e.HandFinished).rake_krw == krw


@check("No rake")
def no_rake(table: Table) -> None:
    assert not table.all(e.RakeTaken)
    assert table.last(e.HandFinished).rake_krw == 0


# Winning


@check("{who} wins {krw}")
def wins(table: Table, who: str, krw: int) -> None:
    """From all pots and boards together."""
    won = _won(table, who, table.all(e.PotAwarded))
    assert won == krw, f"{who} wins {won}"


@check("{who} wins nothing")
def wins_nothing(table: Table, who: str) -> None:
    table.last(e.HandFinished)
    wins(table, who, 0)


@check("{who} wins {krw} of the {pot}")
def wins_of_pot(table: Table, who: str, krw: int, pot: str) -> None:
    number = ["main pot", "side pot", "second side pot", "third side pot"].index(pot)
    awards = [award for award in table.all(e.PotAwarded) if award.pot == number]
    won = _won(table, who, awards)
    assert won == krw, f"{who} wins {won} of it"


@check("{who} wins {krw} on the {board} board")
def wins_on_board(table: Table, who: str, krw: int, board: str) -> None:
    number = ["first", "second"].index(board) + 1
    awards = [award for award in table.all(e.PotAwarded) if award.board == number]
    won = _won(table, who, awards)
    assert won == krw, f"{who} wins {won} on it"


@check("{who} wins {krw} with {hand}")
def wins_with(table: Table, who: str, krw: int, hand: str) -> None:
    wins(table, who, krw)
    hands = {award.hand for award in table.all(e.PotAwarded) if _won(table, who, [award])}
    assert hands == {hand.replace(" ", "_")}, f"{who} wins with {hands}"


def _won(table: Table, who: str, awards: list[e.PotAwarded]) -> int:
    place = table.place(who)
    return sum(part.amount_krw for award in awards for part in award.shares if part.seat == place)


@check("{who} has {krw}")
def has(table: Table, who: str, krw: int) -> None:
    """Behind, bets in front not included."""
    found = table.behind(who)
    assert found == krw, f"{who} has {found}"
