"""`snellen rescore`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from snellen.analysis.metric_results import metrics_of_run
from snellen.case import Case, Expectation
from snellen.cli.rescore import rescore_command
from snellen.errors import InputError
from snellen.response import Response
from snellen.runs.store import RunStore
from snellen.score import Score
from snellen.trial import Failure, GateResult, Run, RunFacts, Skipped, Trial

FACTS = RunFacts(id="20261127-1", title="t", started_at="2026-11-27T00:00:00Z", duration_s=1.0, mode="recorded")


def _trial(case: str, text: str, *, outcome: str, scorer: str = "keywords", name: str = "shapes") -> Trial:
    """A trial that expects "red", with the verdict that some scorer of old gave."""
    passed = outcome == "passed"
    score = Score(scorer=scorer, version="0", value=float(passed), passed=passed, explanation="so it was")
    return Trial(
        eval=name,
        case=Case(id=case, prompt="?", images=(), expect=Expectation(all=(("red",),)), answer="red"),
        model="m",
        prompt="?",
        outcome=outcome,
        response=Response(text=text),
        scores=(score,),
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.snellen]\n", encoding="utf-8")
    failure = Failure(kind="network", message="gone")
    trials = (
        _trial("a", "it is red", outcome="passed"),
        _trial("b", "it is blue", outcome="passed"),
        _trial("c", "red", outcome="failed"),
        Trial(
            eval="shapes",
            case=Case(id="d", prompt="?", images=()),
            model="m",
            prompt="?",
            outcome="error",
            failure=failure,
        ),
    )
    skipped = (Skipped(eval="shapes", case_id="e", model="m", reason="needs the network"),)
    found = RunStore(tmp_path / ".snellen" / "runs.db")
    found.save(Run(facts=FACTS, trials=trials, skipped=skipped))
    return found


@pytest.mark.usefixtures("store")
def test_verdicts_that_flip_are_listed_with_what_was_said_then_and_now(capsys):
    assert rescore_command("latest", scorers=(), keep=False) == 1
    said = capsys.readouterr().out
    assert "passed → failed  shapes[b-m]\n    was keywords v0 passed (so it was); is keywords v1 failed" in said
    assert "failed → passed  shapes[c-m]" in said
    assert "shapes[a-m]" not in said
    assert (
        "3 responses of run 20261127-1 judged again: 2 verdicts flipped (failed → passed 1, passed → failed 1); "
        "1 trial without a response" in said
    )


@pytest.mark.usefixtures("store")
def test_flips_beyond_the_listed_ones_are_counted_as_flips_and_not_as_lines(capsys, monkeypatch):
    monkeypatch.setattr("snellen.cli.rescore._MAX_LISTED", 1)
    assert rescore_command("latest", scorers=(), keep=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "→" in line][:-1] == ["passed → failed  shapes[b-m]"]
    assert "… and 1 more; --keep keeps all as a run, for snellen compare and report" in lines


def test_other_scorers_may_judge_and_the_verdicts_may_be_kept_as_a_run(store, capsys):
    assert rescore_command("latest", scorers=("exact",), keep=True) == 1
    assert "kept as run" in capsys.readouterr().out
    new = store.load("latest")
    assert new.facts.parent == ("20261127-1",)
    assert new.facts.title == "t, judged again"
    assert [trial.outcome for trial in new.trials] == ["failed", "failed", "passed", "error"]
    assert [score.scorer for trial in new.trials for score in trial.scores] == ["exact"] * 3
    assert len(new.skipped) == 1
    assert [trial.outcome for trial in store.load("20261127-1").trials] == ["passed", "passed", "failed", "error"]


def test_a_run_that_is_judged_the_same_says_so(store, capsys):
    rescore_command("latest", scorers=(), keep=True)
    assert rescore_command("latest", scorers=(), keep=False) == 0
    assert "0 verdicts flipped; 1 trial without" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "scorers", "message"),
    [
        ("2025", (), "there is no run '2025'"),
        ("latest", ("exakt",), "scorer 'exakt' is not registered"),
        ("latest", ({"exact": {"colour": 1}},), "has no option 'colour'"),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_slip_is_told_and_nothing_is_kept(name, scorers, message, store):
    with pytest.raises(InputError, match=message):
        rescore_command(name, scorers=scorers, keep=True)
    assert store.ids() == ["20261127-1"]


OWN_SCORERS = """
import snellen


@snellen.scorer
def {name}(case, response):
    return {{}}["gone"]
"""


def test_a_scorer_that_breaks_is_an_error_of_its_trial_and_keeps_the_other_verdicts(store, tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text('[tool.snellen]\nscorers = ["own.py"]\n', encoding="utf-8")
    (tmp_path / "own.py").write_text(OWN_SCORERS.format(name="breaks_again"), encoding="utf-8")
    assert rescore_command("latest", scorers=("breaks-again", "keywords"), keep=True) == 1
    said = capsys.readouterr().out
    assert "passed → error  shapes[a-m]" in said
    assert "is breaks-again v1 unscored (broke at own.py:7: KeyError: 'gone')" in said
    trials = store.load("latest").trials
    assert [trial.failure and trial.failure.message for trial in trials] == [
        *["scorer 'breaks-again' broke at own.py:7: KeyError: 'gone'"] * 3,
        "gone",
    ]
    assert [score.value for score in trials[0].scores] == [None, 1.0]


def test_cases_that_the_given_scorers_cannot_judge_are_named_and_nothing_is_kept(store):
    with pytest.raises(InputError) as caught:
        rescore_command("latest", scorers=("choice",), keep=True)
    assert [problem.case_id for problem in caught.value.problems] == ["a", "b", "c"]
    assert str(caught.value).startswith("case 'a': scorer 'choice' cannot judge this case: it has no choices")
    assert store.ids() == ["20261127-1"]


@pytest.mark.usefixtures("store")
def test_what_cannot_be_judged_again_is_left_and_said(tmp_path, capsys):
    store = RunStore(tmp_path / ".snellen" / "runs.db")
    stored = _trial("f", "red", outcome="failed", scorer="assertions", name="gone")
    store.save(Run(facts=RunFacts(**{**_facts(), "evals": ("gone",)}), trials=(stored,)))
    assert rescore_command("20261127-2", scorers=(), keep=False) == 0
    said = capsys.readouterr().out
    assert (
        "assertions of an eval function that is not there, or takes a fixture, were left as they are (1 trial)" in said
    )


def _facts() -> dict[str, object]:
    return {"id": "20261127-2", "title": "t", "started_at": "2026-11-27T00:00:00Z", "duration_s": 1.0, "mode": "live"}


def test_a_run_of_the_new_verdicts_has_its_own_figures_and_no_gates_of_the_old(store):
    """The verdicts of old were right, right and wrong; those of now are right, wrong and right."""
    gate = GateResult(text="accuracy >= 0.5", state="held", because="66.7% of 3 cases")
    metrics = metrics_of_run({"shapes": ("accuracy", "circular")}, store, FACTS)
    store.amend(replace(FACTS, gates=(gate,), metrics=(replace(metrics[0], value=0.9, n=9), metrics[1])))
    rescore_command(FACTS.id, scorers=(), keep=True)
    kept = store.facts("latest")
    assert kept.parent == (FACTS.id,)
    assert [(one.name, one.n, one.errors) for one in kept.metrics] == [("accuracy", 3, 1), ("circular", 0, 1)]
    assert kept.metrics[0].value == pytest.approx(2 / 3)
    assert (kept.gates, store.facts(FACTS.id).gates) == ((), (gate,))
