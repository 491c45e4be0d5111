"""The appender acknowledges only what is on disk, writes in groups, and accepts nothing once the disk refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import orjson
import pytest

from snellen.errors import RecordingError, StorageError
from snellen.recordings import file as file_module
from snellen.recordings.appender import Appender
from snellen.recordings.entry import to_line
from snellen.recordings.file import RecordingStore
from snellen.recordings.index import journal_of

HERE = {"eval": "ocr", "model": "gpt-x"}

# Submits `count` entries, 64 at a time, and says each fingerprint once it is acknowledged.
WRITER = """
import resource, sys
from pathlib import Path
from snellen.recordings.appender import Appender
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint
root, who, count, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with Appender(RecordingStore(root)) as appender:
    for first in range(0, count, 64):
        waiting = []
        for number in range(first, min(first + 64, count)):
            request = {"model": who, "messages": [], "params": {"n": number, "pad": "x" * 500}}
            key = fingerprint(request)
            entry = Entry(fingerprint=key, case=f"{who}-{number:05}", request=request, body=b'{"choices":[1]}')
            waiting.append((key, appender.submit(entry, eval="ocr", model="gpt-x")))
        for key, done in waiting:
            done.result()
            print(key, flush=True)
"""


def writer(root: Path, who: str, *, count: int, limit: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", WRITER, str(root), who, str(count), str(limit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fingerprints_in(file: Path) -> list[object]:
    return [orjson.loads(line)["fingerprint"] for line in file.read_bytes().splitlines()]


@pytest.fixture
def entries(make_entry, make_request):
    return [make_entry(make_request(f"question {number}"), case=f"c{number:03}") for number in range(40)]


class Gate:
    """Stands in for the locked append: holds up the first write until it is opened, and remembers what was written."""

    def __init__(self) -> None:
        self.writes: list[int] = []
        self.has_begun = threading.Event()
        self.is_open = threading.Event()
        self._append = file_module.append_locked

    def __call__(self, path: Path, data: bytes) -> os.stat_result:
        self.writes.append(data.count(b"\n"))
        self.has_begun.set()
        assert self.is_open.wait(timeout=60)
        return self._append(path, data)


@pytest.fixture
def gate(monkeypatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(file_module, "append_locked", gate)
    return gate


def test_what_is_done_is_on_disk_and_found(store, entries):
    with Appender(store) as appender:
        for entry in entries:
            appender.submit(entry, **HERE).result(timeout=60)
            assert journal_of(store.file(**HERE)).read_bytes().endswith(to_line(entry))
            assert store.find(entry.fingerprint, **HERE) == entry
    assert [stored.entry for stored in RecordingStore(store.root).entries()] == entries


def test_what_comes_in_while_it_writes_is_written_in_one_go(store, entries, gate):
    with Appender(store) as appender:
        first = appender.submit(entries[0], **HERE)
        assert gate.has_begun.wait(timeout=60)
        rest = [appender.submit(entry, **HERE) for entry in entries[1:]]
        assert not any(done.done() for done in (first, *rest))
        gate.is_open.set()
    assert gate.writes == [1, 39]
    assert [done.result() for done in (first, *rest)] == [None] * 40
    assert [stored.entry for stored in store.entries()] == entries


def test_each_file_gets_its_own(store, entries, gate):
    gate.is_open.set()
    places = [{"eval": name, "model": model} for name in ("a", "b") for model in ("m", "n")]
    with Appender(store) as appender:
        for number, entry in enumerate(entries):
            appender.submit(entry, **places[number % 4])
    for number, place in enumerate(places):
        expected = [entry.fingerprint for entry in entries[number::4]]
        assert fingerprints_in(journal_of(store.file(**place))) == expected


def test_flush_returns_when_all_is_on_disk(store, entries):
    with Appender(store) as appender:
        for entry in entries:
            appender.submit(entry, **HERE)
        appender.flush()
        assert fingerprints_in(journal_of(store.file(**HERE))) == [entry.fingerprint for entry in entries]
        appender.flush()


def test_a_submitted_entry_cannot_be_cancelled(store, entries, gate):
    with Appender(store) as appender:
        done = appender.submit(entries[0], **HERE)
        assert not done.cancel()
        gate.is_open.set()
    assert done.result() is None
    assert store.find(entries[0].fingerprint, **HERE) == entries[0]


def test_a_body_that_is_no_text_fails_alone(store, entries, make_entry, make_request, gate):
    bad = make_entry(make_request("bad"), body=b"\xff\xfe")
    with Appender(store) as appender:
        first = appender.submit(entries[0], **HERE)
        assert gate.has_begun.wait(timeout=60)
        dones = [appender.submit(entry, **HERE) for entry in (entries[1], bad, entries[2])]
        gate.is_open.set()
    assert [done.exception() for done in (first, dones[0], dones[2])] == [None, None, None]
    with pytest.raises(RecordingError, match="is not UTF-8 and cannot be recorded"):
        dones[1].result()
    assert [stored.entry for stored in store.entries()] == entries[:3]


def test_after_the_disk_refused_nothing_more_is_accepted(store, entries, monkeypatch, gate):
    def refuse(path: Path, _: bytes) -> os.stat_result:
        raise StorageError(f"cannot write {path}: No space left on device (0 bytes free)")

    with Appender(store) as appender:
        kept = appender.submit(entries[0], **HERE)
        assert gate.has_begun.wait(timeout=60)
        monkeypatch.setattr(file_module, "append_locked", refuse)
        waiting = [appender.submit(entries[1], **HERE), appender.submit(entries[2], eval="other", model="m")]
        gate.is_open.set()
        assert kept.result(timeout=60) is None
        refusals = {done.exception(timeout=60) for done in waiting}
        monkeypatch.undo()
        later = appender.submit(entries[3], **HERE)
        assert later.done()
        refusals.add(later.exception())
    (refusal,) = refusals
    assert isinstance(refusal, StorageError)
    assert str(refusal).startswith(f"cannot write {journal_of(store.file(**HERE))}: ")
    assert [stored.entry for stored in store.entries()] == entries[:1]


def test_a_fault_of_ours_leaves_nobody_waiting(store, entries, monkeypatch):
    monkeypatch.setattr(file_module, "append_locked", lambda *_: None)
    with Appender(store) as appender:
        first = appender.submit(entries[0], **HERE)
        assert isinstance(first.exception(timeout=60), AttributeError)
        assert appender.submit(entries[1], **HERE).exception(timeout=60) is first.exception()


def test_closing_twice_is_nothing_and_a_closed_one_takes_nothing(store, entries):
    appender = Appender(store)
    appender.close()
    appender.close()
    with pytest.raises(RuntimeError, match="was closed"):
        appender.submit(entries[0], **HERE)
    assert not store.root.exists()


def test_threads_share_an_appender(store, entries):
    dones: list[Future[None]] = []

    def work(part: int) -> None:
        dones.extend([appender.submit(entry, **HERE) for entry in entries[part::4]])

    with Appender(store) as appender:
        threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [done.result() for done in dones] == [None] * 40
    assert sorted(stored.entry.case for stored in store.entries()) == [entry.case for entry in entries]


def test_two_processes_lose_nothing_while_a_third_folds(store):
    processes = [writer(store.root, f"w{number}", count=500) for number in range(2)]
    while any(process.poll() is None for process in processes):
        store.fold()
    acknowledged: set[str] = set()
    for process in processes:
        out, err = process.communicate()
        assert process.returncode == 0, err
        acknowledged.update(out.split())
    assert len(acknowledged) == 1_000
    assert all(store.find(key, **HERE, refresh=True) for key in acknowledged)
    store.fold()
    assert set(fingerprints_in(store.file(**HERE))) == acknowledged


def test_kill_9_loses_nothing_that_was_acknowledged(store):
    acknowledged: list[str] = []
    for kill in range(3):
        process = writer(store.root, f"w{kill}", count=100_000)
        acknowledged += [process.stdout.readline().strip() for _ in range(100 * kill + 1)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if len(line) == 65]
        process.communicate()
    assert len(acknowledged) > 300
    assert all(store.find(key, **HERE) for key in acknowledged)
    store.fold()
    assert set(acknowledged) <= set(fingerprints_in(store.file(**HERE)))


def test_a_group_that_does_not_fit_is_taken_back_whole(store):
    """Each line has about 800 bytes, so the limit comes in the middle of the second group of 64."""
    process = writer(store.root, "w", count=1_000, limit=80_000)
    out, err = process.communicate()
    assert process.returncode == 1
    journal = journal_of(store.file(**HERE))
    assert f"StorageError: cannot write {journal}: " in err
    assert "bytes free)" in err
    acknowledged = out.split()
    assert acknowledged
    assert journal.read_bytes().endswith(b"\n")
    on_disk = fingerprints_in(journal)
    assert on_disk[: len(acknowledged)] == acknowledged
    assert all(store.find(key, **HERE) for key in acknowledged)
    assert store.notes == ()
