"""Boxes and points in running text: JSON with or without its fence, tags, lists and pairs of brackets.

Read are [x, y, x, y] and (x, y, x, y), (x, y), (x, y) and [[x, y], [x, y]], mappings with named sides ({"x1": ...},
{"xmin": ...}, {"left": ..., "width": ...}), and points as (x, y), [x, y], {"x": ..., "y": ...}, <point x="" y="">.
Where some stand in tags or behind keys that say what they are (bbox_2d, box_2d, <box>, point_2d), those alone count:
lists of numbers in a text before them are working. At most 1,000 are read. What the numbers mean is declared elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from snellen.scorers.fold import fold
from snellen.scorers.geometry import Box, Point

__all__ = ["FoundBox", "FoundPoint", "read_boxes", "read_points"]

_MOST = 1_000
_READ_CHARS = 200_000  # the end of a longer text is read

_N = r"([+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:e[+-]?[0-9]{1,2})?)(?![0-9.])"
_C = r"\s{0,4}[,\s]\s{0,4}"
_OPEN, _SHUT = r"[\[(]\s{0,4}", r"\s{0,4}[\])]"
_FOUR = re.compile(rf"{_OPEN}{_N}{_C}{_N}{_C}{_N}{_C}{_N}{_SHUT}")
_PAIR = re.compile(rf"{_OPEN}{_N}{_C}{_N}{_SHUT}")
_BETWEEN_PAIRS = re.compile(r"\s{0,8},?\s{0,8}")
_BARE_FOUR = re.compile(rf"\s*{_N}{_C}{_N}{_C}{_N}{_C}{_N}\s*")
_BARE_PAIR = re.compile(rf"\s*{_N}{_C}{_N}\s*")
_OBJECT = re.compile(r"\{([^{}\[\]]{1,400})\}")
_FIELD = re.compile(rf"([a-z_]{{1,12}}[0-9]?)[\"']?\s{{0,4}}[:=]\s{{0,4}}[\"']?{_N}")
_POINT_TAG = re.compile(r"<points?\s([^<>]{1,4000})>")
_CALL = re.compile(rf"(?<![a-z])x\s?[=:]\s?{_N}\s?[,;]?\s?(?:and\s)?y\s?[=:]\s?{_N}")

# What says that a box, or a point, follows.
_BOX_KEY = re.compile(
    r"(?:[\"']?(?:bbox|box|bounding_?box|bboxes|boxes)(?:_?2d)?[\"']?\s{0,4}[:=]|<\|?b?box(?:_start)?\|?>)[\s\[({]{0,8}$"
)
_POINT_KEY = re.compile(
    r"(?:[\"']?(?:point|coordinates?|click)(?:_?2d)?[\"']?\s{0,4}[:=]|<\|?point(?:_start)?\|?>|click)[\s\[({]{0,8}$"
)
_KEY_WIDTH = 32
_SIDES: tuple[tuple[str, ...], ...] = (
    ("x0", "y0", "x1", "y1"),
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("left", "top", "right", "bottom"),
)
_SIZED: tuple[tuple[str, ...], ...] = (
    ("x", "y", "width", "height"),
    ("x", "y", "w", "h"),
    ("left", "top", "width", "height"),
)


class FoundBox(NamedTuple):
    """A box in a text.

    Attributes:
        numbers: In the order in which they stand there; of named sides x, y and then the others.
        span: In the text as it arrived.
        named: "corners" or "size" where names say what the numbers are, else "".
    """

    numbers: Box
    span: tuple[int, int]
    named: str = ""


class FoundPoint(NamedTuple):
    """A point in a text.

    Attributes:
        numbers: In the order in which they stand there; x first where they are named.
        span: In the text as it arrived.
        named: Whether names say which is x.
    """

    numbers: Point
    span: tuple[int, int]
    named: bool = False


class _Hit(NamedTuple):
    start: int
    end: int
    numbers: tuple[float, ...]
    named: str
    is_marked: bool


def read_boxes(text: str) -> list[FoundBox]:
    """The boxes of a text, in its order."""
    folded = fold(text[-_READ_CHARS:])
    shift = len(text) - len(folded.original)
    hits = _chosen(_box_hits(folded.text))
    if not hits and (bare := _BARE_FOUR.fullmatch(folded.text)):
        hits = [_hit(bare, False)]
    return [
        FoundBox(
            (one.numbers[0], one.numbers[1], one.numbers[2], one.numbers[3]),
            _moved(folded.span(one.start, one.end), shift),
            one.named,
        )
        for one in hits
    ]


def read_points(text: str) -> list[FoundPoint]:
    """The points of a text, in its order; a box is none."""
    folded = fold(text[-_READ_CHARS:])
    shift = len(text) - len(folded.original)
    hits = _chosen(_point_hits(folded.text))
    if not hits and (bare := _BARE_PAIR.fullmatch(folded.text)):
        hits = [_hit(bare, False)]
    return [
        FoundPoint((one.numbers[0], one.numbers[1]), _moved(folded.span(one.start, one.end), shift), bool(one.named))
        for one in hits
    ]


def _moved(span: tuple[int, int], shift: int) -> tuple[int, int]:
    return span[0] + shift, span[1] + shift


def _chosen(hits: Iterator[_Hit]) -> list[_Hit]:
    """Those that are marked as what they are, where there are some; without those that are no finite numbers."""
    found = sorted((one for one in hits if all(map(math.isfinite, one.numbers))), key=lambda one: one.start)
    marked = [one for one in found if one.is_marked]
    return (marked or found)[:_MOST]


def _hit(match: re.Match[str], is_marked: bool) -> _Hit:
    return _Hit(match.start(), match.end(), tuple(float(one) for one in match.groups()), "", is_marked)


def _is_marked(text: str, start: int, key: re.Pattern[str]) -> bool:
    return key.search(text, max(0, start - _KEY_WIDTH), start) is not None


def _box_hits(text: str) -> Iterator[_Hit]:
    marked = False
    last = -1
    for match in _FOUR.finditer(text):
        # a list of boxes is marked as a whole: {"boxes": [[...], [...]]}
        follows = last >= 0 and marked and re.fullmatch(r"[\s,]{0,8}", text[last : match.start()][:9]) is not None
        marked = follows or _is_marked(text, match.start(), _BOX_KEY)
        last = match.end()
        yield _hit(match, marked)
    for run in _runs_of_pairs(text):
        if len(run) == 2:  # noqa: PLR2004  # two corners
            numbers = tuple(float(one) for pair in run for one in pair.groups())
            start = run[0].start()
            yield _Hit(start, run[1].end(), numbers, "", _is_marked(text, start, _BOX_KEY))
    for start, end, fields in _objects(text):
        for names, kind in (*((one, "corners") for one in _SIDES), *((one, "size") for one in _SIZED)):
            if all(name in fields for name in names):
                yield _Hit(start, end, tuple(fields[name] for name in names), kind, True)
                break


def _point_hits(text: str) -> Iterator[_Hit]:
    for run in _runs_of_pairs(text):
        marked = _is_marked(text, run[0].start(), _POINT_KEY)
        for match in run:
            yield _hit(match, marked)
    for start, end, fields in _objects(text):
        if {"x", "y"} <= fields.keys() and not {"width", "w"} & fields.keys():
            yield _Hit(start, end, (fields["x"], fields["y"]), "xy", True)
    for tag in _POINT_TAG.finditer(text):
        fields = {name: float(value) for name, value in _FIELD.findall(tag[1])}
        for name, x in fields.items():
            if name[0] == "x" and (y := fields.get(f"y{name[1:]}")) is not None:
                yield _Hit(tag.start(), tag.end(), (x, y), "xy", True)
    for match in _CALL.finditer(text):
        if text.rfind("{", max(0, match.start() - 2), match.start()) < 0:
            yield _hit(match, False)._replace(named="xy")


def _runs_of_pairs(text: str) -> Iterator[list[re.Match[str]]]:
    """The pairs of numbers in brackets, those together that follow each other with no more than a comma between."""
    run: list[re.Match[str]] = []
    for match in _PAIR.finditer(text):
        if run and not _BETWEEN_PAIRS.fullmatch(text, run[-1].end(), match.start()):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _objects(text: str) -> Iterator[tuple[int, int, dict[str, float]]]:
    for match in _OBJECT.finditer(text):
        yield match.start(), match.end(), {name: float(value) for name, value in _FIELD.findall(match[1])}
