"""Finding a keyword in a text: compiled once, then asked of every response.

What bounds a word depends on its script. Latin and other spaced scripts: no letter or digit of such a script beside it
("cat" in "이것은 cat입니다" counts, in "concatenate" not); a plain English plural counts (cats for cat, but not glasses
for glass). Korean: the rules of `korean`. Chinese, Japanese, Thai: none, a substring counts. Signs and emoji: none.
Numbers: by value, the rules of `numerals`. White space and hyphens are flexible, case never matters.
"""

from __future__ import annotations

import abc
import itertools
import re
from collections.abc import Iterator

from snellen.scorers.fold import fold
from snellen.scorers.korean import HANGUL, begins_word, doubt_of_short, ends_word, is_hangul
from snellen.scorers.mention import MISSING, Finding, Reading
from snellen.scorers.negation import read_occurrence, sentence_ends
from snellen.scorers.numerals import Number, number_of_keyword, numbers_of_value
from snellen.scorers.numerals_korean import counter_ends

__all__ = ["Matcher", "Passage", "compile_keyword", "is_whole_word"]

# Scripts that put no space between words: a letter of theirs beside a word bounds it, and they are bounded by nothing.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_LETTER = f"[^\\W_0-9{HANGUL}{_UNSPACED}]"
_ALNUM = f"[^\\W_{HANGUL}{_UNSPACED}]"
_IS_LETTER = re.compile(_LETTER)
_PLURAL_STEM = 3  # letters a word needs before its plural is guessed: "ha" must not find "has"
_NOT_PLURALS = frozenset({"new", "good", "custom", "mean", "doe", "thi", "wa"})
_STOPWORD_HEADS = "이그저한두세네새안못잘더큰총각매전온몇"  # 이 사진 is "this picture", not 이사진 (a board)
_LOOSE_TAILS = "등중수것때뿐만내외앞뒤위안밖개명대"
_MOST_READ = 1_000  # occurrences: an answer that denies a keyword a thousand times has made itself clear
_PERCENT = "(?:%|percent|per\\scent|퍼센트|프로)"


class Passage:
    """One response as the matchers see it.

    Attributes:
        folded: Its text, folded.
        text: The folded characters.
    """

    __slots__ = ("_ends", "folded", "text")

    def __init__(self, original: str) -> None:
        self.folded = fold(original)
        self.text = self.folded.text
        self._ends: list[int] | None = None

    def read(self, start: int, end: int) -> Reading:
        """How the keyword from `start` to `end` is to be read where it stands."""
        if self._ends is None:
            self._ends = sentence_ends(self.text)
        return read_occurrence(self.text, self._ends, start, end)


class Matcher(abc.ABC):
    """One keyword, ready to be looked for.

    Attributes:
        keyword: As its author wrote it.
    """

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        self._folded = " ".join(fold(keyword).text.split())

    def find(self, passage: Passage) -> Finding:
        """The verdict on this keyword in a response: one affirmative mention is enough."""
        decisive: tuple[int, int, Reading] | None = None
        for start, end, unit_end, doubt in itertools.islice(self._hits(passage), _MOST_READ):
            reading = Reading("ambiguous", doubt) if doubt else passage.read(start, unit_end)
            if reading.verdict == "mentioned":
                return Finding("mentioned", passage.folded.span(start, end))
            if decisive is None or (reading.verdict == "negated" and decisive[2].verdict == "ambiguous"):
                decisive = (start, end, reading)
        if decisive is None:
            return self._missing(passage)
        start, end, reading = decisive
        return Finding(reading.verdict, passage.folded.span(start, end), reading.note)

    def places(self, passage: Passage) -> Iterator[tuple[int, int]]:
        """Start and end, in the folded text, of each place where the keyword stands as a word, denied or not."""
        return ((start, end) for start, end, _, _ in itertools.islice(self._hits(passage), _MOST_READ))

    @abc.abstractmethod
    def _hits(self, passage: Passage) -> Iterator[tuple[int, int, int, str]]:
        """Start, end, end with a counter, and doubt, of each place where the keyword stands as a word."""

    def _missing(self, passage: Passage) -> Finding:
        """Missing, with the longer word that holds the keyword if there is one: why it was not counted."""
        start = passage.text.find(self._folded) if self._folded else -1
        if start < 0:
            return MISSING
        word = _word_around(passage.text, start, start + len(self._folded))
        return MISSING if word == self._folded else Finding("missing", None, f"only inside {word!r}")


_SHOWN = 12


def _word_around(text: str, start: int, end: int) -> str:
    left = re.split("\\s", text[max(0, start - _SHOWN) : start])[-1]
    right = re.split("\\s", text[end : end + _SHOWN])[0]
    return f"{left}{text[start:end]}{right}".strip(".,!?\"'()*:;")


class _Words(Matcher):
    """A keyword that is compared letter by letter."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        # The left bound is checked apart: a pattern that begins with a letter is found several times faster.
        self._pattern = re.compile(_pattern_of(self._folded)) if self._folded else None
        bound = _left_bound(self._folded) if self._folded else ""
        self._bound = re.compile(bound) if bound else None
        self._korean_start, self._korean_end = is_hangul(self._folded[:1]), is_hangul(self._folded[-1:])
        self._short = len(self._folded) == 1 and self._korean_start

    def _hits(self, passage: Passage) -> Iterator[tuple[int, int, int, str]]:
        if self._pattern is None:
            return
        text, bound = passage.text, self._bound
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if (bound is None or bound.match(text, start)) and self._is_korean_word(text, start, end):
                yield start, end, end, doubt_of_short(text, start, end) if self._short else ""

    def _is_korean_word(self, text: str, start: int, end: int) -> bool:
        """Whether the word begins and ends here as Korean words do; True at an end that is not Korean."""
        begins = not self._korean_start or begins_word(text, start, short=self._short)
        return begins and (not self._korean_end or ends_word(text, start, end))


def _pattern_of(folded: str) -> str:
    body, ending = _split_plural(folded)
    parts: list[str] = []
    for index, char in enumerate(body):
        parts.append(_gap(folded, index) if char in " -—" else re.escape(char) + _inner_gap(folded, index))
    return "".join([*parts, ending, _right_bound(folded)])


def _gap(folded: str, index: int) -> str:
    """What may stand for white space or a hyphen of the keyword."""
    left, right = folded[index - 1 : index], folded[index + 1 : index + 2]
    if folded[index] in "-—":
        return "[\\s—-]?" if _IS_LETTER.match(left) and right else "\\s?[—-]\\s?" if left and right else "[—-]"
    return "\\s*" if is_hangul(left) or is_hangul(right) else "[\\s—-]+"


def _inner_gap(folded: str, index: int) -> str:
    """White space that a Korean writer may put inside a word (횡단 보도), nowhere else."""
    head, tail = folded[: index + 1], folded[index + 1 :]
    if not (is_hangul(head[-1:]) and is_hangul(tail[:1])):
        return ""
    is_word_head = len(head.split(" ")[-1]) == 1 and head[-1] in _STOPWORD_HEADS
    is_word_tail = len(tail.split(" ", 1)[0]) == 1 and tail[0] in _LOOSE_TAILS
    return "" if is_word_head or is_word_tail else "\\s?"


def _left_bound(folded: str) -> str:
    first = folded[0]
    if first.isascii() and first.isdigit():
        return f"(?<![0-9])(?<![0-9][.,:/-])(?<!{_LETTER})"
    return f"(?<!{_ALNUM})" if _IS_LETTER.match(first) else ""


def _right_bound(folded: str) -> str:
    last = folded[-1]
    if last.isascii() and last.isdigit():
        return f"(?![0-9])(?![.,:/][0-9])(?!{_LETTER}(?<![ap])|[ap](?!m))"
    if _IS_LETTER.match(last):
        signs = "(?!\\+\\+|#)" if len(folded) == 1 else ""
        return f"(?!{_ALNUM}){signs}"
    return f"(?!{re.escape(last)})" if last in "+#*" else ""


def _split_plural(folded: str) -> tuple[str, str]:
    """The keyword up to where singular and plural part, and a pattern for both endings.

    Only the regular English plural, and not where it would be another word (glass, glasses).
    """
    match = re.search("(?<![^\\W_])[a-z]+$", folded)
    word = match.group() if match else ""
    if len(word) < _PLURAL_STEM or word in _NOT_PLURALS or word.endswith("s"):
        return folded, ""
    if word.endswith("y") and word[-2] not in "aeiou":
        return folded[:-1], "(?:y|ies)"
    return folded, "(?:es)?" if word.endswith(("x", "z", "ch", "sh")) else "s?"


class _Numeral(Matcher):
    """A keyword with one number in it, which is compared by value: 3, three, 세 개, $4.50, 50%, iPhone 15."""

    def __init__(self, keyword: str, number: Number) -> None:
        super().__init__(keyword)
        self._value = number.value
        before, after = self._folded[: number.start].strip(), self._folded[number.end :].strip()
        self._before = re.compile(_before_number(before)) if before else None
        self._named = re.compile(_words_of(before)) if before else None
        self._after = re.compile(_after_number(after)) if after else None
        self._reach = len(before) * 2 + 4
        self._korean_start, self._korean_end = is_hangul(before[:1]), is_hangul(after[-1:])

    def _hits(self, passage: Passage) -> Iterator[tuple[int, int, int, str]]:
        near: list[int] | None = None
        if self._named is not None:
            near = [match.end() for match in self._named.finditer(passage.text)]
            if not near:
                return
        for number in numbers_of_value(passage.text, self._value, near):
            span = self._span(passage.text, number)
            if span:
                yield *span, max(span[1], number.unit_end), ""

    def _span(self, text: str, number: Number) -> tuple[int, int] | None:
        start, end = number.start, number.end
        if self._before:
            before = self._before.search(text, max(0, start - self._reach), start)
            if before is None:
                return None
            start = before.start()
            if self._korean_start and not begins_word(text, start, short=False):
                return None
        if self._after:
            after = self._after.match(text, end)
            if after is None or not self._ends(text, end, after.end()):
                return None
            end = after.end()
        return start, end

    def _ends(self, text: str, start: int, end: int) -> bool:
        return not self._korean_end or counter_ends(text, end) or ends_word(text, start - 1, end)


def _before_number(before: str) -> str:
    bound = _left_bound(before) if not before[0].isdigit() else ""
    words = _words_of(before)
    particle = "(?:이|가|은|는|도|을|를)?" if is_hangul(before[-1]) else ""
    return f"{bound}{words}{particle}[\\s—-]*$"


def _words_of(before: str) -> str:
    return "[\\s—-]+".join(re.escape(word) for word in before.split())


def _after_number(after: str) -> str:
    if after == "%":
        return f"\\s?{_PERCENT}(?!{_ALNUM})"
    body, ending = _split_plural(after)
    words = "[\\s—-]*".join(re.escape(word) for word in body.split())
    return f"[\\s—-]*{words}{ending}{_right_bound(after)}"


def compile_keyword(keyword: str) -> Matcher:
    """A matcher for one keyword as its author wrote it; an empty one matches nothing."""
    folded = " ".join(fold(keyword).text.split())
    number = number_of_keyword(folded)
    return _Numeral(keyword, number) if number else _Words(keyword)


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether the characters from `start` to `end` of a folded text begin and end where words do, as told above."""
    word = text[start:end]
    if not (re.compile(_left_bound(word)).match(text, start) and re.compile(_right_bound(word)).match(text, end)):
        return False
    begins = not is_hangul(word[0]) or begins_word(text, start, short=len(word) == 1)
    return begins and (not is_hangul(word[-1]) or ends_word(text, start, end))
