"""The count scorer: how many the response says there are, against how many there are.

The number is read as `number` reads it; besides, none is a count: "no cats" and 고양이가 없습니다 are 0. A list without
a total ("a cat, a dog and a bird") is no count: adding up what a response names is not reading what it says, so it is
unscored, as is a bound ("at least three"). The value is graded by the error, max(0, 1 - |p - g| / max(g, 1)), so that a
near miss is worth more than a wild guess; the explanation says the signed error, for a mean absolute error.

In the mini-language: `count: 3`, `count: 3 ±1`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from decimal import Decimal, localcontext

from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.amounts import Amount, parse_amount, parse_tolerance, shown, shown_figure
from snellen.scorers.answered import Answered, read_answer
from snellen.scorers.expected import answers_of, needs_answer
from snellen.scorers.figures import ARITHMETIC, reading_form
from snellen.scorers.reading import candidate_evidence, reading_evidence
from snellen.scorers.registered import scorer

__all__ = ["count"]

_NAME = "count"
_READ_CHARS = 2_000  # of a response that says there are none; a longer one says more than that
# "No" is a count only with what it counts behind it: "no cats", never "no, ..." or "no doubt".
_NOT_COUNTED = "doubt|matter|one|way|longer|wonder|other|more|idea|need|problem|further|additional"
_NONE = re.compile(
    rf"(?<![a-z])no (?!(?:{_NOT_COUNTED})(?![a-z]))(?:[a-z]{{2,12}}ed |visible )?(?P<noun>[a-z]{{2,}})|"
    r"(?<![a-z])(?:none|zero)(?![a-z])|"
    r"(?:(?<![a-z])not|n't) (?:(?:see|find|detect|spot|have|contain|show|depict) )?any (?P<thing>[a-z]{2,})|"
    r"(?P<word>[가-힣]{0,8}?)(?:이|가|은|는|도)?\s?(?:하나도 |전혀 )?없(?:습니다|어요|다|음|네요|는|고|으며)|"
    r"도\s(?:[가-힣]{1,6}\s)?(?:안\s|보이지 않)"
)
_NONE_WORDS = ("no", "zero", "n't", "없", "안", "보이지")  # without any of these nothing says that there are none
# A number told like this stands, whatever else is said to be missing.
_STATED = frozenset({"said to be the answer", "in a box", "behind ####", "tagged as the answer", "said in bold"})
_CANNOT = re.compile(
    r"(?<![a-z])(?:can(?:not|'t)|unable|could(?: not|n't)|sorry|not (?:sure|clear|possible)|unclear|"
    r"impossible)(?![a-z])|"
    r"[을를 ]수(?:가|는)?\s?없|모르|어렵|죄송"
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
    found = read_answer(response.text, prompt=case.prompt)
    expected = " or ".join(shown(amount.low) for amount in amounts)
    right = [amount.low for amount in amounts]
    none = _says_none(found, case.prompt, alone=all(one.aside for one in found.figures))
    if right and found.figure is not None and (none is None or found.how in _STATED):
        return _graded(found, right, within, expected)
    if right and none is not None and found.figure is None:
        return _none(none, right, within, expected)
    why = "says that there are none, and a number" if found.figure is not None else found.how
    return Score(
        scorer=_NAME,
        value=None,
        passed=False,
        explanation=why if right else "the case has no answer to compare with",
        evidence=candidate_evidence(found, expected),
    )


def _says_none(found: Answered, prompt: str, *, alone: bool) -> tuple[int, int] | None:
    """Where a text says that there is nothing of what is counted; None where it says so nowhere.

    Beside a number (`alone` is false) it must name what the prompt asks for: "no dogs, 3 cats" is an answer to how many
    cats there are.
    """
    folded = found.folded
    if len(folded.original) > _READ_CHARS or not any(word in folded.text for word in _NONE_WORDS):
        return None
    asked = reading_form(prompt[-_READ_CHARS:]).text
    if _CANNOT.search(folded.text):
        return None
    for match in _NONE.finditer(folded.text):
        noun = next((one for one in match.groups() if one), "")
        if alone or (noun and noun.removesuffix("s") in asked):
            return folded.span(*match.span())
    return None


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


def _none(span: tuple[int, int], right: list[Decimal], within: int, expected: str) -> Score:
    nearest = _nearest(Decimal(0), right)
    value, off = _value(Decimal(0), nearest)
    passed = abs(off) <= within
    note = "says that there are none"
    evidence = Evidence(kind="found", keyword=expected, span=span, note=note)
    if not passed:
        evidence = Evidence(kind="note", keyword="0", span=span, note=note)
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=f"{_said('0', off, nearest)} ({note})",
        evidence=(evidence,),
        extracted="0",
    )
