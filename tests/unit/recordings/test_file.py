"""The store finds by fingerprint wherever an entry lies, loses nothing to a kill, and is loud about damage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import orjson
import pytest

from snellen.errors import RecordingDamagedError, RecordingError, StorageError
from snellen.recordings import file as file_module
from snellen.recordings.entry import to_line
from snellen.recordings.file import RecordingStore, safe_name
from snellen.recordings.index import journal_of

HERE = {"eval": "ocr", "model": "gpt-x"}

# Appends `count` entries and says each fingerprint once it is acknowledged.
WRITER = """
import sys
from pathlib import Path
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint
root, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = RecordingStore(root)
for number in range(count):
    request = {"model": who, "messages": [], "params": {"n": number, "pad": "x" * int(sys.argv[4])}}
    key = fingerprint(request)
    entry = Entry(fingerprint=key, case=f"{who}-{number:04}", request=request, body=b'{"choices":[1]}')
    store.append(entry, eval="ocr", model="gpt-x")
    print(key, flush=True)
"""


def start(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def writer(root: Path, who: str, *, count: int, pad: int = 500, program: str = WRITER) -> subprocess.Popen[str]:
    return start(sys.executable, "-c", program, str(root), who, str(count), str(pad))


def output(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()


def lines_of(file: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def test_what_was_appended_is_found_at_once_and_by_others(store, make_entry):
    entry = make_entry()
    assert store.find(entry.fingerprint, **HERE) is None
    store.append(entry, **HERE)
    assert store.find(entry.fingerprint, **HERE) == entry
    assert RecordingStore(store.root).find(entry.fingerprint, **HERE) == entry


def test_it_is_on_disk_before_append_returns(store, make_entry):
    entry = make_entry()
    store.append(entry, **HERE)
    assert journal_of(store.file(**HERE)).read_bytes() == to_line(entry)


def test_the_last_entry_of_a_fingerprint_counts(store, make_entry):
    for text in ("first", "second", "third"):
        store.append(make_entry(text=text), **HERE)
        found = store.find(make_entry().fingerprint, **HERE)
        assert found == make_entry(text=text)
        if text == "second":
            store.fold()
    assert store.find(found.fingerprint, **HERE) == make_entry(text="third")
    store.fold()
    assert lines_of(store.file(**HERE)) == [orjson.loads(to_line(make_entry(text="third")))]


@pytest.mark.parametrize(
    "there",
    [
        pytest.param({"eval": "old_name", "model": "gpt-x"}, id="a renamed eval"),
        pytest.param({"eval": "ocr", "model": "gpt"}, id="a renamed model key"),
        pytest.param({"eval": "a", "model": "b"}, id="both"),
    ],
)
@pytest.mark.parametrize("is_folded", [False, True], ids=["journal", "folded"])
def test_an_entry_is_found_anywhere_below_the_root(store, make_entry, there, is_folded):
    entry = make_entry(case="a case of another name")
    store.append(entry, **there)
    if is_folded:
        store.fold()
    assert store.find(entry.fingerprint, **HERE) == entry
    assert RecordingStore(store.root).find(entry.fingerprint, **HERE) == entry


def test_an_entry_in_a_file_that_is_new_is_found_from_elsewhere(store, make_entry):
    assert store.find(make_entry().fingerprint, **HERE) is None
    store.append(make_entry(), eval="a_new_one", model="m")
    assert store.find(make_entry().fingerprint, **HERE) == make_entry()


def test_the_own_file_wins_over_others(store, make_entry):
    store.append(make_entry(text="there"), eval="a", model="gpt-x")
    store.append(make_entry(text="here"), **HERE)
    assert store.find(make_entry().fingerprint, **HERE) == make_entry(text="here")
    assert store.find(make_entry().fingerprint, eval="a", model="gpt-x") == make_entry(text="there")


def test_the_order_of_lines_does_not_matter(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(5)]
    file = store.file(**HERE)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"".join(to_line(entry) for entry in reversed(entries)))
    assert [store.find(entry.fingerprint, **HERE) for entry in entries] == entries


def test_an_entry_of_another_process_is_seen_after_a_refresh(store, make_entry, make_request):
    entry, missing = make_entry(), make_entry(make_request("never asked"))
    assert store.find(entry.fingerprint, **HERE) is None
    RecordingStore(store.root).append(entry, **HERE)
    assert store.find(missing.fingerprint, **HERE, refresh=True) is None
    assert store.find(entry.fingerprint, **HERE) == entry


def test_an_entry_that_another_process_folded_meanwhile_is_still_found(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{9 - number}") for number in range(10)]
    for entry in entries:
        store.append(entry, **HERE)
    assert store.find(entries[0].fingerprint, **HERE) == entries[0]
    other = RecordingStore(store.root)
    other.fold()
    assert [store.find(entry.fingerprint, **HERE) for entry in entries] == entries
    other.append(make_entry(make_request("one more"), case="a first one"), **HERE)
    other.fold()
    assert [store.find(entry.fingerprint, **HERE) for entry in entries] == entries


def test_an_own_entry_that_another_process_folded_at_once_is_still_found(store, make_entry):
    assert store.find(make_entry().fingerprint, **HERE) is None
    store.append(make_entry(), **HERE)
    RecordingStore(store.root).fold()
    assert store.find(make_entry().fingerprint, **HERE) == make_entry()


def test_a_file_edited_while_it_is_open_is_read_anew(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(3)]
    for entry in entries:
        store.append(entry, **HERE)
    store.fold()
    assert store.find(entries[2].fingerprint, **HERE) == entries[2]
    file = store.file(**HERE)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[1:]))
    assert store.find(entries[2].fingerprint, **HERE) == entries[2]
    assert store.find(entries[0].fingerprint, **HERE, refresh=True) is None


@pytest.mark.parametrize("where", ["file", "journal"])
def test_damage_is_loud_and_never_recorded_over(store, make_entry, make_request, where):
    lines = [to_line(make_entry(make_request(f"question {number}"))) for number in range(4)]
    lines[2] = lines[2][: len(lines[2]) // 2] + b"\n"
    file = store.file(**HERE)
    path = file if where == "file" else journal_of(file)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(lines))
    before = path.read_bytes()
    unasked = make_entry(make_request("new"))
    for attempt in (
        lambda: store.find(unasked.fingerprint, **HERE),
        lambda: store.find(unasked.fingerprint, eval="elsewhere", model="m"),
        lambda: list(store.entries()),
        lambda: store.miss(unasked.request, fingerprint=unasked.fingerprint, case_id="c", **HERE, command="x"),
    ):
        with pytest.raises(RecordingDamagedError) as caught:
            attempt()
        assert str(caught.value).startswith(f"{path}:3: this line is not a recorded entry: no JSON at column")
    assert path.read_bytes() == before


@pytest.mark.parametrize("where", ["file", "journal"])
def test_damage_stops_a_fold_and_changes_nothing(store, make_entry, where):
    file = store.file(**HERE)
    file.parent.mkdir(parents=True)
    damaged = b"<<<<<<< HEAD\n" + to_line(make_entry())
    file.write_bytes(damaged if where == "file" else to_line(make_entry()))
    journal_of(file).write_bytes(damaged if where == "journal" else to_line(make_entry()))
    before = file.read_bytes(), journal_of(file).read_bytes()
    with pytest.raises(RecordingDamagedError, match="A merge left its markers"):
        store.fold()
    assert (file.read_bytes(), journal_of(file).read_bytes()) == before


def test_an_unfinished_last_line_is_said_until_and_after_it_is_folded_away(store, make_entry, make_request):
    store.append(make_entry(), **HERE)
    journal = journal_of(store.file(**HERE))
    with journal.open("ab") as file:
        file.write(to_line(make_entry(make_request("torn")))[:99])
    said = (f"{journal}: the last line was not finished when its writer was killed; it never counted as recorded",)
    fresh = RecordingStore(store.root)
    assert fresh.notes == ()
    assert fresh.find(make_entry().fingerprint, **HERE) == make_entry()
    assert fresh.notes == said
    store.fold()
    assert store.notes == said
    assert lines_of(store.file(**HERE)) == [orjson.loads(to_line(make_entry()))]


def test_a_request_changed_by_hand_is_damage(store, make_entry):
    store.append(make_entry(), **HERE)
    store.fold()
    file = store.file(**HERE)
    file.write_bytes(file.read_bytes().replace(b"total", b"price"))
    with pytest.raises(RecordingDamagedError, match=r"gpt-x\.jsonl:1: .* it was changed by hand"):
        RecordingStore(store.root).find(make_entry().fingerprint, **HERE)


def test_an_answer_changed_by_hand_is_replayed_as_it_is_now(store, make_entry):
    store.append(make_entry(text="23.45"), **HERE)
    store.fold()
    file = store.file(**HERE)
    file.write_bytes(file.read_bytes().replace(b"23.45", b"99.99"))
    assert store.find(make_entry().fingerprint, **HERE) == make_entry(text="99.99")


def test_a_recording_with_a_secret_in_its_request_is_found_by_who_knows_the_secret(tmp_path, make_entry, make_request):
    request = make_request(images=("https://example.org/a.png?sig=abcdefghijklmnop",), user="tenant-0815-key")
    entry = make_entry(request, text="it says tenant-0815-key")
    store = RecordingStore(tmp_path, secrets=["tenant-0815-key"])
    store.append(entry, **HERE)
    store.fold()
    found = RecordingStore(tmp_path).find(entry.fingerprint, **HERE)
    assert found.scrubbed
    assert b"it says [redacted]" in found.body
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"tenant-0815" not in written
    assert b"abcdefghijklmnop" not in written


def test_entries_come_file_by_file_and_once(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(3)]
    for entry in reversed(entries):
        store.append(entry, **HERE)
    store.fold()
    newer = make_entry(make_request("question 1"), case="c1", text="new")
    store.append(newer, **HERE)
    store.append(entries[0], eval="a", model="m")
    listed = [(stored.file.name, stored.number, stored.entry) for stored in store.entries()]
    assert listed == [
        ("m.jsonl.journal", 1, entries[0]),
        ("gpt-x.jsonl", 1, entries[0]),
        ("gpt-x.jsonl", 3, entries[2]),
        ("gpt-x.jsonl.journal", 1, newer),
    ]
    assert [stored.entry for stored in store.entries(evals=["a"])] == [entries[0]]
    assert list(store.entries(evals=["unknown"])) == []


def test_orphans_are_what_nothing_asked_for_and_prune_removes_exactly_them(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(4)]
    for entry in entries[:3]:
        store.append(entry, **HERE)
    store.fold()
    store.append(entries[3], **HERE)
    store.append(entries[0], eval="other", model="gpt-x")
    used = {entries[1].fingerprint}
    orphans = store.orphans(used, evals=["ocr"])
    assert [stored.entry.case for stored in orphans] == ["c0", "c2", "c3"]
    assert store.prune(orphans) == 3
    assert [line["case"] for line in lines_of(store.file(**HERE))] == ["c1"]
    assert not journal_of(store.file(**HERE)).exists()
    assert store.find(entries[2].fingerprint, **HERE) is None
    assert store.find(entries[1].fingerprint, **HERE) == entries[1]
    assert [stored.entry.case for stored in store.orphans(used)] == ["c0"]
    assert store.prune(store.orphans(used)) == 1
    assert not store.file(eval="other", model="gpt-x").exists()


def test_fold_takes_only_the_eval_and_model_that_are_named(store, make_entry):
    places = [{"eval": name, "model": model} for name in ("a", "b") for model in ("m", "n")]
    for place in places:
        store.append(make_entry(), **place)
    store.fold(eval="a", model="n")
    assert [store.file(**place).exists() for place in places] == [False, True, False, False]
    store.fold(eval="a")
    assert [store.file(**place).exists() for place in places] == [True, True, False, False]
    store.fold()
    assert [store.file(**place).exists() for place in places] == [True, True, True, True]
    assert list(store.root.rglob("*.journal")) == []


def test_a_replay_writes_nothing_and_needs_no_folder(store, make_entry):
    assert store.find(make_entry().fingerprint, **HERE) is None
    assert list(store.entries()) == []
    store.fold()
    assert not store.root.exists()


def test_a_file_that_cannot_be_read_is_said(store, make_entry):
    store.file(**HERE).mkdir(parents=True)
    with pytest.raises(StorageError, match=r"cannot read .*gpt-x\.jsonl: Is a directory"):
        store.find(make_entry().fingerprint, **HERE)


def test_kill_9_between_appends_loses_nothing(store):
    acknowledged: list[str] = []
    for kill in range(5):
        process = writer(store.root, f"w{kill}", count=10_000)
        acknowledged += [process.stdout.readline().strip() for _ in range(3 + 7 * kill)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if len(line) == 65]
        process.communicate()
        if kill == 2:
            RecordingStore(store.root).fold()
    assert len(acknowledged) >= 85
    assert all(store.find(key, **HERE) for key in acknowledged)
    store.fold()
    on_disk = [line["fingerprint"] for line in lines_of(store.file(**HERE))]
    assert set(acknowledged) <= set(on_disk)
    assert len(on_disk) == len(set(on_disk))


def test_four_processes_append_at_once(store):
    processes = [writer(store.root, f"w{number}", count=50) for number in range(4)]
    keys = {key for process in processes for key in output(process)}
    assert len(keys) == 200
    store.fold()
    lines = lines_of(store.file(**HERE))
    assert {line["fingerprint"] for line in lines} == keys
    cases = [line["case"] for line in lines]
    assert cases == sorted(cases)
    assert len(cases) == 200


def test_folding_while_others_append_loses_nothing(store):
    processes = [writer(store.root, f"w{number}", count=60) for number in range(2)]
    folds = 0
    while any(process.poll() is None for process in processes):
        store.fold()
        folds += 1
    keys = {key for process in processes for key in output(process)}
    store.fold()
    assert folds > 1
    assert {line["fingerprint"] for line in lines_of(store.file(**HERE))} == keys
    assert len(keys) == 120


def test_threads_share_a_store(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(80)]
    lost: list[str] = []

    def work(part: int) -> None:
        for entry in entries[part::4]:
            store.append(entry, **HERE)
            if store.find(entry.fingerprint, **HERE) != entry:
                lost.append(entry.case)
            if entry.case.endswith("7"):
                store.fold()

    threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert all(store.find(entry.fingerprint, **HERE) == entry for entry in entries)


def test_append_all_writes_each_file_once_and_the_last_of_a_fingerprint_counts(
    store, make_entry, make_request, monkeypatch
):
    writes: list[tuple[str, int]] = []
    append = file_module.append_locked

    def counted(path: Path, data: bytes) -> os.stat_result:
        writes.append((path.name, data.count(b"\n")))
        return append(path, data)

    monkeypatch.setattr(file_module, "append_locked", counted)
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(6)]
    newer = make_entry(make_request("question 0"), case="c0", text="newer")
    store.append_all([(entry, "ocr", "mn"[number % 2]) for number, entry in enumerate(entries)] + [(newer, "ocr", "m")])
    assert writes == [("m.jsonl.journal", 4), ("n.jsonl.journal", 3)]
    found = [store.find(entry.fingerprint, eval="ocr", model="mn"[number % 2]) for number, entry in enumerate(entries)]
    assert found == [newer, *entries[1:]]
    store.append_all([])
    assert len(writes) == 2


def test_append_all_writes_nothing_when_one_body_is_no_text(store, make_entry, make_request):
    bad = make_entry(make_request("bad"), body=b"\xff")
    with pytest.raises(RecordingError, match="is not UTF-8"):
        store.append_all([(make_entry(), "ocr", "gpt-x"), (bad, "ocr", "gpt-x")])
    assert not store.root.exists()


def test_append_all_takes_back_what_did_not_fit_and_keeps_the_files_before(
    store, make_entry, make_request, monkeypatch
):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(6)]
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        is_second = b"question 3" in data
        return write(descriptor, data[: len(data) // 2] if is_second else data)

    monkeypatch.setattr("os.write", half)
    with pytest.raises(StorageError, match=r"cannot write .*n\.jsonl\.journal: .* bytes fitted \([\d,]+ bytes free\)"):
        store.append_all([(entry, "ocr", "mno"[number // 2]) for number, entry in enumerate(entries)])
    monkeypatch.undo()
    assert [stored.entry for stored in store.entries()] == entries[:2]
    assert journal_of(store.file(eval="ocr", model="n")).read_bytes() == b""
    assert not journal_of(store.file(eval="ocr", model="o")).exists()


def test_own_entries_are_found_without_reading_the_journal_again(store, make_entry, make_request, monkeypatch):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(5)]
    assert store.find(entries[0].fingerprint, **HERE) is None
    monkeypatch.setattr("snellen.recordings.index.read_lines", lambda *_, **__: pytest.fail("was read"))
    for entry in entries[:3]:
        store.append(entry, **HERE)
    store.append_all([(entry, "ocr", "gpt-x") for entry in entries[3:]])
    assert [store.find(entry.fingerprint, **HERE, refresh=True) for entry in entries] == entries


def test_own_entries_between_those_of_others_are_found_and_theirs_after_a_refresh(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(9)]
    other = RecordingStore(store.root)
    assert store.find(entries[0].fingerprint, **HERE) is None
    for number, entry in enumerate(entries):
        (other if number % 3 == 1 else store).append(entry, **HERE)
        if number == 4:
            other.fold()
    assert [store.find(entry.fingerprint, **HERE, refresh=True) for entry in entries] == entries
    assert [other.find(entry.fingerprint, **HERE, refresh=True) for entry in entries] == entries


def test_own_entries_behind_a_torn_line_are_found(store, make_entry, make_request):
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(4)]
    assert store.find(entries[0].fingerprint, **HERE) is None
    store.append(entries[0], **HERE)
    with journal_of(store.file(**HERE)).open("ab") as file:
        file.write(to_line(entries[3])[:77])
    store.append_all([(entry, "ocr", "gpt-x") for entry in entries[1:3]])
    assert [store.find(entry.fingerprint, **HERE) for entry in entries] == [*entries[:3], None]
    store.fold()
    assert [line["case"] for line in lines_of(store.file(**HERE))] == ["c0", "c1", "c2"]


def test_memory_holds_a_few_bytes_of_each_entry(store, make_entry, make_request, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    entries = [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(2_000)]
    store.append(make_entry(make_request("another")), **HERE)
    tracemalloc.start()
    try:
        for entry in entries:
            store.append(entry, **HERE)
        assert tracemalloc.get_traced_memory()[0] < 250_000  # what is not looked up is not held; caches of words are
        assert all(store.find(entry.fingerprint, **HERE) is not None for entry in entries)
        assert tracemalloc.get_traced_memory()[0] < 2_000 * 40 + 250_000
    finally:
        tracemalloc.stop()


LIMITED = (
    """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))
"""
    + WRITER
)


def done(*command: str) -> bool:
    process = start(*command)
    process.communicate()
    return process.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path):
    """A folder of 64 KB and how to write there: a real one for root, else a limit on the size of files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() == 0 and done("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)):
        yield folder, WRITER
        assert done("umount", str(folder))
    else:
        yield folder, LIMITED


def test_a_full_disk_is_an_error_and_costs_no_earlier_entry(small_disk):
    root, program = small_disk
    process = writer(root, "w", count=1000, pad=3000, program=program)
    out, err = process.communicate()
    assert process.returncode == 1
    assert f"StorageError: cannot write {root}/ocr/gpt-x.jsonl.journal: " in err
    assert "bytes free)" in err
    keys = out.split()
    assert 10 <= len(keys) <= 21
    store = RecordingStore(root)
    assert all(store.find(key, **HERE) for key in keys)
    assert len(list(store.entries())) == len(keys)
    assert store.notes == ()


def test_a_fold_that_does_not_fit_leaves_all_as_it_was(store, make_entry, make_request, monkeypatch):
    for number in range(3):
        store.append(make_entry(make_request(f"question {number}"), case=f"c{number}"), **HERE)
        if number == 1:
            store.fold()
    paths = (store.file(**HERE), journal_of(store.file(**HERE)))
    before = [path.read_bytes() for path in paths]

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(StorageError, match="No space left on device"):
        store.fold()
    monkeypatch.undo()
    assert [path.read_bytes() for path in paths] == before
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["gpt-x.jsonl", "gpt-x.jsonl.journal"]
    store.fold()
    assert len(lines_of(paths[0])) == 3


def test_a_place_that_cannot_be_written_is_said_before_anything_is_paid(store):
    store.check_writable(**HERE)
    store.fold()
    assert not store.file(**HERE).exists()
    store.file(**HERE).parent.rmdir()
    store.file(**HERE).parent.write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="cannot write"):
        store.check_writable(**HERE)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("gpt-5.1", "gpt-5.1", id="a plain name stays"),
        pytest.param("offline-describer", "offline-describer", id="with a dash"),
        pytest.param("간판_읽기", "간판_읽기", id="Korean"),
        pytest.param("Qwen/Qwen2.5-VL-7B", "Qwen-Qwen2.5-VL-7B-", id="slash"),
        pytest.param("qwen:vl", "qwen-vl-", id="colon"),
        pytest.param("GPT", "GPT-", id="upper case, for file systems that ignore it"),
        pytest.param("..", "unnamed-", id="dots"),
        pytest.param("../../etc/passwd", "etc-passwd-", id="a path that leaves"),
        pytest.param("/etc/passwd", "etc-passwd-", id="an absolute path"),
        pytest.param("", "unnamed-", id="empty"),
        pytest.param("nul", "nul-", id="reserved on Windows"),
        pytest.param("com1.txt", "com1.txt-", id="reserved with a suffix"),
        pytest.param("a\0b\nc", "a-b-c-", id="NUL and newline"),
        pytest.param("x" * 300, "x" * 160 + "-", id="very long"),
        pytest.param("고" * 100, "고" * 53 + "-", id="long in bytes"),
        pytest.param("\u1100\u1169", "\uace0-", id="another Unicode form"),
        pytest.param("\ud800", "unnamed-", id="half a surrogate pair"),
    ],
)
def test_a_name_becomes_a_safe_file_name(tmp_path, name, safe):
    made = safe_name(name)
    if safe.endswith("-"):
        assert made[:-8] == safe
        assert len(made) == len(safe) + 8
    else:
        assert made == safe
    journal = journal_of(RecordingStore(tmp_path).file(eval=name, model=name))
    assert journal.resolve().is_relative_to(tmp_path.resolve())
    assert len(f".{journal.name}.12345678.tmp".encode()) <= 255


def test_names_that_a_file_system_confuses_become_different_files():
    names = ["qwen/vl", "qwen:vl", "Qwen/VL", "qwen-vl", "QWEN-VL", "qwen vl", "qwen-vl."]
    assert len({safe_name(name).casefold() for name in names}) == len(names)
