r"""Which number a text gives as its answer, and by what it was told.

The text's own statement comes first ("the answer is 42", 정답은 42, \boxed{42}, #### 42, <answer>42</answer>); the last
one counts. Else what is said to remain, where the question asks for that ("how many are left"). Else what a table or a
line calls the total, where it is asked for or stands alone. Else the text may hold one number only, once those that the
question holds are left out, or one that counts what the question names. Else the places where answers stand are asked
(bold, the sentence with "therefore" or "in total", the result of the last equation, the last sentence, the first one):
when all that hold exactly one number name the same, it is the answer. When they do not, or no place holds exactly one,
nothing is claimed: a number picked out of several would be a guess.

Never an answer by themselves: ordinals, labels (Figure 3), bounds ("at least 3", 3 이상, 10여 명) and ranges ("3 to 5",
3~4명), the whole of a part ("3 out of 10"), the parts that a number in front of their bracket adds up, what is denied,
asked, taken back or named in passing where the text says that it cannot tell, and what stands in code or tables. "About
10" and 약 10명 are 10.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from snellen.scorers.alike import distinct, one_of
from snellen.scorers.counted import figures_of, what_is_counted
from snellen.scorers.figures import DecimalSign, Figure, find_figures, reading_form
from snellen.scorers.fold import Folded, fold
from snellen.scorers.page import OPEN, Page
from snellen.scorers.passing import without_passing
from snellen.scorers.remaining import remaining
from snellen.scorers.stated import MOST_STATEMENTS, WINDOW, by_statement, result_of
from snellen.scorers.totals import TOTAL_BEFORE, total_of
from snellen.scorers.units import CURRENCIES, Unit, unit_named

__all__ = ["Answered", "Pick", "read_answer"]

Pick = Literal["answer", "last", "first", "only"]
"""answer: what the text gives as its answer; last, first: by place; only: the one number of the text."""

READ_CHARS = 200_000
"""The end of a text that is read: answers stand there, and a text of megabytes must end somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was read.

    Attributes:
        figure: The answer; None where none can be told.
        how: By what it was told ("said in bold"), or why none could be.
        folded: The part of the text that was read, with the way back to it.
        shift: Where that part begins in the text as it arrived.
        figures: Everything that was considered.
    """

    figure: Figure | None
    how: str
    folded: Folded
    shift: int = 0
    figures: tuple[Figure, ...] = ()

    def span(self, figure: Figure) -> tuple[int, int]:
        """Where a figure stands in the text as it arrived, its unit included."""
        start, end = self.folded.span(figure.start, max(figure.end, figure.unit_end))
        return start + self.shift, end + self.shift


_TOTAL_BEFORE = re.compile(rf"(?:{TOTAL_BEFORE}){OPEN}{{0,4}}(?:약|about|roughly|approximately|exactly)?{OPEN}{{0,2}}$")
_TOTAL_BEHIND = re.compile(r"[*_']{0,3}(?:\s[a-z]{2,20}){0,3}\s(?:in (?:total|all)|altogether)(?![a-z])")
_BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*(?!\s?:)")
# Each word with what must not stand before it looked for behind it: so they are searched several times faster.
_CONCLUDES = re.compile(
    "|".join(
        (
            *(
                rf"{word}(?<![a-z]{word})(?<!or so)(?![a-z])"  # "5 or so" concludes nothing
                for word in (
                    *("so", "therefore", "thus", "hence", "consequently", "in total", "a total", "total of"),
                    *("in conclusion", "overall", "altogether", "in all"),
                )
            ),
            *("따라서", "그러므로", "그래서", "결론", "결국", "∴"),
            *(f"{word}(?<![가-힣]{word})(?![가-힣])" for word in ("총", "모두", "합계", "합치면", "합쳐서", "즉")),
        )
    )
)


def read_answer(
    text: str,
    *,
    prompt: str = "",
    pick: Pick = "answer",
    decimal: DecimalSign = "point",
    unit: Unit | None = None,
) -> Answered:
    """The number that a text gives as its answer.

    Args:
        text: As it arrived; of a longer one the last 200,000 characters are read.
        prompt: The question; numbers that it holds may be left out where exactly one other is there.
        pick: By what rule.
        decimal: What stands before the decimals.
        unit: What the answer is expected in; numbers of other things may be left out likewise.
    """
    shift = max(0, len(text) - READ_CHARS)
    folded = reading_form(text[shift:])
    page = Page(folded, find_figures(folded, decimal=decimal, wanted=unit))
    if pick == "answer":
        page.figures = without_passing(page, _without_money(page.figures, prompt), prompt)
    free = [one for one in page.figures if not one.aside]
    if pick != "answer":
        figure, how = _by_place(free, pick)
    elif stated := by_statement(page) or remaining(page, prompt):
        figure, how = stated
    elif free:
        asked = _asked(prompt[-READ_CHARS:], decimal) if len(free) > 1 else ()
        figure, how = (
            _by_total(page, prompt, unit, free)
            or _by_elimination(free, asked, unit)
            or _by_what_is_counted(page, free, prompt)
            or _by_place_of_answers(page, free, asked)
        )
    else:
        figure, how = _by_total(page, prompt, unit, free) or _of_asides(page)
    return Answered(figure=figure, how=how, folded=folded, shift=shift, figures=tuple(page.figures))


def _without_money(figures: list[Figure], prompt: str) -> list[Figure]:
    """The figures, with amounts of money set apart where a question counts things and other figures are there."""
    money = {one.start for one in figures if one.unit and one.unit.family in CURRENCIES and not one.aside}
    noun = what_is_counted(prompt).noun if money else ""
    if not noun or unit_named(noun).family in CURRENCIES:
        return figures
    if all(one.aside or one.start in money for one in figures):
        return figures
    return [replace(one, aside="an amount of money") if one.start in money else one for one in figures]


@functools.lru_cache(maxsize=64)
def _asked(prompt: str, decimal: DecimalSign) -> tuple[Figure, ...]:
    return tuple(find_figures(reading_form(prompt), decimal=decimal))


_Found = tuple[Figure | None, str]


def _by_place(free: list[Figure], pick: Pick) -> _Found:
    if not free:
        return None, "no number found"
    if pick == "only":
        several = len(distinct(free)) > 1
        return (None, "several numbers, and one only is asked for") if several else (free[0], "the only number")
    return (free[-1], "the last number") if pick == "last" else (free[0], "the first number")


def _by_elimination(free: list[Figure], asked: Sequence[Figure], unit: Unit | None) -> _Found | None:
    if figure := one_of(free):
        return figure, "the only number"
    rest = _without(free, asked)
    if figure := one_of(rest):
        return figure, "the only number that the question does not hold"
    if unit and (figure := one_of(one for one in rest if one.unit and one.unit.family == unit.family)):
        return figure, f"the only number in {unit.name}"
    return None


def _without(figures: list[Figure], asked: Sequence[Figure]) -> list[Figure]:
    return [one for one in figures if not any(one.value == other.value for other in asked)]


def _by_place_of_answers(page: Page, free: list[Figure], asked: Sequence[Figure]) -> _Found:
    """What the places where answers stand agree on."""
    for votes in _TIERS:
        told = [(figure, how) for vote, how in votes if (figure := vote(page, free, asked))]
        if told:
            return told[0] if one_of(figure for figure, _ in told) else (None, _UNCLEAR)
    return None, _UNCLEAR


def _by_total(page: Page, prompt: str, unit: Unit | None, free: list[Figure]) -> _Found | None:
    """What is called a total in a table or a line of its own, where it is asked for or nothing else is said."""
    if not any(word in page.text for word in _TOTAL_WORDS):
        return None
    asked = fold(prompt[-_PROMPT_CHARS:]).text
    is_asked = _ASKS_TOTAL.search(asked) is not None
    figures = total_of(page, asked)
    figure = one_of(figures) or one_of(one for one in figures if unit and one.unit and one.unit.family == unit.family)
    if figure is None or not (is_asked or figure.aside == "" or not free):
        return None
    return figure, "called the total"


def _by_what_is_counted(page: Page, free: list[Figure], prompt: str) -> _Found | None:
    """The one number that counts what the question names, where all others count other things."""
    counted = what_is_counted(prompt)
    figure = one_of(figures_of(page.text, free, counted))
    return (figure, f"the only number of {counted.noun or counted.counter!r}") if figure else None


def _of_asides(page: Page) -> _Found:
    figures = page.figures
    usable = [one for one in figures if one.aside in _USABLE or (one.aside == "a heading" and page.is_alone(one))]
    if figure := one_of(usable):
        return figure, f"the only number, {figure.aside}"
    if usable:
        return None, _UNCLEAR
    return None, f"{figures[0].aside}, not a number by itself" if figures else "no number found"


def _bold(page: Page, free: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    """The number that all bold passages with one number agree on."""
    return one_of(_bold_figures(page, 0, len(page.text)))


def _bold_figures(page: Page, start: int, end: int) -> list[Figure]:
    found: list[Figure] = []
    for match in _BOLD.finditer(page.text, start, end) if "**" in page.text else ():
        if match[1].rstrip().endswith(":"):
            continue
        figure = one_of(one for one in page.between(match.start(1), match.end(1)) if not one.aside)
        found += [figure] if figure else []
    return found


def _told_in(page: Page, figures: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    """The one number of a sentence: in bold, else what it comes to, else the only one that was not in the question."""
    first, last = page.sentence(figures[0].start)
    if bold := one_of(_bold_figures(page, first, last)):
        return bold
    if result := result_of(page, figures):
        return result
    if total := one_of(one for one in figures if _is_total(page.text, one)):
        return total
    return one_of(figures) or one_of(_without(figures, asked))


def _is_total(text: str, figure: Figure) -> bool:
    before = _TOTAL_BEFORE.search(text, max(0, figure.start - WINDOW), figure.start)
    return before is not None or _TOTAL_BEHIND.match(text, figure.unit_end) is not None


def _conclusion(page: Page, free: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    """The number of the last sentence that draws a conclusion; none when it is drawn in code or a list behind it."""
    signs = [match.start() for match in _CONCLUDES.finditer(page.text) if not page.is_hidden(match.start())]
    for sign in reversed(signs[-MOST_STATEMENTS:]):
        first, last = page.sentence(sign)
        figures = [one for one in page.between(first, last) if not one.aside]
        if figures:
            return _told_in(page, figures, asked) or one_of(one for one in figures if one.start >= sign)
        if page.text[:last].rstrip(" *").endswith(":"):
            return None
    return None


def _equation(page: Page, free: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    return result_of(page, free)


def _last(page: Page, free: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    return _told_in(page, next(page.sentences()), asked) if free else None


def _first(page: Page, free: list[Figure], asked: Sequence[Figure]) -> Figure | None:
    if not free:
        return None
    end = page.sentence(free[0].start)[1]
    return _told_in(page, [one for one in page.between(free[0].start, end) if not one.aside], asked)


_PROMPT_CHARS = 2_000
_TOTAL_WORDS = ("total", "sum", "계", "총", "합", "금액")
_ASKS_TOTAL = re.compile(r"(?<![a-z])(?:total|sum|altogether|in all)(?![a-z])|합계|총|합|전체|모두")
_UNCLEAR = "several numbers, none called the answer"
_USABLE = frozenset({"an ordinal", "a label", "in code", "in a table", "a list mark", "a part"})
_Vote = Callable[[Page, list[Figure], Sequence[Figure]], Figure | None]
# Of each row that says anything all must say the same. How often each place, where it held one number, held the one
# that a language model had extracted from the same text (MathVista, Bard, 376 texts): bold 192 of 193, the conclusion
# 265 of 276, the last sentence 310 of 331, a calculation 81 of 110, the first sentence 213 of 301. The rules were
# written with these texts at hand, so that on others they will do worse.
_TIERS: tuple[tuple[tuple[_Vote, str], ...], ...] = (
    ((_bold, "said in bold"),),
    ((_conclusion, "in the conclusion"),),
    (
        (_equation, "what the calculation comes to"),
        (_last, "in the last sentence"),
        (_first, "in the first sentence"),
    ),
)
