"""`manage.py dev_chains`, as the site runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from poker_site.embedded.addresses import DEV_USDC_CONTRACT, services_file
from poker_site.embedded.registry import free_port, new_password
from tests.support.servers import wait_until
from tests.support.site import MANAGE
from wallet.chains.errors import ChainError
from wallet.chains.rpc import JsonRpc
from wallet.devnodes.installation import Installation

HOT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@contextmanager
def dev_chains(directory: Path) -> Iterator[None]:
    environment = os.environ | {"DATA_DIR": str(directory), "ETHEREUM_HOT_ADDRESS": HOT}
    environment["DJANGO_SETTINGS_MODULE"] = "poker_site.settings"
    process = subprocess.Popen([sys.executable, str(MANAGE), "dev_chains"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_nobody_sees_the_ethereum_chain_before_it_has_its_tokens(
    devnodes: Installation, tmp_path: Path
) -> None:
    ports = {name: free_port() for name in ("bitcoin", "ethereum")}
    services = {name: {"port": port, "password": new_password()} for name, port in ports.items()}
    services_file(tmp_path).write_text(json.dumps(services))
    node = JsonRpc(f"http://127.0.0.1:{ports['ethereum']}", timeout=5)
    first_seen: list[tuple[str, str]] = []

    def is_seen() -> bool:
        try:
            code = str(node.call_once("eth_getCode", DEV_USDC_CONTRACT, "latest"))
            first_seen.append((code, str(node.call_once("eth_getBalance", HOT, "latest"))))
        except ChainError:
            return False
        return True

    for _ in ("a new chain", "the same, started again"):
        with dev_chains(tmp_path):
            wait_until(is_seen, seconds=60, what="the Ethereum node answers")
    node.close()
    assert len(first_seen[0][0]) > len("0x")
    assert first_seen[0][1] != "0x0"
    assert first_seen[0] == first_seen[1]
