"""The options of a case as its answer may name them: by letter, number, Korean syllable, position or in words."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterator, Mapping

from snellen.errors import InputError
from snellen.scorers.choice_patterns import any_of, holds, label_pattern, position_pattern, quick_pattern
from snellen.scorers.fold import fold
from snellen.scorers.matcher import Matcher, compile_keyword
from snellen.scorers.numerals import find_numbers, number_of_keyword

__all__ = ["SYLLABLES", "Options", "bare", "letters_of", "options_of"]

SYLLABLES, _JAMO = "가나다라마바사아자차카타파하", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_SERIES = {
    "latin": tuple(string.ascii_lowercase),
    "digits": tuple(str(number) for number in range(1, 21)),
    "syllables": tuple(SYLLABLES),
    "jamo": tuple(fold(_JAMO).text),
}
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ORDINALS |= {"첫": 0, "두": 1, "세": 2, "네": 3, "다섯": 4, "마지막": -1}
_ORDINAL_WORD = re.compile(
    r"(?<![a-z])(?:first|second|third|fourth|fifth|last)(?![a-z])|(?:첫|두|세|네|다섯)\s?번째|마지막"
)
_KOREAN_ORDINAL = re.compile(r"(?:번째|마지막)\s?(?:보기|선택지|선지|항목|답|옵션)")
_LONGEST_ALONE = 24
_DIGIT = re.compile("[1-9]")
_FEW, _MORE = 5, 10  # letters that are taken when nobody says which: A to E, A to J, else the whole series
_LONGEST_LIST = 200
# What parts a list, 와 and 과 last: words end in them too (사과).
_PARTS = (
    re.compile(r"\s*(?:[,;/&+·]|\band\b|(?<!\S)(?:및|그리고)(?!\S))\s*"),
    re.compile(r"\s*(?:[,;/&+·]|\band\b|및|와|과|그리고)\s*|\s+"),
)
_LISTED = re.compile(
    r"(?:(?:the\s)?(?:correct\s)?(?:answers?|정답|답)(?:은|는|\s(?:is|are))?\s*:?\s*)?(.+?)\s*(?:입니다|이다)?[.\s]*",
    re.IGNORECASE | re.DOTALL,
)
_RANGE = re.compile(r"\s*(\w+)\s*[-~…]+\s*(\w+)\s*")
_TICKS = "✓✔✅☑👉\ufe0f"
_BRACKETS = re.compile(r"^[\s(\[{<]*(.*?)[\s)\]}>.:]*$", re.DOTALL)
_COPULA = "(?:\\s?(?:번\\s?)?(?:입니다|이다|이에요|예요|에요|임)[.!\\s]{0,4})?"
_POSITION_ALONE = re.compile(
    rf"[\s*_\"'(\[$]{{0,4}}(?:number\s|no\.\s?)?((?:the\s)?(?:{_ORDINAL_WORD.pattern}|[1-9][0-9]?))"
    rf"(?:\sone|\s?것)?[\s*_\"')\]$.:!]{{0,4}}{_COPULA}"
)
_TRIMMED = re.compile(r"^(?:an?|the)\s(?=\S{2})|[\s.,;:]+$")
_YES_NO = {"yes": True, "no": False, "예": True, "네": True, "아니오": False, "아니요": False}
_YES_NO |= {"true": True, "false": False}


class Options:
    """What can be chosen.

    Attributes:
        labels: As the case writes them, in order.
        written: The texts as the case writes them.
        names: The labels, folded and without brackets.
        texts: Of each option, folded; empty where it is not known.
        series: Which series the labels are of: latin, digits, syllables, jamo, or other.
        speak_of_themselves: Whether options are told by their letter ("Point A", or no texts at all), so that a letter
            in running text ("A is closer") is an option and not a point of the drawing.
        hold_no_labels: No option's text holds a label, so that all labels in an answer are meant as such.
        hold_numbers: An option's text holds a number, in words or digits ("two cats"), so that a bare 2 may mean that.
        are_one_sentence: No option's text goes on behind a full stop.
        yes: Which option is yes where the texts are just yes and no; None for other texts.
    """

    def __init__(self, labels: tuple[str, ...], texts: tuple[str, ...]) -> None:
        self.labels, self.written = labels, texts
        self.names = tuple(bare(label) for label in labels)
        self._index = {name: index for index, name in enumerate(self.names)}
        self.texts = tuple(" ".join(_TRIMMED.sub("", fold(text).text.strip()).split()) for text in texts)
        self.series = _series_of(self.names)
        self.label_pattern = label_pattern(self.names, self.series)
        # Faster, for ASCII text as it arrived; what it finds must still be matched by `label_pattern`.
        self.quick_pattern = quick_pattern(self.names)
        self._alone = re.compile(
            rf"[\s*_\"'(\[${_TICKS}]{{0,4}}({any_of(self.names)})[\s*_\"')\]$.:!?{_TICKS}]{{0,4}}{_COPULA}"
        )
        self.aliases = self._aliases()
        self._numbers = tuple(name for name in self.aliases if name.isdigit())
        self._signs = tuple(name for name in self.aliases if not name.isdigit())
        self.speak_of_themselves = all(
            not text or holds(text, name) for name, text in zip(self.names, self.texts, strict=True)
        )
        # Options whose text holds the letter of another: "sample A" as option B.
        self.misleading = tuple(
            index
            for index, text in enumerate(self.texts)
            if bare(text) not in self.names
            and any(name != self.names[index] and holds(text, name) for name in self.names)
        )
        self.hold_no_labels = not any(self.label_pattern.search(text) for text in self.texts)
        self.hold_numbers = any(map(find_numbers, self.texts))
        self.are_one_sentence = not any(". " in text for text in self.texts)
        meant = tuple(_YES_NO.get(text) for text in self.texts)
        self.yes = meant.index(True) if sorted(map(str, meant)) == ["False", "True"] else None

    def _aliases(self) -> Mapping[str, int]:
        """Names of positions (2, 나, ㄴ) that are no labels and that no option's text can be taken for."""
        found: dict[str, int] = {}
        for series, names in _SERIES.items():
            if series in {"latin", self.series} or self.series == "other":
                continue
            taken = re.compile("[0-9]" if series == "digits" else f"(?<!\\w){any_of(names)}(?!\\w)")
            if not any(taken.search(text) for text in self.texts):
                found |= {name: index for index, name in enumerate(names[: len(self.names)])}
        return found

    @functools.cached_property
    def matchers(self) -> tuple[Matcher | None, ...]:
        """What finds the text of each option in an answer; None where there is none, or it is the label itself."""
        return tuple(
            compile_keyword(text) if text and text != name else None
            for name, text in zip(self.names, self.texts, strict=True)
        )

    @functools.cached_property
    def restated(self) -> tuple[re.Pattern[str], ...]:
        """What ends with the label of each option as the subject ("B is", 보기 B는): its text behind says no more."""
        return tuple(
            re.compile(
                rf"(?<!\w){re.escape(name)}[\s*_\"')\].]*(?:번)?\s?(?:[은는이가:=]|(?:is|says|shows)(?![a-z]))[\s*_\"'(]*\Z"
            )
            for name in self.names
        )

    def label(self, name: str) -> int | None:
        """The option of this folded label."""
        return self._index.get(name)

    def alone(self, text: str) -> tuple[int, int, int] | None:
        """The option whose label, or position ("the second one"), is all that a folded text says, with its place."""
        if len(text) >= _LONGEST_ALONE:
            return None
        if match := self._alone.fullmatch(text):
            index = self.label(match[1])
        else:
            match = _POSITION_ALONE.fullmatch(text)
            index = None if match is None or self._may_be_text(match[1]) else self.position(match[1])
        return (index, *match.span(1)) if match and index is not None else None

    def _may_be_text(self, position: str) -> bool:
        return self.hold_numbers if position.isdigit() else any(map(_ORDINAL_WORD.search, self.texts))

    def alias_pattern(self, text: str) -> re.Pattern[str] | None:
        """What finds positions in a folded text; None when it can hold none."""
        is_ascii = text.isascii()
        numbers = self._numbers if self._numbers and _DIGIT.search(text) else ()
        signs = () if is_ascii else self._signs
        ordinal = "option" in text or "choice" in text or "answer" in text
        if not is_ascii:
            ordinal = ordinal or "alternative" in text or _KOREAN_ORDINAL.search(text) is not None
        return position_pattern(numbers, signs, ordinal=ordinal) if numbers or signs or ordinal else None

    def position(self, name: str) -> int | None:
        """The option at this folded position (2, 나, "the second option"); None when there is none."""
        if name in self.aliases:
            return self.aliases[name]
        word = next((word for word in _ORDINALS if name.removeprefix("the ").startswith(word)), "")
        index = _ORDINALS.get(word, len(self.names))
        return index % len(self.names) if index < len(self.names) else None

    def resolve(self, answer: str) -> frozenset[int]:
        """The options that an answer means: by label, else by text."""
        for name in (" ".join(fold(answer).text.split()), bare(answer)):
            index = self.label(name)
            if index is not None:
                return frozenset({index})
            if same := self.resolve_text(answer):
                return same
        return frozenset()

    def together(self, text: str) -> frozenset[int]:
        """The options that a text lists and nothing else: "A, C", "AC", "정답: ㄱ, ㄷ"; empty when it says more."""
        bare_text = text.strip() if len(text) < _LONGEST_LIST else ""
        listed = _LISTED.fullmatch(bare_text)
        names = listed[1] if listed else bare_text
        for parts in (*([part for part in joint.split(names) if part] for joint in _PARTS), names):
            found = [self.resolve(part) for part in parts]
            if found and all(len(one) == 1 for one in found):
                return frozenset().union(*found)
        return frozenset()

    def resolve_text(self, answer: str) -> frozenset[int]:
        """The options that have this text, or this number as their text."""
        folded = " ".join(_TRIMMED.sub("", fold(answer).text.strip()).split())
        same = frozenset(index for index, text in enumerate(self.texts) if text and text == folded)
        return same or self._by_value(folded)

    def _by_value(self, folded: str) -> frozenset[int]:
        number = number_of_keyword(folded)
        if number is None or number.end - number.start != len(folded):
            return frozenset()
        others = ((index, text, number_of_keyword(text)) for index, text in enumerate(self.texts))
        return frozenset(
            index
            for index, text, other in others
            if other and other.value == number.value and other.end - other.start == len(text)
        )


def bare(label: str) -> str:
    """A label folded, without brackets and points around it."""
    match = _BRACKETS.match(fold(label).text)
    return match[1] if match else ""


def options_of(choices: Mapping[str, str], letters: str, answers: tuple[str, ...]) -> Options:
    """The options of a case; of the letters alone where the case has no choices.

    Raises:
        InputError: `letters` name no options.
    """
    if choices:
        return _options(tuple(choices), tuple(choices.values()))
    names = letters_of(letters) if letters.strip() else _letters_for(answers)
    return _options(names, ("",) * len(names))


@functools.lru_cache(maxsize=4096)
def _options(labels: tuple[str, ...], texts: tuple[str, ...]) -> Options:
    return Options(labels, texts)


def letters_of(letters: str) -> tuple[str, ...]:
    """The labels that `letters` names: "ABCD", "A-D", "1-5", "A, B, C".

    Raises:
        InputError: It names fewer than two, or one twice.
    """
    names = tuple(_spread(letters))
    if len(names) < 2 or len({bare(name) for name in names}) < len(names):  # noqa: PLR2004  # a choice needs two
        raise InputError(f"letters is {letters!r}, which names no options; right is such as 'ABCD', 'A-D' or '1-5'")
    return names


def _spread(letters: str) -> Iterator[str]:
    spanned = _RANGE.fullmatch(letters)
    if spanned is None:
        parts = letters.replace(",", " ").split()
        yield from parts if len(parts) > 1 else "".join(parts)
        return
    first, last = bare(spanned[1]), bare(spanned[2])
    for names in _SERIES.values():
        if first in names and last in names:
            yield from (_shown(name) for name in names[names.index(first) : names.index(last) + 1])


def _letters_for(answers: tuple[str, ...]) -> tuple[str, ...]:
    """The series of the answers, as far as such a series usually goes: A to E, A to J, or all of it."""
    names = [bare(answer) for answer in answers]
    series = _series_of(tuple(names)) if names else "other"
    if series == "other":
        return ()
    whole = _SERIES[series]
    last = max(whole.index(name) for name in names)
    length = next((size for size in (_FEW, _MORE) if last < size), len(whole))
    return tuple(_shown(name) for name in whole[:length])


def _shown(name: str) -> str:
    return name.upper() if name.isascii() else dict(zip(_SERIES["jamo"], _JAMO, strict=True)).get(name, name)


def _series_of(names: tuple[str, ...]) -> str:
    for series, whole in _SERIES.items():
        if names and all(name in whole for name in names):
            return series
    return "other"
