"""Tasks of the signer's process alone: the queue `signing`.

One that waited until the next beat is not worth running: a pass does all that there is to do.
"""

from collections.abc import Callable
from functools import cache

import structlog
from celery import shared_task

from wallet.assets import Network
from wallet.chains.errors import ChainError
from wallet.deposits.scanner import PASSING
from wallet.keys.errors import KeyRefused
from wallet.keys.signing import Secret, load_seed
from wallet.signer import passes
from wallet.signer.alerts import alert
from wallet.signer.alone import report
from wallet.signer.errors import NetworkClosed, SignerBusy, SignerError
from wallet.signer.wallets import Wallet, open_wallet

log = structlog.get_logger()


@shared_task(name="wallet.tasks.sign_payments", expires=5)
def sign_payments() -> None:
    """One pass over the payments of both networks."""
    for network in Network:
        _attempt(network, passes.run)


@shared_task(name="wallet.tasks.sign_sweeps", expires=300)
def sign_sweeps() -> None:
    """Sweep deposits and keep the hot wallets' float on both networks."""
    for network in Network:
        _attempt(network, passes.sweep)


def _attempt(network: Network, step: Callable[[Wallet], None]) -> None:
    """A network without a node, whose node is down, or with an error of ours, stops no other."""
    try:
        with open_wallet(network, _seed()) as wallet:
            step(wallet)
    except (NetworkClosed, SignerBusy):
        return
    except PASSING as error:
        log.warning("signer_waits_for_node", network=network, error=str(error))
    except (SignerError, ChainError, KeyRefused) as error:
        alert(error.code, f"chain:{network}", detail=error.detail)
    except Exception as error:
        report(f"chain:{network}", error)


@cache
def _seed() -> Secret:
    """Asked for once: Vault need not answer every few seconds."""
    return load_seed()
