"""`snellen score` and `snellen scorers`."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from snellen.cli.score import score_command
from snellen.cli.scorers import scorers_command
from snellen.errors import InputError, StorageError
from snellen.scorers.registry import NAMES, scorer_names


def _file(folder: Path, *rows: object) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


ROWS = (
    {"id": "1", "response": "It is Seoul.", "answer": "Seoul", "group": "capitals", "note": "mine"},
    {"id": "2", "response": "Busan", "answer": "Seoul", "group": "capitals"},
    {"id": "3", "response": "강입니다", "answer": "강", "group": "rivers"},
)


def test_a_table_by_group_and_the_rows_with_their_scores(tmp_path, capsys):
    file, out = _file(tmp_path, *ROWS), tmp_path / "out.jsonl"
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:7] == ["group", "n", "passed", "failed", "unscored", "error", "accuracy"]
    assert [line.split()[0] for line in lines[1:4]] == ["all", "capitals", "rivers"]
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["outcome"] for row in rows] == ["failed", "failed", "failed"]
    assert rows[0]["note"] == "mine"
    assert set(rows[0]) - set(ROWS[0]) == {"score", "outcome", "extracted", "why"}


def test_options_reach_their_scorer(tmp_path, capsys):
    file = _file(tmp_path, {"id": "1", "response": "seoul!", "answer": "Seoul"})
    options = ["exact.ignore_punctuation=true"]
    assert score_command(file, scorers=["exact", "contains"], options=options, metrics=(), output=None) == 0
    assert "100.00 %" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("scorers", "option", "message"),
    [
        (["exact"], "ignore", "--option 'ignore' is no option of one scorer"),
        (["exact", "contains"], "x=1", "with several scorers --option NAME.KEY=VALUE"),
        (["exact"], "ignroe_case=1", "scorer 'exact' has no option 'ignroe_case'"),
        (["exakt"], "x=1", "scorer 'exakt' is not registered"),
    ],
)
def test_a_slip_is_told_before_anything_is_scored(tmp_path, scorers, option, message):
    with pytest.raises(InputError, match=message):
        score_command(_file(tmp_path, *ROWS), scorers=scorers, options=[option], metrics=(), output=None)


def test_where_nothing_can_be_scored_the_exit_code_says_so(tmp_path):
    file = _file(tmp_path, {"id": "1", "response": None, "answer": "x"})
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=None) == 3


def test_a_row_that_cannot_be_judged_is_named_and_the_others_are_scored(tmp_path, capsys):
    file = _file(tmp_path, {"id": "1", "response": "x", "answer": "x"}, {"id": "2", "response": "x"})
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=None) == 3
    said = capsys.readouterr().out
    assert "rows.jsonl:2: case '2': scorer 'exact' cannot judge this row: it has no answer" in said
    assert "100.00 %" in said


def _project(folder: Path, code: str) -> None:
    (folder / "pyproject.toml").write_text('[tool.snellen]\nscorers = ["own.py"]\n', encoding="utf-8")
    (folder / "own.py").write_text(f"import snellen\n\n\n{code}", encoding="utf-8")


def test_the_projects_own_scorers_score_and_are_listed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _project(tmp_path, '@snellen.scorer\ndef short_one(case, response):\n    """Short."""\n    return True\n')
    assert score_command(_file(tmp_path, *ROWS), scorers=["short-one"], options=[], metrics=(), output=None) == 0
    assert scorers_command("short-one") == 0
    assert scorers_command(None) == 0
    said = capsys.readouterr().out
    assert "short-one, version 1" in said
    assert [line.split() for line in said.splitlines() if line.startswith("short-one ")] == [["short-one", "Short."]]


def test_a_scorer_that_breaks_on_a_row_is_named_with_its_line_and_the_others_have_their_say(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code = "@snellen.scorer\ndef picky(case, response):\n    return {'It is Seoul.': 1}[response.text]\n"
    _project(tmp_path, code)
    file, out = _file(tmp_path, *ROWS), tmp_path / "out.jsonl"
    assert score_command(file, scorers=["picky", "contains"], options=[], metrics=(), output=out) == 3
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["outcome"], row["score"]) for row in rows] == [("passed", 1.0), ("error", None), ("error", None)]
    assert rows[1]["why"] == "scorer 'picky' broke at own.py:6: KeyError: 'Busan'"
    said = capsys.readouterr().out
    assert "rows.jsonl:2: case '2': scorer 'picky' broke at own.py:6: KeyError: 'Busan'" in said


def test_a_scorer_that_asks_a_model_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(InputError, match="scorer 'judge' needs the option 'model'"):
        score_command(_file(tmp_path, *ROWS), scorers=["judge"], options=[], metrics=(), output=None)
    with pytest.raises(InputError, match="asks a model, which `snellen score` never does: put the rows into an eval"):
        score_command(_file(tmp_path, *ROWS), scorers=["judge: m: it is right"], options=[], metrics=(), output=None)


def test_repeats_and_what_could_not_be_judged_are_said(tmp_path, capsys):
    file = _file(
        tmp_path,
        {"id": "1", "response": "x", "answer": "x"},
        {"id": "1", "response": "x", "answer": "x"},
        {"id": "2", "response": None, "answer": "x"},
    )
    score_command(file, scorers=["exact"], options=[], metrics=(), output=None)
    said = capsys.readouterr().out
    assert "1 row without a response, or that cannot be judged: in no figure." in said
    assert "1 row of an id that was there before: taken as repeats, which narrow nothing." in said


def test_every_scorer_is_listed_with_a_line(capsys):
    assert scorers_command(None) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(scorer_names())]] == scorer_names()
    said = {line.split()[0]: line for line in lines if line}
    assert [name for name in NAMES if len(said[name].split()) < 4] == []


@pytest.mark.parametrize("name", scorer_names())
def test_all_about_a_scorer_names_its_options(name, capsys):
    assert scorers_command(name) == 0
    said = capsys.readouterr().out
    assert "Options:" in said or "It has no options." in said


WRITTEN = {
    "number": ["Short form: number: 42 ±1", 'By name: {number: {answer: "42", tolerance: 1.0}}'],
    "refusal": ["Short form: not-refusal"],
    "judge": [
        "Short form: judge: gpt-5.4-mini: it names the total",
        'By name: {judge: {model: "gpt-5.4-mini", criteria: ["it names the total"]}}',
    ],
    "cost": [
        "Written: cost is written with options, for it needs the price: "
        "{cost: {at_most: 0.002, input_usd: 2.5, output_usd: 10}}; for a whole run use the gate cost <= 0.50"
    ],
    "brief-one": ["Written: {brief-one: {words: 30}}"],
    "like": ["Short form: like: TEXT", 'By name: {like: {answer: "TEXT"}}'],
}


@pytest.mark.parametrize(("name", "lines"), WRITTEN.items())
def test_all_about_a_scorer_ends_with_how_it_is_written(tmp_path, monkeypatch, capsys, name, lines):
    monkeypatch.chdir(tmp_path)
    code = "@snellen.scorer\ndef brief_one(case, response, *, words: int = 30):\n    return True\n\n\n"
    _project(tmp_path, f"{code}@snellen.scorer\ndef like(case, response, *, answer: object = None):\n    return True\n")
    scorers_command(name)
    assert capsys.readouterr().out.splitlines()[-len(lines) :] == lines


GOOD = b'{"id": "2", "response": "x", "answer": "x"}\n'

# What a file holds, and what is said of it; nothing is scored then.
REFUSED = {
    "empty": (b"", "rows.jsonl: holds no rows"),
    "mark-alone": (b"\xef\xbb\xbf", "rows.jsonl: holds no rows"),
    "blank-lines": (b"\n \r\n\t\n", "rows.jsonl: holds no rows"),
    "nan": (GOOD + b'{"id": "1", "response": "x", "answer": NaN}\n', "rows.jsonl:2: NaN and Infinity are not JSON"),
    "infinity": (GOOD + b'{"id": "1", "response": "x", "answer": 1e999}\n', "Put a number this large in quotes."),
    "digits": (GOOD + b'{"id": "1", "response": "x", "answer": %s}\n' % (b"9" * 100_000), "this large in quotes."),
    "half-a-pair": (GOOD + rb'{"id": "1", "response": "\ud800"}' + b"\n", "Half of an emoji or rare character"),
    "nul": (GOOD + b'{"id": "1", "response": "\0"}\n', "rows.jsonl:2: the line holds a NUL character at column 26"),
    "latin-1": (GOOD + b'{"id": "1", "response": "caf\xe9"}\n', "rows.jsonl:2: byte 0xe9 is not UTF-8 text"),
    "utf-16": ('{"id": "1"}'.encode("utf-16"), "rows.jsonl: is UTF-16 text, not plain text"),
    "array": (b'[{"id": "1"}]\n', "rows.jsonl:1: the line holds a list"),
    "deep": (GOOD + b'{"a": %s%s}\n' % (b"[" * 100_000, b"]" * 100_000), "rows.jsonl:2: the line is not JSON: depth"),
    "too-long": (
        GOOD + b'{"a": "%s"}\n' % (b"x" * 17_000_000),
        "rows.jsonl:2: the line is longer than 16,777,216 bytes",
    ),
    "number-as-text": (
        GOOD + b'{"id": "1", "response": 5}\n',
        "case '1': the response is the number 5; it must be text",
    ),
    "response-twice": (b'{"id": "1", "response": "x", "response": "y"}\n', "the key 'response' is there twice"),
    "no-id": (GOOD + b'{"response": "x"}\n', "rows.jsonl:2: the row has no id"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_told_with_its_line(tmp_path, capsys, data, said):
    file, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(data)
    with pytest.raises(InputError) as caught:
        score_command(file, scorers=[], options=[], metrics=(), output=out)
    assert said in str(caught.value)
    assert capsys.readouterr().out == ""
    assert not out.exists()


# A row beside a good one, its outcome and why.
TOLERATED = {
    "null": (b'{"id": "1", "response": null, "answer": "x"}', "error", "the row's response is null"),
    "no-answer": (
        b'{"id": "1", "response": "x"}',
        "error",
        "the row does not say what is right: write answer or expect",
    ),
    "empty-list": (
        b'{"id": "1", "response": "x", "answer": []}',
        "error",
        "the answer is an empty list, which no response",
    ),
    "one-choice": (b'{"id": "1", "response": "A", "answer": "A", "choices": {"A": "a"}}', "error", "'choices' has one"),
    "twice": (b'{"id": "1", "response": "x", "answer": "x", "n": 1, "n": 2}', "error", "the key 'n' is there twice"),
    "lost-digits": (
        b'{"id": "1", "response": "x", "answer": 123456789012345678901234}',
        "error",
        "the answer is the number 1.2345678901234569e+23, which is too large to have kept its digits",
    ),
    "large": (
        b'{"id": "1", "response": "6.022e23", "answer": 6.022e23}',
        "passed",
        "602200000000000000000000 is 6.022e+23",
    ),
    "carriage-return": (b'{"id": "1", "response": "x\\r\\n", "answer": "x"}\r', "passed", "found 1 of 1"),
    "nul": (b'{"id": "1", "response": "x\\u0000y", "answer": "x"}', "passed", "found 1 of 1"),
    "a-pair": (b'{"id": "1", "response": "\\ud83d\\ude00", "answer": "\xf0\x9f\x98\x80"}', "passed", "found 1 of 1"),
    "long": (b'{"id": "1", "response": "%s", "answer": "y"}' % (b"x " * 2_500_000), "failed", "found 0 of 1"),
    "empty-text": (b'{"id": "1", "response": "", "answer": "x"}', "failed", "found 0 of 1"),
}


@pytest.mark.parametrize(("row", "outcome", "why"), TOLERATED.values(), ids=TOLERATED)
def test_an_odd_row_has_an_outcome_of_its_own_and_the_others_are_scored(tmp_path, row, outcome, why):
    file, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + row + b"\n" + GOOD)
    assert score_command(file, scorers=[], options=[], metrics=(), output=out) == (3 if outcome == "error" else 0)
    odd, good = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (odd["outcome"], good["outcome"]) == (outcome, "passed")
    assert odd["why"].startswith(why)
    assert odd["response"] == json.loads(row)["response"]


@pytest.mark.parametrize(("name", "separator"), [("rows.csv", ","), ("Rows.TSV", "\t")])
def test_a_table_is_refused_with_a_command_that_makes_rows_of_it(tmp_path, monkeypatch, name, separator):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(f"\ufeffid{separator}response{separator}answer\n1{separator}서울{separator}서울\n", "utf-8")
    with pytest.raises(InputError) as caught:
        score_command(Path(name), scorers=["exact"], options=[], metrics=(), output=None)
    (problem,) = caught.value.problems
    assert problem.message == "is a table; rows to score are JSON Lines: one object a line"
    _, _, command = (problem.hint or "").partition("Make rows of it: ")
    words = shlex.split(command)
    assert words[-2:] == [">", Path(name).with_suffix(".jsonl").name]
    run = [sys.executable, "-X", "utf8", *words[1:-2]]
    said = subprocess.run(run, capture_output=True, check=True, text=True)  # noqa: S603  # the command that was told
    assert json.loads(said.stdout) == {"id": "1", "response": "서울", "answer": "서울"}


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path, capsys):
    file = _file(
        tmp_path,
        {"id": "a\x1b[31m\u202e", "response": "x", "group": "g\x1b[2J"},
        {"id": "i" * 100_000, "response": "x", "group": "g\x1b[2J"},
        {"id": "2", "response": "x", "answer": "x", "group": "\x9b1m"},
    )
    assert score_command(file, scorers=[], options=[], metrics=(), output=None) == 3
    said = capsys.readouterr().out
    assert said.replace("\n", "").isprintable()
    assert r"rows.jsonl:1: case 'a\x1b[31m\u202e': the row does not say what is right" in said
    assert max(map(len, said.splitlines())) < 500


def test_the_rows_that_are_scored_are_not_written_over(tmp_path, capsys):
    file, link = _file(tmp_path, *ROWS), tmp_path / "link.jsonl"
    link.symlink_to(file)
    before = file.read_bytes()
    for output in (file, link, tmp_path / "." / "rows.jsonl"):
        with pytest.raises(InputError, match=r"would replace the rows that are scored\n  .* -o rows\.scored\.jsonl"):
            score_command(file, scorers=["exact"], options=[], metrics=(), output=output)
    assert file.read_bytes() == before
    assert capsys.readouterr().out == ""


def test_an_output_that_is_no_file_is_refused_before_anything_is_scored(tmp_path, capsys):
    for output in (tmp_path, Path("/dev/null")):
        with pytest.raises(InputError, match="is a folder or a device; right is a file"):
            score_command(_file(tmp_path, *ROWS), scorers=["exact"], options=[], metrics=(), output=output)
    assert capsys.readouterr().out == ""


def test_the_folders_of_the_output_are_made(tmp_path):
    output = tmp_path / "new" / "folder" / "scored.jsonl"
    score_command(_file(tmp_path, *ROWS), scorers=["exact"], options=[], metrics=(), output=output)
    assert len(output.read_bytes().splitlines()) == len(ROWS)


def test_an_output_that_cannot_be_written_is_told_after_the_table(tmp_path, capsys):
    file = _file(tmp_path, *ROWS)
    with pytest.raises(StorageError, match=r"cannot write .*out\.jsonl"):
        score_command(file, scorers=["exact"], options=[], metrics=(), output=file / "out.jsonl")
    assert "capitals" in capsys.readouterr().out


def test_scored_rows_can_be_scored_again(tmp_path):
    file, once, twice = _file(tmp_path, *ROWS), tmp_path / "once.jsonl", tmp_path / "twice.jsonl"
    score_command(file, scorers=["contains"], options=[], metrics=(), output=once)
    score_command(once, scorers=["contains"], options=[], metrics=(), output=twice)
    assert once.read_bytes() == twice.read_bytes()
