"""Two sides compared question by question, or many ranked: which is better, how sure that is, and what flipped."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import get_args

from snellen._clock import iso_now
from snellen.analysis.comparison import By, Comparison, Part, SideSummary
from snellen.analysis.comparison_figures import Options, difference, is_graded, verdict_of
from snellen.analysis.comparison_notes import group_notes, judge_notes, notes_of, uneven_repeats
from snellen.analysis.comparison_pairs import Matched, Question, match
from snellen.analysis.comparison_parts import (
    PartKey,
    held_by_all,
    left_out,
    part_keys,
    parted,
    taken_together,
    together,
)
from snellen.analysis.comparison_rank import ranking_of
from snellen.analysis.flips import changed_share, flips_of, own_disagreement
from snellen.analysis.ranking import Ranking, RankingPart
from snellen.analysis.sides import Comparable, Side, side_of
from snellen.analysis.slices import check_by, sliced_by, slices_of
from snellen.analysis.summarize import totals_of
from snellen.errors import InputError, Problem
from snellen.stats.families import holm

__all__ = ["compare", "rank"]

_MOST_SIDES = 50


def compare(  # noqa: PLR0913  # one keyword a subject; all but the sides have a default
    before: Comparable,
    after: Comparable,
    *,
    by: By | str | None = None,
    margin: float = 0.02,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    run: str = "latest",
    today: str | None = None,
) -> Comparison:
    """Compares two sides over the questions that both answered: `snellen.compare("baseline:main", "latest")`.

    Trials are matched by eval, case and repeat, and by model and prompt variant where a side has several. Repeats of a
    question are averaged first, so that n counts questions. Passes and fails of questions that stand alone are compared
    by Tango's interval and the exact McNemar test; with repeats or groups, and for graded scores, by clustered standard
    errors, sign flips and a bootstrap.

    Args:
        before: The first side: a run, what `snellen.run` gave, a list of trials, or a word as on the command line.
        after: The second side.
        by: Compare the slices of tag, group or eval too. Sides that hold the same several models or prompt variants
            are parted by them without it; "model" parts by models alone, "variant" by variants alone.
        margin: How much worse still counts as no worse, 0..1.
        confidence: Of intervals, above 0.5 and below 1.
        resamples: Of the bootstrap and of sign flips too many to count.
        seed: Of both; same input and seed, same result.
        run: The run whose models and prompt variants are meant by their names.
        today: ISO date by which marks of cases run out; None takes today's.

    Raises:
        InputError: A name means nothing, a side is empty or asks something twice, a score is no number from 0 to 1,
            nothing matches, or an argument is out of its range.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 4; and what `snellen.stats` names.
    """
    options = _options(margin=margin, confidence=confidence, resamples=resamples, seed=seed)
    with _uncollected():
        sides = (side_of(before, default="A", run=run), side_of(after, default="B", run=run))
        return _compare(sides, check_by(by), options, today=today or iso_now()[:10])


def _compare(
    sides: tuple[Side, Side], what: By | None, options: Options, *, today: str, is_part: bool = False
) -> Comparison:
    matched = match(sides)
    left: list[str] = []
    keys: list[PartKey] = []
    if not is_part:
        _check_slices(what, matched, sides)
        left, keys = list(left_out(matched, sides)), part_keys(matched, what)
    if left:
        first, last = held_by_all(matched, sides)
        sides, matched = (first, last), replace(match((first, last)), only=matched.only)
    questions = matched.questions
    graded = is_graded(questions)
    summaries = [_summary(side) for side in sides]
    accuracy = difference(questions, "accuracy", options)
    score = difference(questions, "score", options) if graded else None
    floors = [side.disagreement for side in summaries if side.disagreement is not None]
    flips = flips_of(questions, today=today)
    notes = [
        *(() if is_part else judge_notes(sides, questions)),
        *notes_of(sides, accuracy, options, flips, is_parted=bool(keys)),
        *taken_together(matched, keys, sides),
        *left,
    ]
    parts = tuple(_parts(sides, keys, what, options, today=today))
    slice_by = None if keys else sliced_by(what)
    return Comparison(
        before=summaries[0],
        after=summaries[1],
        pairs=sum(len(question.rows[0]) for question in questions),
        same_answers=_same_answers(questions),
        only_before=matched.only[0],
        only_after=matched.only[1],
        errors_before=matched.errors[0],
        errors_after=matched.errors[1],
        accuracy=accuracy,
        score=score,
        changed=changed_share(questions) if any(side.repeats > 1 for side in summaries) else len(flips) / accuracy.n,
        floor=max(floors, default=None),
        flips=flips,
        by=what,
        slices=slices_of(questions, slice_by, options, with_score=graded) if slice_by else (),
        parts=parts,
        margin=options.margin,
        confidence=options.confidence,
        resamples=options.resamples,
        seed=options.seed,
        notes=(*notes, *together(accuracy, parts)),
    )


def _parts(
    sides: tuple[Side, Side], keys: Sequence[PartKey], what: By | None, options: Options, *, today: str
) -> Iterator[Part]:
    found = [
        _compare((parted(sides[0], key), parted(sides[1], key)), what, options, today=today, is_part=True)
        for key in keys
    ]
    adjusted = holm([one.accuracy.p_value for one in found]) if found else []
    for key, one, p_holm in zip(keys, found, adjusted, strict=True):
        yield Part(
            name=key.name,
            model=key.model,
            variant=key.variant,
            comparison=one,
            p_holm=p_holm,
            verdict=verdict_of(one.accuracy, p_holm, options),
        )


def rank(  # one keyword a subject
    *sides: Comparable,
    margin: float = 0.02,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    run: str = "latest",
) -> Ranking:
    """Ranks two or more sides by accuracy over the questions that all of them answered.

    Args:
        sides: As for `compare`.
        margin: How much worse still counts as no worse, 0..1.
        confidence: Of intervals, above 0.5 and below 1; rank intervals hold all together with it.
        resamples: Of sign flips too many to count.
        seed: Of them.
        run: The run whose models and prompt variants are meant by their names.

    Raises:
        InputError: As for `compare`; or there are fewer than two sides, or more than 50.
    """
    options = _options(margin=margin, confidence=confidence, resamples=resamples, seed=seed)
    if not 2 <= len(sides) <= _MOST_SIDES:  # noqa: PLR2004  # a pair
        raise InputError(Problem(f"a ranking takes 2 to {_MOST_SIDES} sides; got {len(sides)}"))
    with _uncollected():
        return _rank(
            [side_of(side, default=f"side {number}", run=run) for number, side in enumerate(sides, 1)], options
        )


def _rank(sides: Sequence[Side], options: Options, *, is_part: bool = False) -> Ranking:
    matched = match(sides)
    keys = [] if is_part else part_keys(matched, None)
    left = [] if is_part else list(left_out(matched, sides))
    notes = [note for side in sides for note in side.notes]
    if left:
        sides = held_by_all(matched, sides)
        matched = replace(match(sides), only=matched.only)
    notes += [*(() if is_part else judge_notes(sides, matched.questions)), *uneven_repeats(sides), *left]
    found = ranking_of(matched, [_summary(side) for side in sides], options, notes=list(dict.fromkeys(notes)))
    parts = (
        RankingPart(
            name=key.name,
            model=key.model,
            variant=key.variant,
            ranking=_rank([parted(side, key) for side in sides], options, is_part=True),
        )
        for key in keys
    )
    own = () if keys else tuple(group_notes(found.n, found.clusters))
    return replace(found, parts=tuple(parts), notes=found.notes + own)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: there are none here, and looking for them among 200,000 rows takes 2 s."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _options(*, margin: float, confidence: float, resamples: int, seed: int) -> Options:
    wrong = []
    if not 0 <= margin <= 1:
        wrong.append(Problem(f"margin is {margin!r}; right is a share from 0 to 1, such as 0.02"))
    if not 0.5 < confidence < 1:  # noqa: PLR2004  # a bound below it would lie above what was observed
        wrong.append(Problem(f"confidence is {confidence!r}; right is above 0.5 and below 1, such as 0.95"))
    if resamples < 1:
        wrong.append(Problem(f"resamples is {resamples!r}; right is a number from 1, such as 10000"))
    if seed < 0:
        wrong.append(Problem(f"seed is {seed!r}; right is a number from 0"))
    if wrong:
        raise InputError(wrong)
    return Options(margin=margin, confidence=confidence, resamples=resamples, seed=seed)


def _check_slices(by: By | None, matched: Matched, sides: Sequence[Side]) -> None:
    """Refuses slices by what the two sides differ in: each would be one slice of everything."""
    for what, is_matched in (("model", matched.by_model), ("variant", matched.by_variant)):
        if by != what or is_matched:
            continue
        first, last = (side.models if what == "model" else side.variants for side in sides)
        if first != last:
            known = ", ".join(one for one in get_args(By) if one != what)
            said = f"the sides are two {what}s, so that there are no slices by {what}"
            raise InputError(Problem(said, hint=f"Right is one of {known}."))


def _summary(side: Side) -> SideSummary:
    rows = side.rows
    judging = [row.judging_usd for row in rows if row.judging_usd is not None]
    return SideSummary(
        name=side.name,
        label=side.label,
        run=side.run,
        models=side.models,
        variants=side.variants,
        totals=totals_of(rows),
        judging_usd=math.fsum(judging) if judging else None,
        repeats=1 + max((row.repeat for row in rows), default=0),
        disagreement=own_disagreement(rows),
    )


def _same_answers(questions: Sequence[Question]) -> int | None:
    pairs = [pair for question in questions for pair in zip(*question.rows, strict=True)]
    known = [first.digest == last.digest for first, last in pairs if first.digest and last.digest]
    return sum(known) if known else None
