"""What a comparison of many sides finds, as frozen values: ranks, and every pair."""

from __future__ import annotations

from dataclasses import dataclass

from snellen.analysis.comparison import Difference, Left, SideSummary, Verdict
from snellen.stats.proportions import Interval

__all__ = ["PairwiseDifference", "Rank", "Ranking", "RankingPart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """One side among many.

    Attributes:
        side: As a whole.
        rank: 1 for the highest accuracy over the questions that all sides answered; equal ones share the better rank.
        best: The best rank that it may have: one more than there are sides surely better than it.
        worst: The worst: the number of sides less those surely worse than it.
        accuracy: Over the questions that all sides answered.
        interval: Of `accuracy`.
        score: Mean score over the same questions.
        score_interval: Of `score`; None where no score says more than passed or failed.
        tied_with: Labels of the sides that are not surely better or worse.
    """

    side: SideSummary
    rank: int
    best: int
    worst: int
    accuracy: float
    interval: Interval | None
    score: float
    score_interval: Interval | None
    tied_with: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseDifference:
    """Two of many sides.

    Attributes:
        before: Label of the one.
        after: Label of the other.
        difference: In accuracy, over the questions that all sides answered.
        p_holm: Its p, adjusted for the number of pairs.
        verdict: better or worse by `p_holm`, else cannot_tell.
    """

    before: str
    after: str
    difference: Difference
    p_holm: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPart:
    """The ranking over one of several models or prompt variants that all sides hold.

    Attributes:
        name: As it is shown: "gpt", "terse", "gpt, terse".
        model: Its name; None where the sides are not parted by model.
        variant: Its name, "" for the cases' own prompt; None where the sides are not parted by variant.
        ranking: Of these trials alone; its rank intervals hold together, those of other parts apart.
    """

    name: str
    model: str | None
    variant: str | None
    ranking: Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Many sides, held against each other over the questions that all of them answered.

    Attributes:
        sides: In the order in which they were given.
        ranks: The best first.
        pairs: Every pair of sides, in the order in which they were given.
        n: Questions that all sides answered.
        formula: Of the pairs' intervals.
        left: Trials of each of `sides` that could not be used: not matched by all, or without a response.
        margin: How much worse still counts as no worse.
        confidence: Of every interval, and of all rank intervals together.
        clusters: Groups of questions that may err together; `n` when each stands alone.
        parts: A ranking for each model or prompt variant, where the sides hold the same several; the one above is then
            of all of them together.
        notes: What a careful reader must know, a sentence each.
    """

    sides: tuple[SideSummary, ...]
    ranks: tuple[Rank, ...]
    pairs: tuple[PairwiseDifference, ...]
    n: int
    formula: str
    left: tuple[Left, ...]
    margin: float
    confidence: float
    clusters: int
    parts: tuple[RankingPart, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """What `snellen compare` prints of three sides or more."""
        from snellen.analysis.ranking_text import ranking_text

        return ranking_text(self)

    def __repr__(self) -> str:
        from snellen.analysis.ranking_words import short_ranking

        return f"<Ranking {short_ranking(self)}>"
