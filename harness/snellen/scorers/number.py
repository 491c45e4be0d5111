"""The number scorer: which number the response gives as its answer, and whether it is the right one.

How the answer is read stands in `answered`: what the text itself calls its answer comes first; where several numbers
are left and none is called the answer, the response is unscored, never guessed at. How it is compared stands in
`amounts`.

In the mini-language: `number: 42`, `number: 42 ±1`, `number: 42 ±5%` (of 42), `number: 3.5 kg ±100 g`,
`number: 10..20`, and `number: 3 | 4` where either is right.

Superscripts are read as powers. A response in NFKC or NFKD has lost them (10⁵ is 105 there), so for these alone the
verdict depends on the Unicode form.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.amounts import (
    Amount,
    Leeway,
    Verdict,
    judge_figure,
    parse_amount,
    parse_tolerance,
    shown,
    shown_figure,
)
from snellen.scorers.answered import Answered, Pick, read_answer
from snellen.scorers.counted import what_is_counted
from snellen.scorers.expected import answers_of, needs_answer
from snellen.scorers.figures import DecimalSign
from snellen.scorers.nothing import with_none
from snellen.scorers.reading import candidate_evidence, reading_evidence
from snellen.scorers.registered import scorer

__all__ = ["number"]

_NAME = "number"
_LABEL_WIDTH = 60
_MOST_PLACES = 50


def _inline(text: str) -> Mapping[str, object]:
    rest, options = parse_tolerance(text)
    parts = [part.strip() for part in rest.split("|")]
    for part in parts:
        parse_amount(part)
    return {"answer": parts[0] if len(parts) == 1 else parts, **options}


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    tolerance: float = 0.0,
    relative: float = 0.0,
    places: int | None = None,
    unit: str | None = None,
    decimal: DecimalSign = "point",
    **_: object,
) -> str:
    for name, value in (("tolerance", tolerance), ("relative", relative)):
        if not (math.isfinite(value) and value >= 0):
            return f"{name} is {value!r}; right is 0 or more"
    if places is not None and not 0 <= places <= _MOST_PLACES:
        return f"places is {places!r}; right is 0 to {_MOST_PLACES} decimals"
    if unit is not None and not unit.strip():
        return "unit is empty; leave it out where none is expected"
    if said := needs_answer(case, answer=answer):
        return said
    try:
        for one in answers_of(case, answer):
            parse_amount(one, decimal=decimal, unit=unit)
    except InputError as error:
        return f"its answer is no number: {error}"
    return ""


@scorer("number", version="1", check=_check, inline=_inline)
def number(  # noqa: PLR0913  # each is an option that people write
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    tolerance: float = 0.0,
    relative: float = 0.0,
    places: int | None = None,
    unit: str | None = None,
    unit_required: bool = False,
    decimal: DecimalSign = "point",
    pick: Pick = "answer",
) -> Score:
    """1 when the number that the response gives as its answer is right, 0 when it is another; unscored without one.

    Args:
        case: Its answer is a number, a text such as "1,300원", "3.5 kg", "42%" or "10..20", or a list of these.
        response: To be judged; of a text over 200,000 characters the end is read.
        answer: What is right, over the case's answer.
        tolerance: How far off is right, in the answer's unit.
        relative: How far off is right, as a share of the right value; of both the wider counts.
        places: Compare both rounded to so many decimals, halves up.
        unit: What the answer is in where it does not say.
        unit_required: Whether a number without its unit is wrong; else a missing unit is taken for the right one.
        decimal: What stands before decimals, in the answer and in the response: "comma" reads 1.234,5.
        pick: answer; or last, first, only: the last or first number of the text, or its only one.
    """
    amounts = [_amount(one, decimal, unit) for one in answers_of(case, answer)]
    expected = " or ".join(amount.text for amount in amounts)
    found = read_answer(
        response.text, prompt=case.prompt, pick=pick, decimal=decimal, unit=amounts[0].unit if amounts else None
    )
    if pick == "answer" and what_is_counted(case.prompt).is_count:
        found = with_none(found, case.prompt)
    if found.figure is None or not amounts:
        why = found.how if amounts else "the case has no answer to compare with"
        return Score(
            scorer=_NAME, value=None, passed=False, explanation=why, evidence=candidate_evidence(found, expected)
        )
    leeway = Leeway(tolerance, relative, places, unit_required)
    verdicts = [(amount, judge_figure(found.figure, amount, leeway)) for amount in amounts]
    amount, verdict = next((pair for pair in verdicts if pair[1].is_right), verdicts[0])
    return _score(found, verdict, amount.text if verdict.is_right else expected)


@functools.lru_cache(maxsize=4096, typed=True)
def _cached(value: str | float, decimal: DecimalSign, unit: str | None) -> Amount:
    return parse_amount(value, decimal=decimal, unit=unit)


def _amount(value: object, decimal: DecimalSign, unit: str | None) -> Amount:
    if isinstance(value, str | int | float):
        return _cached(value, decimal, unit)
    return parse_amount(value, decimal=decimal, unit=unit)


def _score(found: Answered, verdict: Verdict, expected: str) -> Score:
    if found.figure is None:
        raise ValueError("a score needs a figure")
    said = shown_figure(found.figure)
    if verdict.is_right:
        right = shorten(expected, _LABEL_WIDTH)
        off = shown(verdict.off) if verdict.off else ""
        explanation = f"{said} is near enough to {right}, off by {off}" if off else f"{said} is {right}"
    else:
        explanation = f"{said}, not {shorten(expected, _LABEL_WIDTH)}"
    notes = "; ".join(note for note in (verdict.note, found.how) if note)
    return Score(
        scorer=_NAME,
        value=float(verdict.is_right),
        passed=verdict.is_right,
        explanation=f"{explanation} ({notes})",
        evidence=reading_evidence(found, is_right=verdict.is_right, expected=expected, note=notes),
        extracted=said,
    )
