"""Scorers made of others: all of them, any of them, or a weighted mean.

    expect:
      - all: {scorers: ["number: 42 ±1", "length: <= 200 characters"]}
      - weighted: {scorers: [chrf, {fuzzy: {at_least: 0.7}}], weights: [2, 1], at_least: 0.6}

An unscored part stays unscored where it could have decided: `all` fails when another part fails, `any` passes when
another part passes, and a mean with an unknown in it is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from snellen._text import plural, shorten
from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.asking import Replies, ScorerQuestion, judge_all, questions_of_all
from snellen.scorers.registered import scorer
from snellen.scorers.registry import case_problem, option_problems
from snellen.scorers.spec import parse_scorer

__all__ = ["all_of", "any_of", "children", "weighted"]

_AT_LEAST = 0.5
_LINE_WIDTH, _PART_WIDTH = 300, 100


def children(scorers: Sequence[object]) -> tuple[ScorerSpec, ...]:
    """The parts of a combination.

    Args:
        scorers: Each as `parse_scorer` takes it.

    Raises:
        InputError: One names no scorer, or cannot be used.
    """
    return tuple(parse_scorer(one) for one in scorers)


def _check(case: Case, /, *, scorers: Sequence[object] = (), **_: object) -> str:
    try:
        parts = children(scorers)
    except InputError as error:
        return str(error)
    if not parts:
        return "it combines nothing. Write scorers: a list of scorers, each as it is written by itself"
    for part in parts:
        problems = option_problems(part)
        said = "; ".join(problems) or case_problem(part, case)
        if said:
            return f"{part.name}: {said}"
    return ""


def _check_weighted(
    case: Case,
    /,
    *,
    scorers: Sequence[object] = (),
    weights: Sequence[float] | None = None,
    at_least: float = _AT_LEAST,
) -> str:
    if said := _check(case, scorers=scorers):
        return said
    if not 0 <= at_least <= 1:
        return f"at_least is {at_least}; right is a share from 0 to 1, such as 0.5"
    return "" if weights is None else _odd_weights(weights, len(scorers))


def _odd_weights(weights: Sequence[float], count: int) -> str:
    if len(weights) != count:
        return f"it has {plural(count, 'scorer')} and {plural(len(weights), 'weight')}; right is one weight a scorer"
    if any(not 0 <= weight < math.inf for weight in weights) or not sum(weights) > 0:
        return f"its weights are {list(weights)}; right are numbers from 0 on that are not all 0"
    return ""


def _inline(text: str) -> Mapping[str, object]:
    raise InputError("a combination lists its parts: {scorers: ['number: 42', 'length: <= 200 characters']}")


def _questions(
    case: Case, response: Response, /, *, scorers: Sequence[object] = (), **_: object
) -> tuple[ScorerQuestion, ...]:
    return questions_of_all(children(scorers), case, response)


@scorer("all", version="1", check=_check, inline=_inline, questions=_questions)
def all_of(case: Case, response: Response, /, *, scorers: list[object] | None = None, replies: Replies = None) -> Score:
    """Passes when all parts pass; the value is the lowest of theirs.

    Unscored when a part is, unless another part failed.

    Args:
        case: With what it expects.
        response: To be judged.
        scorers: The parts, each as it is written by itself.
        replies: What models said, for the parts that ask.
    """
    scores = _judged(case, response, scorers, replies)
    failed = [score for score in scores if not score.passed and not score.is_unscored]
    unscored = [score for score in scores if score.is_unscored]
    if not scores or (unscored and not failed):
        return _made("all", None, scores, unscored, passed=False)
    return _made("all", min(_values(scores)), scores, failed, passed=not failed)


@scorer("any", version="1", check=_check, inline=_inline, questions=_questions)
def any_of(case: Case, response: Response, /, *, scorers: list[object] | None = None, replies: Replies = None) -> Score:
    """Passes when one part passes; the value is the highest of theirs.

    Unscored when a part is, unless another part passed.

    Args:
        case: With what it expects.
        response: To be judged.
        scorers: The parts, each as it is written by itself.
        replies: What models said, for the parts that ask.
    """
    scores = _judged(case, response, scorers, replies)
    passed = [score for score in scores if score.passed]
    unscored = [score for score in scores if score.is_unscored]
    if not scores or (unscored and not passed):
        return _made("any", None, scores, unscored, passed=False)
    return _made("any", max(_values(scores)), scores, passed or list(scores), passed=bool(passed))


@scorer("weighted", version="1", check=_check_weighted, inline=_inline, questions=_questions)
def weighted(
    case: Case,
    response: Response,
    /,
    *,
    scorers: list[object] | None = None,
    weights: list[float] | None = None,
    at_least: float = _AT_LEAST,
    replies: Replies = None,
) -> Score:
    """The weighted mean of the parts' values; it passes from `at_least` on, whether its parts pass or not.

    Unscored when a part with a weight is.

    Args:
        case: With what it expects.
        response: To be judged.
        scorers: The parts, each as it is written by itself.
        weights: One a part, from 0 on; None weighs all alike.
        at_least: The value that passes.
        replies: What models said, for the parts that ask.
    """
    scores = _judged(case, response, scorers, replies)
    weighing = [1.0] * len(scores) if weights is None else weights
    if not scores or _odd_weights(weighing, len(scores)):
        return _made("weighted", None, scores, [], passed=False)
    pairs = [(weight, score) for weight, score in zip(weighing, scores, strict=True) if weight > 0]
    unscored = [score for _, score in pairs if score.is_unscored]
    if unscored:
        return _made("weighted", None, scores, unscored, passed=False)
    total = math.fsum(weight for weight, _ in pairs)
    mean = math.fsum(weight * score.value for weight, score in pairs if score.value is not None) / total
    value = min(1.0, max(0.0, mean))
    made = _made("weighted", value, scores, list(scores), passed=value >= at_least)
    return replace(
        made, explanation=f"{value:.3f}, {'at least' if made.passed else 'less than'} {at_least:g}; {made.explanation}"
    )


def _judged(case: Case, response: Response, scorers: list[object] | None, replies: Replies) -> tuple[Score, ...]:
    return judge_all(children(scorers or ()), case, response, replies)


def _values(scores: Sequence[Score]) -> list[float]:
    return [score.value for score in scores if score.value is not None]


def _made(name: str, value: float | None, scores: Sequence[Score], deciding: Sequence[Score], *, passed: bool) -> Score:
    """The score of a combination, told by the parts that decided it, with what all of them looked at."""
    counted = f"{sum(score.passed for score in scores)} of {plural(len(scores), 'scorer')} passed"
    told = "; ".join(shorten(f"{one.scorer}: {one.explanation or _verdict(one)}", _PART_WIDTH) for one in deciding)
    read = {score.extracted for score in scores if score.extracted is not None}
    return Score(
        scorer=name,
        value=value,
        passed=passed,
        explanation=shorten(f"{counted}; {told}" if told else counted, _LINE_WIDTH),
        evidence=tuple(_named(score.scorer, one) for score in scores for one in score.evidence),
        extracted=read.pop() if len(read) == 1 else None,
        calls=tuple(call for score in scores for call in score.calls),
        shapes=tuple(shape for score in scores for shape in score.shapes),
        parts=tuple(scores),
    )


def _verdict(score: Score) -> str:
    return "unscored" if score.is_unscored else "passed" if score.passed else "failed"


def _named(name: str, evidence: Evidence) -> Evidence:
    return replace(evidence, note=f"{name}: {evidence.note}" if evidence.note else name)
