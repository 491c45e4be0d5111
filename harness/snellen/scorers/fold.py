"""One written form for many: text folded for comparison, with the way back to the text as it arrived.

The order is NFKC, case folding, then quotes and dashes to their ASCII forms and invisible characters away. Every step
depends on the NFKC form only, so that NFC, NFD, NFKC and NFKD of a text fold to the same characters. White space stays:
line ends are clause ends, and keywords are matched with flexible white space instead.

What NFKC takes away cannot be told apart afterwards: ② is 2, Ⅲ is III, 2² is 22, ½ is 1/2.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable

from snellen._text import normalized

__all__ = ["Folded", "compose", "fold", "remembered"]

_ZERO_WIDTH = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
# An em dash stays itself: it ends a clause ("no dog—just a cat"), which a hyphen does not.
_FOLDABLE = re.compile(f"[{_ZERO_WIDTH}‘’‚‛′ʼ`“”„‟″«»「」『』《》〈〉‐‑‒–−―⁄〜]")
# Of all other characters only ASCII letters change: each is its own NFKC form, and no mark stands between them.
_MAY_FOLD = re.compile("[^\x00-_a-~\uac00-\ud7a3]")
_SINGLE, _DOUBLE, _DASH = "‘’‚‛′ʼ`", "“”„‟″«»「」『』《》〈〉", "‐‑‒–−"
_FOLDS = {**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_DASH, "-")}
_FOLDS |= {"―": "—", "⁄": "/", "〜": "~"}

_LETTER_CHARS = 32  # more marks than a letter of any language has

# Vowels and finals of conjoining, compatibility and half-width jamo: they complete the letter before them.
_JAMO_PARTS = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")


class Folded:
    """A text in another form.

    Attributes:
        original: The text as it arrived.
        text: Its form for comparison.
    """

    __slots__ = ("_fold_letter", "_offsets", "original", "text")

    def __init__(self, original: str, text: str, fold_letter: Callable[[str], str] | None) -> None:
        """`fold_letter` does to one letter what was done to the text; None when every character kept its place."""
        self.original = original
        self.text = text
        self._fold_letter = fold_letter
        self._offsets: tuple[list[int], list[int]] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of the characters of `text` from `start` to `end`, which is larger."""
        if self._fold_letter is None:
            return start, end
        if self._offsets is None:
            self._offsets = _offsets(self.original, self.text, self._fold_letter)
        starts, ends = self._offsets
        return starts[start], ends[end - 1]


def fold(text: str, *, ignore_case: bool = True) -> Folded:
    """`text` in the form that keywords are compared in; offsets are worked out only when somebody asks for a span."""
    if text.isascii():
        return Folded(text, (text.lower() if ignore_case else text).replace("`", "'"), None)
    if _MAY_FOLD.search(text) is None:
        return Folded(text, text.lower() if ignore_case else text, None)
    composed = normalized("NFKC", text)
    cased = composed.casefold() if ignore_case else composed
    folded = _FOLDABLE.sub(_fold_match, cased)
    stays = composed == text and len(cased) == len(text) and len(folded) == len(text)
    return Folded(text, folded, None if stays else _fold_letter if ignore_case else _fold_marks)


def compose(text: str) -> Folded:
    """`text` in NFKC and nothing else: the form that regular expressions are searched in."""
    composed = text if text.isascii() else normalized("NFKC", text)
    return Folded(text, composed, None if composed == text else _compose_letter)


def _fold_match(match: re.Match[str]) -> str:
    return _FOLDS.get(match.group(), "")


def remembered(form: Callable[[str], str]) -> Callable[[str], str]:
    """The form of a letter with all its marks, the recent ones remembered.

    Some texts pile up marks: what is no letter of any language is not kept, or a few such texts would fill the memory.
    """
    known = functools.lru_cache(maxsize=1 << 12)(form)

    @functools.wraps(form)
    def formed(letter: str) -> str:
        return known(letter) if len(letter) <= _LETTER_CHARS else form(letter)

    return formed


@remembered
def _compose_letter(letter: str) -> str:
    return normalized("NFKC", letter)


@remembered
def _fold_letter(letter: str) -> str:
    return _FOLDABLE.sub(_fold_match, _compose_letter(letter).casefold())


@remembered
def _fold_marks(letter: str) -> str:
    return _FOLDABLE.sub(_fold_match, _compose_letter(letter))


def _offsets(original: str, folded: str, fold_letter: Callable[[str], str]) -> tuple[list[int], list[int]]:
    """For each folded character, where its letter starts and ends in the original.

    The original is cut where a letter with all its marks ends. If folding the letters does not give the folded whole
    (a script that composes across such cuts), the whole text is one piece: a span that is too wide, never wrong.
    """
    cuts = [index for index, char in enumerate(original) if index == 0 or not _continues(char)]
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    for start, end in zip(cuts, [*cuts[1:], len(original)], strict=True):
        piece = fold_letter(original[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    if "".join(pieces) != folded:
        return [0] * len(folded), [len(original)] * len(folded)
    return starts, ends


@functools.lru_cache(maxsize=1 << 14)
def _continues(char: str) -> bool:
    """Whether `char` belongs to the letter before it: a combining mark, or a jamo that is not an initial."""
    if char.isascii():
        return False
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first) in {"Mn", "Mc", "Me"} or _JAMO_PARTS.match(first) is not None
