"""Whatever happens to money is in three logs, once, in the same order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.db import transaction

from tests.wallet.audit.conftest import agree, file_of, wrong
from tests.wallet.house import at_once, make_player
from wallet.audit.relay import lag, relay
from wallet.audit.seal import seal
from wallet.audit.sinks import STREAM, FileSink, StreamSink
from wallet.events import record
from wallet.models import AuditRecord, MoneyEvent, Transaction

pytestmark = pytest.mark.django_db
Happen = Callable[[int], None]


def test_every_movement_and_event_is_in_each_log_once(happen: Happen) -> None:
    happen(7)
    figures = agree()
    assert figures["records"] == figures["file_records"] == figures["stream_records"] == 14
    assert AuditRecord.objects.filter(transaction__isnull=False).count() == 7
    assert Transaction.objects.count() == MoneyEvent.objects.count() == 7
    happen(1)
    assert agree()["records"] == 16
    assert relay() == {"file": 0, "stream": 0}


def test_a_record_tells_the_whole_movement(happen: Happen, audit_dir: Path) -> None:
    happen(1)
    agree()
    line = json.loads(file_of(audit_dir).read_text().splitlines()[0])
    body = json.loads(line["body"])
    posted = Transaction.objects.get()
    assert line["seq"] == 1
    assert (body["key"], body["content_hash"]) == (posted.key, posted.content_hash)
    assert [entry[1:3] for entry in body["entries"]] == [["C", "1000"], ["D", "1000"]] or [
        entry[1:3] for entry in body["entries"]
    ] == [["D", "1000"], ["C", "1000"]]


def test_what_is_rolled_back_leaves_no_record(happen: Happen) -> None:
    happen(1)

    @transaction.atomic
    def fails() -> None:
        make_player(500)
        record("withdrawal_approved", "w-2")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert agree()["records"] == 2


def test_an_event_belongs_to_a_transaction() -> None:
    # (pytest's own transaction is one; the rule shows where there is none.)
    from django.db import connection

    connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError):
            record("switch", "withdrawals")
    finally:
        connection.in_atomic_block = True


@pytest.mark.django_db(transaction=True)
def test_relays_at_once_write_each_record_once(happen: Happen) -> None:
    happen(40)
    outcomes = at_once([relay] * 8, threads=8)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert agree()["file_records"] == 80


def test_a_line_that_was_torn_by_a_crash_is_written_again(happen: Happen, audit_dir: Path) -> None:
    happen(2)
    agree()
    path = file_of(audit_dir)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    happen(1)
    figures = agree()
    assert figures["file_records"] == figures["records"]
    assert path.read_bytes().startswith(whole)


def test_an_emptied_stream_is_filled_again_and_told(happen: Happen, stream: redis.Redis) -> None:
    happen(3)
    agree()
    stream.delete(STREAM)
    assert agree()["stream_records"] == 7
    assert MoneyEvent.objects.get(kind="alert.audit_log_shrunk").subject == "stream"


def test_a_cut_file_is_filled_again_and_told(happen: Happen, audit_dir: Path) -> None:
    happen(3)
    agree()
    lines = file_of(audit_dir).read_bytes().splitlines(keepends=True)
    file_of(audit_dir).write_bytes(b"".join(lines[:2]))
    assert wrong() == []  # it only lags, as far as the logs tell …
    agree()
    assert MoneyEvent.objects.get(kind="alert.audit_log_shrunk").payload == {"had": 6, "has": 2}


def test_one_logs_trouble_does_not_hold_the_other(
    happen: Happen, settings: Any, audit_dir: Path
) -> None:
    happen(2)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(redis.ConnectionError):
        relay()
    assert FileSink(audit_dir).last_seq() == 4
    assert lag() == {"file": 0, "stream": 4}


def test_the_stream_keeps_the_newest(happen: Happen, settings: Any, stream: redis.Redis) -> None:
    settings.AUDIT_STREAM_LENGTH = 100
    stream.config_set("stream-node-max-entries", 10)
    try:
        happen(80)
        figures = agree()
    finally:
        stream.config_set("stream-node-max-entries", 100)
    assert 100 <= figures["stream_records"] < figures["records"] == figures["file_records"] == 160


def test_a_new_day_has_a_new_file(happen: Happen, audit_dir: Path) -> None:
    happen(1)
    agree()
    path = file_of(audit_dir)
    path.rename(path.with_name("money-2020-02-02.jsonl"))
    happen(1)
    assert agree()["file_records"] == 4
    assert len(FileSink(audit_dir).files()) == 2


def test_a_file_from_the_future_is_written_on(happen: Happen, audit_dir: Path) -> None:
    """The clock was put back: the order of the files stays the order of the records."""
    happen(1)
    agree()
    path = file_of(audit_dir)
    path.rename(path.with_name("money-2999-02-02.jsonl"))
    happen(1)
    assert agree()["file_records"] == 4
    assert len(FileSink(audit_dir).files()) == 1


def test_many_are_sealed_in_batches(happen: Happen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.audit.seal.BATCH", 8)
    monkeypatch.setattr("wallet.audit.relay.BATCH", 3)
    monkeypatch.setattr("wallet.audit.check.BATCH", 5)
    happen(13)
    assert seal() == 26
    assert agree()["records"] == 26


def test_the_command_says_that_they_agree(
    happen: Happen, capsys: pytest.CaptureFixture[str]
) -> None:
    happen(2)
    call_command("check_audit")
    assert "The logs agree." in capsys.readouterr().out
    call_command("check_audit", "--json", "--no-relay")
    assert json.loads(capsys.readouterr().out)["figures"]["stream_records"] == 4


def test_the_stream_takes_a_record_once(happen: Happen) -> None:
    happen(2)
    agree()
    sink = StreamSink()
    sink.add(list(sink.read()))
    assert agree()["stream_records"] == 4
