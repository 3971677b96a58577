"""docker-compose.yml runs the same programs as `make run`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from poker_site.processes import programs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_it_has_a_service_for_every_program(services: dict[str, Any]) -> None:
    assert services.keys() >= {"postgresql", "valkey", "web", "tables", "worker", "beat"}


@pytest.mark.parametrize(
    "program", [programs.tables("0" * 64), programs.worker(), programs.beat()], ids=lambda p: p.name
)
def test_commands_are_the_same(services: dict[str, Any], program: programs.Program) -> None:
    ours = [argument.replace(f"{ROOT}/", "") for argument in program.command[1:]]
    assert services[program.name]["command"] == ["python", *ours]


def test_web_differs_only_in_where_it_listens(services: dict[str, Any]) -> None:
    there = " ".join(services["web"]["command"]).replace("--host 0.0.0.0 --port 8000", "--fd 0")
    ours = " ".join(["python", *programs.web(8000).command[1:]])
    assert sorted(there.split()) == sorted(ours.split())


def test_only_the_tables_get_the_key_of_the_decks(services: dict[str, Any]) -> None:
    with_key = [name for name, it in services.items() if "DECK_KEY" in it.get("environment", {})]
    assert with_key == ["tables"]
