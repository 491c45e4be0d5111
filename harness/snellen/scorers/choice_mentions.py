"""Where an answer names its options: labels with what marks them, and labels joined to one another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from snellen.scorers.choice_options import Options
from snellen.scorers.fold import Folded

__all__ = ["Mention", "after_label", "find_mentions", "groups_of", "lists_of", "opening_of", "own_end"]

_MOST = 400  # mentions that are read at the beginning, and at the end, of an answer; with more it chooses nothing
_OPENING, _CLOSING = "*_\"'#$~|([{<", "*_\"'$~|)]}>"
_SPACE = " \t\r\n\u2028\u2029\x85\x0b\x0c"
_SETS_APART = frozenset("([{*\"'<")
_LATEX_OPEN = re.compile(r"(?:\\(?:\[|\(|[,;!]|quad|(?:d?boxed|text[a-z]*|math[a-z]*|bf|rm)\s*\{))+\Z")
_LATEX_CLOSE = re.compile(r"(?:[*_\"'$~|)\]}>]|\\[)\]])+")
_LATEX_WIDTH = 40
_BEFORE_TEXT = " \n\t*_\"'(\\[$:,-–—"
_NOUN_WIDTH = 28
_OF_OPTIONS = frozenset(
    {"option", "choice", "alternative", "letter", "answer", "보기", "선택지", "선지", "답지", "항목", "문항"}
)
_ABBREVIATED = frozenset({"dr", "mr", "ms", "mrs", "st", "vs", "prof", "sgt", "rev", "hon", "jr", "no", "fig"})
_BEFORE_WORD = frozenset({"", " ", "\n"})
_LONGEST_LABEL = 2  # characters; what is longer says that it is an option: "the third option"
_NUMBERED = re.compile(r"\s?번(?!째|갈|호)")
_DELIMITER = re.compile(r"\s?[.):](?=[\s*_\"'$\\]|\Z)|\s?\)(?=\w)|\s?\.(?=[^\W\d_]{2})|\s[-–—]\s|\s?—\s?|\](?=\s)")
_BULLET = re.compile(r"[\s>]*(?:[-*•·#]+[ \t]+)?[*_\"'#$~|(\[{<]*\s*(?:\\[\[(]\s*)?(?:\\[a-z]+\{)?[*_(\[{\"']*\s*")
_LINE_END = re.compile(r"[ \t.*_:,!\\)\]}$]*(?:\n|\Z)")
_JOINT = re.compile(
    r"[\s*_\"')\]}$]*(?:번|(?:the\s)?[a-z]{3,12}\s(?:image|picture|photo|photograph|one|option|point|box)(?![a-z]))?\s*"
    r"(?:,\s*(?:and|or|&|그리고|및|또는)?|and|n?or|&|/|\+|와|과|이?랑|및|또는|혹은|이?나|하고|그리고)\s*"
    r"(?:both\s|either\s)?(?:(?:the\s)?(?:option|choice|point|image|picture|box|answer|letter)s?\s|보기|선택지)?"
    r"[\s*_\"'(\[{$]*"
)


@dataclass(slots=True)
class Mention:
    """One place where an option is named by its label.

    Attributes:
        option: Its index.
        start: Of the label itself.
        end: Of the label, with 번 behind a number.
        left: Where the brackets and marks before it begin.
        right: Where the brackets and marks behind it end.
        edge: Where what is said before it ends: `left` without the white space and the opening marks before it.
        is_marked: In brackets, in quotes or bold, or called an option; not a letter in passing.
        is_upper: As it was written; True for what has no case.
        begins_line: Nothing but marks stands before it on its line.
        ends_line: Nothing but marks stands behind it on its line.
        point_end: Where the point, bracket or colon behind it ends; None when there is none.
        noun: The word before it ("point", "option"), empty for none.
        is_alias: It names a position, in a series that is not the labels' own.
    """

    option: int
    start: int
    end: int
    left: int
    right: int
    edge: int
    is_marked: bool
    is_upper: bool
    begins_line: bool
    ends_line: bool
    point_end: int | None
    noun: str
    is_alias: bool = False

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


def find_mentions(options: Options, folded: Folded, *, aliases: bool = False) -> list[Mention]:
    """All mentions of labels (or of positions, with `aliases`) that may be meant as such, in the order of the text."""
    pattern = options.alias_pattern(folded.text) if aliases else options.label_pattern
    if pattern is None:
        return []
    is_latin = options.series == "latin" and not aliases
    spans = list(itertools.islice(_letters(options, folded) if is_latin else _spans(pattern, folded.text), 50 * _MOST))
    if len(spans) > 2 * _MOST:
        spans = [*spans[:_MOST], *spans[-_MOST:]]
    found = (_mention(options, folded, *span) for span in spans)
    return [one for one in found if one is not None]


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))


def _letters(options: Options, folded: Folded) -> Iterator[tuple[int, int]]:
    """Where single Latin letters stand by themselves, without "a" and "i" in lower case between spaces: words."""
    text, original = folded.text, folded.original
    is_plain = original.isascii()  # every character has kept its place
    quick = options.quick_pattern if is_plain else options.label_pattern
    is_label = options.label_pattern.match
    for match in quick.finditer(text):
        start = match.start()
        is_article = (
            text[start] in "ai" and text[start + 1 : start + 2] == " " and text[start - 1 : start] in _BEFORE_WORD
        )
        if is_article and not (original[start].isupper() if is_plain else _is_upper(folded, start)):
            continue
        if is_label(text, start):
            yield start, start + 1


def _mention(options: Options, folded: Folded, start: int, end: int) -> Mention | None:
    text, name = folded.text, folded.text[start:end]
    label = options.label(name)
    is_alias = label is None
    option = options.position(name) if label is None else label
    if option is None:
        return None
    is_upper = options.series != "latin" or is_alias or _is_upper(folded, start)
    if text[max(0, start - 2) : start] == ". " and _word_before(text, start - 2) in _ABBREVIATED:
        return None  # Dr. B. Smith
    mention = _placed(text, option, start, end)
    mention.is_upper, mention.is_alias = is_upper, is_alias
    mention.is_marked = mention.is_marked or len(name) > _LONGEST_LABEL
    return mention


def _is_upper(folded: Folded, start: int) -> bool:
    return folded.original[folded.span(start, start + 1)[0]].isupper()


def _word_before(text: str, end: int) -> str:
    return text[max(0, end - 6) : end].rpartition(" ")[2]


def _placed(text: str, option: int, start: int, end: int) -> Mention:
    numbered = _NUMBERED.match(text, end) if text[end : end + 1] in {"번", " "} else None
    end = numbered.end() if numbered else end
    left, edge = _left(text, start)
    close = _LATEX_CLOSE.match(text, end)
    right = close.end() if close else end
    delimiter = _DELIMITER.match(text, right)
    bracket = text[end : end + 1] in {")", "]"} or ")" in text[end:right]
    line = text.rfind("\n", 0, start) + 1
    bulleted = left > line and left - line < _LATEX_WIDTH and _BULLET.fullmatch(text, line, start) is not None
    mention = Mention(
        option=option,
        start=start,
        end=end,
        left=left,
        right=right,
        edge=edge,
        is_marked=numbered is not None or bool(_SETS_APART.intersection(text[left:start]) and right > end),
        is_upper=True,
        begins_line=left <= line or bulleted,
        ends_line=_LINE_END.match(text, right) is not None,
        point_end=delimiter.end() if delimiter else right if bracket else None,
        noun=_noun_before(text, edge),
    )
    mention.is_marked = mention.is_marked or mention.is_called_option
    return mention


def _noun_before(text: str, edge: int) -> str:
    """The word right before `edge` on its line; empty when something else stands there."""
    words = text[max(0, edge - _NOUN_WIDTH) : edge].rpartition("\n")[2].rstrip(" :#").split(" ")
    word = words[-2] if words[-1] in {"number", "no."} and len(words) > 1 else words[-1]
    if word.isascii():
        return word if word.isalpha() and len(word) > 1 else ""
    return next((noun for noun in _OF_OPTIONS if word.endswith(noun)), "")


def opening_of(text: str, start: int) -> int:
    """Where what is said before `start` ends: white space and opening marks left out."""
    return _left(text, start)[1]


def _left(text: str, start: int) -> tuple[int, int]:
    """Where the marks right before `start` begin, and where what is said before them ends."""
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


def own_end(options: Options, text: str, mention: Mention) -> int:
    """Where the option's own text behind its label ends; where the label ends when it is not there."""
    own = options.texts[mention.option]
    start = mention.body
    while own and start < len(text):
        if text.startswith(own, start):
            return start + len(own)
        if text[start] not in _BEFORE_TEXT:
            break
        start += 1
    return mention.body


def after_label(text: str, start: int) -> int:
    """Where the text behind a label begins."""
    while (
        start < len(text)
        and text[start] in _BEFORE_TEXT
        and not (text[start] == "-" and text[start + 1 : start + 2].isdigit())
    ):
        start += 1
    return start


def groups_of(options: Options, text: str, mentions: list[Mention]) -> list[list[Mention]]:
    """Mentions that are said together ("A and B", "A. cat or B. dog") as one group, all others as groups of one."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        end = own_end(options, text, last) if last else 0
        if last and _JOINT.fullmatch(text, end if end > last.body else last.end, mention.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def lists_of(text: str, mentions: list[Mention]) -> dict[int, int]:
    """For each mention that labels an item of a list, by its start: how many items the list has.

    The items of a list follow on. One that is alone on its line while those before are not, or stands behind a colon,
    begins anew.
    """
    runs: list[list[Mention]] = []
    for mention in mentions:
        if not mention.is_item:
            continue
        if runs and runs[-1][-1].ends_line >= mention.ends_line and _follows(text, runs[-1][-1], mention):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return {mention.start: len(run) for run in runs for mention in run}


def _follows(text: str, last: Mention, mention: Mention) -> bool:
    if mention.option == last.option + 1:
        return text[mention.edge - 1 : mention.edge] != ":" or text.rfind(":", last.end, mention.edge) < 0
    return mention.option > last.option and text.count("\n", last.end, mention.start) == 1
