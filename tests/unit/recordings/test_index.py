"""What is left of a writer that was killed is told from damage, and a changed file is noticed."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace

import pytest

from snellen.errors import RecordingDamagedError
from snellen.recordings.entry import to_line
from snellen.recordings.index import FileIndex, base_of, journal_of, read_lines


@pytest.fixture
def entries(make_entry, make_request):
    return [make_entry(make_request(f"question {number}"), case=f"c{number}") for number in range(4)]


@pytest.fixture
def journal(tmp_path):
    return journal_of(tmp_path / "m.jsonl")


def cases(index: FileIndex) -> list[object]:
    return [line.fields["case"] for line in index.lines()]


def test_a_journal_lies_beside_its_file(tmp_path):
    file = tmp_path / "gpt-5.1.jsonl"
    assert journal_of(file).name == "gpt-5.1.jsonl.journal"
    assert base_of(journal_of(file)) == base_of(file) == file


@pytest.mark.parametrize("cut", [1, 2, 50, -1], ids=["newline", "brace", "middle", "nearly all"])
def test_a_journal_s_unfinished_last_line_is_dropped_and_said(journal, entries, cut):
    lines = [to_line(entry) for entry in entries]
    torn = lines[2][:-cut] if cut > 0 else lines[2][:1]
    journal.write_bytes(lines[0] + lines[1] + torn)
    index = FileIndex(journal)
    assert cases(index) == ["c0", "c1"]
    assert index.is_torn
    assert entries[2].fingerprint not in index


def test_an_entry_behind_an_unfinished_line_counts(journal, entries):
    """A killed writer leaves its part; the next one appends to it without a newline between."""
    lines = [to_line(entry) for entry in entries]
    journal.write_bytes(lines[0] + lines[1][:70] + lines[2] + lines[3][:1] + lines[3])
    index = FileIndex(journal)
    assert cases(index) == ["c0", "c2", "c3"]
    assert index.read(entries[2].fingerprint) == entries[2]
    assert index.read(entries[3].fingerprint) == entries[3]
    assert not index.is_torn


@pytest.mark.parametrize("is_journal", [False, True], ids=["file", "journal"])
def test_a_bad_line_elsewhere_is_damage(tmp_path, entries, is_journal):
    path = tmp_path / ("m.jsonl.journal" if is_journal else "m.jsonl")
    lines = [to_line(entry) for entry in entries]
    path.write_bytes(lines[0] + lines[1][:-30] + b"\n" + lines[2])
    with pytest.raises(RecordingDamagedError, match=r":2: this line is not a recorded entry"):
        FileIndex(path).refresh()


def test_a_file_that_ends_in_the_middle_of_an_entry_is_damage(tmp_path, entries):
    path = tmp_path / "m.jsonl"
    path.write_bytes(to_line(entries[0]) + to_line(entries[1])[:100])
    with pytest.raises(RecordingDamagedError, match=r"m\.jsonl:2: "):
        FileIndex(path).refresh()


def test_an_entry_behind_a_part_of_another_is_damage_in_a_file(tmp_path, entries):
    path = tmp_path / "m.jsonl"
    path.write_bytes(to_line(entries[0])[:70] + to_line(entries[1]))
    with pytest.raises(RecordingDamagedError, match=r"m\.jsonl:1: "):
        FileIndex(path).refresh()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="BOM"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda data: data.replace(b"\n", b"\n\n"), id="empty lines"),
        pytest.param(lambda data: data.rstrip(), id="no newline at the end"),
    ],
)
def test_what_editors_do_to_a_file_does_no_harm(tmp_path, entries, form):
    path = tmp_path / "m.jsonl"
    path.write_bytes(form(b"".join(to_line(entry) for entry in entries)))
    index = FileIndex(path)
    assert [index.read(entry.fingerprint) for entry in entries] == entries


def test_a_growing_journal_is_read_on_from_where_it_was(journal, entries):
    lines = [to_line(entry) for entry in entries]
    index = FileIndex(journal)
    for number, line in enumerate(lines):
        with journal.open("ab") as file:
            file.write(line)
        index.refresh()
        assert len(index.keys()) == number + 1
        assert index.read(entries[number].fingerprint) == entries[number]


def test_a_new_journal_in_the_place_of_an_old_one_is_noticed(journal, entries):
    """File systems give the inode of a removed file to the next one, so size and inode are no proof."""
    index = FileIndex(journal)
    journal.write_bytes(to_line(entries[0]))
    index.refresh()
    with journal.open("r+b") as file:  # the same inode
        file.write(to_line(entries[1]) + to_line(entries[2]))
    index.refresh()
    assert cases(index) == ["c1", "c2"]


def test_another_entry_in_the_place_of_one_is_not_taken_for_it(tmp_path, entries):
    path = tmp_path / "m.jsonl"
    path.write_bytes(to_line(entries[0]) + to_line(entries[1]))
    index = FileIndex(path)
    index.refresh()
    path.write_bytes(to_line(entries[1]))
    assert index.read(entries[0].fingerprint) is None


def test_a_removed_file_holds_nothing(journal, entries):
    index = FileIndex(journal)
    journal.write_bytes(to_line(entries[0]))
    index.refresh()
    journal.unlink()
    assert index.read(entries[0].fingerprint) is None
    index.refresh()
    assert len(index.keys()) == 0


def test_an_unchanged_file_is_not_read_again(tmp_path, entries, monkeypatch):
    path = tmp_path / "m.jsonl"
    path.write_bytes(to_line(entries[0]))
    index = FileIndex(path)
    index.refresh()
    monkeypatch.setattr("snellen.recordings.index.read_lines", lambda *_, **__: pytest.fail("was read"))
    index.refresh()
    os.utime(path, ns=(1, 1))
    with pytest.raises(pytest.fail.Exception, match="was read"):
        index.refresh()


def test_an_answer_that_quotes_the_start_of_an_entry_confuses_nothing(journal, make_entry):
    entry = make_entry(text='{"fingerprint":"' + "a" * 64 + '"}\n{"fingerprint":"')
    journal.write_bytes(to_line(entry))
    index = FileIndex(journal)
    assert index.read(entry.fingerprint) == entry
    with journal.open("rb") as file:
        assert [line.offset for line in read_lines(file, journal)] == [0]


def twin_of(fingerprint: str) -> str:
    """Another fingerprint with the same key."""
    return fingerprint[:16] + ("0" if fingerprint[16] != "0" else "1") + fingerprint[17:]


def test_a_fingerprint_with_the_key_of_another_is_not_found_and_nothing_else_is_given(journal, entries):
    journal.write_bytes(b"".join(to_line(entry) for entry in entries))
    index = FileIndex(journal)
    assert index.read(twin_of(entries[0].fingerprint)) is None
    assert index.read(entries[0].fingerprint) == entries[0]


def test_of_two_entries_whose_fingerprints_share_a_key_the_later_is_found(journal, entries):
    twin = replace(entries[1], fingerprint=twin_of(entries[0].fingerprint), scrubbed=True)
    journal.write_bytes(to_line(entries[0]) + to_line(twin))
    index = FileIndex(journal)
    assert index.read(entries[0].fingerprint) is None
    assert index.read(twin.fingerprint) == twin


@pytest.mark.parametrize("is_changed", [False, True], ids=["no entry", "changed by hand"])
def test_damage_that_shows_when_an_entry_is_read_names_its_line(journal, entries, is_changed):
    lines = [to_line(entry) for entry in entries]
    journal.write_bytes(lines[0] + b"\n" + b"".join(lines[1:]))
    index = FileIndex(journal)
    index.refresh()
    facts = journal.stat()
    old, new = (b"question 2", b"question 9") if is_changed else (b'"repeat"', b'"repeal"')
    with journal.open("r+b") as file:  # the same inode
        data = file.read().replace(lines[2], lines[2].replace(old, new))
        file.seek(0)
        file.write(data)
    os.utime(journal, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    with pytest.raises(RecordingDamagedError, match=r"m\.jsonl\.journal:4: this line"):
        index.read(entries[2].fingerprint)


def test_an_index_takes_few_bytes_of_an_entry(journal, make_entry, make_request):
    count = 4_000
    line = to_line(make_entry())
    key = make_entry().fingerprint.encode()
    journal.write_bytes(b"".join(line.replace(key, b"%064x" % (number * 2**200)) for number in range(count)))
    index = FileIndex(journal)
    tracemalloc.start()
    try:
        index.refresh()
        assert tracemalloc.get_traced_memory()[0] < count * 48
    finally:
        tracemalloc.stop()
    assert len(index.keys()) == count
