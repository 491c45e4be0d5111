"""A run is on disk while it goes on: by several processes at once, through kills and onto full disks."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from snellen.case import Case, ImageRef
from snellen.errors import InputError, StorageError
from snellen.response import Response
from snellen.runs.store import RunStore
from snellen.runs.writer import RunWriter
from snellen.trial import Run, RunFacts, Skipped, Trial

FACTS = RunFacts(id="r", title="t", started_at="2026-11-22T17:05:00Z", duration_s=0.0, mode="live")
DONE = replace(FACTS, duration_s=1.5, calls=3)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / ".snellen" / "runs.db")


def trial(number: int, *, text: str = "red") -> Trial:
    case = Case(id=f"c{number}", prompt="?", images=(ImageRef(url="https://example.org/a.png", name="a"),))
    response = Response(text=text, body=b"{}")
    return Trial(eval="e", case=case, model="m", prompt="?", outcome="passed", response=response)


def interrupt(store: RunStore, *results: Trial | Skipped) -> None:
    """A run that somebody ends after these results."""
    with contextlib.suppress(KeyboardInterrupt), store.begin(FACTS) as writer:
        for place, result in enumerate(results):
            writer.add(place, result)
        raise KeyboardInterrupt


def files(store: RunStore) -> list[str]:
    return sorted(path.name for path in store.path.parent.iterdir())


def test_what_was_added_and_finished_is_the_run(store: RunStore) -> None:
    skipped = Skipped(eval="e", case_id="c2", model="m", reason="needs the network")
    with store.begin(FACTS) as writer:
        for place, result in ((3, trial(3)), (0, trial(0)), (2, skipped)):
            writer.add(place, result)
        writer.finish(DONE)
    assert store.load("latest") == Run(facts=DONE, trials=(trial(0), trial(3)), skipped=(skipped,))
    assert files(store) == [".gitignore", "runs.db"]


def test_a_run_is_there_from_its_first_moment_and_says_that_it_is_running(store: RunStore) -> None:
    with store.begin(FACTS) as writer:
        assert store.load("latest") == Run(facts=replace(FACTS, state="running"), trials=())
        assert [info.facts.state for info in store.runs()] == ["running"]
        writer.finish(FACTS)
    assert store.facts("latest").state == "finished"


def test_more_than_fits_in_memory_is_written_in_order(store: RunStore) -> None:
    """Several times what may wait, so that adding blocks on the way."""
    with store.begin(FACTS) as writer:
        for number in range(3_000):
            writer.add(number, trial(number))
        writer.finish(FACTS)
    assert [row.case for row in store.rows("r")] == [f"c{number}" for number in range(3_000)]


def test_leaving_by_an_error_keeps_what_was_added_and_says_so(store: RunStore) -> None:
    interrupt(store, trial(0))
    assert store.load("r") == Run(facts=replace(FACTS, state="interrupted"), trials=(trial(0),))
    assert files(store) == [".gitignore", "runs.db"]


def test_a_run_that_is_stopped_by_its_own_limit_keeps_its_reason(store: RunStore) -> None:
    stopped = replace(DONE, state="stopped", stopped_because="the budget of $5 is spent")
    with store.begin(FACTS) as writer:
        writer.finish(stopped)
    assert store.facts("r") == stopped


def test_a_run_goes_on_where_it_was_and_places_are_replaced(store: RunStore) -> None:
    interrupt(store, trial(0), trial(1, text="old"), Skipped(eval="e", case_id="c2", model="m", reason="?"))
    store.save(Run(facts=replace(FACTS, id="other"), trials=()))
    with store.begin(FACTS, replace=True) as writer:
        assert store.ids() == ["r", "other"]
        writer.add(1, trial(1, text="new"))
        writer.add(2, trial(2))
        writer.finish(DONE)
    assert store.load("r") == Run(facts=DONE, trials=(trial(0), trial(1, text="new"), trial(2)))


def test_a_case_that_was_edited_before_its_run_went_on_stands_as_it_was_asked_last(store: RunStore) -> None:
    edited = replace(trial(0), case=replace(trial(0).case, tags=("new",)))
    for result in (trial(0), edited):
        with store.begin(FACTS, replace=True) as writer:
            writer.add(0, result)
            writer.finish(FACTS)
    assert store.load("r").trials == (edited,)


def test_an_id_that_is_taken_is_refused_unless_the_run_goes_on(store: RunStore) -> None:
    store.save(Run(facts=FACTS, trials=()))
    with pytest.raises(InputError, match="there is a run 'r' already"):
        store.begin(FACTS)


def test_a_run_that_somebody_writes_is_not_gone_on_with(store: RunStore) -> None:
    with store.begin(FACTS) as writer:
        with pytest.raises(InputError, match="run 'r' is being written by another process"):
            store.begin(FACTS, replace=True)
        writer.add(0, trial(0))
        writer.finish(DONE)
    assert store.load("r") == Run(facts=DONE, trials=(trial(0),))


def test_what_is_finished_takes_no_more(store: RunStore) -> None:
    with store.begin(FACTS) as writer:
        with pytest.raises(ValueError, match="facts of run x"):
            writer.finish(replace(FACTS, id="x"))
        writer.finish(FACTS)
        with pytest.raises(ValueError, match="run r is finished"):
            writer.add(0, trial(0))


# Several processes.


def child(path: Path, name: str, then: str) -> subprocess.Popen[str]:
    """A process that adds trials until it is killed, or 2,000 of them."""
    code = (
        "import sys\n"
        "from itertools import count\n"
        "from pathlib import Path\n"
        "from snellen.case import Case\n"
        "from snellen.response import Response\n"
        "from snellen.runs.store import RunStore\n"
        "from snellen.trial import RunFacts, Trial\n"
        "path, name, then = Path(sys.argv[1]), sys.argv[2], sys.argv[3]\n"
        "facts = RunFacts(id=name, title='t', started_at='2026', duration_s=0.0, mode='live')\n"
        "writer = RunStore(path).begin(facts)\n"
        "print('begun', flush=True)\n"
        "for number in count() if then == 'for ever' else range(2_000):\n"
        "    case = Case(id=f'c{number}', prompt='?', images=())\n"
        "    response = Response(text='red', body=b'{}')\n"
        "    own = Trial(eval='e', case=case, model='m', prompt='?', outcome='passed', response=response)\n"
        "    writer.add(number, own)\n"
        "writer.finish(facts)\n"
    )
    return subprocess.Popen(  # noqa: S603  # our own Python
        [sys.executable, "-c", code, str(path), name, then],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_write_at_once_and_lose_nothing(store: RunStore) -> None:
    children = [child(store.path, name, "finish") for name in ("a", "b")]
    said = [process.communicate(timeout=60) for process in children]
    assert [(process.returncode, err) for process, (_, err) in zip(children, said, strict=True)] == [(0, ""), (0, "")]
    for name in ("a", "b"):
        assert [row.place for row in store.rows(name)] == list(range(2_000))
        assert store.facts(name).state == "finished"
    assert files(store) == [".gitignore", "runs.db"]


def test_a_killed_writer_leaves_every_committed_row_and_a_run_that_can_go_on(store: RunStore) -> None:
    process = child(store.path, "r", "for ever")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    while not (seen := sum(1 for _ in store.rows("r"))):
        assert process.poll() is None
    assert store.facts("r").state == "running"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    places = [place for place, _ in store.trials("r")]
    assert places == list(range(len(places)))
    assert len(places) >= seen
    assert store.facts("r").state == "interrupted"
    with closing(sqlite3.connect(store.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with store.begin(FACTS, replace=True) as writer:
        writer.add(len(places), trial(len(places)))
        writer.finish(DONE)
    assert store.facts("r") == DONE
    assert sum(1 for _ in store.rows("r")) == len(places) + 1


# Full disks.


def add_until_full(writer: RunWriter, *, most: int = 20_000) -> int:
    """How many trials could be added before the disk was full."""
    noise = os.urandom(2_000).hex()
    for number in range(most):
        try:
            writer.add(number, trial(number, text=noise[number % 1000 :]))
        except StorageError:
            return number
    raise AssertionError("the disk was never full")


def test_a_full_disk_is_said_with_path_and_room_and_what_was_written_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands for the end of a disk: SQLite gets the same short write."""
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import test_writer as here\n"
        "store = here.RunStore(Path(sys.argv[1]))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "writer = store.begin(here.FACTS)\n"
        "writer.add(0, here.trial(0))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, resource.RLIM_INFINITY))\n"
        "here.add_until_full(writer)\n"
        "try:\n"
        "    writer.finish(here.DONE)\n"
        "except here.StorageError as error:\n"
        "    print(error)\n"
    )
    path = tmp_path / "runs.db"
    done = subprocess.run(  # noqa: S603  # our own Python
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"cannot write {path}: ")
    assert done.stdout.endswith(" bytes free)\n")
    store = RunStore(path)
    places = [place for place, _ in store.trials("r")]
    assert places == list(range(len(places)))
    assert places
    assert store.facts("r").state == "interrupted"


def test_a_run_that_cannot_even_begin_is_an_error_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot write .*file/runs\.db"):
        RunStore(tmp_path / "file" / "runs.db").begin(FACTS)


def test_a_table_that_is_gone_is_an_error_and_the_run_is_let_go(store: RunStore) -> None:
    store.save(Run(facts=FACTS, trials=()))
    with closing(sqlite3.connect(store.path)) as database:
        database.execute("DROP TABLE bodies")
    writer = store.begin(replace(FACTS, id="s"))
    writer.add(0, trial(0))
    with pytest.raises(StorageError, match="no such table: bodies"):
        writer.finish(replace(FACTS, id="s"))
    assert files(store) == [".gitignore", "runs.db"]
