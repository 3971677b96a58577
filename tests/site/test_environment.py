"""Environment variables: read with their types, listed for operators, refused by name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from poker_site import checks, env

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
        ({"DEBUG": "false", "SECRET_KEY": "x" * 50}, "poker.E003"),
        ({"ALLOWED_HOSTS": "poker.example"}, "poker.W001"),
        (
            {"DEBUG": "false", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "poker.example"},
            "poker.W002",
        ),
    ],
)
def test_wrong_settings_have_a_number(variables: dict[str, str], code: str) -> None:
    answer = check(variables)
    assert f"({code})" in answer.stderr
    assert (answer.returncode == 0) is code.startswith("poker.W")


def test_an_installation_needs_a_secret_key() -> None:
    answer = check({"DEBUG": "false", "ALLOWED_HOSTS": "poker.example"})
    assert answer.returncode == 1
    assert "SECRET_KEY must be set" in answer.stderr


def test_a_good_installation_passes_the_deployment_checks() -> None:
    variables = {
        "DEBUG": "false",
        "SECRET_KEY": "".join(chr(48 + number) for number in range(60)),
        "ALLOWED_HOSTS": "poker.example",
        "DATABASE_URL": "postgresql://poker@db.example/poker",
        "REDIS_URL": "redis://redis.example/0",
    }
    answer = check(variables, "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr


def test_every_variable_is_in_the_example() -> None:
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    settings = (ROOT / "poker_site" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    assert listed == read


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
