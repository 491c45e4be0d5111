"""What waits in batches is known without asking a server, and costs nothing to know where there are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchkit import BatchServer
from evalkit import make_project
from snellen.errors import InputError
from snellen.images.digest import DigestCache
from snellen.runner.batch import cancel, submit
from snellen.runner.batch_collect import collect
from snellen.runner.batch_state import Batches, pending_in_batches
from snellen.runner.evals import Eval
from snellen.runner.load import load_evals
from snellen.runner.plan import plan, prepare
from snellen.runner.settings import Settings, load_settings

Project = tuple[list[Eval], Settings]


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Project]:
    """The evals and settings of a project of two cases whose model is at this address."""

    def make(url: str) -> Project:
        make_project(tmp_path, url=url, cases=2)
        settings = load_settings(tmp_path, environ={}, mode="missing")
        return load_evals([tmp_path / "evals"], settings), settings

    return make


def fingerprints(project: Project) -> list[str]:
    evals, settings = project
    cache = DigestCache(None)
    return [prepare(job, cache=cache, pinned={}).fingerprint for job in plan(evals, settings)]


def test_what_is_submitted_waits_until_it_is_collected(made: Callable[[str], Project]) -> None:
    with BatchServer() as server:
        evals, settings = project = made(server.base_url)
        submit(evals, settings)
        pending = pending_in_batches(settings)
        assert [name in pending for name in (*fingerprints(project), "0" * 64)] == [True, True, False]
        assert (len(pending), pending.batches) == (2, (Batches(settings.state).all()[0].id,))
        collect(settings)
        after = pending_in_batches(settings)
        assert (len(after), after.batches) == (0, ())


def test_a_dry_run_and_answers_that_were_given_up_wait_for_nothing(made: Callable[[str], Project]) -> None:
    with BatchServer() as server:
        evals, settings = made(server.base_url)
        submit(evals, settings, is_dry=True)
        assert pending_in_batches(settings).batches == ()
        submit(evals, settings)
        (sent,) = (submission for submission in Batches(settings.state).all() if not submission.is_dry)
        cancel(sent.id, settings, forget=True)
        assert len(pending_in_batches(settings)) == 0


def test_where_nothing_was_submitted_one_look_is_all(
    made: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, settings = made("http://127.0.0.1:9/v1")
    looks: list[Path] = []
    stat = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path, **how: (looks.append(path), stat(path, **how))[1])
    monkeypatch.setattr(Path, "iterdir", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert len(pending_in_batches(settings)) == 0
    assert looks == [settings.state / "batches"]


def test_a_batch_whose_state_is_damaged_is_named(made: Callable[[str], Project]) -> None:
    with BatchServer() as server:
        evals, settings = made(server.base_url)
        submit(evals, settings)
    (state,) = (settings.state / "batches").glob("*/state.json")
    state.write_text("{")
    with pytest.raises(InputError, match=r"state\.json: is damaged"):
        pending_in_batches(settings)
