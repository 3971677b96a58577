"""Private keys: who may load them, from where, and that nothing shows them."""

import json
import pickle
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import wallycore
from embit import bip32

from wallet.chains.types import BitcoinNetwork
from wallet.keys.bitcoin_signer import BitcoinSigner
from wallet.keys.errors import KeyRefused
from wallet.keys.ethereum_signer import EthereumSigner, EthereumTransaction
from wallet.keys.signing import (
    DEPOSITS,
    HOT,
    KeyPath,
    Secret,
    bitcoin_keys,
    ethereum_keys,
    load_seed,
)

MNEMONIC = "abandon " * 11 + "about"
# BIP39, first test vector without a passphrase.
SEED = (
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
    "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
)
MASTER = bip32.HDKey.from_seed(bytes.fromhex(SEED)).to_base58()
ETHEREUM_ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
SIGNER = {"WALLET_SIGNER": "1"}


@pytest.mark.parametrize("text", [MNEMONIC, f"  {MNEMONIC.replace(' ', '  ')}\n", SEED, MASTER])
def test_every_form_of_the_seed_gives_the_same_keys(text: str) -> None:
    seed = load_seed(SIGNER | {"WALLET_SEED": text})
    assert EthereumSigner(ethereum_keys(seed)).address(KeyPath(DEPOSITS, 0)) == ETHEREUM_ADDRESS


@pytest.mark.parametrize("switch", [{}, {"WALLET_SIGNER": ""}, {"WALLET_SIGNER": "0"}])
def test_only_the_signer_loads_keys(switch: dict[str, str]) -> None:
    with pytest.raises(KeyRefused) as refused:
        load_seed(switch | {"WALLET_SEED": MNEMONIC})
    assert refused.value.code == "signer_only"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"WALLET_SEED": ""}, "key_missing"),
        ({"WALLET_SEED": "abandon " * 11 + "abandon"}, "key_malformed"),
        ({"WALLET_SEED": "00" * 15}, "key_malformed"),
        ({"WALLET_SEED": "00" * 65}, "key_malformed"),
        ({"WALLET_SEED": "password"}, "key_malformed"),
        ({"WALLET_SEED": MASTER[:-1] + "x"}, "key_malformed"),
        (
            {"WALLET_SEED": bip32.HDKey.from_base58(MASTER).derive("m/84h").to_base58()},
            "key_wrong_depth",
        ),
        ({"WALLET_VAULT_ADDR": "http://127.0.0.1:1", "WALLET_VAULT_PATH": "secret"}, "key_missing"),
        (
            {"WALLET_VAULT_ADDR": "http://127.0.0.1:1", "WALLET_VAULT_PATH": "secret/wallet"},
            "vault_unavailable",
        ),
    ],
)
def test_seeds_that_are_refused(environment: dict[str, str], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        load_seed(SIGNER | environment)
    assert refused.value.code == code
    shown = "".join(traceback.TracebackException.from_exception(refused.value).format())
    assert environment.get("WALLET_SEED", "") == "" or environment["WALLET_SEED"] not in shown


@pytest.fixture
def vault() -> Iterator[tuple[str, dict[str, Any]]]:
    """Vault's HTTP API for one secret of KV version 2: its address, and the secret's data."""
    data: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path.partition("?")[0] == "/v1/kv/data/poker/wallet"
            allowed = self.headers.get("X-Vault-Token") == "token"
            status = 200 if known and allowed else 403 if known else 404
            answer: dict[str, Any] = (
                {"data": {"data": data, "metadata": {}}} if status == 200 else {"errors": []}
            )
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", data
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def from_vault(address: str, token: str = "token", path: str = "kv/poker/wallet") -> Secret:
    return load_seed(
        SIGNER
        | {
            "WALLET_VAULT_ADDR": address,
            "WALLET_VAULT_TOKEN": token,
            "WALLET_VAULT_PATH": path,
        }
    )


def test_vault_gives_the_seed(vault: tuple[str, dict[str, Any]]) -> None:
    address, data = vault
    data["seed"] = MNEMONIC
    assert from_vault(address).reveal() == bytes.fromhex(SEED)


def test_what_vault_does_not_give_is_told(vault: tuple[str, dict[str, Any]]) -> None:
    address, data = vault
    for token, path, code in (
        ("stolen", "kv/poker/wallet", "vault_unavailable"),
        ("token", "kv/other", "vault_unavailable"),
        ("token", "kv/poker/wallet", "key_missing"),
    ):
        with pytest.raises(KeyRefused) as refused:
            from_vault(address, token, path)
        assert refused.value.code == code
    data["seed"] = "nonsense"
    with pytest.raises(KeyRefused) as refused:
        from_vault(address)
    assert refused.value.code == "key_malformed"


def test_public_keys_of_an_account_derive_the_addresses_that_it_signs_for() -> None:
    keys = bitcoin_keys(Secret(bytes.fromhex(SEED)), BitcoinNetwork.MAIN)
    theirs = bip32.HDKey.from_base58(MASTER).derive("m/84h/0h/1h").to_public()
    assert keys.account_xpub(HOT) == theirs.to_base58()
    assert keys.public_key(KeyPath(HOT, 7, change=True)) == theirs.derive([1, 7]).key.sec()


def test_nothing_shows_a_key() -> None:
    seed = load_seed(SIGNER | {"WALLET_SEED": SEED})
    keys = bitcoin_keys(seed, BitcoinNetwork.MAIN)
    private = keys.private_key(KeyPath(HOT, 0))
    hidden = [SEED, repr(bytes.fromhex(SEED)), private.reveal().hex(), repr(private.reveal())]
    shown = repr([seed, keys, private, BitcoinSigner(keys), vars(keys)])
    assert not [text for text in hidden if text in shown]
    for each in (seed, keys, private):
        with pytest.raises(TypeError):
            pickle.dumps(each)


def test_a_traceback_with_its_variables_shows_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("broken")

    def shown_while_signing(seed: Secret) -> str:
        signer = EthereumSigner(ethereum_keys(seed))
        payment = EthereumTransaction(1, 0, "0x" + "11" * 20, 5, 21_000, 10, 1)
        try:
            signer.sign(payment, KeyPath(HOT, 0), max_gas_cost_wei=10**9)
        except ValueError as error:
            trace = traceback.TracebackException.from_exception(error, capture_locals=True)
            # Without the frame of `broken`, which stands for the C library.
            trace.stack.pop()
            return "".join(trace.format())
        raise AssertionError("it did not break")

    monkeypatch.setattr(wallycore, "ec_sig_from_bytes", broken)
    seed = Secret(bytes.fromhex(SEED))
    private = ethereum_keys(seed).private_key(KeyPath(HOT, 0)).reveal()
    shown = shown_while_signing(seed)
    assert "signer = <wallet.keys.ethereum_signer" in shown
    for text in (repr(private), private.hex(), SEED, repr(bytes.fromhex(SEED))):
        assert text not in shown


@pytest.mark.parametrize("numbers", [(-1, 0), (0, -1), (2**31, 0), (0, 2**31)])
def test_a_path_outside_of_the_numbers_is_none(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="numbers"):
        KeyPath(*numbers)
