"""What the command says to the shell, for every way a run can end."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clikit import Cli, entries, finish, kept_run, start
from evalkit import answering
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

_CASES = Path("datasets/shapes/cases.jsonl")
_LIVE = ("run", "evals", "--responses", "live")


def wrong_for(number: int, reply: FakeReply | str) -> Callable[[FakeRequest], FakeReply | str]:
    """Answers right, but this way for one case."""
    return lambda request: reply if f"number {number}" in request.body.decode() else "It is red."


def error(status: int, words: str) -> FakeReply:
    return FakeReply(status=status, body={"error": {"message": words}})


def blue_and_broken(request: FakeRequest) -> FakeReply | str:
    return FakeReply(status=500) if "number 1" in request.body.decode() else "It is blue."


RUNS = {
    "all-right": ("It is red.", 0, ["passed", "passed"]),
    "one-wrong": (wrong_for(1, "It is blue."), 1, ["failed", "passed"]),
    "all-wrong": ("It is blue.", 1, ["failed", "failed"]),
    "a-refusal-is-judged": (FakeReply(body=chat_reply(None, refusal="I won't.")), 1, ["failed", "failed"]),
    "filtered-is-judged": (FakeReply(body=chat_reply("", finish_reason="content_filter")), 1, ["failed", "failed"]),
    "cut-off-but-right": (FakeReply(body=chat_reply("red and", finish_reason="length")), 0, ["passed", "passed"]),
    "one-not-answered": (wrong_for(1, error(400, "no such picture")), 3, ["error", "passed"]),
    "one-wrong-one-not-answered": (blue_and_broken, 3, ["error", "failed"]),
    "none-answered": (error(400, "no such picture"), 3, ["error", "error"]),
    "html": (FakeReply(body="<html>Welcome</html>"), 3, ["error", "error"]),
    "an-error-in-a-200": (FakeReply(body={"error": {"message": "overloaded"}}), 3, ["error", "error"]),
    "no-choices": (FakeReply(body={**chat_reply("red"), "choices": []}), 3, ["error", "error"]),
    "wrong-key": (error(401, "Incorrect API key"), 2, ["error", "error"]),
    "wrong-key-for-one": (wrong_for(1, error(401, "Incorrect API key")), 2, ["error", "passed"]),
}


@pytest.mark.parametrize(("answer", "code", "became"), RUNS.values(), ids=RUNS)
def test_a_live_run(project, snellen: Cli, answer, code, became) -> None:
    replies = {"answer": answer} if callable(answer) else {}
    with FakeEndpoint(*([] if replies else [answer]), **replies) as endpoint:
        root = project(url=endpoint.base_url)
        pyproject = root / "pyproject.toml"
        pyproject.write_text(pyproject.read_text().replace("name =", "retries = 0\nname =", 1))
        result = snellen(*_LIVE)
    assert (result.code, sorted(trial.outcome for trial in kept_run(root).trials)) == (code, became)
    assert "Traceback" not in result.out + result.err


def test_a_wrong_key_is_tried_once_and_nothing_more_is_asked(project, snellen: Cli) -> None:
    with FakeEndpoint(error(401, "Incorrect API key")) as endpoint:
        project(url=endpoint.base_url, cases=12)
        result = snellen(*_LIVE, "--concurrency", "1")
        assert (result.code, len(endpoint.requests)) == (2, 1)
    assert "NOT ASKED 11 trials: because fake cannot be asked: fake-vlm at" in result.out


def test_answers_that_nothing_judges_are_no_success(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=2)
        first, second = (root / _CASES).read_text().splitlines()
        unjudged = second.replace(', "expect": ["red"]', "")
        (root / _CASES).write_text(f"{first}\n{unjudged}\n")
        result = snellen(*_LIVE)
        assert (result.code, [trial.outcome for trial in kept_run(root).trials]) == (1, ["passed", "unscored"])
        (root / _CASES).write_text(unjudged)
        result = snellen(*_LIVE)
    assert result.code == 3
    assert "Nothing was scored: 1 trial, 0 skipped cases." in result.out


def test_a_miss_is_3(project, snellen: Cli) -> None:
    project()
    result = snellen("run", "evals")
    assert result.code == 3
    assert "Nothing was scored: 2 trials, 0 skipped cases." in result.out


def test_skipped_cases_alone_are_3(project, snellen: Cli) -> None:
    root = project()
    row = {"id": "far", "images": "http://127.0.0.1:9/x.png", "prompt": "What?", "expect": ["a"], "live": True}
    (root / _CASES).write_text(json.dumps(row))
    result = snellen("run", "evals")
    assert result.code == 3
    assert "SKIPPED  shapes[far-fake]  needs the network and has no recording" in result.out
    assert "Nothing was scored: 0 trials, 1 skipped case." in result.out


def without_pictures(root: Path) -> None:
    (root / "datasets/shapes/images/0.png").unlink()


def with_broken_row(root: Path) -> None:
    (root / _CASES).write_text('{"id": "a", "promt": "x"}\n')


def with_broken_eval(root: Path) -> None:
    (root / "evals/shapes.eval.yaml").write_text("datset: ../datasets/shapes\n")


def with_broken_python(root: Path) -> None:
    (root / "evals/eval_x.py").write_text("import snellen\nsnellen.cases(\n")


def unchanged(root: Path) -> None:
    pass


REFUSED = {
    "unknown-mode": (("run", "evals", "--responses", "recordde"), unchanged, "'recordde' is none of recorded, missing"),
    "unknown-flag": (("run", "evals", "--modle", "x"), unchanged, "No such option: --modle"),
    "unknown-command": (("rnu",), unchanged, "No such command 'rnu'"),
    "no-such-path": (("run", "evlas"), unchanged, "evlas does not exist"),
    "no-eval-there": (("run", "datasets"), unchanged, "datasets holds no eval"),
    "not-an-eval": (("run", "pyproject.toml"), unchanged, "pyproject.toml is no eval file"),
    "no-concurrency": (("run", "evals", "--concurrency", "0"), unchanged, "concurrency"),
    "no-key": ((*_LIVE, "-m", "gpt-5.1"), unchanged, "OPENAI_API_KEY is not set"),
    "bad-row": (_LIVE, with_broken_row, "cases.jsonl:1: case 'a': "),
    "bad-eval": (_LIVE, with_broken_eval, "shapes.eval.yaml:1: unknown key 'datset'"),
    "bad-python": (_LIVE, with_broken_python, "eval_x.py:2: SyntaxError"),
    "no-picture": (_LIVE, without_pictures, "cases.jsonl:1: case 'c0': "),
    "no-such-run": (("report", "2020"), unchanged, "there is no run"),
    "no-recordings": (("recordings", "show"), unchanged, "there is no recordings folder"),
    "not-empty": (("init", "evals"), unchanged, "evals is not empty"),
    "no-such-dataset": (("datasets", "check", "datasets/x"), unchanged, "datasets/x"),
}


@pytest.mark.parametrize(("call", "change", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_2_and_nothing_is_sent(project, snellen: Cli, call, change, said) -> None:
    with answering() as endpoint:
        change(project(url=endpoint.base_url))
        result = snellen(*call)
        assert (result.code, len(endpoint.requests)) == (2, 0)
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_damaged_recording_is_2_and_is_never_recorded_over(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing")
        file = root / "evals/recordings/shapes/fake.jsonl"
        damaged = file.read_text().replace('"fingerprint"', '"fingerprnt"', 1)
        file.write_text(damaged)
        for mode in ("recorded", "missing"):
            result = snellen("run", "evals", "--responses", mode)
            assert (result.code, file.read_text()) == (2, damaged)
            assert "evals/recordings/shapes/fake.jsonl:1: this line is not a whole entry" in result.err
        assert len(endpoint.requests) == 2


# Where a file stands in the place of a folder, root cannot write either.


def test_recordings_that_cannot_be_written_are_74_before_anything_is_paid(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=12)
        (root / "evals/recordings").write_text("in the way")
        result = snellen("run", "evals", "--responses", "missing")
        assert (result.code, len(endpoint.requests)) == (74, 0)
    assert f"cannot write {root}/evals/recordings/shapes/fake.jsonl.journal" in result.err
    assert "bytes free" in result.err


def test_a_run_store_that_cannot_be_written_is_74_before_anything_is_paid(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / ".snellen").write_text("in the way")
        result = snellen("run", "evals", "--responses", "missing")
        assert (result.code, len(endpoint.requests)) == (74, 0)
    assert f"cannot write {root}/.snellen" in result.err


def test_a_replay_in_a_checkout_that_cannot_be_written_is_judged_all_the_same(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing")
    shutil.rmtree(root / ".snellen")
    (root / ".snellen").write_text("in the way")
    result = snellen("run", "evals")
    assert result.code == 0
    assert "This replay is not in the run store: cannot write" in result.out


def test_a_report_that_cannot_be_written_is_74_and_keeps_the_run(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        result = snellen(*_LIVE, "--report", "pyproject.toml/report.html")
    assert (result.code, len(kept_run(root).trials)) == (74, 2)
    assert "cannot write pyproject.toml/report.html" in result.err


def test_a_disk_without_room_for_the_run_store_is_74_before_anything_is_paid(project) -> None:
    """A limit on the size of files says the same as a disk without room, and needs no right to mount one."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=9)
        call = ("run", "evals", "--responses", "missing", "--concurrency", "1")
        result = finish(start(*call, cwd=root, environ={"PYTHONDONTWRITEBYTECODE": "1"}, before_exec=limit))
        assert (result.code, "cannot write" in result.err, "Traceback" in result.err) == (74, True, False)
        assert endpoint.requests == []
        result = finish(start(*call, cwd=root))
        assert (result.code, len(entries(root)), len(endpoint.requests)) == (0, 9, 9)


def is_stuck(endpoint: FakeEndpoint, journal: Path) -> bool:
    """Three answers are on disk, and the next two questions are on their way."""
    return len(endpoint.requests) == 5 and journal.exists() and journal.read_bytes().count(b"\n") == 3


def test_ctrl_c_is_130_and_keeps_what_was_answered(project) -> None:
    def answer(request: FakeRequest) -> FakeReply:
        number = int(request.body.decode().partition("number ")[2][0])
        return FakeReply(body=chat_reply("It is red."), delay_s=0 if number < 3 else 60)

    with FakeEndpoint(answer=answer) as endpoint:
        root = project(url=endpoint.base_url, cases=9)
        call = ("run", "evals", "--responses", "missing", "--concurrency", "2")
        process = start(*call, cwd=root, environ={"SNELLEN_GRACE_S": "0.2"})
        journal = root / "evals/recordings/shapes/fake.jsonl.journal"
        deadline = time.monotonic() + 60
        while not is_stuck(endpoint, journal) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert is_stuck(endpoint, journal)
        process.send_signal(signal.SIGINT)
        result = finish(process)
    waiting = "Waiting up to 0.2 s for 2 under way; interrupt again to end at once."
    assert (result.code, result.err.splitlines()) == (130, [waiting, "snellen: interrupted"])
    assert (
        "The run was interrupted: 5 of 9 trials done. What was answered is kept. To go on: snellen run evals"
        in result.out
    )
    assert not journal.exists()
    assert sorted(entry.case for entry in entries(root)) == ["c0", "c1", "c2"]


def test_a_reader_that_goes_away_early_is_no_fault(project) -> None:
    root = project()
    with start("models", cwd=root) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.wait(timeout=30)
        assert process.stderr.read() == ""


def test_a_report_that_is_a_folder_is_2_before_anything_is_asked(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / "reports").mkdir(exist_ok=True)
        result = snellen(*_LIVE, "--report", "reports")
        assert (result.code, len(endpoint.requests)) == (2, 0)
    assert "--report reports is a folder" in result.err
