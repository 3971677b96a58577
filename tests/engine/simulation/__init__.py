"""Random tables, played from seeds and checked at every event.

`crowd` does anything at any time, `watch` says what must hold, `probe` asks whether what is offered
is what is legal, `twin` whether hidden cards stay hidden.
"""

from tests.engine.simulation.table import Broken, Simulation

__all__ = ["Broken", "Simulation"]
