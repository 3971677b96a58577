"""A scenario, with a kill at every point of each of its passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.wallet.signer.crashes.ending import bring_to_the_end
from tests.wallet.signer.crashes.killing import CrashingSigner, Order
from tests.wallet.signer.crashes.scenario import Scenario, Step
from tests.wallet.signer.crashes.worlds import saved_world

# Fewer would mean that the points are not seen.
LEAST_POINTS = 5


@dataclass(frozen=True, slots=True)
class Killed:
    """The points of one pass at which a signer was killed, out of so many."""

    network: str
    scenario: str
    step: str
    points: tuple[str, ...]
    of: int


@dataclass
class Ran:
    """All that was run."""

    passes: list[Killed] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def kill_everywhere(scenario: Scenario, signer: CrashingSigner, ran: Ran, *, every: int) -> None:
    """Go through the scenario's story; before each of its passes, for every point of that pass
    (or every second, …): kill there, recover, check, and put the world back."""
    house = scenario.side.house
    for step in scenario.story():
        order = Order(step.which, step.later_s)
        with saved_world(house) as world:
            points = _without_a_kill(scenario, signer, step, order)
            chosen = range(0, len(points), every)
            for index in chosen:
                world.restore()
                _kill(scenario, signer, step, points[: index + 1], ran)
            world.restore()
        done = signer.run(order)
        assert done.points == points
        ran.passes.append(
            Killed(
                scenario.side.network,
                scenario.name,
                step.name,
                tuple(points[index] for index in chosen),
                len(points),
            )
        )


def _without_a_kill(
    scenario: Scenario, signer: CrashingSigner, step: Step, order: Order
) -> Sequence[str]:
    done = signer.run(order)
    assert not done.killed
    assert len(done.points) >= LEAST_POINTS
    step.aftermath()
    bring_to_the_end(scenario)
    return done.points


def _kill(
    scenario: Scenario, signer: CrashingSigner, step: Step, points: Sequence[str], ran: Ran
) -> None:
    """At the last of these points."""
    where = f"{scenario.side.network}, {scenario.name}, {step.name}: {points[-1]}, {len(points)}"
    try:
        done = signer.run(Order(step.which, step.later_s, die_at=len(points)))
        assert done.killed
        assert done.points == tuple(points), "the same way every time"
        step.aftermath()
        bring_to_the_end(scenario)
    except Exception as error:
        ran.broken.append(f"{where}: {type(error).__name__}")
        error.add_note(f"killed at {where}")
        raise
