"""Relaxed accuracy of chart questions: a number within 5 % of the right one is right, a text must be the same.

`style: published` is the rule as it is published and run everywhere, faults included. `style: careful`, the default,
reads what that rule cannot: thousands separators, currencies, units, hedges ("about 30%"), white space; it never takes
nan or inf for a number, and knows that a target of 0 has no 5 %. So scores of the two styles are not comparable.

Source:
    Methani et al. (2020), PlotQA, WACV; Masry et al. (2022), ChartQA, Findings of ACL, section 5.1: "an answer to be
    correct if it is within 5% of the gold answer. For non-numeric answers, we still need an exact match".
    google-research/pix2struct, pix2struct/metrics.py, relaxed_correctness(target, prediction).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal, NamedTuple

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, EvidenceKind, Score
from snellen.scorers.amounts import Amount, Leeway, judge_figure, parse_tolerance, shown_figure
from snellen.scorers.answered import read_answer
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.figures import Figure, find_figures, reading_form
from snellen.scorers.fold import fold
from snellen.scorers.registered import scorer

__all__ = ["is_relaxed_match", "relaxed"]

_NAME = "relaxed"
_LABEL_WIDTH = 60
_YEARS = range(1900, 2101)
_LONGEST_BARE = 200  # characters of an answer that is a number and its unit, and nothing else
_HEDGE = re.compile(
    r"(?:(?:it is |it's )?(?:about|approximately|approx\.?|around|roughly|nearly|almost|~|≈|약|대략)\s?)?"
)
# A number may be followed by what it is of: "50 units", "180 exajoules", "15 (thousand) dollars", 3명.
_OF_WHAT = re.compile(r"(?:\s?\(?(?:in )?[a-z가-힣°%$]{1,24}\)?){0,4}\s?[.!]?\s*")
# Spans of time that no unit converts, for none has a fixed number of the others: 5 months are not 5 years.
_SPAN = re.compile(
    r"(?<![a-z])(day|week|month|year|decade|centur)(?:s|y|ies)?(?![a-z])|[0-9]\s?(일|주|개월|년|세기)(?!대|차)"
)
_KOREAN_SPANS = {"일": "day", "주": "week", "개월": "month", "년": "year", "세기": "centur"}


class _Judged(NamedTuple):
    is_right: bool
    note: str = ""
    figure: Figure | None = None


def _inline(text: str) -> Mapping[str, object]:
    rest, options = parse_tolerance(text)
    if "tolerance" in options:
        raise InputError("the tolerance of relaxed is a share: relaxed: 42 ±5%")
    return {"answer": rest, **({"tolerance": options["relative"]} if options else {})}


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    style: Literal["published", "careful"] = "careful",
    tolerance: float = 0.05,
    years: bool = False,
    extract: bool = False,
) -> str:
    if not (math.isfinite(tolerance) and 0 <= tolerance < 1):
        return f"tolerance is {tolerance!r}; right is a share from 0 to below 1, such as 0.05"
    if style == "published" and (years or extract):
        wrong = "years" if years else "extract"
        return f"{wrong} changes the published rule; it goes with style: careful only"
    return needs_text(case, answer=answer)


@scorer("relaxed", version="1", check=_check, inline=_inline)
def relaxed(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    style: Literal["published", "careful"] = "careful",
    tolerance: float = 0.05,
    years: bool = False,
    extract: bool = False,
) -> Score:
    """1 when the response is one of the right answers, numbers within the tolerance; else 0.

    Unscored with `extract` only, when a number is right and none can be read. In the published style the texts are
    compared as they are, so that a Korean answer in NFD is not its NFC form there.

    Args:
        case: Its answer is a text or a number, or a list of which each is right.
        response: To be judged.
        answer: What is right, over the case's answer.
        style: published or careful.
        tolerance: As a share of the right number.
        years: Whether a whole number from 1900 to 2100 must be met exactly where both are. The published rule takes
            2021 for 2019, so this changes scores.
        extract: Whether the number may stand in running text; else the response is the number and its unit.
    """
    right = answer_texts(case, answer)
    text = response.text
    if style == "published":
        judged = [_Judged(is_relaxed_match(one, text, tolerance=tolerance)) for one in right]
    else:
        given = _read(text, case.prompt, extract=extract)
        judged = [_careful(one, text, given, tolerance=tolerance, years=years) for one in right]
        unread = extract and given is None and not any(one.is_right for one in judged)
        if unread and any(_bare(one) for one in right):
            return Score(scorer=_NAME, value=None, passed=False, explanation="no number can be read as the answer")
    return _score(judged, " or ".join(right), text)


def is_relaxed_match(target: str, prediction: str, *, tolerance: float = 0.05) -> bool:
    """The published rule, to the letter: what `float` reads is a number, a target of 0 is compared as text.

    Args:
        target: What is right. The order matters: the tolerance is a share of it.
        prediction: What was answered.
        tolerance: As a share.

    Source:
        google-research/pix2struct, pix2struct/metrics.py, relaxed_correctness.
    """
    given, wanted = _to_float(prediction), _to_float(target)
    if given is not None and wanted:
        return abs(given - wanted) / abs(wanted) <= tolerance
    return prediction.lower() == target.lower()


def _to_float(text: str) -> float | None:
    try:
        return float(text.rstrip("%")) / 100.0 if text.endswith("%") else float(text)
    except ValueError:
        return None


def _read(text: str, prompt: str, *, extract: bool) -> Figure | None:
    return read_answer(text, prompt=prompt).figure if extract else _bare(text)


def _bare(text: str) -> Figure | None:
    """The number that a text is, with its unit and a hedge; None for a text that says more, or none."""
    if len(text.strip()) > _LONGEST_BARE:
        return None
    folded = reading_form(text)
    figures = find_figures(folded)
    if len(figures) != 1 or figures[0].aside:
        return None
    (figure,) = figures
    before = folded.text[: figure.start].strip(" \n\t*$")
    behind = folded.text[figure.end :].strip(" \n\t*")
    return figure if _HEDGE.fullmatch(before) and _OF_WHAT.fullmatch(behind) else None


def _careful(right: str, text: str, given: Figure | None, *, tolerance: float, years: bool) -> _Judged:
    wanted = _bare(right)
    if wanted is None or given is None:
        same = _plain(right) == _plain(text)
        return _Judged(same, "the same text" if same else "another text")
    if years and _is_year(wanted) and _is_year(given):
        return _Judged(wanted.value == given.value, "years must be met exactly", given)
    if (spans := _spans(right)) and (others := _spans(text)) and spans.isdisjoint(others):
        return _Judged(False, "another span of time", given)
    leeway = Leeway(relative=tolerance)
    verdict = judge_figure(given, _amount(wanted.value, wanted, right), leeway)
    is_scaled = wanted.bare != wanted.value, given.bare != given.value
    if verdict.is_right or is_scaled[0] == is_scaled[1]:
        return _Judged(verdict.is_right, verdict.note, given)
    # An axis in thousands is read as "15 thousand" where the table says 15; a factor of a thousand is no near miss.
    bare = judge_figure(replace(given, value=given.bare), _amount(wanted.bare, wanted, right), leeway)
    return _Judged(bare.is_right, "the scale word taken for the unit of the axis" if bare.is_right else "", given)


def _spans(text: str) -> set[str]:
    found = _SPAN.finditer(fold(text).text) if len(text) <= _LONGEST_BARE else ()
    return {match[1] or _KOREAN_SPANS[match[2]] for match in found}


def _amount(value: Decimal, wanted: Figure, right: str) -> Amount:
    return Amount(low=value, high=value, unit=wanted.unit, text=right)


def _is_year(figure: Figure) -> bool:
    return figure.unit is None and figure.value == figure.value.to_integral_value() and int(figure.value) in _YEARS


def _plain(text: str) -> str:
    """A text without what does not make it another answer: case, white space around it, quotes and a full stop."""
    return " ".join(fold(text).text.split()).strip("\"'*").removesuffix(".").strip()


def _score(judged: list[_Judged], expected: str, text: str) -> Score:
    if not judged:
        why = "the case has no answer to compare with"
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    best = next((one for one in judged if one.is_right), judged[0])
    said = shown_figure(best.figure) if best.figure else shorten(text, _LABEL_WIDTH)
    right = shorten(expected, _LABEL_WIDTH)
    verdict = f"{said!r} is near enough to {right!r}" if best.is_right else f"{said!r} is not {right!r}"
    kind: EvidenceKind = "found" if best.is_right else "missing"
    return Score(
        scorer=_NAME,
        value=float(best.is_right),
        passed=best.is_right,
        explanation=f"{verdict} ({best.note})" if best.note else verdict,
        evidence=(Evidence(kind=kind, keyword=expected, note=best.note),),
        extracted=said,
    )
