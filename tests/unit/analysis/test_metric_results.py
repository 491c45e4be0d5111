"""The figures that evals name are found for each prompt variant and model, and kept as plain values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import binomtest

from report_samples import FACTS
from snellen.analysis.metric_results import metric_results, metrics_named, metrics_of_evals, metrics_of_run
from snellen.case import Case
from snellen.errors import InputError
from snellen.runner.evals import Eval
from snellen.runs.codec import dump, load
from snellen.runs.store import RunStore
from snellen.score import Evidence, Score
from snellen.trial import MetricResult, Outcome, Run, RunFacts, Trial


def trial(case: str, outcome: Outcome = "passed", **fields: object) -> Trial:
    """Judged by `yesno`, which read a yes."""
    asked = Case(id=case, prompt="?", images=(), answer="yes", metadata=fields.pop("metadata", {}))  # type: ignore[arg-type]
    evidence = (Evidence(kind="note", keyword="yes"),)
    score = Score(scorer="yesno", value=1.0, passed=outcome == "passed", extracted="yes", evidence=evidence)
    own = {"eval": "signs", "model": "gpt", "prompt": "?", "scores": () if outcome == "error" else (score,), **fields}
    return Trial(case=asked, outcome=outcome, **own)  # type: ignore[arg-type]  # a test's own


FOUR = (trial("a"), trial("b"), trial("c"), trial("d", "failed"))


def test_a_figure_is_kept_with_its_interval_n_and_what_is_not_counted() -> None:
    """The interval is scipy's, a second implementation of Wilson's."""
    wilson = binomtest(3, 4).proportion_ci(method="wilson")
    (found,) = metric_results([*FOUR, trial("e", "error")], ["accuracy"])
    assert (found.low, found.high) == (pytest.approx(wilson.low), pytest.approx(wilson.high))
    assert replace(found, low=None, high=None) == MetricResult(
        name="accuracy",
        about="share of responses that are right",
        eval="signs",
        model="gpt",
        value=0.75,
        formula="Wilson",
        n=4,
        errors=1,
    )


def test_what_is_not_defined_has_no_value_and_says_why() -> None:
    (found,) = metric_results(FOUR, ["mae"])
    assert (found.value, found.low, found.n) == (None, None, 0)
    assert found.note == "no response was judged by 'count' or 'number'"


def test_figures_come_by_metric_then_by_variant_and_model_in_the_order_of_the_trials() -> None:
    trials = [
        trial("a", model="b", variant="plain"),
        trial("a", model="a", variant="plain"),
        trial("a", model="b", variant="terse"),
    ]
    found = metric_results(trials, ["f1", "accuracy"])
    assert [(one.name, one.variant, one.model) for one in found] == [
        ("f1", "plain", "b"),
        ("f1", "plain", "a"),
        ("f1", "terse", "b"),
        ("accuracy", "plain", "b"),
        ("accuracy", "plain", "a"),
        ("accuracy", "terse", "b"),
    ]


def test_a_metric_that_stands_for_several_gives_each_of_them() -> None:
    metadata = {"category": "VD", "subcategory": "x", "set_id": "1", "figure_id": "1", "question_id": "0"}
    found = metric_results([trial("a", metadata=metadata)], ["hallusion"])
    assert [(one.name, one.value, one.counted) for one in found] == [
        ("aacc", 1.0, "cases"),
        ("facc", 1.0, "figures"),
        ("qacc", 1.0, "question pairs"),
    ]


def test_a_metric_that_is_none_is_refused_and_none_asked_for_reads_no_trial() -> None:
    with pytest.raises(InputError, match="there is no metric 'f2'"):
        list(metric_results(FOUR, ["f2"]))
    assert list(metric_results((pytest.fail("read") for _ in FOUR), [])) == []


def _eval(name: str, *metrics: str) -> Eval:
    return Eval(name=name, recordings=name, file=Path(name), load=tuple, metrics=metrics)


def test_evals_without_metrics_are_left_out_and_a_metric_named_twice_is_one() -> None:
    assert metrics_of_evals([_eval("signs", "f1", "accuracy", "f1"), _eval("other")]) == {"signs": ("f1", "accuracy")}


def _store(folder: Path, *trials: Trial, facts: RunFacts = FACTS) -> RunStore:
    store = RunStore(folder / "runs.db")
    store.save(Run(facts=facts, trials=trials))
    return store


def test_only_the_trials_of_evals_that_name_metrics_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store(tmp_path, *FOUR, trial("a", "failed", eval="other"))
    read: list[str] = []
    given = RunStore.trials

    def trials(self: RunStore, name: str, *, eval: str) -> object:  # noqa: A002  # as it is called
        read.append(eval)
        return given(self, name, eval=eval)

    monkeypatch.setattr(RunStore, "trials", trials)
    found = metrics_of_run({"signs": ("accuracy",)}, store, FACTS)
    assert ([(one.eval, one.value, one.n) for one in found], read) == ([("signs", 0.75, 4)], ["signs"])
    assert (metrics_of_run({}, store, FACTS), read) == ((), ["signs"])


@pytest.mark.parametrize(
    ("facts", "left_out", "note"),
    [
        ({}, {}, ""),
        ({"shard": "1/2"}, {}, "this is only shard 1/2 of the run"),
        ({"state": "interrupted"}, {}, "the run was interrupted"),
        ({}, {"signs": "4 of its 8 trials were not selected"}, "4 of its 8 trials were not selected"),
        ({}, {"other": "4 of its 8 trials were not selected"}, ""),
    ],
    ids=["whole", "shard", "interrupted", "selected", "another-is-selected"],
)
def test_a_figure_of_a_part_says_so(tmp_path: Path, facts: dict, left_out: dict, note: str) -> None:
    own = replace(FACTS, **facts)
    (found,) = metrics_of_run({"signs": ("accuracy",)}, _store(tmp_path, *FOUR, facts=own), own, left_out=left_out)
    assert found.note == note


def test_kept_figures_come_back_and_tell_which_were_asked_for(tmp_path: Path) -> None:
    store = _store(tmp_path, *FOUR)
    facts = replace(FACTS, metrics=metrics_of_run({"signs": ("accuracy", "f1")}, store, FACTS))
    store.amend(facts)
    assert store.facts(FACTS.id) == facts
    assert metrics_named([facts, FACTS, facts]) == {"signs": ("accuracy", "f1")}


def test_facts_that_were_kept_before_there_were_metrics_have_none() -> None:
    old = dump(FACTS).replace(b',"metrics":[]', b"")
    assert b"metrics" not in old
    assert load(RunFacts, old) == FACTS
