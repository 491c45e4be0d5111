"""Runs are kept whole, found again by name, and by several processes at once."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from report_samples import every_state
from snellen.case import Case, ImageRef, Mark
from snellen.errors import InputError, StorageError
from snellen.response import Response, Usage
from snellen.runs.rows import JudgedBy, RunInfo, TrialRow, row_of
from snellen.runs.store import RunStore
from snellen.testing import tiny_png
from snellen.trial import Failure, Run, RunFacts, Skipped, Trial


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / ".snellen" / "runs.db")


def run(name: str, *, trials: int = 1) -> Run:
    facts = RunFacts(id=name, title="t", started_at="2026-11-22T17:05:00Z", duration_s=1.5, mode="live")
    return Run(facts=facts, trials=tuple(trial(f"c{number}") for number in range(trials)))


def trial(case_id: str, *, model: str = "m", text: str = "red") -> Trial:
    case = Case(id=case_id, prompt="무슨 색?", images=(ImageRef(data=tiny_png(), name="image 1 (inline)"),))
    response = Response(text=text, body=b'{"x": "\xff"}')
    return Trial(eval="e", case=case, model=model, prompt=case.prompt, outcome="passed", response=response)


def test_a_run_with_everything_in_it_comes_back_equal(store: RunStore, tmp_path: Path) -> None:
    """Each outcome, evidence, attempts, failures, skips, inline pictures, Korean."""
    saved = every_state(tmp_path)
    assert saved.skipped
    assert {one.outcome for one in saved.trials} == {"passed", "failed", "unscored", "error"}
    store.save(saved)
    assert store.load("latest") == saved


def test_a_case_of_many_trials_is_kept_once(store: RunStore) -> None:
    trials = tuple(trial("c", model=f"m{number}") for number in range(50))
    store.save(replace(run("r"), trials=trials))
    with closing(sqlite3.connect(store.path)) as database:
        assert database.execute("SELECT count(*) FROM cases").fetchone() == (1,)
    assert store.load("r").trials == trials


def test_trials_come_back_in_their_order(store: RunStore) -> None:
    saved = replace(run("r"), trials=tuple(trial(f"c{9 - number}") for number in range(10)))
    store.save(saved)
    assert store.load("r") == saved


def test_a_run_without_trials_comes_back(store: RunStore) -> None:
    store.save(run("r", trials=0))
    assert store.load("r") == run("r", trials=0)


# Names.


def test_latest_is_the_run_kept_last(store: RunStore) -> None:
    """Ids end in chance, so of two runs of one second they cannot tell which was later."""
    for name in ("20261122-170500-ffffff", "20261122-170500-000000"):
        store.save(run(name))
    assert store.load("latest").facts.id == "20261122-170500-000000"
    assert store.ids() == ["20261122-170500-000000", "20261122-170500-ffffff"]


@pytest.mark.parametrize(
    "name", ["20261122-170500-a1b2c3", "20261122-1705", "2026112"], ids=["whole", "start", "short"]
)
def test_a_run_is_found_by_its_id_or_the_start_of_it(store: RunStore, name: str) -> None:
    store.save(run("20261122-170500-a1b2c3"))
    store.save(run("20271122-170500-a1b2c3"))
    assert store.load(name).facts.id == "20261122-170500-a1b2c3"


def test_an_id_that_is_the_start_of_another_is_itself(store: RunStore) -> None:
    for name in ("20261122", "20261122-170500"):
        store.save(run(name))
    assert store.load("20261122").facts.id == "20261122"


NOT_FOUND = {
    "ambiguous": ("20261122", "'20261122' is the start of 2 runs: 20261122-170600-bbbbbb, 20261122-170500-aaaaaa"),
    "near": (
        "20261122-170500-aaaaab",
        "there is no run '20261122-170500-aaaaab'\n  Did you mean '20261122-170500-aaaaaa'?",
    ),
    "far": ("demo", "there is no run 'demo'\n  The newest is '20261122-170600-bbbbbb'; `latest` means it."),
}


@pytest.mark.parametrize(("name", "said"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_a_name_of_no_run_is_an_error_that_helps(store: RunStore, name: str, said: str) -> None:
    store.save(run("20261122-170500-aaaaaa"))
    store.save(run("20261122-170600-bbbbbb"))
    with pytest.raises(InputError) as caught:
        store.load(name)
    assert str(caught.value) == said


def test_a_project_without_runs_says_how_to_make_one(store: RunStore) -> None:
    with pytest.raises(InputError) as caught:
        store.load("latest")
    assert str(caught.value) == "there is no run in runs.db yet\n  Make one: snellen run evals"
    assert not store.path.parent.exists()


# The file.


def test_only_the_user_may_read_it(store: RunStore) -> None:
    store.save(run("r"))
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (store.path, store.path.parent)}
    assert modes == {"runs.db": "0o600", ".snellen": "0o700"}


def test_nothing_is_left_beside_it_but_what_keeps_it_out_of_git(store: RunStore) -> None:
    store.save(run("r"))
    assert sorted(path.name for path in store.path.parent.iterdir()) == [".gitignore", "runs.db"]
    assert (store.path.parent / ".gitignore").read_text() == "*\n"


def test_a_store_of_a_newer_version_is_left_alone(store: RunStore) -> None:
    store.save(run("r"))
    with closing(sqlite3.connect(store.path)) as database:
        database.execute("PRAGMA user_version = 5")
    before = store.path.read_bytes()
    for use in (store.ids, lambda: store.save(run("s"))):
        with pytest.raises(StorageError) as caught:
            use()
        assert str(caught.value) == (
            f"{store.path} was written by a newer Snellen (store version 5, this one knows 4). "
            "Upgrade Snellen, or move the file away to start anew."
        )
    assert store.path.read_bytes() == before


def write_text(path: Path) -> None:
    path.write_text("no database at all, but long enough to be looked at" * 20)


def write_nothing(path: Path) -> None:
    path.touch()


def make_folder(path: Path) -> None:
    path.mkdir()


def write_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE runs (a)")


@pytest.mark.parametrize("make", [write_text, write_nothing, make_folder, write_foreign])
def test_a_file_that_is_no_run_store_is_an_error_and_stays(store: RunStore, make: Callable[[Path], None]) -> None:
    store.path.parent.mkdir()
    make(store.path)
    before = None if store.path.is_dir() else store.path.read_bytes()
    with pytest.raises(StorageError, match=r"runs\.db"):
        store.save(run("r"))
    assert (None if store.path.is_dir() else store.path.read_bytes()) == before


def test_a_run_that_cannot_be_kept_whole_is_not_kept_at_all(store: RunStore) -> None:
    store.save(run("r"))
    with pytest.raises(InputError, match="there is a run 'r' already"):
        store.save(run("r", trials=5))
    assert store.load("r") == run("r")


def test_results_that_break_off_leave_nothing(store: RunStore) -> None:
    def break_off() -> Iterator[tuple[int, Trial]]:
        yield 0, trial("c0")
        raise RuntimeError("no more")

    store.save(run("q"))
    with pytest.raises(RuntimeError, match="no more"):
        store.add(run("r").facts, lambda _: break_off())
    assert store.ids() == ["q"]


def test_writers_that_make_and_fill_one_store_at_once_lose_no_run(tmp_path: Path) -> None:
    """Each opens the file on its own, as processes do; threads meet more closely. Processes do it in test_kill."""
    for attempt in range(5):
        path = tmp_path / str(attempt) / "runs.db"
        barrier = threading.Barrier(4)

        def save_three(writer: int, path: Path = path, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            for number in range(3):
                RunStore(path).save(run(f"w{writer}-{number}", trials=20))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(save_three, range(4)))
        store = RunStore(path)
        assert sorted(store.ids()) == [f"w{writer}-{number}" for writer in range(4) for number in range(3)]
        assert all(len(store.load(name).trials) == 20 for name in store.ids())


# Reading without loading.


def test_rows_are_the_measures_of_the_trials(store: RunStore, tmp_path: Path) -> None:
    saved = every_state(tmp_path)
    store.save(saved)
    assert list(store.rows("latest")) == [row_of(place, one) for place, one in enumerate(saved.trials)]


def test_trials_are_filtered_by_case_outcome_and_number(store: RunStore, tmp_path: Path) -> None:
    saved = every_state(tmp_path)
    store.save(saved)
    everything = list(enumerate(saved.trials))
    assert list(store.trials("latest")) == everything
    assert list(store.trials("latest", case="영수증-합계")) == [
        (place, one) for place, one in everything if one.case.id == "영수증-합계"
    ]
    assert (
        list(store.trials("latest", outcomes=("failed", "error"), limit=2))
        == [(place, one) for place, one in everything if one.outcome in ("failed", "error")][:2]
    )
    assert list(store.trials("latest", case="nobody")) == []


def test_runs_are_told_at_a_glance_the_newest_first(store: RunStore, tmp_path: Path) -> None:
    saved = every_state(tmp_path)
    store.save(run("old", trials=3))
    store.save(saved)
    counts = Counter(one.outcome for one in saved.trials)
    first, second = store.runs()
    assert (first.facts, first.trials, first.skipped) == (saved.facts, len(saved.trials), len(saved.skipped))
    assert {name: getattr(first, name) for name in counts} == counts
    all_right = {"passed": 3, "failed": 0, "unscored": 0, "error": 0, "not_asked": 0, "skipped": 0}
    assert second == RunInfo(facts=run("old").facts, **all_right, cost_usd=None)
    assert [info.facts.id for info in store.runs(limit=1)] == [saved.facts.id]
    assert (first.accuracy, second.accuracy) == (counts["passed"] / (len(saved.trials) - counts["error"]), 1.0)


def test_what_was_not_asked_can_be_read_alone(store: RunStore, tmp_path: Path) -> None:
    saved = every_state(tmp_path)
    store.save(saved)
    assert store.skipped("latest") == saved.skipped
    assert store.facts("latest") == saved.facts


def test_reading_a_store_that_is_not_there_makes_none(store: RunStore) -> None:
    assert (store.ids(), store.runs()) == ([], [])
    assert not store.path.parent.exists()


def test_rows_tell_of_groups_tags_and_marks_in_any_script(store: RunStore) -> None:
    mark = Mark(kind="known_failing", reason="흐림", until="2026-12-31")
    case = Case(id="c", prompt="?", images=(), group="사진 1", tags=("색", "a,b", '"]'), mark=mark)
    saved = replace(run("r"), trials=(replace(trial("c"), case=case), trial("plain")))
    store.save(saved)
    marked, plain = store.rows("r")
    assert (marked.group, marked.tags) == ("사진 1", ("색", "a,b", '"]'))
    assert (marked.mark, marked.mark_until) == ("known_failing", "2026-12-31")
    assert (plain.group, plain.tags, plain.mark, plain.mark_until) == (None, (), "", "")


# Stores of older versions.


def make_old(path: Path, version: int) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript((Path(__file__).parent / f"store_v{version}.sql").read_text(encoding="utf-8"))


def test_a_store_of_version_1_is_brought_up_to_date_at_the_first_use(store: RunStore) -> None:
    make_old(store.path, 1)
    assert store.ids() == ["20261122-170500-a1b2c3", "20261121-090000-000001"]
    newest, oldest = store.load("latest"), store.load("20261121")
    case = Case(id="c0", prompt="무슨 색?", images=(ImageRef(data=b"pixels", name="image 1 (inline)"),))
    usage = Usage(input_tokens=812, output_tokens=45)
    assert newest == Run(
        facts=RunFacts(
            id="20261122-170500-a1b2c3",
            title="t",
            started_at="2026-11-22T17:05:00Z",
            duration_s=1.5,
            mode="live",
            versions={"snellen": "0.1.0"},
        ),
        trials=(
            Trial(
                eval="e",
                case=case,
                model="m",
                prompt="무슨 색?",
                outcome="passed",
                response=Response(text="red", usage=usage, latency_s=1.24, body=b'{"x": "\xff"}'),
                cost_usd=0.25,
            ),
            Trial(
                eval="e",
                case=case,
                model="n",
                prompt="무슨 색?",
                outcome="error",
                failure=Failure(kind="timeout", message="no answer within 60 s"),
            ),
        ),
        skipped=(Skipped(eval="e", case_id="c9", model="m", reason="needs the network"),),
    )
    assert (oldest.facts.id, oldest.trials) == ("20261121-090000-000001", ())
    assert [row.cost_usd for row in store.rows("latest")] == [0.25, None]
    store.save(run("new"))
    assert store.ids()[0] == "new"
    with closing(sqlite3.connect(store.path)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert names == {"runs", "cases", "trials", "bodies", "skipped"}


def test_a_store_of_version_1_that_cannot_be_moved_stays_as_it_was(store: RunStore) -> None:
    make_old(store.path, 1)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("UPDATE trials SET body = CAST('{}' AS BLOB) WHERE place = 1")
    with pytest.raises(StorageError, match=r"(?s)runs\.db has store version 1 .* left as it is: .*eval"):
        store.ids()
    with closing(sqlite3.connect(store.path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM trials").fetchone() == (2,)


def test_a_store_of_version_2_tells_of_its_trials_what_version_2_did_not(store: RunStore) -> None:
    make_old(store.path, 2)
    failed, error, unscored = store.rows("latest")
    assert failed == TrialRow(
        place=0,
        eval="e",
        case="c0",
        variant="",
        model="m",
        repeat=0,
        outcome="failed",
        failure=None,
        latency_s=1.24,
        recorded=False,
        input_tokens=812,
        output_tokens=45,
        cost_usd=0.25,
        score=0.25,  # 0.5, and one that could not be judged
        group="g1",
        tags=("색", "ocr"),
        digest="91515f9862243a0c",
        judges=(JudgedBy("body"), JudgedBy("keywords")),  # scores had no version then
    )
    assert (error.score, error.group, error.digest) == (None, "g1", "")
    assert (unscored.score, unscored.group, unscored.digest) == (None, None, "e3b0c44298fc1c14")
    loaded = store.load("latest")
    assert list(store.rows("latest")) == [row_of(place, one) for place, one in enumerate(loaded.trials)]
    assert loaded.trials[0].case.metadata == {"$base64": "mine"}
    assert loaded.skipped == (Skipped(eval="e", case_id="c9", model="m", reason="needs the network"),)
    assert store.ids() == ["20261122-170500-a1b2c3", "20261121-090000-000001"]
    with closing(sqlite3.connect(store.path)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert names == {"runs", "cases", "trials", "bodies", "skipped"}


def test_a_store_of_version_3_tells_who_judged_and_whether_it_is_known_what_that_cost(store: RunStore) -> None:
    make_old(store.path, 3)
    first, last = store.rows("latest")
    number = JudgedBy("number", "1", "ab12")
    assert (first.judges, first.is_judging_priced) == ((JudgedBy("judge", "2"), number), False)
    assert (last.judges, last.is_judging_priced) == ((number,), True)
    assert [first, last] == [row_of(place, one) for place, one in enumerate(store.load("latest").trials)]


DAMAGES = {
    "not packed": "UPDATE bodies SET body = x'01ffff' WHERE place = 0",
    "cut short": "UPDATE bodies SET body = x'0001' WHERE place = 0",
    "no case": "DELETE FROM cases",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_store_of_version_2_that_cannot_be_moved_stays_as_it_was(store: RunStore, damage: str) -> None:
    make_old(store.path, 2)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute(damage)
    with pytest.raises(StorageError, match=r"(?s)runs\.db has store version 2 .* left as it is: "):
        store.ids()
    with closing(sqlite3.connect(store.path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (2,)
        assert database.execute("SELECT count(*) FROM trials").fetchone() == (3,)


def test_a_store_of_version_2_is_moved_once_however_many_open_it_at_once(store: RunStore) -> None:
    make_old(store.path, 2)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: [row.score for row in RunStore(store.path).rows("latest")], range(4)))
    assert found == [[0.25, None, None]] * 4
