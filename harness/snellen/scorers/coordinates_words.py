"""Boxes and points that stand in no brackets: sides by name, corners in words, and numbers alone.

    x1=10, y1=20, x2=110, y2=220
    Top-left: (10, 20), bottom-right: (110, 220)
    Bounding box: 10, 20, 110, 220
    10, 20, 110, 220

These are looked for only where a text holds none in brackets, tags or JSON. Numbers alone are read where nothing else
stands in their line, or behind a word that says what they are; "there are 4: 1, 2, 3, 4" is no box.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

__all__ = ["FOUR", "NUMBER", "PAIR", "four_in_words", "lone_fours", "lone_pairs"]

Hit = tuple[int, int, tuple[float, ...], str]
"""Start, end, the numbers, and what their names say: "corners", "size" or ""."""

# Every repeat of white space is possessive, so that long runs of it cost no time.
_DIGITS = r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:e[+-]?[0-9]{1,2})?"
NUMBER = rf"[\"']?({_DIGITS})(?![0-9.])(?:\s?px(?![a-z]))?[\"']?"
"""A number, also in quotation marks and in pixels."""
_GAP = r"(?:\s{0,40}+[,;]\s{0,40}+|\s{1,40}+)"
FOUR = _GAP.join([NUMBER] * 4)
PAIR = _GAP.join([NUMBER] * 2)
_LINE_GAP = r"(?:[ \t]{0,4}+[,;][ \t]{0,4}+|[ \t]{1,4}+)"

_ALONE = {count: re.compile(r"\s*" + _GAP.join([NUMBER] * count) + r"\.?\s*") for count in (2, 4)}
_FENCE = "'''"  # as folded text has it
_LINES = {count: re.compile(_LINE_GAP.join([NUMBER] * count) + r"\.?") for count in (2, 4)}
_WORD = (
    r"(?:box(?:es)?|x1, ?y1, ?x2, ?y2|xmin, ?ymin, ?xmax, ?ymax|coordinates?|points?|position|location|answer|"
    r"박스|상자|좌표|위치|정답|답)"
    r"[\"'*]{0,3}\s?(?:(?:is|are|[:=]|은|는)[\"'*]{0,3}\s{0,2}){1,2}"
)
_BEHIND = {
    count: re.compile(
        rf"(?:{_WORD}|\\boxed\s?\{{\s{{0,4}})" + _LINE_GAP.join([NUMBER] * count) + r"(?=\s{0,2}(?:[.}*\n]|입니다|$))"
    )
    for count in (2, 4)
}

_NAMED = r"[\"'*]{0,3}\s{0,2}[:=]\s{0,2}[\"'*]{0,3}\s{0,2}"
_JOIN = r"[\s,;|*&-]{1,12}(?:and )?"
_X_AND_Y = rf"[\"']?x{_NAMED}{NUMBER},\s{{0,40}}[\"']?y{_NAMED}{NUMBER}\s{{0,40}}"
_PLACE = rf"(?:[\[(]\s{{0,4}}{PAIR}\s{{0,4}}[\])]|[({{]\s{{0,40}}{_X_AND_Y}[)}}])"
_TOP_LEFT = r"(?:(?:top|upper)[-_ ]?left|왼쪽 ?(?:위|상단)|좌측 ?상단|좌 ?상단)"
_BOTTOM_RIGHT = r"(?:(?:bottom|lower)[-_ ]?right|오른쪽 ?(?:아래|하단)|우측 ?하단|우 ?하단)"
_APART = r"[^\[\](){}0-9]"
_CORNERS = re.compile(rf"{_TOP_LEFT}{_APART}{{0,40}}{_PLACE}{_APART}{{0,60}}{_BOTTOM_RIGHT}{_APART}{{0,40}}{_PLACE}")


def four_in_words(text: str, sides: tuple[tuple[str, ...], ...], sized: tuple[tuple[str, ...], ...]) -> list[Hit]:
    """The boxes whose sides or corners are named in running text."""
    hits = [_hit(match, "" if match[1] else "corners") for match in _CORNERS.finditer(text)]
    for names, kind in (*((one, "corners") for one in sides), *((one, "size") for one in sized)):
        if hits:
            break
        if all(name in text for name in names):
            hits = [_hit(match, kind) for match in _of_names(names).finditer(text)]
    return _finite(hits)


def _of_names(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z0-9_])" + _JOIN.join(f"{name}{_NAMED}{NUMBER}" for name in names))


def lone_fours(text: str) -> list[Hit]:
    """The boxes that are four numbers and nothing else, or behind a word that says what they are."""
    return _lone(text, 4)


def lone_pairs(text: str) -> list[Hit]:
    """As `lone_fours`, of two numbers."""
    return _lone(text, 2)


def _lone(text: str, count: int) -> list[Hit]:
    if whole := _ALONE[count].fullmatch(text):
        return _finite([_hit(whole)])
    lines = list(_by_line(text, count))
    return _finite(lines or [_hit(match) for match in _BEHIND[count].finditer(text)])


def _by_line(text: str, count: int) -> Iterator[Hit]:
    """Each line, where every line that is not blank holds as many numbers and nothing else."""
    start = 0
    hits = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith(_FENCE):
            match = _LINES[count].fullmatch(text, start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
            if match is None:
                return
            hits.append(_hit(match))
        start += len(line) + 1
    yield from hits


def _hit(match: re.Match[str], kind: str = "") -> Hit:
    return match.start(), match.end(), tuple(float(one) for one in match.groups() if one is not None), kind


def _finite(hits: list[Hit]) -> list[Hit]:
    return [one for one in hits if all(map(math.isfinite, one[2]))]
