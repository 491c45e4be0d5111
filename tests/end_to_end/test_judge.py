"""A judge model in a whole run: from the eval file to the exit code, over a kill, a replay and a session of pytest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from clikit import Cli, MakeProject, entries, finish, kept_run, outcomes, start
from snellen.recordings.file import RecordingStore
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

MODELS = """
[tool.snellen.models.judge]
name = "judge-1"
base_url = "{url}"
retries = 0
"""
EVAL = """
dataset: ../datasets/shapes
scorers:
  - judge:
      model: judge
      criteria: {colour: It names a colour., sure: It sounds sure.}
      need: any
"""
MISSING = ("run", "evals", "--responses", "missing")


def verdict(*, colour: bool = True, sure: bool = False) -> str:
    return json.dumps({"c1": {"reason": "It says red.", "met": colour}, "c2": {"reason": "It hedges.", "met": sure}})


def is_judge(request: FakeRequest) -> bool:
    return request.json["model"] == "judge-1"


def case_of(request: FakeRequest) -> str:
    body = request.body.decode()
    return next(f"c{number}" for number in range(100) if f"number {number}?" in body)


@pytest.fixture
def judged(project: MakeProject):
    """Makes a project whose answers a model judges."""

    def make(endpoint: FakeEndpoint, *, cases: int = 2) -> Path:
        root = project(url=endpoint.base_url, cases=cases)
        with (root / "pyproject.toml").open("a") as file:
            file.write(MODELS.format(url=endpoint.base_url))
        (root / "evals/shapes.eval.yaml").write_text(EVAL)
        return root

    return make


def saying(judge: object) -> FakeEndpoint:
    """An endpoint whose judge says this, a text or a reply, or one for each case."""

    def answer(request: FakeRequest) -> FakeReply | str:
        if not is_judge(request):
            return "It is red."
        return judge[case_of(request)] if isinstance(judge, dict) else judge

    return FakeEndpoint(answer=answer)


BROKEN = FakeReply(status=500)
# what the judge says -> exit code, outcomes of c0 and c1
RUNS = {
    "both-met": (verdict(), 0, ["passed", "passed"]),
    "none-met": (verdict(colour=False), 1, ["failed", "failed"]),
    "one-of-two": ({"c0": verdict(), "c1": verdict(colour=False)}, 1, ["passed", "failed"]),
    "one-could-not-be-judged": ({"c0": verdict(), "c1": BROKEN}, 1, ["passed", "unscored"]),
    "nonsense-for-one": ({"c0": verdict(), "c1": "Well..."}, 1, ["passed", "unscored"]),
    "nobody-could-be-judged": (BROKEN, 3, ["unscored", "unscored"]),
}


@pytest.mark.parametrize(("judge", "code", "became"), RUNS.values(), ids=RUNS)
def test_the_exit_code_of_a_run_that_a_model_judges(judged, snellen: Cli, judge, code: int, became) -> None:
    with saying(judge) as endpoint:
        root = judged(endpoint)
        assert snellen(*MISSING).code == code
    assert list(outcomes(root).values()) == became


def test_a_replay_needs_neither_model(judged, snellen: Cli) -> None:
    with saying(verdict()) as endpoint:
        root = judged(endpoint)
        snellen(*MISSING)
    first = kept_run(root)
    assert snellen("run", "evals").code == 0
    replayed = kept_run(root)
    assert replayed.facts.calls == 0
    assert replayed.facts.models["judge"]["name"] == "judge-1"
    for before, after in zip(first.trials, replayed.trials, strict=True):
        (was,), (now,) = before.scores, after.scores
        assert (was.value, was.explanation, was.evidence) == (now.value, now.explanation, now.evidence)
        assert (was.version, was.options, was.calls[0].text) == (now.version, now.options, now.calls[0].text)
    assert now.explanation == "1 of 2 criteria met; not met: sure"


def test_a_report_shows_the_judges_reasons(judged, snellen: Cli) -> None:
    with saying(verdict()) as endpoint:
        root = judged(endpoint)
        snellen(*MISSING, "--report", "report.html")
    report = (root / "report.html").read_text(encoding="utf-8")
    assert "It says red." in report
    assert "It hedges." in report


def test_a_case_may_name_its_own_judge(judged, snellen: Cli) -> None:
    with saying('{"c1": {"reason": "so", "met": true}}') as endpoint:
        root = judged(endpoint)
        (root / "evals/shapes.eval.yaml").write_text("dataset: ../datasets/shapes\n")
        cases = root / "datasets/shapes/cases.jsonl"
        rows = [json.loads(line) for line in cases.read_text().splitlines()]
        rows[0]["expect"] = ["red", "judge: judge: It names a colour."]
        cases.write_text("\n".join(map(json.dumps, rows)) + "\n")
        assert snellen(*MISSING).code == 0
        assert [case_of(request) for request in endpoint.requests if is_judge(request)] == ["c0"]
    assert [[score.scorer for score in trial.scores] for trial in kept_run(root).trials] == [
        ["keywords", "judge"],
        ["keywords"],
    ]


def test_a_killed_run_asks_no_judge_twice_that_had_answered(judged) -> None:
    """Verdicts take their time; after the kill, those that had arrived are on disk, and so is every answer."""
    cases = 8

    def answer(request: FakeRequest) -> FakeReply:
        text = verdict() if is_judge(request) else "It is red."
        return FakeReply(body=chat_reply(text), delay_s=0.15 if is_judge(request) else 0)

    call = (*MISSING, "--concurrency", "2")
    with FakeEndpoint(answer=answer) as endpoint:
        root = judged(endpoint, cases=cases)
        process = start(*call, cwd=root)
        deadline = time.monotonic() + 30
        while sum(map(is_judge, tuple(endpoint.requests))) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        assert finish(process).code == -signal.SIGKILL
        kept = {(entry.request["model"], entry.case) for entry in entries(root)}
        before = len(endpoint.requests)
        assert finish(start(*call, cwd=root)).code == 0
        asked = Counter((request.json["model"], case_of(request)) for request in endpoint.requests)
        again = {(request.json["model"], case_of(request)) for request in endpoint.requests[before:]}
    assert [case for model, case in kept if model == "judge-1"]
    assert not kept & again
    assert set(asked) == {(model, f"c{number}") for model in ("fake-vlm", "judge-1") for number in range(cases)}
    assert sum(asked.values()) - 2 * cases <= 2 + 2  # what was on its way to either model when the process died


def test_workers_of_pytest_share_what_a_judge_says(judged) -> None:
    with saying(verdict()) as endpoint:
        root = judged(endpoint, cases=6)
        call = [sys.executable, "-m", "pytest", "evals", "-q", "-p", "no:cacheprovider", "--eval-responses", "missing"]
        for more in (["-n", "2"], []):
            done = subprocess.run([*call, *more], cwd=root, env=os.environ, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
            assert (done.returncode, "6 passed" in done.stdout) == (0, True), done.stdout + done.stderr
        asked = Counter((request.json["model"], case_of(request)) for request in endpoint.requests)
    assert asked == {(model, f"c{number}"): 1 for model in ("fake-vlm", "judge-1") for number in range(6)}


def test_pruning_keeps_what_judges_said_while_a_replay_asks_for_it(judged, snellen: Cli) -> None:
    with saying(verdict()) as endpoint:
        root = judged(endpoint)
        snellen(*MISSING)
        assert "0 recordings removed" in snellen("recordings", "prune", "evals").out
        (root / "evals/shapes.eval.yaml").write_text(EVAL.replace("It sounds sure.", "It is short."))
        snellen(*MISSING)
        assert len(entries(root)) == 2 + 2 + 2
        assert "2 recordings removed" in snellen("recordings", "prune", "evals").out
    assert snellen("run", "evals").code == 0
    assert len(entries(root)) == 2 + 2


def test_pruning_for_one_model_removes_no_verdict_on_another(judged, snellen: Cli) -> None:
    """Nor the answers of a model that is judge here and judged there, which lie in one file with its verdicts."""
    with saying(verdict()) as endpoint:
        root = judged(endpoint)
        snellen(*MISSING)
        snellen(*MISSING, "--model", "judge")
    for models in ((), ("--model", "judge"), ("--model", "fake,judge")):
        assert "0 recordings removed" in snellen("recordings", "prune", "evals", *models).out
    assert len(entries(root)) == 2 + 2 + 2 + 2


def test_recordings_are_listed_with_what_judges_said(judged, snellen: Cli) -> None:
    with saying(verdict()) as endpoint:
        judged(endpoint)
        snellen(*MISSING)
    listed = snellen("recordings", "show").out
    assert listed.count("It says red.") == 2
    assert "4 responses" in listed


def test_a_judge_that_nobody_recorded_is_named_on_the_terminal(judged, snellen: Cli) -> None:
    with saying(verdict()) as endpoint:
        root = judged(endpoint)
        snellen(*MISSING)
    RecordingStore(root / "evals/recordings").file(eval="shapes", model="judge").unlink()
    done = snellen("run", "evals")
    assert done.code == 3
    assert set(outcomes(root).values()) == {"unscored"}
    assert "evals/recordings/shapes/judge.jsonl holds no reply" in done.out + done.err


def test_a_run_is_judged_again_by_what_its_judge_had_said(judged, snellen: Cli):
    with saying({"c0": verdict(), "c1": verdict(colour=False)}) as endpoint:
        root = judged(endpoint)
        assert snellen(*MISSING).code == 1
        asked = len(endpoint.requests)
        again = snellen("rescore")
        assert again.code == 0, again.out
        assert "2 responses of run" in again.out
        assert "0 verdicts flipped" in again.out
        (root / "evals/recordings/shapes/judge.jsonl").unlink()
        lost = snellen("rescore")
    assert lost.code == 1
    assert "passed → unscored  shapes[c0-fake]" in lost.out
    assert "failed → unscored 1, passed → unscored 1" in lost.out
    assert len(endpoint.requests) == asked
