"""The same comparison tag by tag, group by group or eval by eval, corrected for asking so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast, get_args

from snellen._text import nearest
from snellen.analysis.comparison import By, Difference, SliceDifference, Verdict
from snellen.analysis.comparison_figures import Options, difference, is_sure
from snellen.analysis.comparison_pairs import Question
from snellen.errors import InputError, Problem
from snellen.stats.families import benjamini_hochberg, holm

__all__ = ["SliceBy", "check_by", "sliced_by", "slices_of"]

SliceBy = Literal["tag", "group", "eval"]


def check_by(by: str | None) -> By | None:
    """What slices are to be made of.

    Raises:
        InputError: Nothing is called so.
    """
    known = get_args(By)
    if by is None or by in known:
        return cast("By | None", by)
    meant = nearest(by, known)
    hint = f"Right is one of {', '.join(known)}." + (f" Did you mean {meant!r}?" if meant else "")
    raise InputError(Problem(f"cases are not sliced by {by!r}", hint=hint))


def sliced_by(by: By | None) -> SliceBy | None:
    """What slices are of; None for models and variants, which part the sides as a whole."""
    match by:
        case "tag" | "group" | "eval":
            return by
        case "model" | "variant" | None:
            return None


def slices_of(
    questions: Sequence[Question], by: SliceBy, options: Options, *, with_score: bool
) -> tuple[SliceDifference, ...]:
    """One slice a name, the lowest p first; a case with several tags is in several slices.

    Args:
        questions: Of two sides.
        by: What the slices are of. Within one group, every question counts as standing alone.
        options: How; the bootstrap is left out.
        with_score: Whether scores are compared too.
    """
    found: dict[str | None, list[Question]] = {}
    for question in questions:
        for name in _names(question, by):
            found.setdefault(name, []).append(question)
    plain = replace(options, with_bootstrap=False)
    alone = by == "group"
    figures = {
        name: (
            difference(own, "accuracy", plain, ignores_groups=alone),
            difference(own, "score", plain, ignores_groups=alone) if with_score else None,
        )
        for name, own in found.items()
    }
    raw = [accuracy.p_value for accuracy, _ in figures.values()]
    slices = [
        SliceDifference(
            name=name,
            accuracy=accuracy,
            score=score,
            p_holm=p_holm,
            p_bh=p_bh,
            verdict=_verdict(accuracy, p_holm, options),
        )
        for (name, (accuracy, score)), p_holm, p_bh in zip(
            figures.items(), holm(raw), benjamini_hochberg(raw), strict=True
        )
    ]
    return tuple(sorted(slices, key=lambda one: (one.accuracy.p_value, one.accuracy.value, one.name or "")))


def _verdict(accuracy: Difference, p_holm: float, options: Options) -> Verdict:
    if not is_sure(accuracy, p_holm, options):
        return "cannot_tell"
    return "better" if accuracy.value > 0 else "worse"


def _names(question: Question, by: SliceBy) -> Sequence[str | None]:
    row = question.last
    match by:
        case "tag":
            return list(dict.fromkeys(row.tags)) or [None]
        case "group":
            return [row.group]
        case "eval":
            return [row.eval]
