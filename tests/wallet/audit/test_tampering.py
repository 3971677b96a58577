"""Whoever changes one log, or the ledger behind them, is found, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import call_command

from tests.wallet.audit.conftest import agree, file_of, wrong
from tests.wallet.house import execute, guards_off, refused
from wallet.audit.sinks import STREAM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_records(happen: Callable[[int], None]) -> None:
    happen(5)
    assert agree()["records"] == 10


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE wallet_auditrecord SET body = replace(body, '1000', '9000') WHERE seq = 4", "4"),
        ("DELETE FROM wallet_auditrecord WHERE seq = 4", "4"),
        ("DELETE FROM wallet_auditrecord WHERE seq = 10", "10"),
        ("UPDATE wallet_entry SET amount = 9 WHERE id = (SELECT max(id) FROM wallet_entry)",
         "tells"),
        ("UPDATE wallet_transaction SET key = 'x' WHERE id = (SELECT max(id) FROM"
         " wallet_transaction)", "tells"),
        ("UPDATE wallet_moneyevent SET payload = '{}' WHERE id = (SELECT max(id) FROM"
         " wallet_moneyevent)", "tells"),
    ],
)  # fmt: skip
def test_in_the_database(sql: str, said: str) -> None:
    with guards_off():
        execute(sql)
    assert any(said in line for line in wrong())


def test_a_transaction_and_its_record_taken_out_of_the_database() -> None:
    with guards_off():
        execute("DELETE FROM wallet_auditrecord WHERE seq = 10")
        execute("DELETE FROM wallet_moneyevent WHERE id = (SELECT max(id) FROM wallet_moneyevent)")
    assert any("10" in line for line in wrong())


def test_a_chain_forged_from_one_record_on() -> None:
    """Every hash is made anew, so the database's own chain is whole: the other logs tell."""
    from wallet.audit.records import Record

    rows = execute("SELECT seq, previous_hash, body, hash FROM wallet_auditrecord ORDER BY seq")
    chain = [Record(*row) for row in rows]
    with guards_off():
        previous = chain[2]
        for old in chain[3:]:
            previous = Record.after(previous, old.body.replace('"Ann"', '"Bob"'))
            execute(
                "UPDATE wallet_auditrecord SET body = %s, previous_hash = %s, hash = %s"
                " WHERE seq = %s",
                [previous.body, previous.previous_hash, previous.hash, previous.seq],
            )
    found = wrong()
    assert any(line.startswith("file: ") for line in found)
    assert any(line.startswith("stream: ") for line in found)


@pytest.mark.parametrize("kept", [slice(1, None), slice(4, None)])
def test_in_the_file_a_beginning_is_missing(audit_dir: Path, kept: slice) -> None:
    lines = file_of(audit_dir).read_bytes().splitlines(keepends=True)
    file_of(audit_dir).write_bytes(b"".join(lines[kept]))
    assert wrong()[0].startswith("file: record 1 is missing")


def test_in_the_file_a_line_is_missing_changed_or_nonsense(audit_dir: Path) -> None:
    path = file_of(audit_dir)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert wrong() == ["file: record 4 is missing before 5"]
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b"1000", b"9000"), *lines[4:]]))
    assert wrong() == ["file: record 4 is not the database's"]
    path.write_bytes(b"".join([*lines[:3], b"nonsense\n", *lines[4:]]))
    assert wrong()[0].startswith("file: no record")
    path.write_bytes(b"".join(lines))
    assert wrong() == []


def test_in_the_stream_an_entry_is_missing(stream: redis.Redis) -> None:
    stream.xdel(STREAM, "4-0")
    assert wrong() == ["stream: record 4 is missing before 5"]


def test_in_the_stream_the_first_or_the_last_is_missing(stream: redis.Redis) -> None:
    stream.xdel(STREAM, "10-0")
    assert wrong() == ["stream: records from 10 to 10 are missing at its end"]
    stream.xdel(STREAM, "1-0")
    assert "stream: records before 2 are missing" in wrong()


def test_in_the_stream_an_entry_is_forged(stream: redis.Redis) -> None:
    rows: Any = stream.xrange(STREAM)
    stream.delete(STREAM)
    for number, fields in rows:
        line = json.loads(fields[b"line"])
        if line["seq"] == 4:
            line["body"] = line["body"].replace("1000", "9000")
        stream.xadd(STREAM, {"line": json.dumps(line)}, id=number)
    assert wrong() == ["stream: record 4 is not the database's"]


def test_the_command_ends_with_1_and_says_where(
    stream: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    stream.xdel(STREAM, "4-0")
    with pytest.raises(SystemExit) as ended:
        call_command("check_audit")
    assert ended.value.code == 1
    assert "discrepancy: stream: record 4 is missing before 5" in capsys.readouterr().out


def test_the_database_lets_nobody_change_the_chain() -> None:
    for sql in ("UPDATE wallet_auditrecord SET seq = 99", "DELETE FROM wallet_moneyevent"):
        with refused("wallet_append_only"):
            execute(sql)
