"""Where an answer names its options: labels with what marks them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from snellen.scorers.choice_options import Options
from snellen.scorers.fold import Folded
from snellen.scorers.numerals_korean import COUNTER

__all__ = ["Mention", "Mentions", "opening_of"]

_MOST = 400  # mentions that are read at the beginning, and at the end, of an answer; with more it chooses nothing
_OPENING, _CLOSING = "*_\"'#$~|([{<", "*_\"'$~|)]}>"
_SPACE = " \t\r\n\u2028\u2029\x85\x0b\x0c"
_SETS_APART = frozenset("([{*\"'<")
_LATEX_OPEN = re.compile(r"(?:\\(?:\[|\(|[,;!]|quad|(?:d?boxed|text[a-z]*|math[a-z]*|bf|rm)\s*\{))+\Z")
_LATEX_CLOSE = re.compile(r"(?:[*_\"'$~|)\]}>]|\\[)\]])+")
_LATEX_WIDTH = 40
_NOUN_WIDTH = 28
_OF_OPTIONS = frozenset(
    {"option", "choice", "alternative", "letter", "answer", "보기", "선택지", "선지", "답지", "항목", "문항"}
)
_NOUN_ENDS = tuple(sorted(_OF_OPTIONS))
_ABBREVIATED = frozenset({"dr", "mr", "ms", "mrs", "st", "vs", "prof", "sgt", "rev", "hon", "jr", "no", "fig"})
_BEFORE_WORD = frozenset({"", " ", "\n"})
_LONGEST_LABEL = 2  # characters; what is longer says that it is an option: "the third option"
_APART = 120  # characters between two labels that cannot be said together
_BEFORE_NUMBER = frozenset(" \u00a0")
# What makes a number before it an amount and no label: 2개, 3월; but not 2번, 2입니다, 2인 것, 2일 것입니다, 2도.
_AMOUNT = re.compile(f"(?!번|입|인(?!분)|도|쪽|면|자|배|일\\s?(?:것|수|듯|가능|확률))(?:{COUNTER})")
_NUMBERED = re.compile(r"\s?번(?!째|갈|호)")
_DELIMITER = re.compile(r"\s?[.):](?=[\s*_\"'$\\]|\Z)|\s?\)(?=\w)|\s?\.(?=[^\W\d_]{2})|\s[-–—]\s|\s?—\s?|\](?=\s)")
_BULLET = re.compile(r"[\s>]*(?:[-*•·#]+[ \t]+)?[*_\"'#$~|(\[{<]*\s*(?:\\[\[(]\s*)?(?:\\[a-z]+\{)?[*_(\[{\"']*\s*")
_LINE_END = re.compile(r"[ \t.*_:,!\\)\]}$]*(?:\n|\Z)")


class Mention:
    """One place where an option is named by its label. What is seldom asked is worked out when it is.

    Attributes:
        option: Its index.
        start: Of the label itself.
        end: Of the label, with 번 behind a number.
        right: Where the brackets and marks behind it end.
        point_end: Where the point, bracket or colon behind it ends; None when there is none.
        is_upper: As it was written; True for what has no case.
        is_alias: It names a position, in a series that is not the labels' own.
    """

    __slots__ = (
        "_before",
        "_begins_line",
        "_ends_line",
        "_is_marked",
        "_noun",
        "_text",
        "end",
        "is_alias",
        "is_upper",
        "option",
        "point_end",
        "right",
        "start",
    )

    def __init__(self, text: str, option: int, start: int, end: int, *, is_upper: bool, is_alias: bool) -> None:
        """The label stands from `start` to `end` in the folded text."""
        self._text, self.option, self.start = text, option, start
        self.is_upper, self.is_alias = is_upper, is_alias
        is_long = end - start > _LONGEST_LABEL
        numbered = _NUMBERED.match(text, end) if text[end : end + 1] in {"번", " "} else None
        self.end = end = numbered.end() if numbered else end
        close = _LATEX_CLOSE.match(text, end)
        self.right = right = close.end() if close else end
        delimiter = _DELIMITER.match(text, right)
        if delimiter:
            self.point_end: int | None = delimiter.end()
        else:
            self.point_end = right if text[end : end + 1] in {")", "]"} or ")" in text[end:right] else None
        self._is_marked: bool | None = numbered is not None or is_long or None
        self._begins_line: bool | None = None
        self._ends_line: bool | None = None
        self._noun: str | None = None
        self._before: tuple[int, int] | None = None

    @property
    def left(self) -> int:
        """Where the brackets and marks before it begin."""
        return self._bounds()[0]

    @property
    def edge(self) -> int:
        """Where what is said before it ends: `left` without the white space and the opening marks before it."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[int, int]:
        if self._before is None:
            self._before = _left(self._text, self.start)
        return self._before

    @property
    def is_marked(self) -> bool:
        """Whether it stands in brackets, in quotes or bold, or is called an option; not a letter in passing."""
        if self._is_marked is None:
            is_set_apart = self.right > self.end and bool(_SETS_APART.intersection(self._text[self.left : self.start]))
            self._is_marked = is_set_apart or self.is_called_option
        return self._is_marked

    @property
    def begins_line(self) -> bool:
        """Whether nothing but marks stands before it on its line."""
        if self._begins_line is None:
            line = self._text.rfind("\n", 0, self.start) + 1
            bulleted = self.left - line < _LATEX_WIDTH and _BULLET.fullmatch(self._text, line, self.start) is not None
            self._begins_line = self.left <= line or bulleted
        return self._begins_line

    @property
    def ends_line(self) -> bool:
        """Whether nothing but marks stands behind it on its line."""
        if self._ends_line is None:
            self._ends_line = _LINE_END.match(self._text, self.right) is not None
        return self._ends_line

    @property
    def noun(self) -> str:
        """The word before it ("point", "option"), empty for none."""
        if self._noun is None:
            self._noun = _noun_before(self._text, self.edge)
        return self._noun

    @property
    def is_item(self) -> bool:
        """Whether it stands like the label of an option in a list: "A. text", "(A) text", or alone on its line."""
        return self.begins_line and (self.point_end is not None or self.ends_line)

    @property
    def body(self) -> int:
        """Where what is said behind it begins."""
        return self.right if self.point_end is None else self.point_end

    @property
    def is_called_option(self) -> bool:
        """Whether the word before it says that it is an option: "choice B", 보기 2."""
        return self.noun in _OF_OPTIONS or self.noun.removesuffix("s") in _OF_OPTIONS


class Mentions:
    """The mentions of labels in an answer that may be meant as such, read from its end as far as they are asked for."""

    def __init__(self, options: Options, folded: Folded, *, aliases: bool) -> None:
        """With `aliases`, of positions (2, 나) in place of labels."""
        self._options, self._folded = options, folded
        self._spans = _label_spans(options, folded, aliases=aliases)
        self._found: list[Mention] = []

    def __bool__(self) -> bool:
        """Whether there may be any."""
        return bool(self._spans or self._found)

    def are_passing(self) -> bool:
        """Whether all surely are numbers within sentences, far apart: 3월, not "(2)", 2번, or 2 on its own line."""
        text, last = self._folded.text, 0
        for start, end in self._spans:
            is_passing = start - last > _APART and text[start - 1] in _BEFORE_NUMBER and text[start].isdigit()
            if not is_passing or end - start > _LONGEST_LABEL or text[end : end + 2].lstrip(" ").startswith("번"):
                return False
            if text.rfind("\n", start - _APART, start) >= 0:
                return False
            last = end
        return not any(noun in text for noun in _OF_OPTIONS)

    def backwards(self) -> Iterator[Mention]:
        """From the last to the first."""
        index = 0
        while index < len(self._found) or self._reads_on():
            yield self._found[index]
            index += 1

    def _reads_on(self) -> bool:
        while self._spans:
            mention = _mention(self._options, self._folded, *self._spans.pop())
            if mention is not None:
                self._found.append(mention)
                return True
        return False

    def last_is_apart(self, start: int) -> bool:
        """Whether the next to be read backwards surely is in a sentence before the one at `start`."""
        if not self._spans or not self._options.are_one_sentence:
            return False
        return self._folded.text.rfind(". ", self._spans[-1][1] + _LATEX_WIDTH, start) >= 0

    def all(self) -> list[Mention]:
        """In the order of the text."""
        return [*self.backwards()][::-1]


def _label_spans(options: Options, folded: Folded, *, aliases: bool) -> list[tuple[int, int]]:
    """Where labels stand (or positions, with `aliases`)."""
    pattern = options.alias_pattern(folded.text) if aliases else options.label_pattern
    if pattern is None:
        return []
    is_latin = options.series == "latin" and not aliases
    spans = list(itertools.islice(_letters(options, folded) if is_latin else _spans(pattern, folded.text), 50 * _MOST))
    return [*spans[:_MOST], *spans[-_MOST:]] if len(spans) > 2 * _MOST else spans


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))


def _letters(options: Options, folded: Folded) -> Iterator[tuple[int, int]]:
    """Where single Latin letters stand by themselves, without "a" and "i" in lower case between spaces: words."""
    text, original, pattern = folded.text, folded.original, options.label_pattern
    if original.isascii():  # every character has kept its place
        for match in options.quick_pattern.finditer(original):
            if pattern.match(text, match.start()):
                yield match.span()
        return
    for match in pattern.finditer(text):
        start = match.start()
        is_article = (
            text[start] in "ai" and text[start + 1 : start + 2] == " " and text[start - 1 : start] in _BEFORE_WORD
        )
        if not is_article or _is_upper(folded, start):
            yield match.span()


def _mention(options: Options, folded: Folded, start: int, end: int) -> Mention | None:
    text, name = folded.text, folded.text[start:end]
    label = options.label(name)
    option = options.position(name) if label is None else label
    if option is None:
        return None
    if text[max(0, start - 2) : start] == ". " and _word_before(text, start - 2) in _ABBREVIATED:
        return None  # Dr. B. Smith
    if text[max(0, start - 2) : start] == "n/":
        return None  # N/A
    if name.isdigit() and _AMOUNT.match(text, end):
        return None
    is_upper = options.series != "latin" or label is None or _is_upper(folded, start)
    mention = Mention(text, option, start, end, is_upper=is_upper, is_alias=label is None)
    may_be_text = mention.is_alias and options.hold_numbers and name.isdigit() and text[mention.end - 1] != "번"
    return mention if not may_be_text or mention.is_called_option else None


def _is_upper(folded: Folded, start: int) -> bool:
    return folded.original[folded.span(start, start + 1)[0]].isupper()


def _word_before(text: str, end: int) -> str:
    return text[max(0, end - 6) : end].rpartition(" ")[2]


def _noun_before(text: str, edge: int) -> str:
    """The word right before `edge` on its line; empty when something else stands there."""
    words = text[max(0, edge - _NOUN_WIDTH) : edge].rpartition("\n")[2].rstrip(" :#").split(" ")
    word = words[-2] if words[-1] in {"number", "no."} and len(words) > 1 else words[-1]
    if word.isascii():
        return word if word.isalpha() and len(word) > 1 else ""
    return next((noun for noun in _OF_OPTIONS if word.endswith(noun)), "") if word.endswith(_NOUN_ENDS) else ""


def opening_of(text: str, start: int) -> int:
    """Where what is said before `start` ends: white space and opening marks left out."""
    return _left(text, start)[1]


def _left(text: str, start: int) -> tuple[int, int]:
    """Where the marks right before `start` begin, and where what is said before them ends."""
    if text[start - 1 : start] == " " and text[start - 2 : start - 1].isalnum():
        return start, start - 1
    left = _skip_marks(text, start)
    edge = left
    for _ in range(_LATEX_WIDTH):
        edge = _skip_space(text, edge)
        further = _skip_marks(text, edge)
        if further == edge:
            break
        edge = further
    return left, edge


def _skip_marks(text: str, start: int) -> int:
    low = max(0, start - _LATEX_WIDTH)
    while start > low:
        if text[start - 1] in _OPENING and text[start - 2 : start - 1] != "\\":
            latex = _LATEX_OPEN.search(text, low, start) if text[start - 1] == "{" else None
            start = latex.start() if latex else start - 1
        elif text[start - 1] in "([,;!" and text[start - 2 : start - 1] == "\\":
            start -= 2
        else:
            break
    return start


def _skip_space(text: str, start: int) -> int:
    low = max(0, start - _LATEX_WIDTH)
    while start > low and text[start - 1] in _SPACE:
        start -= 1
    return start
