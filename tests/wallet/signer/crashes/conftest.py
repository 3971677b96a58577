"""Signers that die, and what was run."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.wallet.signer.crashes.killing import CrashingSigner, crashing_signer
from tests.wallet.signer.crashes.matrix import Ran
from tests.wallet.signer.crashes.report import page_of
from wallet.assets import Network
from wallet.keys.signing import Secret

# Where `make crashes` wants its page: it runs everything.
REPORT = "CRASHES_REPORT"
SignerOf = Callable[[Network, Secret], CrashingSigner]


@pytest.fixture
def signer_of() -> Iterator[SignerOf]:
    """Started when it is asked for, with the test's settings."""
    with ExitStack() as stack:
        started: dict[Network, CrashingSigner] = {}

        def signer_of(network: Network, seed: Secret) -> CrashingSigner:
            if network not in started:
                started[network] = stack.enter_context(crashing_signer(network, seed))
            return started[network]

        yield signer_of


@pytest.fixture(scope="session")
def ran() -> Iterator[Ran]:
    """What was run; `make crashes` has it written down."""
    path = os.environ.get(REPORT)
    ran = Ran(is_whole=bool(path))
    began = time.monotonic()
    yield ran
    if path:
        Path(path).write_text(page_of(ran, time.monotonic() - began))
