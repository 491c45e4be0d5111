"""Folding makes one sorted file, keeps lines as they are, and touches nothing without need."""

from __future__ import annotations

import itertools

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
