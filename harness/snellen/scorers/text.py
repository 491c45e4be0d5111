"""Scoring a text by hand, in a notebook or in the body of an eval."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from snellen._text import shorten
from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer

__all__ = ["score_text"]

_SHOWN_CHARS = 80


def score_text(
    text: str,
    scorer: object,
    *,
    answer: object = None,
    choices: Mapping[str, str] | Sequence[str] | None = None,
    prompt: str = "",
    **options: object,
) -> Score:
    """The score of a text: `snellen.score_text("about 42 cats", "number: 42 ±1")`.

    Args:
        text: What a model said.
        scorer: Its name; a name with a text behind a colon; a mapping of a name to options; or a function made by
            `@snellen.scorer`.
        answer: What is right, unless the scorer says so itself.
        choices: Option texts by letter, for `choice`; a list gets the letters from A on.
        prompt: What was asked, for scorers that look at it.
        **options: Of the scorer.

    Raises:
        InputError: There is no such scorer, it does not take these options, or it cannot judge by them; or the text is
            none.
    """
    if not isinstance(text, str):
        found = shorten(repr(text), _SHOWN_CHARS)
        raise InputError(f"score_text judges what a model said, and got {found}; right is a text, such as '42'")
    spec = parse_scorer(scorer)
    spec = ScorerSpec(name=spec.name, options={**spec.options, **options})
    case = Case(id="text", prompt=prompt, images=(), answer=answer, choices=_lettered(choices))
    judge = get_scorer(spec)
    if said := case_problem(spec, case):
        raise InputError(f"scorer {spec.name!r} cannot judge this text: {said}")
    return judge(case, Response(text=text))


def _lettered(choices: Mapping[str, str] | Sequence[str] | None) -> dict[str, str]:
    if choices is None or isinstance(choices, Mapping):
        return dict(choices or {})
    texts = [] if isinstance(choices, str) else list(choices)
    if not 1 < len(texts) <= len(string.ascii_uppercase) or not all(isinstance(one, str) for one in texts):
        found = shorten(repr(choices), _SHOWN_CHARS)
        raise InputError(f"choices is {found}; right is such as {{'A': 'cat', 'B': 'dog'}}, or a list of 2 to 26 texts")
    return dict(zip(string.ascii_uppercase, texts, strict=False))
