"""The count scorer: how many the response says there are, against how many there are.

The number is read as `number` reads it, of several the one that counts what the prompt asks for; none is 0 ("no cats",
고양이가 없습니다). A list without a total ("a cat, a dog and a bird") is no count: adding up what a response names is
not reading what it says, so it is unscored, as is a bound ("at least three"). Only where the prompt asks for a list,
one that is numbered says how many by its last number. The value is graded by the error, max(0, 1 - |p - g| /
max(g, 1)), so that a near miss is worth more than a wild guess; the explanation says the signed error, for a mean
absolute error.

In the mini-language: `count: 3`, `count: 3 ±1`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, localcontext

from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.amounts import Amount, parse_amount, parse_tolerance, shown, shown_figure
from snellen.scorers.answered import Answered, read_answer
from snellen.scorers.expected import answers_of, needs_answer
from snellen.scorers.figures import ARITHMETIC, Figure
from snellen.scorers.nothing import with_none
from snellen.scorers.reading import candidate_evidence, reading_evidence
from snellen.scorers.registered import scorer

__all__ = ["count"]

_NAME = "count"
_LIST_CHARS = 20_000  # of a response that is a list
_MARK = re.compile(r"^[ \t]*[*_]{0,2}([0-9]{1,3})[.)][*_]{0,2}[ \t]+\S", re.MULTILINE)
_ASKS_LIST = re.compile(
    r"(?<![a-z])(?:list|enumerate|name (?:all|every|each|the))(?![a-z])|나열|열거|목록|"
    r"(?:이름을?|모두|전부)\s?(?:적|써|쓰|말|대)"
)


def _inline(text: str) -> Mapping[str, object]:
    rest, options = parse_tolerance(text)
    amount = _whole(rest)
    if "relative" in options or float(str(options.get("tolerance", 0))) % 1:
        raise InputError("the tolerance of a count is a whole number: count: 3 ±1")
    within = int(float(str(options.get("tolerance", 0))))
    return {"answer": int(amount.low), **({"within": within} if within else {})}


@functools.lru_cache(maxsize=4096, typed=True)
def _cached(value: str | int) -> Amount:
    return _whole(value)


def _whole(value: object) -> Amount:
    amount = parse_amount(value)
    if amount.low != amount.high or amount.low < 0 or amount.low != int(amount.low):
        raise InputError(f"{value!r} is no count; right is a whole number from 0 on")
    return amount


def _check(case: Case, /, *, answer: object = None, within: int = 0) -> str:
    if within < 0:
        return f"within is {within!r}; right is 0 or more"
    if said := needs_answer(case, answer=answer):
        return said
    try:
        for one in answers_of(case, answer):
            _whole(one)
    except InputError as error:
        return f"its answer is no count: {error}"
    return ""


@scorer("count", version="1", check=_check, inline=_inline)
def count(case: Case, response: Response, /, *, answer: object = None, within: int = 0) -> Score:
    """How near the response's count is to the right one; passes when it is off by no more than `within`.

    Args:
        case: Its answer is a whole number, or a list of whole numbers that are each right.
        response: To be judged; of a text over 200,000 characters the end is read.
        answer: What is right, over the case's answer.
        within: The greatest error that passes; 1 is the off-by-one accuracy of papers on counting.

    Returns:
        1 for the right count, else max(0, 1 - |p - g| / max(g, 1)); unscored when the response says no count.
    """
    amounts = [_cached(one) if isinstance(one, str | int) else _whole(one) for one in answers_of(case, answer)]
    found = with_none(read_answer(response.text, prompt=case.prompt), case.prompt)
    if found.figure is None and _ASKS_LIST.search(case.prompt.lower()):
        found = _with_list(found)
    expected = " or ".join(shown(amount.low) for amount in amounts)
    right = [amount.low for amount in amounts]
    if right and found.figure is not None:
        return _graded(found, right, within, expected)
    return Score(
        scorer=_NAME,
        value=None,
        passed=False,
        explanation=found.how if right else "the case has no answer to compare with",
        evidence=candidate_evidence(found, expected),
    )


def _with_list(found: Answered) -> Answered:
    """What was read, with a list that is numbered from 1 on read as its last number."""
    marks = list(_MARK.finditer(found.folded.text[:_LIST_CHARS]))
    places = {mark.start(1) for mark in marks}
    if len(found.folded.text) > _LIST_CHARS or any(not (one.aside or one.start in places) for one in found.figures):
        return found
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):  # noqa: PLR2004
        return found
    value, (start, end) = Decimal(len(marks)), marks[-1].span(1)
    figure = Figure(value=value, bare=value, start=start, end=end, unit_end=end)
    return replace(found, figure=figure, how="the last number of its list")


def _nearest(given: Decimal, right: list[Decimal]) -> Decimal:
    return min(right, key=lambda one: (abs(given - one), one))


def _value(given: Decimal, right: Decimal) -> tuple[float, Decimal]:
    """The value and the signed error."""
    with localcontext(ARITHMETIC):
        off = given - right
        if not off.is_finite():
            return 0.0, off
        return float(max(Decimal(0), 1 - abs(off) / max(right, Decimal(1)))), off


def _said(given: str, off: Decimal, right: Decimal) -> str:
    if off == 0:
        return f"{given}, as it should be"
    return f"{given}, not {shown(right)}: off by {'+' if off > 0 else ''}{shown(off)}"


def _graded(found: Answered, right: list[Decimal], within: int, expected: str) -> Score:
    if found.figure is None:
        raise ValueError("a graded count needs a figure")
    with localcontext(ARITHMETIC):
        nearest = _nearest(found.figure.value, right)
    value, off = _value(found.figure.value, nearest)
    passed = abs(off) <= within
    said = shown_figure(found.figure)
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=f"{_said(said, off, nearest)} ({found.how})",
        evidence=reading_evidence(found, is_right=passed, expected=expected, note=found.how),
        extracted=said,
    )
