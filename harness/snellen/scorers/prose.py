"""What a response says in its own words: its text without code, addresses and quotations, every character in place."""

from __future__ import annotations

import re

__all__ = ["own_words"]

# Of folded text, where all double quotation marks are " and a backtick is '. Every repeat is bounded, for time.
_CODE = "'''.*?(?:'''|\\Z)"
_LINK = '(?:https?://|www\\.)[^\\s"]{1,2000}'
_MAIL = re.compile("[^\\s@]{1,64}@[^\\s@]{1,255}")
_DOUBLE = '"[^"\\n]{1,400}"'
_SINGLE = "(?<![A-Za-z0-9])'[^'\\n]{1,400}'(?![A-Za-z0-9])"
_QUOTED_LINE = "^[ \\t]{0,3}>[^\\n]*"
_QUOTED = re.compile(f"{_CODE}|{_LINK}|{_QUOTED_LINE}|{_DOUBLE}|{_SINGLE}", re.DOTALL | re.MULTILINE)
_ASIDE = re.compile(r"\([^()\n]{1,400}\)")


def own_words(folded: str, *, asides: bool = True) -> str:
    """`folded` with spaces for code, links, mail addresses, quoted lines and what stands in quotation marks.

    Args:
        folded: Folded text.
        asides: Keep what stands in round brackets.

    Returns:
        As many characters as were given, so that offsets hold.
    """
    said = _QUOTED.sub(_blank, folded)
    if "@" in said:
        said = _MAIL.sub(_blank, said)
    return said if asides else _ASIDE.sub(_blank, said)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
