"""A text as a page of figures: its sentences and its code, and which figures are no answer by themselves, and why."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace

from snellen.scorers.figures import Figure
from snellen.scorers.fold import Folded
from snellen.scorers.negation import sentence_ends
from snellen.scorers.numerals_korean import COUNTER

__all__ = ["OPEN", "Page"]

OPEN = r"(?:[\s*_`\"'(\[$]|\\\(|\\\[)"
"""What may open before a number: space, bold, a quote, a bracket, mathematics."""

_WINDOW = 48  # characters before a figure that are looked at
# The folded form has ' for `.
_FENCE = re.compile(r"^[ \t]*'''[^\n]*\n.*?(?:^[ \t]*'''|\Z)", re.MULTILINE | re.DOTALL)

_BOUND_WORDS = (
    "at least|at most|more than|less than|fewer than|greater than|larger than|smaller than|higher than|lower than|"
    "no more than|in excess of|upwards? of|exceed|exceeds|exceeding|(?<!add )(?<!adds )(?<!sum )(?<!sums )up to|"
    "over|under|above|below|between|minimum of|maximum of"
)
_LABELS = (
    r"fig(?:ure)?\.?|images?|pictures?|photos?|case|section|part|table|options?|page|"
    r"chapter|line|row|column|no\.|number|item|그림|사진|표"
)
_HEADINGS = "steps?|examples?|questions?|problem|exercise|q|문제|단계|예시|질문|문항"
_PARTS = "first|last|other|remaining|next|additional|another|처음|나머지|다른"
# Why a figure is no answer by itself; what stands right before it, what stands right behind it. The first that fits.
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a bound", re.compile(rf"(?:(?<![a-z])(?:{_BOUND_WORDS})|(?<![a-z\"'])[<>]|[≤≥]|최소|최대|적어도){OPEN}{{0,4}}$")),
    ("a bound", re.compile(r"(?<![a-z])between\s\S{1,16}(?:\s\S{1,12})?\sand\s$|[0-9][a-z%°]{0,4}\sto\s$")),
    (
        "a part",
        re.compile(rf"(?<![a-z])(?:{_PARTS}){OPEN}{{1,3}}$"),
    ),
    ("the whole of a part", re.compile(rf"out of(?: the| a total of)?{OPEN}{{1,4}}$")),
    ("a heading", re.compile(rf"(?<![a-z])(?:{_HEADINGS})\s?#?{OPEN}{{0,3}}$")),
    ("a label", re.compile(rf"(?<![a-z])(?:{_LABELS})\s?#?{OPEN}{{0,3}}$")),
    (
        "denied",
        re.compile(
            rf"(?:(?<![a-z])(?:not|never|rather than|instead of)|n't(?: be)?)"
            rf"(?: (?:a|an|the|exactly|equal to|just|only))*{OPEN}{{1,4}}$"
        ),
    ),
)
# The last words of these, before what may open a number: most figures stand behind others, and are not looked into.
_OPENS = " \t\n\r\f\v*_`\"'([$\\#"
_BEFORE_ENDS = (
    *(
        "exceed",
        "exceeds",
        "exceeding",
        "excess of",
        "upward of",
        "upwards of",
        "than",
        "least",
        "most",
        "to",
        "over",
        "under",
        "above",
        "below",
        "between",
        "minimum of",
        "maximum of",
        "and",
    ),
    *("<", ">", "≤", "≥", "최소", "최대", "적어도", "out of", "the", "a total of", *_PARTS.split("|")),
    *("not", "never", "n't", "be", "a", "an", "exactly", "equal to", "just", "only"),
    *("fig", "fig.", "figure", "image", "images", "picture", "pictures", "photo", "photos", "step", "steps", "case"),
    *(
        "example",
        "examples",
        "question",
        "questions",
        "problem",
        "exercise",
        "q",
        "질문",
        "문항",
        "section",
        "part",
        "table",
        "option",
        "options",
    ),
    *(
        "page",
        "chapter",
        "line",
        "row",
        "column",
        "no.",
        "number",
        "item",
        "그림",
        "사진",
        "문제",
        "단계",
        "예시",
        "표",
    ),
)
_BEHIND: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a bound",
        re.compile(
            r"[*_'\s]{0,3}(?:이상|이하|미만|초과|\+(?!\s?[0-9])|보다(?:는|도)?(?![가-힣])|"
            r"(?:이|가|은|는|를|을|도)?\s?(?:채\s)?(?:훨씬\s)?(?:넘[는은을게고어었습지]|안\s?되|안\s?됩|못\s?미치|웃[도돌]|밑[도돌]|미치지\s?못|되지\s?않)|"
            r"or (?:more|less|fewer|above|below|greater|higher|lower)(?![a-z]))"
        ),
    ),
    ("a bound", re.compile(rf"\s?남짓|여\s?(?:{COUNTER})(?![가-힣]{{3}})|-odd(?![a-z])")),
    ("a bound", re.compile(r"\s?(?:부터|까지|에서\s[0-9])|[a-z%°]{0,4}\sto\s[$€£₩]?[0-9]")),
    ("the whole of a part", re.compile(r"\s?중(?:에서?|의)?(?![가-힣])")),
    (
        "denied",
        re.compile(
            r"(?:이|가|은|는|도)?\s?(?:아니|아닌|아닙)|(?:도|(?<=도))\s(?:[가-힣]{1,6}\s)?(?:없|안\s|않|못|보이지)"
        ),
    ),
)
_BECAUSE = re.compile(r"because(?<![a-z]because)(?![a-z])|since(?<![a-z]since)(?![a-z])|왜냐하면|검산")
_THOUGHT_BEFORE = re.compile(
    r"(?<![a-z])(?:at first(?: glance| sight)?|initially|originally|first (?:thought|counted|saw)|"
    r"(?:i|we) (?:thought|assumed|believed|guessed)|(?:may|might) (?:seem|appear|look)|looks? like|looked like|"
    r"seems?|seemed)(?![a-z])"
)
_TURNS = re.compile(r"[^.!?\n0-9]{0,40}[\s,;.—-]+(but|however|actually|wait|no,|on closer)(?![a-z])")
_HEDGED = re.compile(r"(?<![a-z])(?:could|might|may|maybe|perhaps|possibly|or|also)(?![a-z])")
_THOUGHT_BEHIND = re.compile(
    r"(?:(?:인|일)?\s?줄\s?알았|이?라고\s?(?:생각했|여겼|착각했)|(?:인|일)\s?(?:것으로|것처럼|거라고|것)\s?(?:생각했|보였|보이|같았|같)|"
    r"(?:으로|로|처럼)\s?(?:보였|보이|착각했))[가-힣]{0,2}?(?:는데|지만|으나|나)(?=[\s,])"
)
_TURNING = ("but", "however", "actually", "wait", "no,", "closer", "지만", "는데", "나 ", "나,")
_SUBTRACTED = re.compile(r"(?:을|를|이|가)?\s?(?:빼|뺀|빠|덜|제하|제외)")
_BREAKDOWN = re.compile(r"(?:[*_]{0,3}(?:\s[a-z]+){0,3}|[*_]{0,3}[가-힣]{0,4})[*_]{0,3}\s?([(:])")
_INCLUDES = re.compile(r"(?<![a-z])(?:including|of which|of whom|of them)(?![a-z])|포함|그\s?중")
_MARK = re.compile(r"[.)]\s+\S")
_MARK_BEFORE = " \t*#>-"


class Page:
    """A text with its figures, in the order of the text.

    Attributes:
        text: Folded.
        figures: Each with the reason why it is no answer by itself, where there is one.
    """

    def __init__(self, folded: Folded, figures: list[Figure]) -> None:
        self.text = folded.text
        self._ends = sentence_ends(self.text)
        self._fences = [match.span() for match in _FENCE.finditer(self.text)] if "'''" in self.text else []
        self._starts = [figure.start for figure in figures]
        self._has_bars, self._has_reasons = "|" in self.text, _BECAUSE.search(self.text) is not None
        self.figures = [one if one.aside else self._marked(one) for one in figures]
        self._set_apart()

    def _set_apart(self) -> None:
        """Marks what is taken back ("first 4, but it is 3") and what a total is made of ("3 (2 men, 1 woman)")."""
        for index, figure in enumerate(self.figures[1:], 1) if "에서" in self.text else ():
            first = self.figures[index - 1]
            if not figure.aside and first.aside in {"", "a bound"} and self._ends_range(first, figure):
                self.figures[index - 1 : index + 1] = (replace(one, aside="a bound") for one in (first, figure))
        turns = any(word in self.text for word in _TURNING)
        for index, figure in enumerate(self.figures[:-1]) if turns else ():
            if not figure.aside and self._is_taken_back(figure, self.figures[index + 1]):
                self.figures[index] = replace(figure, aside="taken back")
        for index, figure in enumerate(self.figures[:-1]) if "(" in self.text or ":" in self.text else ():
            for part in self._parts_of(index) if not figure.aside else ():
                self.figures[part] = replace(self.figures[part], aside="a part of the number before")

    def _ends_range(self, first: Figure, figure: Figure) -> bool:
        """Whether a range of the same things ends with a figure: 3명에서 5명, not 3층에서 5명."""
        if self.text[max(first.end, first.unit_end) : figure.start].strip() != "에서":
            return False
        counter, own = (self.text[one.end : one.unit_end].strip() for one in (first, figure))
        return counter in {"", own} and _SUBTRACTED.match(self.text, max(figure.end, figure.unit_end)) is None

    def _is_taken_back(self, figure: Figure, following: Figure) -> bool:
        end = max(figure.end, figure.unit_end)
        if _THOUGHT_BEHIND.match(self.text, end, end + _WINDOW * 2):
            return not following.aside
        turn = _TURNS.match(self.text, end, end + _WINDOW * 2)
        if turn is None or turn.end() > following.start or following.aside:
            return False
        first, last = self.sentence(figure.start)
        hedged = _HEDGED.search(self.text, turn.start(1), max(last, following.end))
        return (
            hedged is None
            and _THOUGHT_BEFORE.search(self.text, max(first, figure.start - _WINDOW * 2), figure.start) is not None
        )

    def _parts_of(self, index: int) -> list[int]:
        """Which figures, in the bracket or after the colon behind one, add up to it or are said to be part of it."""
        whole = self.figures[index]
        opened = _BREAKDOWN.match(self.text, max(whole.end, whole.unit_end))
        if opened is None:
            return []
        close = self.text.find(")", opened.end()) if opened[1] == "(" else self.sentence(opened.end())[1]
        if close < 0:
            return []
        low = bisect.bisect_left(self._starts, opened.end())
        inside = range(low, bisect.bisect_left(self._starts, close))
        parts = [self.figures[one] for one in inside if not self.figures[one].aside]
        if not parts or any(one.value >= whole.value or (one.unit and one.unit != whole.unit) for one in parts):
            return []
        adds_up = len(parts) > 1 and sum(one.value for one in parts) == whole.value
        return list(inside) if adds_up or _INCLUDES.search(self.text, opened.end(), close) else []

    def is_alone(self, figure: Figure) -> bool:
        """Whether nothing stands behind a figure, and no more than a word before it."""
        return not self.text[figure.unit_end :].strip(" .*_'\n번") and len(self.text[: figure.start].split()) <= 1

    def is_hidden(self, place: int) -> bool:
        """Whether a place is inside fenced code."""
        index = bisect.bisect_right(self._fences, (place, len(self.text)))
        return index > 0 and place < self._fences[index - 1][1]

    def sentence(self, place: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        index = bisect.bisect_left(self._ends, place)
        first = self._ends[index - 1] + 1 if index else 0
        return first, self._ends[index] if index < len(self._ends) else len(self.text)

    def between(self, start: int, end: int) -> list[Figure]:
        """The figures that begin there."""
        return self.figures[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)]

    def sentences(self) -> Iterator[list[Figure]]:
        """The figures of each sentence that may be answers, the last sentence first."""
        found: list[Figure] = []
        first = len(self.text)
        for figure in reversed(self.figures):
            if figure.aside:
                continue
            if figure.start < first and found:
                yield found[::-1]
                found = []
            if not found:
                first = self.sentence(figure.start)[0]
            found.append(figure)
        if found:
            yield found[::-1]

    def _marked(self, figure: Figure) -> Figure:
        reason = self._aside(figure)
        return replace(figure, aside=reason) if reason else figure

    def _aside(self, figure: Figure) -> str:
        start, end = figure.start, max(figure.end, figure.unit_end)
        low = max(0, start - _WINDOW)
        if self.text[low:start].rstrip(_OPENS).endswith(_BEFORE_ENDS):
            for reason, pattern in _BEFORE:
                if pattern.search(self.text, low, start):
                    return reason
        for reason, pattern in _BEHIND:
            if pattern.match(self.text, end):
                return reason
        return self._where(start, end)

    def _where(self, start: int, end: int) -> str:
        """Why the place of a figure makes it no answer; empty when it does not."""
        if self.is_hidden(start):
            return "in code"
        line = self.text.rfind("\n", 0, start) + 1
        if self._has_bars:
            after = self.text.find("\n", end)
            if self.text.count("|", line, after if after >= 0 else len(self.text)) > 1:
                return "in a table"
        if _MARK.match(self.text, end) and not self.text[line:start].strip(_MARK_BEFORE):
            return "a list mark"
        first, last = self.sentence(start)
        because = _BECAUSE.search(self.text, max(first, start - 4 * _WINDOW), start) if self._has_reasons else None
        if because and bisect.bisect_left(self._starts, first) < bisect.bisect_left(self._starts, because.start()):
            return "a reason"
        return "asked" if self.text[last : last + 1] == "?" else ""
