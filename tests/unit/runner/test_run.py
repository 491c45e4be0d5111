"""One run from evals to trials: order, facts, and what a function of the eval may do."""

from __future__ import annotations

import platform
import re
from importlib.metadata import version

from evalkit import answering
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.session import run_and_keep
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply
from snellen.trial import Trial


def label(result: object) -> str:
    assert isinstance(result, Trial)
    return result.label


def test_trials_keep_the_order_of_the_plan_however_they_are_answered(make_jobs) -> None:
    def answer(request: FakeRequest) -> FakeReply:
        number = int(re.findall(r"number (\d+)", request.body.decode())[0])
        return FakeReply(body=chat_reply("red"), delay_s=0.02 * (5 - number))

    with FakeEndpoint(answer=answer) as endpoint:
        settings, _ = make_jobs(endpoint.base_url, cases=5)
        seen: list[str] = []
        evals = load_evals([settings.root / "evals"], settings)
        run = run_and_keep(evals, settings, on_result=lambda result: seen.append(label(result))).run
    assert [trial.label for trial in run.trials] == [f"c{number}-fake" for number in range(5)]
    assert sorted(seen) == [f"c{number}-fake" for number in range(5)]
    assert seen != sorted(seen)


def test_facts_say_what_a_reader_must_know(make_jobs) -> None:
    with answering() as endpoint:
        settings, _ = make_jobs(endpoint.base_url, mode="live")
        pyproject = settings.root / "pyproject.toml"
        pyproject.write_text(pyproject.read_text().replace("name =", 'note = "a fake"\nname ='))
        settings = load_settings(settings.root, environ={}, mode="live")
        starts: list[int] = []
        run = run_and_keep(
            load_evals([settings.root / "evals"], settings), settings, on_start=lambda total, _: starts.append(total)
        ).run
    facts = run.facts
    assert (facts.mode, facts.title, facts.model_notes, starts) == ("live", "shapes", {"fake": "a fake"}, [2])
    packages = {name: version(name) for name in ("snellen", "openai", "pillow", "pytest")}
    machine = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    assert facts.versions == {**machine, **packages}
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", facts.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", facts.started_at)
    assert 0 <= facts.duration_s < 60


def test_a_function_that_wants_a_fixture_is_skipped_and_costs_nothing(make_jobs) -> None:
    with answering() as endpoint:
        settings, _ = make_jobs(endpoint.base_url)
        declared = '@snellen.cases("../datasets/shapes")\ndef eval_it(case, response, tmp_path): assert tmp_path\n'
        (settings.root / "evals/eval_x.py").write_text(f"import snellen\n\n{declared}")
        (settings.root / "evals/shapes.eval.yaml").unlink()
        run = run_and_keep(load_evals([settings.root / "evals"], settings), settings).run
        assert endpoint.requests == []
    assert (run.trials, [skip.case_id for skip in run.skipped]) == ((), ["c0", "c1"])
    assert "takes the fixture 'tmp_path', which only pytest has" in run.skipped[0].reason
