r"""Parts of the mini-language for one-liners in CSV and YAML: lists (`a, b`) and bounds (`text >= 0.9`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from snellen.errors import InputError

__all__ = ["bounded", "items", "nothing", "without_bars"]

_ITEM = re.compile(r'\s*(?:"((?:\\.|[^"\\])*)"\s*(?=,|$)|((?:\\.|[^,\\]|\\$)*))(?:,|$)', re.DOTALL)
_ESCAPED = re.compile(r'\\([,"\\|])')
_BAR = re.compile(r"(?<!\\)\|")
_BOUND = re.compile(r"(?:^|(?<=\s))(>=|<=|≥|≤)\s*([0-9]*\.?[0-9]+)\s*(%?)$")
_SIGNS = {"≥": ">=", "≤": "<="}
_PERCENT = 100


def items(text: str) -> list[str]:
    r"""The items of a list with commas between them.

    A comma or bar that belongs to an item is written `\,` and `\|`, or the whole item stands in double quotes, within
    which `\"` is a quotation mark. Empty items are left out.

    Raises:
        InputError: There is none, or one holds a bar, or a quotation mark that opens it is not closed at its end.
    """
    found: list[str] = []
    position = 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None or match.end() == position:
            break
        quoted, bare = match.groups()
        item = _ESCAPED.sub(r"\1", quoted) if quoted is not None else _bare(bare)
        found += [item] if item else []
        position = match.end()
    if not found:
        raise InputError("it lists nothing; right is text with commas between, such as: red, blue")
    return found


def without_bars(text: str) -> str:
    r"""The text, in which a bar that is meant is written `\|`.

    Raises:
        InputError: It holds a bar, which between keywords means "or" and here would be looked for itself.
    """
    if _BAR.search(text):
        parts = ", ".join(part.strip() for part in _BAR.split(text))
        raise InputError(
            rf"{text!r} holds a bar, which would be looked for itself; one of several is contains-any: {parts}, a bar "
            r"that is meant is written \|"
        )
    return text.replace(r"\|", "|")


def _bare(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        raise InputError(rf"{text!r} opens a quotation that does not end at the item's end; a plain mark is written \"")
    without_bars(text)
    return _ESCAPED.sub(r"\1", text)


def bounded(text: str, sign: Literal[">=", "<="], option: str) -> Mapping[str, object]:
    """The options that `text >= 0.9` means, either part of which may be left out; `90%` is 0.9.

    Args:
        text: Behind the scorer's name.
        sign: The bound that the scorer takes.
        option: Its name among the options.

    Raises:
        InputError: It says nothing, or bounds the other way.
    """
    match = _BOUND.search(text)
    answer = text[: match.start()].strip() if match else text.strip()
    options: dict[str, object] = {"answer": answer} if answer else {}
    if match is not None:
        if _SIGNS.get(match[1], match[1]) != sign:
            raise InputError(f"{match.group()!r} bounds the wrong way; right is {sign}")
        options[option] = float(match[2]) / (_PERCENT if match[3] else 1)
    if not options:
        raise InputError(f"it says nothing; right is what is expected, and a bound such as {sign} 0.5")
    return options


def nothing(text: str) -> Mapping[str, object]:
    """No options: for scorers that expect nothing in particular.

    Raises:
        InputError: There is a text all the same.
    """
    if text.strip():
        raise InputError(f"this scorer takes nothing behind its name, and {text!r} was given")
    return {}
