"""One-liners that are nearly ones (`nubmer: 42`, `Number: 42`, `number:42`), told from keywords that hold a colon."""

from __future__ import annotations

import re
from collections.abc import Mapping

from snellen.errors import InputError
from snellen.scorers.registry import DENIED, is_registered, scorer_names
from snellen.scorers.spec import parse_scorer

__all__ = ["meant_inline", "one_liner"]

_LABEL = re.compile(
    r"\s*([A-Za-z][A-Za-z0-9*_ -]{1,30}?)\s*[:：](?!//)\s*(.*)", re.DOTALL
)  # the colon of Asian keyboards too
_SHORTEST = 5  # "cost" is one letter from "host" and "post", "bleu" from "blue"

# What other tools call what a scorer of ours does.
_FOREIGN: Mapping[str, str] = {
    "contains-json": "json",
    "equals": "exact",
    "icontains": "contains",
    "icontains-all": "contains-all",
    "icontains-any": "contains-any",
    "is-json": "json",
    "levenshtein": "fuzzy",
    "llm-rubric": "judge",
    "similar": "similarity",
}


def meant_inline(text: str) -> str | None:
    """The one-liner that was most likely meant by `text`, which is none; None when it is a keyword.

    Case, a missing space and `_` or a space for `-` are looked through. What labels on documents say begins with a
    capital, as no scorer does: then the name must be right to the letter and the rest what that scorer takes
    ("Number: 42"; "Length: 30 cm" and "Point: 3" are keywords). In small letters one slip of the pen is looked through.
    """
    found = _LABEL.match(text)
    if found is None:
        return None
    written, rest = found[1], found[2].strip()
    name = re.sub(r"[_ ]+", "-", written.casefold())
    plain = name.removeprefix(DENIED)
    before = name[: len(name) - len(plain)]
    is_small = written == written.casefold()
    if is_registered(name):
        return one_liner(name, rest) if is_small or _takes(name, rest) else None
    if not is_small:
        return None
    if plain in _FOREIGN:
        return one_liner(before + _FOREIGN[plain], rest)
    if len(plain) < _SHORTEST:
        return None
    near = next((one for one in scorer_names() if len(one) >= _SHORTEST and _is_one_slip(plain, one)), None)
    return None if near is None else one_liner(before + near, rest)


def one_liner(name: str, rest: str) -> str:
    """A scorer's name and what it expects, on one line."""
    return f"{name}: {rest}".rstrip()


def _takes(name: str, rest: str) -> bool:
    try:
        parse_scorer(one_liner(name, rest))
    except InputError:
        return False
    return True


def _is_one_slip(one: str, other: str) -> bool:
    """Whether a letter too many, one too few, another one or two that changed places make `other` of `one`."""
    if abs(len(one) - len(other)) > 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == len(other) == len("ab") and one == other[::-1])
