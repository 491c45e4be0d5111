r"""Which number a text itself calls its answer: "the answer is 42", 정답은 42, \boxed{42}, <answer>42</answer>."""

from __future__ import annotations

import re

from snellen.scorers.alike import one_of
from snellen.scorers.figures import Figure
from snellen.scorers.page import OPEN, Page

__all__ = ["MOST_STATEMENTS", "WINDOW", "by_statement", "result_of"]

WINDOW = 48
"""Characters before a figure that are looked at."""

MOST_STATEMENTS = 2_000
"""The last so many are read."""

_Found = tuple[Figure | None, str]

_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{")
_TAGGED = re.compile(r"<answer>|<\|begin_of_box\|>")
_HASHES = re.compile(r"^[ \t]*####[ \t]+", re.MULTILINE)
_SAYS = re.compile(
    r"(?<![a-z])(?:answers?|response)[*_`\"']*(?:\s(?:to|for|in|of|here)(?![a-z])[^.\n]{0,160}?)?[*_`\"']*"
    r"(?:\s*[:=→]|\s(?:is|are|was|were|would be|should be|will be|must be|comes to|equals)(?![a-z]))[*_`\"']*:?|"
    r"(?<![가-힣])(?:최종\s?)?(?:정답|해답|답안|답변|답)[*_`\"']*(?:은|는|이)?\s*[:=→]?(?<![답변안])[*_`\"']*"
)
_STATEMENTS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (_SAYS, "said to be the answer", ("answer", "response", "답")),
    (_HASHES, "behind ####", ("####",)),
    (_TAGGED, "tagged as the answer", ("<answer>", "<|begin_of_box|>")),
    (_BOXED, "in a box", ("box",)),
)
"""How a text says what its answer is, and something without which it does not."""
_FILLER = re.compile(
    r"(?:[\s*_`\"'(\[$:~≈={]|\\\(|\\\[|\\[,;]|\\(?:boxed|text|mathrm|mathbf|textbf)\{|[a-h]\)\s|"
    r"[a-z](?:_\{?[a-z0-9]+\}?)?\s?=|"
    r"(?:about|approximately|approx\.?|around|roughly|nearly|almost|exactly|precisely|only|just|simply|equal to|"
    r"a total of|a|the number|that|there (?:are|is|were|was|will be)|therefore|thus|now|option|"
    r"약|대략|모두|총|전부|각각)"
    r"(?![a-z])){0,24}"
)
_SPACE = re.compile(r"[\s*_`]*")
_LISTED = re.compile(r"[*_\s]*\n\s*[-*•]\s")
_EQUATION = re.compile(rf"=\s*(?:about|approximately|roughly|~|≈)?{OPEN}{{0,6}}$")
_OPERATOR = re.compile(r"[*_`\s$]{0,4}(?:[+*/×÷x^=]|-(?=\s)|\\(?:times|cdot|div))(?![a-z*])")
# What tells in Korean that the amount is not yet the answer: 답은 10개와 13개를 더한 23개.
_PARTICLE = re.compile(r"(?:와|과|을|를|에서|에|의|보다|하고|랑)(?![가-힣])")


def by_statement(page: Page) -> _Found | None:
    """What the last readable statement of the answer says; None where there is none."""
    kinds = [(pattern, how) for pattern, how, signs in _STATEMENTS if any(sign in page.text for sign in signs)]
    places = [(match.end(), how) for pattern, how in kinds for match in pattern.finditer(page.text)]
    for place, how in sorted(places)[-MOST_STATEMENTS:][::-1]:
        found = _boxed(page, place) if how == "in a box" else _stated(page, place, how)
        if found is not None:
            return found
    return None


def _boxed(page: Page, start: int) -> _Found:
    figures = page.between(start, _brace_end(page.text, start))
    if not figures:
        return None, "what stands in its box is no number"
    result = result_of(page, figures) or one_of(figures)
    return (result, "in a box") if result else (None, "several numbers in its box")


def _brace_end(text: str, start: int) -> int:
    depth = 1
    last = min(len(text), start + 400)
    for place in range(start, last):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return last


def _stated(page: Page, place: int, how: str) -> _Found | None:
    begin = _SPACE.match(page.text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
    figures = page.between(begin, page.sentence(begin)[1])
    if not figures or page.is_hidden(place) or _LISTED.match(page.text, place):
        return None
    first = figures[0]
    is_direct = first.start - begin < WINDOW * 2 and _FILLER.fullmatch(page.text, begin, first.start) is not None
    goes_on = _OPERATOR.match(page.text, first.end) or _PARTICLE.match(page.text, first.unit_end)
    figure = first if is_direct and not goes_on else result_of(page, figures)
    if figure is None and "\n" not in page.text[place : first.start]:
        figure = one_of(one for one in figures if not one.aside)
    if figure is None and all(one.aside == "a bound" for one in figures):
        figure = first
    if figure is None or figure.aside in {"denied", "asked", "a list mark"}:
        return None
    return (None, "what is said to be the answer is a bound") if figure.aside == "a bound" else (figure, how)


def result_of(page: Page, figures: list[Figure]) -> Figure | None:
    """What the last equation of a passage comes to: X in "= X", not in "= X * 2"."""
    for figure in reversed(figures) if "=" in page.text else ():
        low = max(0, figure.start - WINDOW)
        if _EQUATION.search(page.text, low, figure.start) and not _OPERATOR.match(page.text, figure.unit_end):
            return figure
    return None
