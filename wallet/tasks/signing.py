"""Tasks of the signer's process alone: the queue `signing`.

One that waited until the next beat is not worth running: a pass does all that there is to do.
"""

import structlog
from celery import shared_task

from wallet.assets import Network
from wallet.chains.errors import ChainError
from wallet.keys.signing import load_seed
from wallet.signer import passes
from wallet.signer.errors import NetworkClosed, SignerBusy

log = structlog.get_logger()


@shared_task(name="wallet.tasks.sign_payments", expires=5)
def sign_payments() -> None:
    """One pass over the payments of both networks."""
    for network in Network:
        _attempt(network, "payments")


@shared_task(name="wallet.tasks.sign_sweeps", expires=300)
def sign_sweeps() -> None:
    """Sweep deposits and keep the hot wallets' float on both networks."""
    for network in Network:
        _attempt(network, "sweeps")


def _attempt(network: Network, what: str) -> None:
    """A network without a node, or whose node is down, does not stop the other."""
    try:
        if what == "payments":
            passes.run(network, load_seed())
        else:
            passes.sweep(network, load_seed())
    except (NetworkClosed, SignerBusy):
        return
    except ChainError as error:
        log.warning("signer_waits_for_node", network=network, error=str(error))
