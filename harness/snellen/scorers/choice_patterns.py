"""Patterns that find the labels and positions of options in a folded text."""

from __future__ import annotations

import functools
import re

from snellen.scorers.korean import HANGUL

__all__ = ["any_of", "holds", "label_pattern", "position_pattern", "quick_pattern"]

_FREE = f"{HANGUL}\u3040-\u30ff\u3400-\u9fff"  # letters that may stand right beside a label: 정답은B입니다
_WORD = f"[^\\W{_FREE}]"
_ORDINAL = (
    r"(?<![a-z])(?:the\s)?(?:first|second|third|fourth|fifth|last)\s(?:option|choice|answer|alternative)(?![a-z])|"
    r"(?<![가-힣])(?:(?:첫|두|세|네|다섯)\s?번째|마지막)\s?(?:보기|선택지|선지|항목|답|옵션)"
)


def holds(text: str, name: str) -> bool:
    """Whether a name stands in a text by itself, in no word."""
    return re.search(f"(?<!{_WORD}){re.escape(name)}(?!{_WORD})", text) is not None


def any_of(names: tuple[str, ...]) -> str:
    """The names as alternatives of a pattern, longest first."""
    if not names:
        return "(?!)"  # matches nowhere
    return f"(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})"


@functools.lru_cache(maxsize=256)
def label_pattern(names: tuple[str, ...], series: str) -> re.Pattern[str]:
    """Where a label may stand: by itself, in no word, number, formula or contraction."""
    return re.compile(_label_text(names, series))


def _label_text(names: tuple[str, ...], series: str) -> str:
    if not names or any(len(name) != 1 for name in names):
        before, behind = _bounds(series)
        return f"{''.join(f'(?<!{one})' for one in before)}{any_of(names)}{behind}"
    # A single letter comes first and its left bound is looked at afterwards: several times faster.
    return _letter(names) + _around(names, series)


def _letter(names: tuple[str, ...]) -> str:
    return f"[{''.join(map(re.escape, names))}]"


def _around(names: tuple[str, ...], series: str) -> str:
    """What must stand around a label of one letter, which was just matched."""
    before, behind = _bounds(series)
    return behind + "".join(f"(?<!{one}{_letter(names)})" for one in before)


def _bounds(series: str) -> tuple[tuple[str, ...], str]:
    """What may not stand before a label, and what must follow or not."""
    if series == "latin":
        return (_WORD, "[°∠△\\\\]", "[a-z0-9][-']"), f"(?!{_WORD}|[\\^+#]|'[a-z]|-[a-z0-9])"
    if series == "digits":
        return (_WORD, "[.,/^+:-]"), "(?![0-9a-z_^%°/]|[.,:][0-9])"
    # Korean: what follows is no more of the word, but a particle or the copula: 다입니다, not 다음.
    tail = (
        "(?![가-힣])|(?=(?:[은는이가을를의로와과]|입니다|이다|예요|이에요|라고)(?![가-힣]))|"
        "(?=입니다|이에요|라고|번(?:[은는이가을를의로와과도만]|인|입니다|이다|이므로|으로)?(?![가-힣]))"
    )
    return (_WORD, f"[{HANGUL}]"), f"(?!{_WORD})(?:{tail})"


def quick_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Single Latin letters in ASCII text, without "a" and "i" in lower case between spaces: words."""
    letters = "".join(name + name.upper() for name in names if len(name) == 1 and name.isascii() and name.isalpha())
    if not letters:
        return re.compile("(?!)")
    article = "(?!(?:(?<=\\A[ai])|(?<=[ \\n][ai])) )"
    return re.compile(f"[{letters}](?!\\w)(?<!\\w.){article}", re.ASCII)


@functools.lru_cache(maxsize=256)
def position_pattern(numbers: tuple[str, ...], signs: tuple[str, ...], *, ordinal: bool) -> re.Pattern[str]:
    """Where a position may stand: as a number, as another sign (나, ②) or, with `ordinal`, in words."""
    named = [(names, series) for names, series in ((numbers, "digits"), (signs, "other")) if names]
    is_single = all(len(name) == 1 for names, _ in named for name in names)
    if is_single and len(named) > 1:
        either = "|".join(f"(?<={_letter(names)}){_around(names, series)}" for names, series in named)
        parts = [f"{_letter(numbers + signs)}(?:{either})"]
    else:
        parts = [_label_text(names, series) for names, series in named]
    return re.compile("|".join([*parts, _ORDINAL] if ordinal else parts))
