"""Text as people see it: what may be shown on a terminal, what counts as the same word, what was nearly meant."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

__all__ = [
    "Form",
    "about_tokens",
    "and_more",
    "fold_key",
    "in_dollars",
    "in_seconds",
    "is_korean",
    "nearest",
    "normalized",
    "plural",
    "printable",
    "shorten",
    "some_of",
]

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

# C0 without \n and \t, DEL, C1, and the bidirectional overrides that can make a line read backwards (CVE-2021-42574).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ASCII_PER_TOKEN = 4
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_SHORT_CHARS = 2_000  # of marks in the worst order, unicodedata needs 7 ms for so many and 17 s for 100,000
_PIECE_CHARS = 64  # in which long runs are taken apart, for that sorts them too
_LONG_RUN = re.compile(r"(?<![^\w\x00-\x7f])[^\w\x00-\x7f]{256,}")  # every combining mark is among these characters
_HALF_WIDTH_MARKS = {"\uff9e": "\u3099", "\uff9f": "\u309a"}  # but these two, which NFKC and NFKD make marks of


def printable(text: str) -> str:
    r"""`text` with everything that could steer a terminal or hide from a reader made visible as \\x1b or \\u202e."""
    return _UNPRINTABLE.sub(_escape, text.replace("\r\n", "\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # one byte or two


def shorten(text: str, width: int) -> str:
    """`text` on one line of at most `width` characters, with an ellipsis where something was left out."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def fold_key(text: str) -> str:
    """`text` as file systems that ignore case and Unicode form see it: NFC, casefolded."""
    return normalized("NFC", text).casefold()


def normalized(form: Form, text: str) -> str:
    """`text` in a Unicode normal form: what `unicodedata.normalize` gives, in time that grows with its length.

    That one sorts the combining marks behind a letter by insertion, so that a text of nothing but marks takes time
    that grows with its square. Here long runs of them are put in their canonical order first; nothing is lost.
    """
    if len(text) <= _SHORT_CHARS or text.isascii():
        return unicodedata.normalize(form, text)
    full: Literal["NFD", "NFKD"] = "NFD" if form in ("NFC", "NFD") else "NFKD"
    if full == "NFKD":
        for half_width, mark in _HALF_WIDTH_MARKS.items():
            text = text.replace(half_width, mark)
    return unicodedata.normalize(form, _LONG_RUN.sub(lambda run: _in_order(full, run.group()), text))


def _in_order(form: Literal["NFD", "NFKD"], run: str) -> str:
    """A run of marks, taken apart, with those between two letters in canonical order (Unicode, D109)."""
    if unicodedata.is_normalized(form, run):
        return run
    pieces = (run[at : at + _PIECE_CHARS] for at in range(0, len(run), _PIECE_CHARS))
    apart = "".join(unicodedata.normalize(form, piece) for piece in pieces)
    marks = groupby(apart, key=lambda char: unicodedata.combining(char) > 0)
    return "".join("".join(sorted(some, key=unicodedata.combining) if are else some) for are, some in marks)


def is_korean(text: str) -> bool:
    """True when `text` holds at least one Hangul letter or syllable."""
    return _HANGUL.search(text) is not None


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The choice that `word` was most likely meant to be, None when nothing is near."""
    found = difflib.get_close_matches(word, sorted(choices), n=1, cutoff=cutoff)
    return found[0] if found else None


def plural(count: int, noun: str, many: str = "") -> str:
    """`1 case`, `2 cases`; `many` gives a plural that is not noun + s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def some_of(names: Sequence[str], *, most: int, more: int = 0) -> str:
    """`a, b and 3 more`: the first `most` names, and how many the others are with `more` that nobody named."""
    left = max(0, len(names) - most) + more
    return ", ".join(names[:most]) + (f" and {left:,} more" if left else "")


def and_more(left: int, *, noun: str = "", then: str = "") -> tuple[str, ...]:
    """The line below a list that was cut short, `… and 3 more`; none where nothing was left out.

    Args:
        left: How many were.
        noun: What they are, one of them; where the list does not say it.
        then: What the line goes on with, such as where all of them are.
    """
    return (f"… and {plural(left, f'more {noun}') if noun else f'{left:,} more'}{then}",) if left > 0 else ()


def in_seconds(duration_s: float) -> str:
    """`38 ms`, `1.24 s`, `12.4 s`, `3 min 20 s`, `2 h 5 min`."""
    if duration_s < 1:
        return f"{duration_s * 1000:.0f} ms"
    if duration_s < 10:  # noqa: PLR2004  # two decimals stop to matter
        return f"{duration_s:.2f} s"
    if duration_s < 60:  # noqa: PLR2004  # a minute
        return f"{duration_s:.1f} s"
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def in_dollars(cost_usd: float) -> str:
    """`$0.0123`, `$1,240.5000`; `<$0.0001` for less than it can show, so that nothing looks free that is not."""
    return "<$0.0001" if 0 < cost_usd < 0.000_05 else f"${cost_usd:,.4f}"  # noqa: PLR2004  # what rounds to nothing


def about_tokens(text: str) -> int:
    """About how many tokens a text is: one for 4 ASCII characters, one for any other character.

    A Hangul syllable is between half and two tokens, by model and text; this is for orders of magnitude.
    """
    ascii_count = sum(map(str.isascii, text))
    return math.ceil(ascii_count / _ASCII_PER_TOKEN) + len(text) - ascii_count
