"""A signer that kills itself at a chosen point: `python -m tests.wallet.signer.crashing NETWORK`.

A point is the moment before, or after, a commit or a call of a node's RPC. Each line of standard
input is an order, `{"die_at": 3, "later_s": 0}`; a fork of this process
makes one pass of the signer and ends itself with SIGKILL at that point (0: at none). The answer is
a line too: `{"killed": true, "points": 3}`.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

if __name__ == "__main__":
    import django

    django.setup()

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from wallet.assets import Network
from wallet.chains.rpc import JsonRpc
from wallet.keys.signing import Secret, load_seed
from wallet.signer import passes
from wallet.signer.wallets import Wallet, open_wallet

SETTINGS = (
    "BITCOIN_RPC_URL",
    "BITCOIN_HOT_ADDRESS",
    "BITCOIN_COLD_ADDRESS",
    "ETHEREUM_RPC_URL",
    "ETHEREUM_HOT_ADDRESS",
    "ETHEREUM_COLD_ADDRESS",
    "USDT_CONTRACT",
    "USDC_CONTRACT",
)


class CrashingSigner:
    """The process that forks. `last_count` is how many points the newest pass came to."""

    last_count = 0

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, *, die_at: int, later_s: int = 0) -> bool:
        """One pass that is killed at a point; False where it came to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"die_at": die_at, "later_s": later_s}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the crashing signer ended"
        answer = json.loads(line)
        self.last_count = answer["points"]
        return bool(answer["killed"])


@contextmanager
def crashing_signer(network: Network, seed: Secret) -> Iterator[CrashingSigner]:
    """On the test's database and nodes, with the keys that only it gets."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.support.settings",
        "WALLET_SIGNER": "1",
        "WALLET_SEED": seed.reveal().hex(),
        **{name: str(getattr(settings, name)) for name in SETTINGS},
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.wallet.signer.crashing", network.value],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield CrashingSigner(process)
        finally:
            process.kill()


class _Points:
    """Counts points, and is killed at one."""

    def __init__(self, die_at: int) -> None:
        self.count = 0
        self._die_at = die_at

    def reach(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A point before the call and one after it."""

        def called(*args: Any, **kwargs: Any) -> Any:
            self.reach()
            try:
                return function(*args, **kwargs)
            finally:
                self.reach()

        return called


def _one_pass(wallet: Wallet, order: dict[str, Any]) -> int:
    points = _Points(order["die_at"])
    JsonRpc._post = points.around(JsonRpc._post)  # type: ignore[method-assign]
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)  # type: ignore[attr-defined]
    passes.run(wallet, now=timezone.now() + timedelta(seconds=order["later_s"]))
    return points.count


def _obey(wallet: Wallet, order: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(_one_pass(wallet, order)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        points = pipe.read()
    if os.WIFSIGNALED(status):
        return {"killed": os.WTERMSIG(status) == signal.SIGKILL, "points": order["die_at"]}
    return {"killed": False, "points": int(points)}


if __name__ == "__main__":
    # Opened before the forks, but not used: each of them has connections of its own.
    with open_wallet(Network(sys.argv[1]), load_seed()) as opened:
        for line in sys.stdin:
            print(json.dumps(_obey(opened, json.loads(line))), flush=True)
