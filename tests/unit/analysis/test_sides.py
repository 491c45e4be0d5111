"""Words of the command line: what they mean, and what is said when they mean nothing or too much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comparekit import rows
from report_samples import FACTS, trial
from snellen.analysis.sides import SideReader, side_of
from snellen.case import Case
from snellen.errors import InputError
from snellen.runs.baseline import Baseline, BaselineFacts, baseline_path, write_baseline
from snellen.runs.store import RunStore
from snellen.trial import Run

OLD, NEW = "20261121-090000-000001", "20261122-170500-a1b2c3"


def run(name: str, *models: str, variants: tuple[str, ...] = ("plain", "terse"), **facts: object) -> Run:
    case = Case(id="c", prompt="?", images=())
    trials = tuple(trial(case, model=model, variant=variant) for model in models for variant in variants)
    return Run(facts=replace(FACTS, id=name, **facts), trials=trials)  # type: ignore[arg-type]  # a test's own


def baseline(root: Path, name: str) -> None:
    facts = BaselineFacts(name=name, run=OLD, made_at="2026-11-21", trials=2)
    write_baseline(baseline_path(root, name), Baseline(facts=facts, rows=tuple(rows("10"))))


@pytest.fixture
def reader(tmp_path: Path) -> SideReader:
    """Two runs and a baseline `main`; the newer run has models gpt and qwen, the older one gpt and main."""
    store = RunStore(tmp_path / "runs.db")
    store.save(run(OLD, "gpt", "main"))
    store.save(run(NEW, "gpt", "qwen"))
    (tmp_path / "evals").mkdir()
    baseline(tmp_path, "main")
    return SideReader(store, tmp_path)


MEANINGS = {
    "a baseline": ("main", "baseline", "baseline main", "", 2),
    "the newest run": ("latest", "run", f"run {NEW}", NEW, 4),
    "a run's id": (OLD, "run", f"run {OLD}", OLD, 4),
    "the start of a run's id": ("20261121", "run", f"run {OLD}", OLD, 4),
    "a model": ("qwen", "model", "qwen", NEW, 2),
    "a prompt variant": ("terse", "variant", "terse", NEW, 2),
    "a baseline by its prefix": ("baseline:main", "baseline", "baseline main", "", 2),
    "a run by its prefix": ("run:latest", "run", f"run {NEW}", NEW, 4),
    "a model by its prefix": ("model:gpt", "model", "gpt", NEW, 2),
    "a variant by its prefix": ("variant:plain", "variant", "plain", NEW, 2),
}


@pytest.mark.parametrize(("word", "kind", "label", "run_id", "count"), MEANINGS.values(), ids=MEANINGS)
def test_a_word_means(reader: SideReader, word: str, kind: str, label: str, run_id: str, count: int) -> None:
    found = reader.side(word)
    assert (found.kind, found.label, found.run, len(found.rows)) == (kind, label, run_id, count)
    assert (found.name, found.is_in_store) == (word, kind != "baseline")


def test_models_are_those_of_the_named_run(tmp_path: Path, reader: SideReader) -> None:
    older = SideReader(RunStore(tmp_path / "runs.db"), tmp_path, run=OLD)
    assert older.side("model:main").run == OLD
    with pytest.raises(InputError, match=f"there is no model 'qwen'\n  There are models of run {OLD}: gpt, main"):
        older.side("model:qwen")
    assert reader.side("qwen").run == NEW


def test_a_word_of_two_meanings_is_an_error_that_says_the_prefixes(tmp_path: Path, reader: SideReader) -> None:
    older = SideReader(RunStore(tmp_path / "runs.db"), tmp_path, run=OLD)
    with pytest.raises(InputError) as caught:
        older.side("main")
    assert str(caught.value) == (
        f"'main' is a baseline and a model of run {OLD}\n  Say which: baseline:main or model:main"
    )
    baseline(tmp_path, NEW[:8])
    with pytest.raises(InputError, match="is a baseline and a run's id or its beginning\n  Say which: baseline:2026"):
        reader.side(NEW[:8])


def test_the_start_of_several_runs_is_an_error_that_names_them(reader: SideReader) -> None:
    with pytest.raises(InputError, match=f"'202611' is the start of 2 runs: {NEW}, {OLD}"):
        reader.side("202611")


def test_a_word_of_no_meaning_is_an_error_with_all_there_is(reader: SideReader) -> None:
    with pytest.raises(InputError) as caught:
        reader.side("gtp")
    assert str(caught.value) == (
        "there is no baseline, run, model or prompt variant 'gtp'\n"
        f"  Did you mean 'gpt'? There are baselines: main; runs: {NEW}, {OLD}; models of run {NEW}: gpt, qwen; "
        f"prompt variants of run {NEW}: plain, terse."
    )


def test_a_name_with_a_colon_that_is_no_prefix_is_a_name(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.db")
    store.save(run(NEW, "ollama:llava", "model:x"))
    reader = SideReader(store, tmp_path)
    assert reader.side("ollama:llava").label == "ollama:llava"
    assert reader.side("model:model:x").label == "model:x"


def test_the_cases_own_prompt_is_a_variant_too(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.db")
    store.save(run(NEW, "gpt", variants=("", "terse")))
    found = SideReader(store, tmp_path).side("variant:")
    assert (found.label, found.variants) == ("own prompt", ("",))


def test_without_a_run_baselines_can_still_be_compared(tmp_path: Path) -> None:
    baseline(tmp_path, "main")
    reader = SideReader(RunStore(tmp_path / "runs.db"), tmp_path)
    assert reader.side("main").kind == "baseline"
    with pytest.raises(InputError, match="there is no baseline, run, model or prompt variant 'gpt'"):
        reader.side("gpt")
    assert not (tmp_path / "runs.db").exists()


def test_a_baseline_that_is_missing_says_how_to_make_it(reader: SideReader) -> None:
    with pytest.raises(InputError, match="there is no baseline 'mian'"):
        reader.side("baseline:mian")


@pytest.mark.parametrize("state", ["interrupted", "stopped"])
def test_a_run_that_has_not_all_of_its_trials_is_said(tmp_path: Path, state: str) -> None:
    store = RunStore(tmp_path / "runs.db")
    store.save(run(NEW, "gpt", state=state))
    assert SideReader(store, tmp_path).side("latest").notes == (
        f"Run {NEW} was {state}, so that it has not all of its trials.",
    )


def test_a_word_in_python_is_looked_up_in_the_project_of_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.snellen]\n")
    RunStore(tmp_path / ".snellen" / "runs.db").save(run(NEW, "gpt"))
    monkeypatch.chdir(tmp_path)
    assert side_of("gpt", default="A").run == NEW
    assert side_of(side_of("latest", default="A"), default="B").label == f"run {NEW}"
