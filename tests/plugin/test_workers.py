"""Sessions that are spread over processes: the same results, every question asked once, nothing lost."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from evalkit import make_project
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint, FakeRequest
from snellen.trial import Run

_TWO, _FOUR = ("-n", "2"), ("-n", "4")
_LOADSCOPE, _WORKSTEAL, _EACH = ((*_TWO, "--dist", how) for how in ("loadscope", "worksteal", "each"))
_ASKING = (
    (_TWO, "missing"),
    (_TWO, "refresh"),
    (_TWO, "live"),
    (_FOUR, "live"),
    (_LOADSCOPE, "refresh"),
    (_WORKSTEAL, "missing"),
)


def _answer(request: FakeRequest) -> str:
    """Every third case is answered wrongly."""
    text = request.body.decode()
    wrong = any(f"number {number}?" in text for number in range(0, 30, 3))
    return "It is blue." if wrong else "It is red."


def _latest(root: Path) -> Run:
    return RunStore(root / ".snellen" / "runs.db").load("latest")


def _judged(root: Path) -> list[tuple[str, str, str | None]]:
    trials = _latest(root).trials
    return [(one.label, one.outcome, one.response.text if one.response else None) for one in trials]


def _recorded(root: Path) -> list[tuple[str, str]]:
    lines = (root / "evals/recordings/shapes/fake.jsonl").read_text().splitlines()
    return [(entry["case"], entry["fingerprint"]) for entry in map(json.loads, lines)]


@pytest.mark.parametrize(("spread", "mode"), _ASKING, ids=[f"{' '.join(spread)} {mode}" for spread, mode in _ASKING])
def test_workers_ask_each_question_once_and_find_what_one_process_finds(
    pytester: pytest.Pytester, tmp_path: Path, spread: tuple[str, ...], mode: str
) -> None:
    with FakeEndpoint(answer=_answer) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=12)
        result = pytester.runpytest_subprocess("evals", f"--eval-responses={mode}", *spread)
        result.assert_outcomes(passed=8, failed=4)
        asked = Counter(request.body for request in endpoint.requests)
        assert (len(asked), set(asked.values())) == (12, {1})
        assert _judged(root) == [
            (f"c{n}-fake", "passed" if n % 3 else "failed", "It is red." if n % 3 else "It is blue.") for n in range(12)
        ]
        facts = _latest(root).facts
        assert (facts.calls, facts.state, facts.mode) == (12, "finished", mode)
        assert list((root / ".snellen" / "journals").iterdir()) == []
        if mode != "live":
            assert [case for case, _ in _recorded(root)] == sorted(f"c{n}" for n in range(12))


@pytest.mark.parametrize("spread", [_TWO, _LOADSCOPE, _EACH], ids=" ".join)
def test_a_spread_replay_is_that_of_one_process(pytester: pytest.Pytester, spread: tuple[str, ...]) -> None:
    with FakeEndpoint(answer=_answer) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=6)
        pytester.runpytest("evals", "--eval-responses=missing").assert_outcomes(passed=4, failed=2)
        alone = _judged(root)
    each = 2 if "each" in spread else 1
    result = pytester.runpytest_subprocess("evals", *spread)
    result.assert_outcomes(passed=4 * each, failed=2 * each)
    result.stdout.fnmatch_lines(["fake *4*2*0*0*"])
    assert _judged(root) == alone


def test_cost_is_the_sum_over_the_workers(pytester: pytest.Pytester) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=6)
        price = "price = { input = 2.0, output = 8.0 }\n"
        text = (root / "pyproject.toml").read_text()
        (root / "pyproject.toml").write_text(text.replace('name = "fake-vlm"\n', f'name = "fake-vlm"\n{price}'))
        for spread in ((), ("-n", "2")):
            pytester.runpytest_subprocess("evals", "--eval-responses=live", *spread).assert_outcomes(passed=6)
    store = RunStore(root / ".snellen" / "runs.db")
    spread_usd, alone_usd = (run.facts.spent_usd for run in store.runs())
    assert spread_usd == alone_usd
    assert alone_usd


def test_workers_share_a_limit_of_calls_and_never_overrun_it(pytester: pytest.Pytester) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=12)
        call = ("evals", "--eval-responses=missing", "--eval-max-calls=5", "-n", "2")
        result = pytester.runpytest_subprocess(*call)
        assert len(endpoint.requests) == 5
        result.stdout.fnmatch_lines(["*Stopped: --eval-max-calls * is reached. The same command goes on*"])
    facts = _latest(root).facts
    assert (facts.state, facts.calls) == ("stopped", 5)


def test_a_worker_that_crashes_loses_nobody_elses_results(pytester: pytest.Pytester) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=8)
        (root / "evals" / "shapes.eval.yaml").unlink()
        text = "import os\nimport snellen\n\n@snellen.cases('../datasets/shapes')\ndef eval_it(case, response):\n"
        (root / "evals" / "eval_it.py").write_text(text + "    if case.id == 'c3':\n        os._exit(1)\n")
        result = pytester.runpytest_subprocess("evals", "--eval-responses=missing", "-n", "2")
        result.assert_outcomes(passed=7, failed=1)
        asked = Counter(request.body for request in endpoint.requests)
    assert len(asked) == 8
    assert max(asked.values()) <= 2  # what the worker had in flight is asked again, by the other one
    assert [label for label, _, _ in _judged(root)] == [f"c{number}-fake" for number in range(8) if number != 3]


def test_x_ends_all_workers_and_the_next_session_begins_anew(pytester: pytest.Pytester) -> None:
    with FakeEndpoint("It is blue.") as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=12)
        pytester.runpytest_subprocess("evals", "--eval-responses=live", "-x", "-n", "2")
        facts = _latest(root).facts
        assert (facts.state, facts.stopped_because) == ("stopped", "stopping after 1 failures")
        assert list((root / ".snellen" / "journals").iterdir()) == []
        assert facts.calls == len(endpoint.requests)


def test_a_model_that_cannot_be_asked_is_an_error_of_every_item_and_no_crash(pytester: pytest.Pytester) -> None:
    make_project(pytester.path)
    result = pytester.runpytest_subprocess("evals", "--eval-responses=live", "--eval-model=gpt-5.1", "-n", "2")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*OPENAI_API_KEY is not set*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
