"""Real model answers with the verdicts of the published scorers: what of them is run, by which scorer, against what.

The answers are other people's data and lie outside of this repository, in a folder `shared/conformance` beside the
checkout (or where SNELLEN_CONFORMANCE points): one JSONL a pack with id, kind, response, answer and official_correct.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snellen.runner.predictions import Prediction, judge_predictions, read_predictions
from snellen.scorers.spec import parse_scorer
from snellen.trial import Trial

__all__ = ["PACKS", "Difference", "Judged", "Pack", "documented", "figures", "folder", "judge_pack", "said"]

_ROOT = Path(__file__).parents[2]
_TOLERANCE = 1e-6  # official scores of graded packs are printed with six digits and more

Row = Mapping[str, object]
Verdicts = Sequence[tuple[Row, float]]


@dataclass(frozen=True)
class Pack:
    """What is run of a pack.

    Attributes:
        name: Of the pack, and of the list of its differences.
        label: What the table calls it.
        scorers: By kind of row, or from a row; the rows of other kinds are left out. None takes what a row needs.
        published: The published figure, None where none was.
        figure: What the published figure is of verdicts, in per cent.
        figure_is: In words.
        groups: The rows of which the figure is; empty for all.
    """

    name: str
    label: str
    scorers: Mapping[str, object]
    published: float | None
    figure: Callable[[Verdicts], float]
    figure_is: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One row with both verdicts, 0..1; ours is None where the response could not be read, which counts as wrong."""

    row: Row
    ours: float | None
    theirs: float
    trial: Trial

    @property
    def differs(self) -> bool:
        return abs((self.ours or 0.0) - self.theirs) > _TOLERANCE


@dataclass(frozen=True)
class Difference:
    """A documented difference."""

    id: str
    ours: str
    theirs: str
    kind: str
    why: str


def _micro(verdicts: Verdicts) -> float:
    return 100 * statistics.fmean(value for _, value in verdicts)


def _macro(verdicts: Verdicts) -> float:
    return statistics.fmean(_micro(own) for own in _by("group", verdicts).values())


def _mean_f1(verdicts: Verdicts) -> float:
    return 100 * statistics.fmean(_f1(own) for own in _by("group", verdicts).values())


def _f1(verdicts: Verdicts) -> float:
    """POPE's: yes is positive; what was said follows from what is right and whether it was."""
    true = sum(row["answer"] == "yes" and value == 1 for row, value in verdicts)
    false = sum(row["answer"] == "no" and value < 1 for row, value in verdicts)
    missed = sum(row["answer"] == "yes" and value < 1 for row, value in verdicts)
    return 2 * true / (2 * true + false + missed)


def _by(key: str, verdicts: Verdicts) -> dict[object, list[tuple[Row, float]]]:
    groups: dict[object, list[tuple[Row, float]]] = {}
    for row, value in verdicts:
        groups.setdefault(row[key], []).append((row, value))
    return groups


def _rounded(row: Row) -> object:
    """MathVista compares numbers rounded to the precision that a row names."""
    return {"number": {"places": row["precision"]}}


_CELLS = (85.2, 92.4, 80.4, 68.0, 86.4, 92.6, 81.6, 68.6)  # published for GPT-4o and Korean, casual and formal
_OPEN_CELLS = (43.8, 44.4)

PACKS = (
    Pack(
        "mmmu_val_llava15_13b",
        "MMMU val, LLaVA-1.5-13B",
        {"multiple_choice": "choice", "open_short": None},
        36.4,
        _micro,
        "accuracy",
    ),
    Pack(
        "mmmu_pro_gpt4o_std10_direct",
        "MMMU-Pro, ten options, GPT-4o",
        {"multiple_choice": "choice"},
        40.12,
        _micro,
        "accuracy",
    ),
    Pack(
        "blink_val_gpt4v",
        "BLINK val, GPT-4V",
        {"multiple_choice": "choice"},
        51.1,
        _macro,
        "mean accuracy of 14 tasks",
    ),
    Pack(
        "mathvista_bard",
        "MathVista testmini, Bard",
        {"multiple_choice": "choice", "numeric_integer": "number", "numeric_float": _rounded, "open_list": "exact"},
        34.8,
        _micro,
        "accuracy",
    ),
    Pack("pope_llava15_13b", "POPE, LLaVA-1.5-13B", {"yes_no": "yesno"}, 85.9, _mean_f1, "mean F1 of three splits"),
    Pack("hallusionbench_sample254", "HallusionBench sample", {"yes_no": "yesno"}, None, _micro, "aAcc"),
    Pack(
        "worldcuisines_ko_gpt4o",
        "WorldCuisines in Korean, choice, GPT-4o",
        {"multiple_choice": "choice"},
        statistics.fmean(_CELLS),
        _micro,
        "mean of 8 cells",
    ),
    Pack(
        "worldcuisines_ko_gpt4o",
        "WorldCuisines in Korean, open, GPT-4o",
        {"open_contains": "contains"},
        statistics.fmean(_OPEN_CELLS),
        _micro,
        "mean of 2 cells",
        ("2. Regional Cuisine",),
    ),
    Pack(
        "chartbench_gpt4o_nqa",
        "ChartBench NQA, GPT-4o",
        {"numeric_relaxed_5pct": "relaxed"},
        25.36,
        _micro,
        "relaxed accuracy",
    ),
    Pack("docvqa_val_sample_anls", "DocVQA sample, three readers", {"anls": "anls"}, None, _micro, "mean ANLS"),
    Pack(
        "textvqa_val_sample30",
        "TextVQA sample, two models",
        {"vqa_accuracy": {"vqa": {"style": "textvqa"}}},
        None,
        _micro,
        "mean VQA accuracy",
    ),
)


def folder() -> Path:
    """Where the packs are, if they are anywhere."""
    return Path(os.environ.get("SNELLEN_CONFORMANCE", _ROOT.parent / "shared" / "conformance"))


@cache
def _predictions(name: str) -> list[Prediction]:
    return read_predictions(folder() / f"{name}.jsonl")


@cache
def judge_pack(label: str) -> tuple[Judged, ...]:
    """All rows of a pack, judged by ours and by theirs."""
    pack = next(pack for pack in PACKS if pack.label == label)
    found = []
    for kind, scorer in pack.scorers.items():
        chosen = [one for one in _predictions(pack.name) if one.row["kind"] == kind]
        for one in chosen:
            if pack.groups and one.row["group"] not in pack.groups:
                continue
            wanted = scorer(one.row) if callable(scorer) else scorer
            specs = [] if wanted is None else [parse_scorer(wanted)]
            (trial,) = judge_predictions([one], specs, name=pack.name)
            found.append(_judged(one.row, trial))
    return tuple(found)


def _judged(row: Row, trial: Trial) -> Judged:
    official = row["official_correct"]
    assert isinstance(official, bool | int | float)
    ours = trial.scores[0].value if trial.scores else None  # no scorer can judge a row that is broken itself
    return Judged(row=row, ours=ours, theirs=float(official), trial=trial)


@cache
def documented(name: str) -> dict[str, Difference]:
    """The differences that are on the list of a pack, by id."""
    file = Path(__file__).parent / "differences" / f"{name}.tsv"
    return {one.id: one for one in _rows(file)} if file.is_file() else {}


def _rows(file: Path) -> Iterator[Difference]:
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    assert header.split("\t") == ["id", "ours", "theirs", "kind", "why"], file
    for line in lines:
        yield Difference(*line.split("\t"))


def figures(pack: Pack) -> tuple[float, float, float]:
    """Theirs, ours, and ours with their verdict on the documented differences, in per cent."""
    judged, listed = judge_pack(pack.label), documented(pack.name)
    theirs = [(one.row, one.theirs) for one in judged]
    ours = [(one.row, one.ours or 0.0) for one in judged]
    mixed = [(one.row, one.theirs if str(one.row["id"]) in listed else one.ours or 0.0) for one in judged]
    return pack.figure(theirs), pack.figure(ours), pack.figure(mixed)


def said(one: Judged) -> str:
    """Our verdict as the lists write it."""
    if one.ours is None:
        return "unscored"
    return {0.0: "wrong", 1.0: "right"}.get(one.ours, f"{one.ours:.4g}")
