"""docker-compose.yml runs the same programs as `make run`."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_django.fixtures import Settings

from poker_site.embedded import valkey
from poker_site.embedded.postgresql import PostgreSQL
from poker_site.processes import programs
from poker_site.processes.secrets import SIGNER_ONLY

ROOT = Path(__file__).resolve().parents[2]
SITE = ("prepare", "web", "tables", "worker", "signer", "beat")
DOCKERS_GRACE = "10s"
# Of `make run` on one's own machine.
NOT_IN_CONTAINERS = {"PORT", "DEVNODES_DIR", "DEMO_BOTS_PACE"}
# Variables that one service alone gets, besides the signer's.
FOR_ONE = {"DECK_KEY": "tables", "DATABASE_OWNER_URL": "prepare", "AUDIT_DIR": "worker"}
# What follows from the containers, or is put together from several variables.
SET_BY_COMPOSE = {
    *("DEBUG", "DATA_DIR", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SITE_URL"),
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"),
    *("TRUSTED_PROXY_COUNT", "AUDIT_DIR", "WALLET_SIGNER"),
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_it_has_a_service_for_every_program(services: dict[str, Any]) -> None:
    assert services.keys() >= {
        "postgresql",
        "valkey",
        "web",
        "tables",
        "worker",
        "signer",
        "beat",
    }


@pytest.mark.parametrize(
    "program",
    [programs.tables("0" * 64), programs.worker(), programs.signer({}), programs.beat()],
    ids=lambda p: p.name,
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


def test_only_the_signer_gets_what_can_spend(services: dict[str, Any]) -> None:
    with_keys = {
        name for name, it in services.items() if {*SIGNER_ONLY} & it.get("environment", {}).keys()
    }
    assert with_keys == {"signer"}
    assert {*SIGNER_ONLY} <= services["signer"]["environment"].keys()


def test_only_preparation_gets_the_password_of_the_tables_owner(services: dict[str, Any]) -> None:
    told = {
        name
        for name, it in services.items()
        if "DATABASE_OWNER_PASSWORD" in str(it.get("environment", {}))
    }
    assert told == {"postgresql", "prepare"}
    told = {name for name, it in services.items() if "SUPERUSER_PASSWORD" in str(it)}
    assert told == {"postgresql"}


def test_every_variable_that_compose_asks_for_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", example, re.MULTILINE))
    compose = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", compose)) <= listed


def test_every_process_gets_every_variable(services: dict[str, Any]) -> None:
    """What settings read is what the example lists (tests/site/test_environment.py)."""
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))
    common = listed - NOT_IN_CONTAINERS - {*FOR_ONE, *SIGNER_ONLY}
    for name in SITE:
        environment = services[name]["environment"]
        own = environment.keys() - common
        assert environment.keys() >= common, name
        assert own <= {*SIGNER_ONLY, *FOR_ONE}, name
        assert own & FOR_ONE.keys() == {
            each for each, service in FOR_ONE.items() if service == name
        }
        for variable, value in environment.items():
            if variable not in SET_BY_COMPOSE:
                assert re.fullmatch(rf"\$\{{{variable}:([?]|-.*)\}}", value), variable


def test_redis_keeps_what_the_embedded_one_keeps(services: dict[str, Any]) -> None:
    command = services["valkey"]["command"]
    there = dict(zip(command[1::2], command[2::2], strict=True))
    ours = valkey.CONFIGURATION.format(port=0, password="", home="", appendfsync="always")
    for line in ours.splitlines():
        name, _, value = line.partition(" ")
        if name in ("appendonly", "appendfsync", "maxmemory-policy", "save"):
            assert there[f"--{name}"] == value.strip('"')


def test_postgresql_is_the_embedded_version(
    services: dict[str, Any], postgresql: PostgreSQL
) -> None:
    ours = re.search(r"pginstall(\d+)", str(postgresql.binaries))
    assert ours is not None
    assert services["postgresql"]["image"] == f"postgres:{ours[1]}"


@pytest.mark.parametrize(
    "program",
    [
        programs.web(0),
        programs.tables("0" * 64),
        programs.worker(),
        programs.signer({}),
        programs.beat(),
    ],
    ids=lambda p: p.name,
)
def test_nothing_is_stopped_sooner_than_by_the_supervisor(
    services: dict[str, Any], program: programs.Program
) -> None:
    there = services[program.name].get("stop_grace_period", DOCKERS_GRACE)
    assert int(there.removesuffix("s")) >= program.stop_seconds


def test_nginx_lets_an_address_have_as_many_sockets_as_the_site(settings: Settings) -> None:
    configuration = (ROOT / "deploy" / "nginx.conf").read_text()
    limit = re.search(r"limit_conn sockets (\d+);", configuration)
    assert limit is not None
    assert int(limit[1]) == settings.MAX_SOCKETS_PER_ADDRESS
