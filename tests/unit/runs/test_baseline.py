"""A baseline is small, sorted and the same whenever it is made; what is wrong with one is told with its line."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from report_samples import every_state
from snellen.case import Case, ImageRef, Mark
from snellen.errors import InputError, StorageError
from snellen.response import Response
from snellen.runs.baseline import (
    Baseline,
    baseline_names,
    baseline_path,
    load_baseline,
    write_baseline,
)
from snellen.runs.baseline_run import baseline_of
from snellen.runs.rows import JudgedBy, row_of, text_digest
from snellen.runs.store import RunStore
from snellen.score import Score, ScorerCall
from snellen.trial import Failure, Outcome, Run, RunFacts, Trial

PICTURE = ImageRef(url="https://example.org/a.png", name="a")
FACTS = RunFacts(
    id="20261122-170500-a1b2c3",
    title="t",
    started_at="2026-11-22T17:05:00Z",
    duration_s=1.5,
    mode="live",
    versions={"snellen": "0.1.0", "platform": "Linux"},
    models={"gpt": {"name": "gpt-5.1", "api": "chat"}},
    served_models={"gpt": ("gpt-5.1-2026-10-01",)},
)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / ".snellen" / "runs.db")


def trial(case: str, outcome: Outcome = "passed", *, text: str = "It is red.", **given: object) -> Trial:
    asked = Case(id=case, prompt="?", images=(PICTURE,), **given)  # type: ignore[arg-type]  # a case's fields
    value = {"passed": 1.0, "failed": 0.25}.get(outcome)
    judged = Score(scorer="keywords", version="1", value=value, passed=outcome == "passed")
    if outcome == "error":
        failure = Failure(kind="timeout", message="no answer")
        return Trial(eval="signs", case=asked, model="gpt", prompt="?", outcome="error", failure=failure)
    response = Response(text=text, latency_s=1.25)
    return Trial(
        eval="signs", case=asked, model="gpt", prompt="?", outcome=outcome, response=response, scores=(judged,)
    )


def made(store: RunStore, *trials: Trial, facts: RunFacts = FACTS, name: str = "main") -> Baseline:
    store.save(Run(facts=facts, trials=trials))
    return baseline_of(store, facts.id, name=name)


def test_a_file_is_a_header_and_a_line_a_trial_that_a_reviewer_can_read(store: RunStore, tmp_path: Path) -> None:
    mark = Mark(kind="known_failing", reason="arrows", until="2027-01-31")
    trials = (
        trial("b", "failed", text="파랑", tags=("critical", "한글"), group="p1", mark=mark),
        replace(trial("a"), cost_usd=0.25),
        trial("c", "error"),
    )
    write_baseline(tmp_path / "main.jsonl", made(store, *trials))
    assert (tmp_path / "main.jsonl").read_text(encoding="utf-8").splitlines() == [
        '{"format":"snellen baseline","version":1,"name":"main","run":"20261122-170500-a1b2c3","made_at":"2026-11-22",'
        '"trials":3,"models":{"gpt":{"name":"gpt-5.1","served":["gpt-5.1-2026-10-01"],"median_latency_s":1.25}},'
        '"versions":{"snellen":"0.1.0"},"scorers":[{"name":"keywords","version":"1","options":""}]}',
        f'{{"eval":"signs","case":"a","model":"gpt","outcome":"passed","score":1.0,'
        f'"digest":"{text_digest("It is red.")}","cost_usd":0.25}}',
        f'{{"eval":"signs","case":"b","model":"gpt","outcome":"failed","score":0.25,"digest":"{text_digest("파랑")}",'
        '"group":"p1","tags":["critical","한글"],"mark":"known_failing","mark_until":"2027-01-31"}',
        '{"eval":"signs","case":"c","model":"gpt","outcome":"error","failure":"timeout"}',
    ]


def test_no_answer_stands_in_it(store: RunStore, tmp_path: Path) -> None:
    write_baseline(tmp_path / "main.jsonl", made(store, trial("a", text="the secret sauce")))
    assert "secret" not in (tmp_path / "main.jsonl").read_text()


def test_what_was_written_is_read_back_equal(store: RunStore, tmp_path: Path) -> None:
    saved = every_state(tmp_path)
    store.save(saved)
    baseline = baseline_of(store, "latest", name="main")
    write_baseline(tmp_path / "b" / "main.jsonl", baseline)
    assert load_baseline(tmp_path / "b" / "main.jsonl") == baseline
    assert len(baseline.rows) == len(saved.trials)


def test_judging_is_kept_with_its_cost(store: RunStore, tmp_path: Path) -> None:
    call = ScorerCall(model="gpt", cost_usd=0.5)
    score = Score(scorer="judge", version="2", options="ab12", value=0.75, passed=True, calls=(call,))
    baseline = made(store, replace(trial("a"), scores=(score,), cost_usd=0.25))
    write_baseline(tmp_path / "main.jsonl", baseline)
    read = load_baseline(tmp_path / "main.jsonl")
    assert (read.rows[0].cost_usd, read.rows[0].judging_usd, read.rows[0].score) == (0.25, 0.5, 0.75)
    assert read.facts.scorers == (JudgedBy("judge", "2", "ab12"),)


def test_the_same_run_gives_the_same_bytes_in_whatever_order_it_was_asked(store: RunStore, tmp_path: Path) -> None:
    trials = [replace(trial(case), repeat=repeat, variant=v) for case in "cab" for repeat in (1, 0) for v in ("x", "")]
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    write_baseline(first, made(store, *trials))
    other = RunStore(tmp_path / "other.db")
    write_baseline(second, made(other, *reversed(trials)))
    assert first.read_bytes() == second.read_bytes()
    rows = load_baseline(first).rows
    assert [(row.case, row.variant, row.repeat) for row in rows] == sorted(
        (case, variant, repeat) for case in "abc" for variant in ("", "x") for repeat in (0, 1)
    )


def test_setting_it_again_of_another_run_changes_only_the_lines_of_what_changed(
    store: RunStore, tmp_path: Path
) -> None:
    path = tmp_path / "main.jsonl"
    cases = [f"c{number}" for number in range(20)]
    write_baseline(path, made(store, *map(trial, cases)))
    before = path.read_text().splitlines()
    later = [trial(case, "failed" if case == "c7" else "passed") for case in cases]
    write_baseline(path, made(store, *later, facts=replace(FACTS, id="20261123-090000-ffffff")))
    changed = [old for old, new in zip(before[1:], path.read_text().splitlines()[1:], strict=True) if old != new]
    assert [json.loads(line)["case"] for line in changed] == ["c7"]


def test_keys_that_nobody_knows_are_left_alone(store: RunStore, tmp_path: Path) -> None:
    path = tmp_path / "main.jsonl"
    baseline = made(store, trial("a"))
    write_baseline(path, baseline)
    lines = [{**json.loads(line), "later": {"x": 1}} for line in path.read_text().splitlines()]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert load_baseline(path) == baseline


def test_line_ends_and_a_mark_of_windows_are_no_damage(store: RunStore, tmp_path: Path) -> None:
    path = tmp_path / "main.jsonl"
    baseline = made(store, trial("a"), trial("b"))
    write_baseline(path, baseline)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_baseline(path) == baseline


DAMAGES = {
    "half-a-line": (lambda lines: [*lines[:2], lines[2][:30]], "main.jsonl:3: this line is no JSON"),
    "merge-marks": (lambda lines: [lines[0], "<<<<<<< HEAD", *lines[1:]], "main.jsonl:2: a merge left its marks here"),
    "an-odd-outcome": (
        lambda lines: [lines[0], lines[1].replace("passed", "fine"), lines[2]],
        "main.jsonl:2: this line is damaged: outcome 'fine' is none of error, failed, passed, unscored",
    ),
    "no-case": (
        lambda lines: [*lines[:2], lines[2].replace('"case"', '"cas"')],
        "main.jsonl:3: this line is damaged: it lacks 'case'",
    ),
    "a-case-that-is-no-text": (
        lambda lines: [*lines[:2], lines[2].replace('"b"', "7")],
        "main.jsonl:3: this line is damaged: case is 7, and no text",
    ),
    "a-score-beyond-1": (
        lambda lines: [*lines[:2], lines[2].replace("1.0", "1.5")],
        "main.jsonl:3: this line is damaged: score 1.5 is not from 0 to 1",
    ),
    "no-object": (lambda lines: [*lines[:2], "[1]"], "main.jsonl:3: this line is damaged: it is no JSON object"),
    "a-trial-twice": (
        lambda lines: [*lines, lines[1]],
        "main.jsonl:4: this trial stands in line 2 already",
    ),
    "a-line-less": (lambda lines: lines[:2], "main.jsonl: holds 1 trials; its header says 2"),
    "no-header": (lambda lines: lines[1:], "main.jsonl:1: this line is damaged: this file is no baseline"),
    "empty": (lambda _: [], "main.jsonl:1: this line is no JSON"),
    "a-newer-version": (
        lambda lines: [lines[0].replace('"version":1', '"version":9'), *lines[1:]],
        "main.jsonl:1: this line is damaged: version 9; this Snellen reads 1",
    ),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_with_file_and_line_and_never_written_over(
    store: RunStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[list[str]], list[str]],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "main.jsonl"
    baseline = made(store, trial("a"), trial("b"))
    write_baseline(path, baseline)
    path.write_text("\n".join(damage(path.read_text().splitlines())))
    damaged = path.read_bytes()
    with pytest.raises(InputError) as raised:
        load_baseline(path)
    assert str(raised.value).startswith(said)
    with pytest.raises(InputError, match=r"Mend it, or remove it and set it anew: main\.jsonl"):
        write_baseline(path, baseline)
    assert path.read_bytes() == damaged


def test_a_missing_one_names_the_nearest_and_how_to_make_it(store: RunStore, tmp_path: Path) -> None:
    write_baseline(tmp_path / "main.jsonl", made(store, trial("a")))
    with pytest.raises(InputError) as raised:
        load_baseline(tmp_path / "mian.jsonl")
    assert "there is no baseline 'mian'" in str(raised.value)
    assert "Did you mean 'main'? Make it of a run: snellen baseline set mian RUN" in str(raised.value)


UNFINISHED = {
    "interrupted": (
        replace(FACTS, state="interrupted", stopped_because="3 of 9 trials done", command=("/bin/snellen", "run", "x")),
        f"run {FACTS.id} was interrupted: 3 of 9 trials done\n  Finish it first: snellen resume {FACTS.id}",
    ),
    "stopped-in-pytest": (
        replace(FACTS, state="stopped", stopped_because="stopping after 1 failures", command=("pytest", "a b", "-x")),
        f"run {FACTS.id} was stopped: stopping after 1 failures\n  Finish it first: pytest 'a b' -x",
    ),
    "a-shard": (
        replace(FACTS, shard="2/8"),
        f"run {FACTS.id} is only shard 2/8 of a run\n  Put the shards together, and take the run that this gives: "
        "snellen merge RUN...",
    ),
}


@pytest.mark.parametrize(("facts", "said"), UNFINISHED.values(), ids=UNFINISHED)
def test_a_run_that_is_not_whole_is_refused_with_what_to_do(store: RunStore, facts: RunFacts, said: str) -> None:
    with pytest.raises(InputError) as raised:
        made(store, trial("a"), facts=facts)
    assert str(raised.value) == said


def test_a_run_without_trials_is_refused(store: RunStore) -> None:
    with pytest.raises(InputError, match="has no trial"):
        made(store)


def test_a_run_that_asks_the_same_twice_is_refused(store: RunStore) -> None:
    with pytest.raises(InputError, match="asks case 'a' of eval 'signs' twice of model 'gpt'"):
        made(store, trial("a"), trial("b"), trial("a"))


@pytest.mark.parametrize("name", ["", "a/b", "../main", ".main", "a\\b", "a b", "latest", "x" * 101, "a\0"])
def test_a_name_that_could_leave_the_folder_or_mean_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        baseline_path(tmp_path, name)


def test_baselines_stand_beside_the_evals(tmp_path: Path) -> None:
    assert baseline_path(tmp_path, "main") == tmp_path / "baselines" / "main.jsonl"
    (tmp_path / "evals").mkdir()
    assert baseline_path(tmp_path, "v1.2-한글") == tmp_path / "evals" / "baselines" / "v1.2-한글.jsonl"
    (tmp_path / "evals" / "baselines").mkdir()
    for name in ("b.jsonl", "a.jsonl", ".hidden.jsonl", "notes.md"):
        (tmp_path / "evals" / "baselines" / name).touch()
    assert baseline_names(tmp_path) == ["a", "b"]


def test_a_disk_that_is_full_leaves_what_was_there(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "b" / "main.jsonl"
    baseline = made(store, trial("a"))
    write_baseline(path, baseline)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_baseline(path, replace(baseline, facts=replace(baseline.facts, made_at="2026-12-01")))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_rows_say_what_the_runs_own_rows_say_but_for_times_and_tokens(store: RunStore) -> None:
    one = trial("a", tags=("t",))
    (row,) = made(store, one).rows
    own = row_of(0, one)
    assert row == own._replace(latency_s=0.0, input_tokens=None, output_tokens=None, recorded=False, judges=())
