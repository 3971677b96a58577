"""The second and third log: a file of JSON lines for each day, and a Redis stream.

Both are only added to, in the chain's order. Adding a record that is there already does nothing, so
the relay may die at any moment.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

import redis
from django.conf import settings
from django.utils import timezone

from wallet.audit.records import Record
from wallet.models import AuditSink

STREAM = "poker:audit:money"
# Redis takes an id once, and only a higher one than the last: the record's number.
_ADD = """
local newest = 0
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if not info.err then
  for j = 1, #info, 2 do
    if info[j] == 'last-generated-id' then newest = tonumber(string.match(info[j + 1], '^%d+')) end
  end
end
for i = 2, #ARGV, 2 do
  if tonumber(ARGV[i]) > newest then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[i] .. '-0', 'line', ARGV[i + 1])
  end
end
"""


class Sink(Protocol):
    """A log that the relay fills."""

    name: AuditSink

    def last_seq(self) -> int:
        """The number of its newest record; 0 while there is none."""

    def add(self, records: Sequence[Record]) -> None:
        """Write these, in order, and return when they would outlive a power cut."""

    def read(self) -> Iterator[Record]:
        """Everything it holds, in order. Raises ValueError at what is no record."""


class FileSink:
    """`money-2026-11-26.jsonl` and so on, by the day on which a record was written (UTC)."""

    name = AuditSink.FILE

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or settings.AUDIT_DIR

    def files(self) -> list[Path]:
        return sorted(self.directory.glob("money-*.jsonl"))

    def last_seq(self) -> int:
        for path in reversed(self.files()):
            line = _last_line(path)
            if line:
                return _decode(line).seq
        return 0

    def add(self, records: Sequence[Record]) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone():
            newest = self.last_seq()
            lines = b"".join(_encode(record) for record in records if record.seq > newest)
            if lines:
                self._append(lines)

    def _append(self, lines: bytes) -> None:
        path = self._current()
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _drop_torn_line(descriptor)
            while lines:
                lines = lines[os.write(descriptor, lines) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _fsync(self.directory)

    def _current(self) -> Path:
        """Today's file, but never one that sorts before an older record's."""
        today = self.directory / f"money-{timezone.now().astimezone(UTC):%Y-%m-%d}.jsonl"
        return max([today, *self.files()[-1:]])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer on this machine, even if the database lost sight of an older one."""
        with (self.directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> Iterator[Record]:
        for path in self.files():
            with path.open("rb") as lines:
                for line in lines:
                    if line.endswith(b"\n"):  # else it is being written
                        yield _decode(line)


class StreamSink:
    """A Redis stream whose ids are the records' numbers; it keeps the newest ones."""

    name = AuditSink.STREAM

    def __init__(self, client: "redis.Redis | None" = None) -> None:
        self.client = client or redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=5
        )
        self._add = self.client.register_script(_ADD)

    def last_seq(self) -> int:
        try:
            newest = self.client.xinfo_stream(STREAM)["last-generated-id"]
        except redis.ResponseError:
            return 0
        return int(_text(newest).partition("-")[0])

    def add(self, records: Sequence[Record]) -> None:
        values: list[str | int] = [settings.AUDIT_STREAM_LENGTH]
        for record in records:
            values += [record.seq, _encode(record).decode().rstrip("\n")]
        self._add(keys=[STREAM], args=values)

    def read(self) -> Iterator[Record]:
        first = "-"
        while rows := self._range(first):
            for number, fields in rows:
                record = _decode(fields[b"line"])
                if _text(number) != f"{record.seq}-0":
                    raise ValueError(f"record {record.seq} has the id {_text(number)}")
                yield record
            first = f"({_text(rows[-1][0])}"

    def _range(self, first: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        rows: Any = self.client.xrange(STREAM, min=first, count=1_000)
        return list(rows)


def _encode(record: Record) -> bytes:
    content = {
        "seq": record.seq,
        "previous": record.previous_hash,
        "hash": record.hash,
        "body": record.body,
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _decode(line: bytes) -> Record:
    try:
        content = json.loads(line)
        return Record(
            int(content["seq"]),
            str(content["previous"]),
            str(content["body"]),
            str(content["hash"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no record: {line[:80]!r}") from error


def _last_line(path: Path) -> bytes:
    """The last whole line of a file; empty where there is none."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        tail, size = b"", 1 << 14
        while end > 0:
            start = max(0, end - size)
            file.seek(start)
            tail = file.read(end - start) + tail
            whole = tail[: tail.rfind(b"\n") + 1].rstrip(b"\n")
            if b"\n" in whole or (start == 0 and whole):
                return whole.rpartition(b"\n")[2]
            end = start
    return b""


def _drop_torn_line(descriptor: int) -> None:
    """Cut off what a killed writer left unfinished."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    position = end
    while position > 0:
        start = max(0, position - (1 << 14))
        found = os.pread(descriptor, position - start, start).rfind(b"\n")
        if found >= 0:
            position = start + found + 1
            break
        position = start
    if position != end:
        os.ftruncate(descriptor, position)


def _fsync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def sinks() -> Iterable[Sink]:
    """Every log beside the database's own."""
    return (FileSink(), StreamSink())
