"""What scored responses amount to by group: counts, accuracy and the mean score, each with its n and interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snellen.stats.means import Mean, mean_of
from snellen.stats.proportions import Interval, wilson
from snellen.trial import Outcome, Trial

__all__ = ["Scored", "score_by_group", "value_of"]

_MOST_PARTS = 30
"""Below some thirty clusters a clustered interval promises more than it holds (Cameron and Miller 2015)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The trials of one group, or all of them.

    Attributes:
        group: As the rows name it; None for all of them, and "" for rows that name none.
        passed: Judged right.
        failed: Judged wrong.
        unscored: With a response that nobody could judge; wrong in accuracy, and 0 in the mean.
        error: Without a response; in no figure.
        accuracy: passed / (passed + failed + unscored), None without a response.
        interval: Wilson, 95 %, for as many questions as there are different ids.
        questions: Different ids (of a model) with a response.
        mean: Of the scores, repeats of a question averaged first; None without a response. More than 30 groups are
            taken for clusters (pictures, documents), by which the standard error of the whole is clustered; fewer for
            parts of the whole (tasks, subjects), each of which has its own line.
    """

    group: str | None
    passed: int
    failed: int
    unscored: int
    error: int
    accuracy: float | None
    interval: Interval | None
    questions: int
    mean: Mean | None

    @property
    def responses(self) -> int:
        """The denominator of accuracy."""
        return self.passed + self.failed + self.unscored


def value_of(trial: Trial) -> float | None:
    """The mean of a trial's scores, an unscored one as 0; None of an error, and where there is no scorer."""
    if trial.outcome == "error" or trial.response is None or not trial.scores:
        return None
    return sum(score.value or 0.0 for score in trial.scores) / len(trial.scores)


def score_by_group(trials: Iterable[Trial]) -> tuple[Scored, ...]:
    """All trials together first, then each group in the order in which groups appear; one group alone is left out."""
    all_of_them = list(trials)
    groups: dict[str, list[Trial]] = {}
    for trial in all_of_them:
        groups.setdefault(trial.case.group or "", []).append(trial)
    parts = [_scored(name, own) for name, own in groups.items()] if len(groups) > 1 else []
    return (_scored(None, all_of_them, is_clustered=len(groups) > _MOST_PARTS), *parts)


def _scored(group: str | None, trials: Sequence[Trial], *, is_clustered: bool = False) -> Scored:
    counts: dict[Outcome, int] = {"passed": 0, "failed": 0, "unscored": 0, "error": 0}
    values: dict[tuple[str, str], list[float]] = {}
    clusters: dict[tuple[str, str], str | None] = {}
    for trial in trials:
        counts[trial.outcome] += 1
        value = value_of(trial)
        if value is not None and trial.outcome != "error":
            values.setdefault((trial.case.id, trial.model), []).append(value)
            clusters[trial.case.id, trial.model] = trial.case.group
    responses = counts["passed"] + counts["failed"] + counts["unscored"]
    share = counts["passed"] / responses if responses else None
    questions = len(values)
    means = [sum(own) / len(own) for own in values.values()]
    return Scored(
        group=group,
        **counts,
        accuracy=share,
        interval=None if share is None or not questions else wilson(share * questions, questions),
        questions=questions,
        mean=mean_of(means, clusters=list(clusters.values()) if is_clustered else None) if means else None,
    )
