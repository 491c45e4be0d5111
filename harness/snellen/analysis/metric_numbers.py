"""How far numbers are off: mean absolute and root mean square error, of counts and of other numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from snellen._text import plural
from snellen.analysis.metric_base import Estimate, Rule, answered, by_key, cluster_of, ratio
from snellen.score import Score
from snellen.trial import Trial

__all__ = ["MAE", "RMSE"]

_SCORERS = ("count", "number")


def mae(trials: Sequence[Trial]) -> Estimate:
    """Mean distance between the number that was read from a response and the right one, in the unit of the answers.

    A response without a number has no distance: it is left out here, and stands in the column `unscored`.

    Source:
        Willmott and Matsuura (2005), Climate Research 30:79-82, equation 2.
    """
    return _mean(trials, power=1)


def rmse(trials: Sequence[Trial]) -> Estimate:
    """Root of the mean squared distance, in the unit of the answers: a few large errors weigh more than many small.

    Source:
        Willmott and Matsuura (2005), Climate Research 30:79-82, equation 3; the interval by the delta method.
    """
    found = _mean(trials, power=2)
    if not found.value:
        return found
    root = math.sqrt(found.value)
    return replace(found, value=root, pulls=[pull / (2 * root) for pull in found.pulls])


MAE = Rule(estimate=mae, about="mean distance from the right number", scale="number", is_better_high=False)
RMSE = Rule(estimate=rmse, about="root of the mean squared distance", scale="number", is_better_high=False)


def _mean(trials: Sequence[Trial], *, power: int) -> Estimate:
    judged = [trial for trial in answered(trials) if _score(trial) is not None]
    if not judged:
        return Estimate(value=None, n=0, unit="cases", note="no response was judged by 'count' or 'number'")
    rows, unread = [], 0
    for own in by_key(judged, lambda trial: [(trial.eval, trial.case.id)]):
        distances = [_distance(trial) for trial in own]
        known = [distance for distance in distances if distance is not None]
        unread += len(distances) - len(known)
        if known:
            rows.append((math.fsum(distance**power for distance in known), float(len(known)), cluster_of(own[0])))
    note = f"left out: {plural(unread, 'response')} without a number that can be compared" if unread else ""
    return ratio(rows, n=len(rows), unit="cases", unscored=unread, note=note)


def _score(trial: Trial) -> Score | None:
    return next((score for score in trial.scores if score.scorer in _SCORERS), None)


def _distance(trial: Trial) -> float | None:
    """To the nearest right number; None when either side has none."""
    score = _score(trial)
    read = None if score is None or score.is_unscored else _number(score.extracted)
    right = [number for number in map(_number, _answers(trial)) if number is not None]
    return None if read is None or not right else min(abs(read - number) for number in right)


def _answers(trial: Trial) -> Sequence[object]:
    specs = [spec for spec in trial.case.expect.scorers if spec.name in _SCORERS]
    given = [spec.options["answer"] for spec in specs if spec.options.get("answer") is not None]
    answer = given[0] if given else trial.case.answer
    return answer if isinstance(answer, list | tuple) else [answer]


def _number(value: object) -> float | None:
    """A finite number as JSON or a scorer writes it ("1234.5"); anything else is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value).replace("_", "?"))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e150 else None  # noqa: PLR2004  # its square is finite
