"""A signer that kills itself at a chosen point: `python -m tests.wallet.signer.crashes.killing
NETWORK`.

A point is the moment before, or after, a commit or a call of a node's RPC. Each line of standard
input is an order (`Order`, as JSON); a fork of this process, which has made such a pass before and
so has everything at hand, makes one pass of the signer and ends itself with SIGKILL at that point
(0: at none). The answer is a line
too: `{"killed": true, "points": ["before getblockchaininfo", …], "error": ""}`.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
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

COMMIT = "commit"
# A statement that writes outside of a transaction: it commits by itself.
LONE_WRITE = "lone write"
SETTINGS = (
    "BITCOIN_RPC_URL",
    "BITCOIN_RPC_URL_2",
    "BITCOIN_HOT_ADDRESS",
    "BITCOIN_COLD_ADDRESS",
    "ETHEREUM_RPC_URL",
    "ETHEREUM_RPC_URL_2",
    "ETHEREUM_HOT_ADDRESS",
    "ETHEREUM_COLD_ADDRESS",
    "USDT_CONTRACT",
    "USDC_CONTRACT",
    "UPBIT_URL",
    "BITHUMB_URL",
)


@dataclass(frozen=True, slots=True)
class Order:
    """One pass: `run` or `sweep`, as if it were so many seconds later, killed at a point.

    `here`: by the process itself, not by a fork, so that forks have everything at hand.
    """

    which: str = "run"
    later_s: int = 0
    die_at: int = 0
    here: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """The points that a pass came to, in order; the last one is where it was killed."""

    killed: bool
    points: tuple[str, ...]


class CrashingSigner:
    """The process that forks."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._warm: set[str] = set()

    def warm_up(self, order: Order, *, again: bool) -> bool:
        """Let the process itself make such a pass, or only the first one of its kind: whether it
        did, and changed the world. Forks have at hand what it loaded."""
        if order.which in self._warm and not again:
            return False
        self._warm.add(order.which)
        self.run(replace(order, here=True))
        return True

    def run(self, order: Order) -> Pass:
        """One pass, killed at its point, or to its end where that is 0 or too high."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(order)), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the crashing signer ended"
        answer = json.loads(line)
        assert not answer["error"], answer["error"]
        return Pass(answer["killed"], tuple(answer["points"]))


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
        [sys.executable, "-m", "tests.wallet.signer.crashes.killing", network.value],
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
    """Tells every point to the parent, and is killed at one."""

    def __init__(self, die_at: int, pipe: int) -> None:
        self._left = die_at
        self._pipe = pipe

    def reach(self, name: str) -> None:
        os.write(self._pipe, f"{name}\n".encode())
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        """A point before the call and one after it, whatever comes of it."""

        def called(*args: Any, **kwargs: Any) -> Any:
            what = name(*args)
            self.reach(f"before {what}")
            try:
                return function(*args, **kwargs)
            finally:
                self.reach(f"after {what}")

        return called

    def statement(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        """Around what Django's `execute_wrapper` wraps: a write in no transaction has points."""
        is_read = sql.lstrip().upper().startswith("SELECT")
        if is_read or connection.in_atomic_block:
            return execute(sql, *args)
        return self.around(execute, lambda *_: LONE_WRITE)(sql, *args)


def _method_of(_: JsonRpc, content: Any) -> str:
    first = content[0] if isinstance(content, list) else content
    return str(first["method"])


def _one_pass(wallet: Wallet, order: Order, points: _Points) -> None:
    JsonRpc._post = points.around(JsonRpc._post, _method_of)  # type: ignore[method-assign]
    BaseDatabaseWrapper._commit = points.around(  # type: ignore[attr-defined]
        BaseDatabaseWrapper._commit,  # type: ignore[attr-defined]
        lambda *_: COMMIT,
    )
    with connection.execute_wrapper(points.statement):
        _run(wallet, order)


def _run(wallet: Wallet, order: Order) -> None:
    if order.which == "sweep":
        passes.sweep(wallet)
    else:
        passes.run(wallet, now=timezone.now() + timedelta(seconds=order.later_s))


def _obey(network: Network, order: Order) -> dict[str, Any]:
    if order.here:
        _prepare(network, order)
        return {"killed": False, "points": [], "error": ""}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with open_wallet(network, load_seed()) as wallet:
                _one_pass(wallet, order, _Points(order.die_at, writer))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        points = pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    error = "" if killed or status == 0 else f"the pass ended with {status} after {points[-1:]}"
    return {"killed": killed, "points": points, "error": error}


def _prepare(network: Network, order: Order) -> None:
    """Make the pass, and leave no connection: a fork that has one of its parent's would not lose
    it when it dies."""
    with open_wallet(network, load_seed()) as wallet:
        _run(wallet, order)
    connection.close()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    # Logs go to the standard error, answers alone to what was the standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    connection.settings_dict["OPTIONS"].pop("pool", None)
    for line in sys.stdin:
        answer = _obey(Network(sys.argv[1]), Order(**json.loads(line)))
        print(json.dumps(answer), file=answers, flush=True)
