"""Scoring a text by hand, in a notebook or in the body of an eval."""

from __future__ import annotations

from collections.abc import Mapping

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer

__all__ = ["score_text"]


def score_text(
    text: str,
    scorer: object,
    *,
    answer: object = None,
    choices: Mapping[str, str] | None = None,
    prompt: str = "",
    **options: object,
) -> Score:
    """The score of a text: `snellen.score_text("about 42 cats", "number: 42 ±1")`.

    Args:
        text: What a model said.
        scorer: Its name; a name with a text behind a colon; a mapping of a name to options; or a function made by
            `@snellen.scorer`.
        answer: What is right, unless the scorer says so itself.
        choices: Option texts by letter, for `choice`.
        prompt: What was asked, for scorers that look at it.
        **options: Of the scorer.

    Raises:
        InputError: There is no such scorer, it does not take these options, or it cannot judge by them.
    """
    spec = parse_scorer(scorer)
    spec = ScorerSpec(name=spec.name, options={**spec.options, **options})
    case = Case(id="text", prompt=prompt, images=(), answer=answer, choices=dict(choices or {}))
    judge = get_scorer(spec)
    if said := case_problem(spec, case):
        raise InputError(f"scorer {spec.name!r} cannot judge this text: {said}")
    return judge(case, Response(text=text))
