"""A scenario, with a kill at every point of each of its passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.wallet.signer.crashes.ending import bring_to_the_end, wait_for_lock
from tests.wallet.signer.crashes.killing import CrashingSigner, Order
from tests.wallet.signer.crashes.scenario import Scenario, Step
from tests.wallet.signer.crashes.worlds import SavedWorld, saved_world

# Fewer would mean that the points are not seen.
LEAST_POINTS = 5


@dataclass(frozen=True, slots=True)
class Killed:
    """The points of one pass at which a signer was killed, out of so many.

    `recovered` of these kills were followed to the end: each, or each that left another world.
    """

    network: str
    scenario: str
    step: str
    points: tuple[str, ...]
    of: int
    recovered: int


@dataclass
class Ran:
    """All that was run, and how.

    `is_whole`: every point of every pass, each followed to the end. Else one of so many points as
    the scenario says, others in each pass; and where a kill leaves the world as an earlier one of
    the same pass did, the signers after it are spared what they did there.
    """

    is_whole: bool
    passes: list[Killed] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def kill_everywhere(scenario: Scenario, signer: CrashingSigner, ran: Ran) -> None:
    """Go through the scenario's story; before each of its passes, for every point of that pass:
    kill there, recover, check, and put the world back."""
    every = 1 if ran.is_whole else scenario.every
    for number, step in enumerate(scenario.story()):
        with saved_world(scenario.side.house) as world:
            killing = _Killing(scenario, step, signer, world)
            points = killing.without_a_kill(recover=every == 1)
            chosen = range(number % every, len(points), every)
            for index in chosen:
                try:
                    killing.kill(points[: index + 1], recover_always=ran.is_whole)
                except Exception as error:
                    ran.broken.append(f"{killing.name}, {index + 1}: {points[index]}")
                    error.add_note(f"killed at {ran.broken[-1]}")
                    raise
            world.restore()
        assert signer.run(killing.order).points == points
        at = tuple(points[index] for index in chosen)
        names = (scenario.side.network, scenario.name, step.name)
        ran.passes.append(Killed(*names, at, len(points), killing.recovered))


class _Killing:
    """One pass, killed again and again in the same world."""

    def __init__(
        self, scenario: Scenario, step: Step, signer: CrashingSigner, world: SavedWorld
    ) -> None:
        self.name = f"{scenario.side.network}, {scenario.name}, {step.name}"
        self.order = Order(step.which, step.later_s)
        self.recovered = 0
        self._scenario = scenario
        self._step = step
        self._signer = signer
        self._world = world
        self._before = world.state()
        self._is_before = True
        self._seen: set[str] = set()

    def without_a_kill(self, *, recover: bool) -> Sequence[str]:
        """The points that the pass comes to; with `recover` it is followed to the end, too."""
        if self._signer.warm_up(self.order, again=recover):
            self._world.restore()
        done = self._signer.run(self.order)
        assert not done.killed
        assert len(done.points) >= LEAST_POINTS
        self._is_before = False
        if recover:
            self._recover()
        return done.points

    def kill(self, points: Sequence[str], *, recover_always: bool) -> None:
        """At the last of these points."""
        if not self._is_before:
            self._world.restore()
            self._is_before = True
        done = self._signer.run(replace(self.order, die_at=len(points)))
        assert done.killed
        assert done.points == tuple(points), "the same way every time"
        wait_for_lock()
        state = self._world.state()
        self._is_before = state == self._before
        if recover_always or state not in self._seen:
            self._recover()
            self._seen.add(state)
            self.recovered += 1

    def _recover(self) -> None:
        self._is_before = False
        self._step.aftermath()
        bring_to_the_end(self._scenario)
