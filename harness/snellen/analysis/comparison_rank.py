"""Many sides: their order, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from snellen.analysis.comparison import Difference, Left, SideSummary, Verdict
from snellen.analysis.comparison_figures import Options, difference, is_graded, is_sure, own_score
from snellen.analysis.comparison_pairs import Matched
from snellen.analysis.ranking import PairwiseDifference, Rank, Ranking
from snellen.stats.families import holm
from snellen.stats.proportions import Interval

__all__ = ["ranking_of"]


def ranking_of(matched: Matched, sides: Sequence[SideSummary], options: Options, *, notes: Sequence[str]) -> Ranking:
    """The sides by accuracy over the questions that all of them answered.

    Every pair is tested, and the p of all pairs are adjusted together (Holm). A rank interval holds every rank that the
    tests leave open; all of them hold together with the stated confidence, since Holm's errors are those of the family.

    Source:
        Mogstad, Romano, Shaikh and Wilhelm (2024), Inference for Ranks with Applications to Mobility across
        Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91:476-518, section 3.
    """
    questions = matched.questions
    plain = replace(options, with_bootstrap=False)
    places = list(combinations(range(len(sides)), 2))
    found = [difference(questions, "accuracy", plain, sides=pair) for pair in places]
    adjusted = holm([one.p_value for one in found])
    sure = {pair: one.value for pair, one, p in zip(places, found, adjusted, strict=True) if is_sure(one, p, options)}
    own = _own(found, places, len(sides))
    graded = is_graded(questions)
    ranks = [
        _rank(place, side, own=own, sure=sure, sides=sides, score=own_score(questions, place, options, graded=graded))
        for place, side in enumerate(sides)
    ]
    pairs = (
        PairwiseDifference(
            before=sides[a].label, after=sides[b].label, difference=one, p_holm=p, verdict=_verdict(sure.get((a, b)))
        )
        for (a, b), one, p in zip(places, found, adjusted, strict=True)
    )
    return Ranking(
        sides=tuple(sides),
        ranks=tuple(sorted(ranks, key=lambda one: one.rank)),
        pairs=tuple(pairs),
        n=len(questions),
        formula=found[0].formula,
        left=tuple(
            Left(count=only.count + error.count, first=(only.first + error.first)[:5])
            for only, error in zip(matched.only, matched.errors, strict=True)
        ),
        margin=options.margin,
        confidence=options.confidence,
        clusters=found[0].clusters,
        parts=(),
        notes=tuple(notes),
    )


def _verdict(gain: float | None) -> Verdict:
    return "cannot_tell" if gain is None else "better" if gain > 0 else "worse"


def _own(
    found: Sequence[Difference], places: Sequence[tuple[int, int]], count: int
) -> list[tuple[float, Interval | None]]:
    """Each side's own mean and interval, which every pair that it is in repeats."""
    means: dict[int, tuple[float, Interval | None]] = {}
    for (a, b), one in zip(places, found, strict=True):
        means[a], means[b] = (one.before, one.before_interval), (one.after, one.after_interval)
    return [means[place] for place in range(count)]


def _rank(
    place: int,
    side: SideSummary,
    *,
    own: Sequence[tuple[float, Interval | None]],
    sure: dict[tuple[int, int], float],
    sides: Sequence[SideSummary],
    score: tuple[float, Interval | None],
) -> Rank:
    mean_here, interval = own[place]
    others = [other for other in range(len(sides)) if other != place]
    gains = {other: sure.get((place, other), -sure.get((other, place), 0.0)) for other in others}  # of the other
    return Rank(
        side=side,
        rank=1 + sum(value > mean_here for value, _ in own),
        best=1 + sum(gain > 0 for gain in gains.values()),
        worst=len(sides) - sum(gain < 0 for gain in gains.values()),
        accuracy=mean_here,
        interval=interval,
        score=score[0],
        score_interval=score[1],
        tied_with=tuple(sides[other].label for other in others if not gains[other]),
    )
