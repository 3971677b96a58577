"""One payment's trouble does not stop the others: it is told, and the next one is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

import structlog
from django.db import connection

from wallet.chains.errors import ChainError
from wallet.errors import WalletError
from wallet.keys.errors import SigningRefused
from wallet.signer.alerts import alert
from wallet.signer.errors import RatesUnheard, SignerLockLost

log = structlog.get_logger()


@contextmanager
def alone(subject: str) -> Iterator[None]:
    """Whatever goes wrong inside is told, as trouble of `subject`, and tried again by a later pass.

    Raises SignerLockLost: with the session that the lock was held by, all others end too.
    """
    try:
        yield
    except SignerLockLost:
        raise
    except ChainError as error:
        log.warning("waits_for_node", subject=subject, error=str(error))
    except RatesUnheard as error:
        log.warning("waits_for_rates", subject=subject, asset=error.detail)
    except (WalletError, SigningRefused) as error:
        alert(error.code, subject, detail=error.detail)
    except Exception as error:
        report(subject, error)
        if not connection.is_usable():
            raise SignerLockLost(subject) from None


def report(subject: str, error: Exception) -> None:
    """Log a programmer's error, and tell staff that there is one.

    Its kind and place only: its text and its variables may hold what a library was given, keys.
    """
    log.error("signer_failed", subject=subject, error=type(error).__name__, at=_places(error))
    try:
        alert("signer_failed", subject, error=type(error).__name__)
    except Exception as another:
        # The database, say, is the trouble; the log has it.
        log.error("signer_failed_untold", subject=subject, error=type(another).__name__)


def _places(error: BaseException) -> list[str]:
    """Where it came through, the innermost last; then what it came from."""
    places = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ]
    cause = error.__cause__ or error.__context__
    return places if cause is None else [*places, type(cause).__name__, *_places(cause)]
