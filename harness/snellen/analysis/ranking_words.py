"""A ranking in words. What comes from outside is not made safe here, but in its `repr`."""

from __future__ import annotations

import math

from snellen._text import plural, printable, shorten, some_of
from snellen.analysis.comparison import Left, SideSummary
from snellen.analysis.comparison_words import named_left
from snellen.analysis.ranking import Rank, Ranking

__all__ = ["left_of", "rank_range", "ranking_basis", "ranking_sentence", "short_ranking"]

_PAIR = 2
_MOST_NAMED = 5
_SHORT = 40


def ranking_sentence(ranking: Ranking) -> str:
    """`gpt is better than all others.`, or which of them may be the best."""
    best = [one.side.label for one in ranking.ranks if one.best == 1]
    if len(best) == 1:
        others = "all others" if len(ranking.ranks) > _PAIR else ranking.ranks[1].side.label
        return f"{best[0]} is better than {others}."
    if len(best) == len(ranking.ranks):
        return "Cannot tell which is the best: any of them may be."
    return f"Cannot tell which is the best: {', '.join(best[:-1])} or {best[-1]}, but none of the others."


def ranking_basis(ranking: Ranking) -> str:
    """What the ranks rest on, and what the brackets mean."""
    groups = f" in {plural(ranking.clusters, 'group')}" if ranking.clusters < ranking.n else ""
    sure = f"{ranking.confidence * 100:.4g} %"
    fewest = _fewest(ranking)
    noun = "question" if ranking.clusters == ranking.n else "group"
    lacking = f" So few can tell no two apart: it takes {plural(fewest, noun)}." if ranking.clusters < fewest else ""
    return (
        f"Over {plural(ranking.n, 'question')}{groups} that all answered. In brackets the ranks that the tests leave "
        f"open, at {sure} for all of them together.{lacking}"
    )


def _fewest(ranking: Ranking) -> int:
    """How many must differ, all one way, for the first of so many p to be small enough."""
    return math.floor(math.log2(2 * len(ranking.pairs) / (1 - ranking.confidence))) + 1


def rank_range(rank: Rank) -> str:
    """`2 (1-3)`."""
    return f"{rank.rank}" if rank.best == rank.worst else f"{rank.rank} ({rank.best}-{rank.worst})"


def left_of(side: SideSummary, left: Left) -> str:
    """What of one of many sides could not be used."""
    return f"{plural(left.count, 'trial')} of {side.label} without a response or without a match: {named_left(left)}"


def short_ranking(ranking: Ranking) -> str:
    """`of gpt, qwen and 3 more, n = 28`: the best first, in one line that is safe to show."""
    names = [shorten(one.side.label, _SHORT) for one in ranking.ranks]
    return printable(f"of {some_of(names, most=_MOST_NAMED)}, n = {ranking.n:,}")
