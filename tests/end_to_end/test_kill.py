"""What is left when a run is killed, and when two runs use one project at once."""

from __future__ import annotations

import random
import re
import signal
import time
from collections import Counter
from pathlib import Path

from clikit import entries, finish, kept_run, start
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

_CASES = 20
_IN_FLIGHT = 4
_DELAY_S = 0.1
_CALL = ("run", "evals", "--responses", "missing", "--concurrency", str(_IN_FLIGHT))


def case_of(request: FakeRequest) -> str:
    found = re.search(r"number (\d+)", request.body.decode())
    assert found
    return f"c{found[1]}"


def slow_endpoint() -> FakeEndpoint:
    return FakeEndpoint(FakeReply(body=chat_reply("It is red."), delay_s=_DELAY_S))


def wait_for_requests(endpoint: FakeEndpoint, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(endpoint.requests) < count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(endpoint.requests) >= count


def assert_folded(root: Path) -> None:
    """One sorted file, no journal and no half of a file beside it."""
    folder = root / "evals/recordings/shapes"
    assert [file.name for file in folder.iterdir()] == ["fake.jsonl"]
    found = entries(root)
    assert [entry.case for entry in found] == sorted(f"c{number}" for number in range(_CASES))
    assert len({entry.fingerprint for entry in found}) == _CASES


def test_a_killed_run_goes_on_where_it_was_and_asks_nothing_twice_that_was_answered(project) -> None:
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it when the test fails
    moments = random.Random(seed)  # noqa: S311  # chooses moments
    kept: list[set[str]] = []  # cases on disk after each kill
    asked_before = [0]
    with slow_endpoint() as endpoint:
        root = project(url=endpoint.base_url, cases=_CASES)
        for _ in range(3):
            process = start(*_CALL, cwd=root)
            wait_for_requests(endpoint, asked_before[-1] + 1)
            time.sleep(moments.uniform(0, 2 * _DELAY_S))
            process.kill()
            assert finish(process).code == -signal.SIGKILL
            kept.append({entry.case for entry in entries(root)})
            asked_before.append(len(endpoint.requests))
        result = finish(start(*_CALL, cwd=root))
        assert (result.code, len(kept_run(root).trials)) == (0, _CASES)
        ledger = [case_of(request) for request in endpoint.requests]
        assert_folded(root)
        assert finish(start(*_CALL, cwd=root)).code == 0
        assert len(endpoint.requests) == len(ledger)
    for before, known in zip(asked_before[1:], kept, strict=True):
        assert not known & set(ledger[before:])
    again = sum(Counter(ledger).values()) - _CASES
    assert again <= 3 * _IN_FLIGHT  # what was on its way when the process died, and nothing else
    assert set(ledger) == {f"c{number}" for number in range(_CASES)}
    assert kept[0] <= kept[1] <= kept[2]


def test_a_kill_right_after_an_answer_leaves_it_recorded(project) -> None:
    """The first answer is at once, the second never comes: when that is asked for, the first is on disk."""

    def answer(_: FakeRequest) -> FakeReply:
        return FakeReply(body=chat_reply("It is red."), delay_s=0 if len(endpoint.requests) == 1 else 60)

    with FakeEndpoint(answer=answer) as endpoint:
        root = project(url=endpoint.base_url, cases=2)
        process = start("run", "evals", "--responses", "missing", "--concurrency", "1", cwd=root)
        wait_for_requests(endpoint, 2)
        process.kill()
        finish(process)
        first = case_of(endpoint.requests[0])
    assert [entry.case for entry in entries(root)] == [first]


def test_two_runs_at_once_record_every_case_and_lose_none(project) -> None:
    with slow_endpoint() as endpoint:
        root = project(url=endpoint.base_url, cases=_CASES)
        results = [finish(process) for process in [start(*_CALL, cwd=root) for _ in range(2)]]
        assert [(result.code, result.err) for result in results] == [(0, ""), (0, "")]
        assert_folded(root)
        asked = Counter(map(case_of, endpoint.requests))
        assert set(asked) == {f"c{number}" for number in range(_CASES)}
        assert max(asked.values()) <= 2
    store = RunStore(root / ".snellen" / "runs.db")
    assert [len(store.load(name).trials) for name in store.ids()] == [_CASES, _CASES]
    assert finish(start("run", "evals", cwd=root)).code == 0


def test_two_runs_of_different_cases_write_one_file(project) -> None:
    halves = [",".join(f"c{number}" for number in range(_CASES) if number % 2 == half) for half in (0, 1)]
    with slow_endpoint() as endpoint:
        root = project(url=endpoint.base_url, cases=_CASES)
        (root / "evals/shapes.eval.yaml").unlink()
        cases = '@snellen.cases("../datasets/shapes", only=os.environ["HALF"].split(","))'
        text = f"import os\nimport snellen\n\n{cases}\ndef eval_it(case, response): ...\n"
        (root / "evals/eval_shapes.py").write_text(text)
        processes = [start(*_CALL, cwd=root, environ={"HALF": half}) for half in halves]
        assert [finish(process).code for process in processes] == [0, 0]
        assert len(endpoint.requests) == _CASES
    assert_folded(root)
