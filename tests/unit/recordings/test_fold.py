"""Folding makes one sorted file, keeps lines as they are, and touches nothing without need."""

from __future__ import annotations

import itertools
import tracemalloc
from dataclasses import replace

import pytest

from snellen.recordings.entry import to_line
from snellen.recordings.fold import fold_file
from snellen.recordings.index import journal_of


@pytest.fixture
def file(tmp_path):
    return tmp_path / "m.jsonl"


def test_entries_are_sorted_by_case_variant_repeat(file, make_entry, make_request):
    entries = [
        make_entry(make_request(f"{case}{variant}", repeat=repeat), case=case, variant=variant, repeat=repeat)
        for case, variant, repeat in itertools.product(("가", "a", "b"), ("", "terse"), (0, 1, 10))
    ]
    journal_of(file).write_bytes(b"".join(to_line(entry) for entry in reversed(entries)))
    fold_file(file)
    in_order = sorted(entries, key=lambda entry: (entry.case, entry.variant, entry.repeat))
    assert file.read_bytes() == b"".join(to_line(entry) for entry in in_order)
    assert not journal_of(file).exists()


def test_lines_that_did_not_change_stay_byte_for_byte(file, make_entry, make_request):
    """A file that was formatted by hand gives a diff of the new entries only."""
    old = to_line(make_entry(case="b")).replace(b'"case":"b"', b'"case": "b"')
    new = to_line(make_entry(make_request("new"), case="a"))
    file.write_bytes(old)
    journal_of(file).write_bytes(new)
    fold_file(file)
    assert file.read_bytes() == new + old


def test_a_fold_that_changes_nothing_does_not_touch_the_file(file, make_entry):
    file.write_bytes(to_line(make_entry()))
    before = file.stat()
    journal_of(file).write_bytes(to_line(make_entry()))
    fold_file(file)
    assert not journal_of(file).exists()
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("form", [b"\xef\xbb\xbf%b", b"%b\r\n", b"%b"], ids=["BOM", "CRLF", "no newline"])
def test_what_an_editor_left_is_tidied_when_the_file_is_written_anyway(file, make_entry, make_request, form):
    old, new = make_entry(case="a"), make_entry(make_request("new"), case="b")
    file.write_bytes(form % to_line(old).strip())
    journal_of(file).write_bytes(to_line(new))
    if form == b"\xef\xbb\xbf%b":
        file.write_bytes(file.read_bytes() + b"\n")
    fold_file(file)
    assert file.read_bytes() == to_line(old) + to_line(new)


def test_an_unfinished_line_is_dropped_and_said(file, make_entry, make_request):
    whole, torn = to_line(make_entry()), to_line(make_entry(make_request("torn")))
    journal_of(file).write_bytes(whole + torn[:-1])
    assert fold_file(file) is True
    assert file.read_bytes() == whole
    journal_of(file).write_bytes(torn)
    assert fold_file(file) is False


def test_a_fold_interrupted_before_the_journal_was_removed_is_done_again_without_harm(file, make_entry):
    line = to_line(make_entry())
    journal_of(file).write_bytes(line)
    fold_file(file)
    journal_of(file).write_bytes(line)
    fold_file(file)
    assert file.read_bytes() == line


def test_a_fold_killed_while_writing_leaves_nothing_behind_for_long(file, make_entry, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    line = to_line(make_entry())
    journal_of(file).write_bytes(line)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            fold_file(file)
    assert len(list(file.parent.iterdir())) == 2
    fold_file(file)
    assert list(file.parent.iterdir()) == [file]
    assert file.read_bytes() == line


def test_an_empty_journal_makes_no_file(file):
    journal_of(file).write_bytes(b"")
    assert fold_file(file) is False
    assert list(file.parent.iterdir()) == []


def test_left_out_entries_are_gone_and_an_empty_file_with_them(file, make_entry, make_request):
    one, two = make_entry(case="a"), make_entry(make_request("two"), case="b")
    file.write_bytes(to_line(one) + to_line(two))
    fold_file(file, without={one.fingerprint})
    assert file.read_bytes() == to_line(two)
    fold_file(file, without={two.fingerprint})
    assert list(file.parent.iterdir()) == []


def test_entries_whose_fingerprints_share_a_key_are_all_kept_and_the_last_of_each_counts(file, make_entry):
    """The memory of a fold knows fingerprints by their first 64 bits; what a file holds must not depend on it."""
    names = [f"{'0' * 20}{number:044x}" for number in range(4)]

    def line(number: int, text: str) -> bytes:
        return to_line(replace(make_entry(case=f"c{number}", text=text), fingerprint=names[number]))

    file.write_bytes(b"".join(line(number, "old") for number in (3, 1, 0)))
    journal_of(file).write_bytes(b"".join(line(number, text) for number, text in ((2, "a"), (1, "new"), (2, "b"))))
    fold_file(file)
    assert file.read_bytes() == line(0, "old") + line(1, "new") + line(2, "b") + line(3, "old")


def test_a_repeat_of_any_size_and_sign_is_sorted_by_its_value(file, make_entry, make_request):
    repeats = [-(2**63), -1, 0, 1, 10, 2**63, 2**64 - 1]
    entries = [replace(make_entry(make_request(f"q{repeat}")), repeat=repeat) for repeat in repeats]
    journal_of(file).write_bytes(b"".join(to_line(entry) for entry in reversed(entries)))
    fold_file(file)
    assert file.read_bytes() == b"".join(to_line(entry) for entry in entries)


def test_memory_holds_no_lines(file, make_entry, make_request):
    count, text = 1_000, "x" * 5_000
    lines = [to_line(make_entry(make_request(f"q{n}"), case=f"c{n:04}", text=text)) for n in range(count)]
    journal_of(file).write_bytes(b"".join(reversed(lines)))
    tracemalloc.start()
    try:
        fold_file(file)
        assert tracemalloc.get_traced_memory()[1] < count * 300 + 200_000  # the lines are 5 MB
    finally:
        tracemalloc.stop()
    assert file.read_bytes() == b"".join(lines)
