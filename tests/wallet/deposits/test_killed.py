"""Scanners that are killed in the middle: the next one goes on, and each deposit counts once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as site_settings
from django.db import connection

from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    owed,
    player_with_address,
    won,
)
from tests.wallet.deposits.test_exactly_once import every_deposit_is_credited_once
from wallet.advisory import LockClass, held
from wallet.assets import Network
from wallet.models import Deposit, DepositState, MoneyEvent, Transaction
from wallet.services import buy_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]

REPOSITORY = Path(__file__).parents[3]
SETTINGS = {
    Network.BITCOIN: (
        "BITCOIN_NETWORK",
        "BITCOIN_RPC_URL",
        "BITCOIN_RPC_URL_2",
        "BITCOIN_XPUB",
        "BITCOIN_HOT_ADDRESS",
        "BITCOIN_COLD_ADDRESS",
        "BITCOIN_SCAN_FROM",
    ),
    Network.ETHEREUM: (
        "ETHEREUM_CHAIN_ID",
        "ETHEREUM_RPC_URL",
        "ETHEREUM_RPC_URL_2",
        "ETHEREUM_XPUB",
        "ETHEREUM_HOT_ADDRESS",
        "ETHEREUM_SCAN_FROM",
        "USDT_CONTRACT",
        "USDC_CONTRACT",
    ),
}


def test_while_it_reads_and_while_it_credits(bitcoin: BitcoinSite, tmp_path: Path) -> None:
    player, address = player_with_address("bitcoin")
    amounts = [10_000 + number for number in range(60)]
    pay_blocks_of_three(bitcoin, address, amounts)
    kill_once(bitcoin.network, Deposit.objects.exists, tmp_path / "reading.txt")
    credited = Deposit.objects.filter(state=DepositState.CREDITED)
    assert not credited.exists()
    kill_once(bitcoin.network, credited.exists, tmp_path / "crediting.txt")
    assert 0 < credited.count() < len(amounts)
    bitcoin.scan_calmly()
    every_deposit_is_credited_once(amounts)
    assert won(player) == sum(each * 99 // 100 for each in amounts)


def test_on_ethereum(ethereum: EthereumSite, tmp_path: Path) -> None:
    player, address = player_with_address("ethereum")
    for number in range(20):
        ethereum.node.send(address, 10**15 + number)
        ethereum.node.mint_token(ethereum.tokens.usdt, address, 2_000_000 + number)
        ethereum.mine()
    ethereum.mine(4)
    kill_once(ethereum.network, Deposit.objects.exists, tmp_path / "reading.txt")
    credited = Deposit.objects.filter(state=DepositState.CREDITED)
    assert not credited.exists()
    kill_once(ethereum.network, credited.exists, tmp_path / "crediting.txt")
    assert 0 < credited.count() < 40
    ethereum.scan_calmly()
    assert credited.count() == Deposit.objects.count() == 40
    assert Transaction.objects.filter(kind="deposit").count() == 40
    assert won(player) == 20 * (4_950 + 2_772)


def test_while_it_turns_back_and_while_it_reverses(bitcoin: BitcoinSite, tmp_path: Path) -> None:
    """The money is at a table: what each reversal takes is owed, and owed once."""
    player, address = player_with_address("bitcoin")
    amounts = [10_000 + number for number in range(60)]
    bitcoin.mine()
    bitcoin.scan_calmly()
    raw = pay_blocks_of_three(bitcoin, address, amounts)
    bitcoin.scan_calmly()
    worth_krw = [each * 99 // 100 for each in amounts]
    buy_in(user_id=player, table_id=1, amount_krw=sum(worth_krw), key="b1")
    # The first two transactions are in the new branch too.
    bitcoin.branch(20, *raw[:2])
    turned = MoneyEvent.objects.filter(kind="chain.reorganised")
    kill_once(bitcoin.network, turned.exists, tmp_path / "turning.txt")
    gone = Deposit.objects.filter(state=DepositState.REVERSED)
    assert Deposit.objects.filter(state=DepositState.CREDITED, height=None).exists()
    assert not gone.exists()
    kill_once(bitcoin.network, gone.exists, tmp_path / "reversing.txt")
    assert 0 < gone.count() < 54
    bitcoin.scan_calmly()
    assert gone.count() == Transaction.objects.filter(kind="deposit_reversal").count() == 54
    assert (won(player), owed(player)) == (0, sum(worth_krw[6:]))
    bitcoin.mine()
    bitcoin.scan_calmly()
    every_deposit_is_credited_once(amounts)
    assert (won(player), owed(player)) == (0, 0)


def pay_blocks_of_three(bitcoin: BitcoinSite, address: str, amounts: list[int]) -> list[str]:
    """A block for every three, all of them in one transaction; these."""
    raw = []
    for number in range(0, len(amounts), 3):
        signed = bitcoin.node.sign_payments(
            [(address, each) for each in amounts[number : number + 3]]
        )
        raw.append(signed.raw)
        bitcoin.node.broadcast(signed.raw)
        bitcoin.mine()
    return raw


def kill_once(network: Network, is_far_enough: Callable[[], bool], output: Path) -> None:
    """Start a scanner of its own process and kill it as soon as it is far enough; the next one
    may begin then."""
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "scan_chains", network.value],
            cwd=REPOSITORY,
            env=_environment(network),
            stdout=log,
            stderr=log,
        )
    while not is_far_enough():
        assert process.poll() is None, output.read_text()
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    _until_the_lock_is_free(network)


def _environment(network: Network) -> dict[str, str]:
    served = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(served._replace(path=f"/{connection.settings_dict['NAME']}"))
    return (
        os.environ
        | {name: str(getattr(site_settings, name)) for name in SETTINGS[network]}
        | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "poker_site.settings"}
    )


def _until_the_lock_is_free(network: Network) -> None:
    """The server notices a dead client when it next hears from its socket."""
    is_free = False
    while not is_free:
        with held(LockClass.SCANNER, network) as is_free:
            pass
