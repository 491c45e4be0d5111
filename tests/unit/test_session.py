"""`snellen.run()`: the same run from a notebook or a program."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import snellen
from clikit import entries, kept_run
from evalkit import answering, make_project
from snellen.errors import ConfigError, InputError
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_asks_judges_and_keeps_the_run(root: Path) -> None:
    with answering() as endpoint:
        make_project(root, url=endpoint.base_url)
        result = snellen.run("evals", models="fake", responses="missing", concurrency=1, report="r.html")
        assert len(endpoint.requests) == 2
    assert isinstance(result, snellen.RunResult)
    assert (result.exit_code, result.notes) == (0, ())
    assert [trial.outcome for trial in result.run.trials] == ["passed", "passed"]
    assert kept_run(root) == result.run
    assert "What colour is number 1?" in (root / "r.html").read_text()


def test_evals_is_where_it_looks_and_recorded_is_how(root: Path) -> None:
    make_project(root)
    result = snellen.run()
    assert (result.exit_code, result.run.facts.mode) == (3, "recorded")


def test_it_prints_as_the_table_of_models(root: Path) -> None:
    with FakeEndpoint("It is red.", "It is blue.") as endpoint:
        make_project(root, url=endpoint.base_url)
        result = snellen.run(Path("evals"), responses="live", concurrency=1)
    heading, row = str(result).splitlines()
    assert heading.split()[:5] == ["model", "passed", "failed", "unscored", "error"]
    assert row.split()[:6] == ["fake", "1", "1", "0", "0", "50%"]
    assert result.summary.models[0].totals.accuracy is not None


def test_it_prints_what_came_of_gates_and_marked_cases(root: Path) -> None:
    with FakeEndpoint("It is red.", "It is blue.") as endpoint:
        make_project(root, url=endpoint.base_url)
        file = root / "datasets/shapes/cases.jsonl"
        first, second = file.read_text().splitlines()
        file.write_text(f'{first}\n{second[:-1]}, "flaky": true}}\n')
        result = snellen.run("evals", responses="live", concurrency=1, gates=["accuracy >= 90%", "failed >= 1"])
    lines = str(result).splitlines()[2:]
    assert lines[0].startswith("flaky         1 trial: 1 wrong; ")
    assert lines[1] == "              wrong now: shapes[c1-fake]"
    assert lines[2].startswith("gate held     accuracy >= 90%  fake: 100.0% of 1 case (")
    assert lines[3].startswith("GATE FAILED   failed >= 1  fake: 0 of 1 responses; 1 marked case left out")


def test_the_metrics_of_its_evals_are_there_as_values_and_in_print(root: Path) -> None:
    with answering() as endpoint:
        make_project(root, url=endpoint.base_url)
        (root / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\nmetrics: [accuracy]\n")
        result = snellen.run(root / "evals", responses="live")
    (accuracy,) = result.metrics
    assert (accuracy.name, accuracy.model, accuracy.value, accuracy.n) == ("accuracy", "fake", 1.0, 2)
    assert result.metrics == kept_run(root).facts.metrics
    assert str(result).splitlines()[-1].split()[:4] == ["accuracy", "fake", "100.0", "%"]


def test_a_notebook_shows_pictures_beside_answers_and_runs_nothing(root: Path) -> None:
    with FakeEndpoint("red <script>alert(1)</script> & <img src=x onerror=alert(2)>") as endpoint:
        make_project(root, url=endpoint.base_url, cases=1)
        page = snellen.run("evals", responses="live")._repr_html_()
    assert "<img" in page
    assert "data:image/" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x onerror=alert(2)&gt;" in page
    assert "<script>alert" not in page


def test_the_report_can_be_written_later(root: Path) -> None:
    with answering() as endpoint:
        make_project(root, url=endpoint.base_url)
        result = snellen.run("evals", responses="live")
    written = result.report("later/r.html")
    assert (written.path, written.size_bytes) == (Path("later/r.html"), (root / "later/r.html").stat().st_size)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"responses": "lvie"},
            "responses mode 'lvie' is none of recorded, missing, refresh, live\n  Did you mean 'live'?",
        ),
        ({"models": "gpt-5.1", "responses": "live"}, "OPENAI_API_KEY is not set"),
        ({"concurrency": 0}, "concurrency 0 is not a positive number"),
    ],
    ids=["mode", "key", "concurrency"],
)
def test_what_cannot_be_used_is_an_error(root: Path, arguments: dict[str, object], said: str) -> None:
    make_project(root)
    with pytest.raises(ConfigError) as caught:
        snellen.run("evals", **arguments)  # type: ignore[arg-type]  # as a user would give them
    assert said in str(caught.value)


def test_no_evals_is_an_error(root: Path) -> None:
    with pytest.raises(InputError, match="evals does not exist"):
        snellen.run()


_CELL = """
import asyncio, snellen

async def cell():
    snellen.run("evals", responses="missing", concurrency=1)

asyncio.new_event_loop().run_until_complete(cell())
"""


def test_a_notebooks_stop_button_ends_the_run_and_keeps_what_was_answered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button is an interrupt, in a process of its own here because this one is pytest's."""

    def answer(_: FakeRequest) -> FakeReply:
        return FakeReply(body=chat_reply("It is red."), delay_s=0 if len(endpoint.requests) == 1 else 60)

    monkeypatch.setenv("SNELLEN_GRACE_S", "0.1")
    with FakeEndpoint(answer=answer) as endpoint:
        make_project(root, url=endpoint.base_url, cases=3)
        with subprocess.Popen([sys.executable, "-c", _CELL], stderr=subprocess.PIPE, text=True) as notebook:  # noqa: S603
            deadline = time.monotonic() + 30
            while len(endpoint.requests) < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            notebook.send_signal(signal.SIGINT)
            _, err = notebook.communicate(timeout=30)
        assert len(endpoint.requests) == 2
    assert err.splitlines()[-1] == "KeyboardInterrupt"
    assert len(entries(root)) == 1


@pytest.mark.asyncio
async def test_it_runs_in_a_notebook_whose_loop_is_running(root: Path) -> None:
    """Jupyter calls a cell from inside of its own event loop."""
    with answering() as endpoint:
        make_project(root, url=endpoint.base_url)
        assert snellen.run("evals", responses="live").exit_code == 0
