"""Environment variables: read with their types, listed for operators, refused by name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from poker_site import checks, env
from poker_site.processes.secrets import SIGNER_ONLY, signer_environment, without_secrets
from poker_site.processes.wallet_addresses import public_settings
from wallet.chains.types import BitcoinNetwork
from wallet.keys.addresses import parse_bitcoin_address
from wallet.keys.bitcoin_signer import BitcoinSigner
from wallet.keys.ethereum_signer import EthereumSigner
from wallet.keys.signing import HOT, KeyPath, bitcoin_keys, ethereum_keys, load_seed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_problems_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "problems", [])


@pytest.mark.parametrize("raw", ["", "many", "-1", "1.5"])
def test_a_number_that_is_none_keeps_its_default(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("SHARDS_OF_A_TEST", raw)
    assert env.number("SHARDS_OF_A_TEST", 16) == 16
    assert [name for name, _ in env.problems] == (["SHARDS_OF_A_TEST"] if raw else [])


@pytest.mark.parametrize(
    ("raw", "meant"), [("on", True), ("YES", True), ("0", False), ("False", False), ("", True)]
)
def test_flags(monkeypatch: pytest.MonkeyPatch, raw: str, meant: bool) -> None:
    monkeypatch.setenv("FLAG_OF_A_TEST", raw)
    assert env.flag("FLAG_OF_A_TEST", True) is meant
    assert env.problems == []


def test_names_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMES_OF_A_TEST", " a.example, ,b.example")
    assert env.names("NAMES_OF_A_TEST") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    "raw", ["https://poker.example", "http://127.0.0.1:9000/", "http://[::1]:8000", ""]
)
def test_the_address_of_a_site(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("SITE_OF_A_TEST", raw)
    assert env.origin("SITE_OF_A_TEST", "http://here") == (raw.rstrip("/") or "http://here")
    assert env.problems == []


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "poker.example",
            "//poker.example",
            "ftp://poker.example",
            "https://",
            "HTTPS://A.example",
        ),
        *("https://poker.example/lobby", "https://poker.example?a=b", "https://poker.example#a"),
        *("https://me:word@poker.example", "https://poker.example:port", "https://a.example\n"),
    ],
)
def test_what_is_no_address_of_a_site_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, raw: str
) -> None:
    monkeypatch.setenv("SITE_OF_A_TEST", raw)
    assert env.origin("SITE_OF_A_TEST", "http://here") == "http://here"
    [(name, problem)] = env.problems
    assert name == "SITE_OF_A_TEST"
    assert "like https://poker.example, without a path" in problem


def test_a_database_address_keeps_its_odd_characters() -> None:
    settings = env.database("postgresql://me:p%40ss%2Fword@[::1]:5433/the%20house?sslmode=require")
    assert settings["PASSWORD"] == "p@ss/word"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("::1", "5433", "the house")
    assert settings["OPTIONS"] == {"sslmode": "require"}
    assert env.problems == []


def test_another_database_is_refused_by_name() -> None:
    env.database("mysql://localhost/poker")
    assert [message.id for message in checks.environment_is_well_formed()] == ["poker.E001"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"TABLE_SHARDS": "many"}, "poker.E001"),
        ({"DECK_KEY": "short"}, "poker.E002"),
        ({"SITE_URL": "https://poker.example/lobby/"}, "poker.E001"),
        ({"DEBUG": "false", "SECRET_KEY": "x" * 50}, "poker.E003"),
        (
            {
                "DEBUG": "false",
                "SECRET_KEY": "x" * 50,
                "ALLOWED_HOSTS": "poker.example",
                "SITE_URL": "https://www.poker.example",
            },
            "poker.E004",
        ),
        ({"ALLOWED_HOSTS": "poker.example"}, "poker.W001"),
        (
            {
                "DEBUG": "false",
                "SECRET_KEY": "x" * 50,
                "ALLOWED_HOSTS": "poker.example",
                "SITE_URL": "https://poker.example",
            },
            "poker.W002",
        ),
    ],
)
def test_wrong_settings_have_a_number(variables: dict[str, str], code: str) -> None:
    answer = check(variables)
    assert f"({code})" in answer.stderr
    assert (answer.returncode == 0) is code.startswith("poker.W")


@pytest.mark.parametrize(
    ("allowed", "site"),
    [
        (".poker.example", "https://www.poker.example"),
        ("[::1]", "http://[::1]:8443"),
        ("poker.example", "https://Poker.example:444"),
    ],
)
def test_the_sites_own_address_may_have_a_port_and_be_a_subdomain(allowed: str, site: str) -> None:
    variables = {"DEBUG": "false", "SECRET_KEY": "x" * 50}
    answer = check({**variables, "ALLOWED_HOSTS": allowed, "SITE_URL": site})
    assert answer.returncode == 0, answer.stderr


def test_an_installation_needs_a_secret_key_and_its_own_address() -> None:
    answer = check({"DEBUG": "false", "ALLOWED_HOSTS": "poker.example"})
    assert answer.returncode == 1
    assert "SECRET_KEY must be set" in answer.stderr
    assert "SITE_URL must be set" in answer.stderr


def test_a_good_installation_passes_the_deployment_checks() -> None:
    variables = {
        "DEBUG": "false",
        "SECRET_KEY": "".join(chr(48 + number) for number in range(60)),
        "ALLOWED_HOSTS": "poker.example",
        "SITE_URL": "https://poker.example",
        "DATABASE_URL": "postgresql://poker@db.example/poker",
        "REDIS_URL": "redis://redis.example/0",
    }
    answer = check(variables, "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr


def test_every_variable_is_in_the_example() -> None:
    listed = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    settings = (ROOT / "poker_site" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', settings))
    assert listed == read | {*SIGNER_ONLY}


def test_no_program_is_started_with_another_ones_secrets() -> None:
    environment = dict.fromkeys((*SIGNER_ONLY, "DECK_KEY", "DATABASE_OWNER_URL", "PATH"), "x")
    assert without_secrets(environment) == {"PATH": "x"}


def test_a_seed_is_made_once_and_in_development_only(tmp_path: Path) -> None:
    assert signer_environment({}, tmp_path, development=False) == {}
    made = signer_environment({}, tmp_path, development=True)
    assert made == signer_environment({}, tmp_path, development=True)
    assert made["WALLET_SIGNER"] == "1"
    assert re.fullmatch("[0-9a-f]{64}", made["WALLET_SEED"])
    assert (tmp_path / "secrets" / "wallet_seed").stat().st_mode & 0o077 == 0


def test_a_given_seed_is_not_replaced(tmp_path: Path) -> None:
    for given in ({"WALLET_SEED": "ab" * 32}, {"WALLET_VAULT_ADDR": "https://vault.example"}):
        made = signer_environment(given, tmp_path, development=True)
        assert made == {"WALLET_SIGNER": "1", **given}
    assert not (tmp_path / "secrets").exists()


def test_the_public_side_of_a_seed_is_the_hot_wallet_that_the_signer_opens() -> None:
    signer = {"WALLET_SIGNER": "1", "WALLET_SEED": "ab" * 32}
    public = public_settings(signer, BitcoinNetwork.REGTEST)
    seed = load_seed(signer)
    ethereum = EthereumSigner(ethereum_keys(seed))
    assert public["ETHEREUM_HOT_ADDRESS"] == ethereum.address(KeyPath(HOT, 0))
    bitcoin = BitcoinSigner(bitcoin_keys(seed, BitcoinNetwork.REGTEST))
    hot = parse_bitcoin_address(public["BITCOIN_HOT_ADDRESS"], BitcoinNetwork.REGTEST)
    assert hot.script == bitcoin.script(KeyPath(HOT, 0))
    assert len(set(public.values())) == len(public) == 6
    assert not any("ab" * 32 in value for value in public.values())


def check(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in an environment that has nothing of ours but `variables`."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check", *arguments],
        env={"PATH": os.environ["PATH"], "DATA_DIR": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
