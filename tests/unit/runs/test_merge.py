"""Shards of one run make one run, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from snellen.case import Case, ImageRef
from snellen.errors import InputError
from snellen.response import Response
from snellen.runs.exchange import export_run
from snellen.runs.merge import merge_runs
from snellen.runs.store import RunStore
from snellen.trial import RunFacts, Skipped, Trial

IDS = ("20261122-170500-aaaaaa", "20261122-170510-bbbbbb", "20261122-170520-cccccc")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / ".snellen" / "runs.db")


def trial(number: int, *, text: str = "red") -> Trial:
    case = Case(id=f"c{number}", prompt="?", images=(ImageRef(url="https://example.org/a.png", name="a"),))
    return Trial(eval="e", case=case, model="m", prompt="?", outcome="passed", response=Response(text=text, body=b"{}"))


def shard(number: int, **other: object) -> RunFacts:
    facts = RunFacts(
        id=IDS[number - 1],
        title="shapes",
        started_at=f"2026-11-22T17:05:{10 * (number - 1):02d}Z",
        duration_s=30.0,
        mode="live",
        versions={"snellen": "0.1.0", "python": f"3.1{number}"},
        evals=("e",),
        models={"m": {"name": "gpt"}},
        served_models={"m": ("gpt-2026",)},
        git_commit="abc",
        git_dirty=False,
        calls=number,
        spent_usd=0.5,
        shard=f"{number}/3",
    )
    return replace(facts, **other)  # type: ignore[arg-type]  # fields of facts


def keep(store: RunStore, facts: RunFacts, results: dict[int, Trial | Skipped]) -> None:
    store.add(facts, lambda _: results.items())


def keep_three(store: RunStore) -> None:
    keep(store, shard(1), {0: trial(0), 3: trial(3)})
    keep(store, shard(2), {1: trial(1), 4: Skipped(eval="e", case_id="c4", model="m", reason="?")})
    keep(store, shard(3), {2: trial(2), 3: trial(3)})


def test_all_shards_make_the_run_in_the_order_of_its_plan(store: RunStore, tmp_path: Path) -> None:
    keep_three(store)
    export_run(store, IDS[1], tmp_path / "second.jsonl", root=tmp_path)
    facts = merge_runs(store, [IDS[2], str(tmp_path / "second.jsonl"), IDS[0]], root=tmp_path, title="all")
    merged = store.load("latest")
    assert merged.facts == facts
    assert facts == replace(
        shard(1),
        id=facts.id,
        title="all",
        duration_s=50.0,
        versions={"snellen": "0.1.0", "python": "3.11 | 3.12 | 3.13"},
        calls=6,
        spent_usd=1.5,
        shard="",
        parent=IDS,
    )
    assert merged.trials == tuple(trial(number) for number in range(4))
    assert merged.skipped == (Skipped(eval="e", case_id="c4", model="m", reason="?"),)
    assert len(store.ids()) == 4


def test_a_run_is_as_whole_as_its_worst_shard(store: RunStore, tmp_path: Path) -> None:
    keep(store, shard(1), {0: trial(0)})
    keep(store, shard(2, state="stopped", stopped_because="no money left"), {1: trial(1)})
    keep(store, shard(3, git_commit="def", spent_usd=None), {2: trial(2)})
    facts = merge_runs(store, IDS, root=tmp_path)
    assert (facts.state, facts.stopped_because, facts.git_commit, facts.spent_usd) == (
        "stopped",
        "no money left",
        "",
        1.0,
    )


REFUSED = {
    "one-missing": (IDS[:2], r"1 of 3 shards missing: 3/3\n  Name all of them"),
    "two-missing": (IDS[1:2], r"2 of 3 shards missing: 1/3, 3/3\n"),
    "one-twice": ((*IDS, IDS[0]), f"shard 1/3 is there twice: '{IDS[0]}' and '{IDS[0]}'. Leave one of them out."),
    "no-shard": (("whole",), "run 'whole' is no shard, so there is nothing to merge it with"),
    "nobody": (("nobody",), "there is no run 'nobody'"),
    "no-file": (("none.jsonl",), "cannot read none.jsonl"),
}


@pytest.mark.parametrize(("names", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_all_of_one_run_is_refused(
    store: RunStore, tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    keep_three(store)
    keep(store, shard(1, id="whole", shard=""), {})
    with pytest.raises(InputError, match=said):
        merge_runs(store, names, root=tmp_path)
    assert len(store.ids()) == 4


OTHER = {
    "mode": ({"mode": "missing"}, "mode 'live' and 'missing'"),
    "evals": ({"evals": ("f",)}, r"evals \('e',\) and \('f',\)"),
    "models": ({"models": {"m": {"name": "other"}}}, "models {'m': {'name': 'gpt'}} and {'m': {'name': 'other'}}"),
    "count": ({"shard": "2/4"}, "shards of 3 and of 4"),
}


@pytest.mark.parametrize(("change", "said"), OTHER.values(), ids=OTHER)
def test_shards_of_different_runs_are_told_apart(
    store: RunStore, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    for facts in (shard(1), shard(2, **change), shard(3)):
        keep(store, facts, {})
    with pytest.raises(InputError, match=f"'{IDS[0]}' and '{IDS[1]}' are not shards of one run: {said}"):
        merge_runs(store, IDS, root=tmp_path)


def test_shards_that_disagree_about_a_result_are_refused(store: RunStore, tmp_path: Path) -> None:
    for number, facts in enumerate((shard(1), shard(2), shard(3))):
        keep(store, facts, {0: trial(0, text=f"answer {number}")})
    with pytest.raises(InputError, match=r"the shards disagree about case 'c0' at place 0 of the plan\n  Nothing was"):
        merge_runs(store, IDS, root=tmp_path)
    assert len(store.ids()) == 3


def test_shards_of_different_plans_are_refused(store: RunStore, tmp_path: Path) -> None:
    """A case that was added to the dataset between two shards moves all that follow it."""
    keep(store, shard(1), {0: trial(0)})
    keep(store, shard(2), {1: trial(1)})
    keep(store, shard(3), {2: trial(1)})
    with pytest.raises(InputError, match="case 'c1' is asked the same at the places 1 and 2 of the plan"):
        merge_runs(store, IDS, root=tmp_path)
    assert len(store.ids()) == 3
