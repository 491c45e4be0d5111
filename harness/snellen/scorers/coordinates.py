"""Boxes and points in running text: JSON with or without its fence, tags, lists and pairs of brackets.

Read are [x, y, x, y] and (x, y, x, y), (x, y), (x, y) and (x, y) to (x, y), [[x, y], [x, y]], mappings with named sides
({"x1": ...}, {"xmin": ...}, {"left": ..., "width": ...}), and points as (x, y), [x, y], {"x": ..., "y": ...},
<point x="" y="">; in tags (<box>, <point>, <click>) the numbers alone, too; without any of these, what
`coordinates_words` reads. What was thought aloud (<think>) is left out, and <answer> alone is read.

Where some stand in tags or behind keys that say what they are (bbox_2d, box_2d, <box>, point_2d), those alone count:
lists of numbers in a text before them are working. So it is with what follows the last "answer is", and with what
follows the first "bounding box:". Said again further on, a box or point counts once. At most 1,000 are read. What the
numbers mean is declared elsewhere.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from snellen.scorers.claims import answer_part
from snellen.scorers.coordinates_words import FOUR, NUMBER, PAIR, four_in_words, lone_fours, lone_pairs
from snellen.scorers.geometry import Box, Point

__all__ = ["FoundBox", "FoundPoint", "read_boxes", "read_points"]

_MOST = 1_000
_OPEN, _SHUT = r"[\[(]\s{0,40}+", r"\s{0,40}+[\])]"
_FOUR = re.compile(rf"{_OPEN}{FOUR}{_SHUT}")
_PAIR = re.compile(rf"{_OPEN}{PAIR}{_SHUT}")
_BOX_TAG = re.compile(rf"<\|?b?box(?:_?2d|_start)?\|?>\s{{0,8}}+{FOUR}\s{{0,8}}+<")
_PAIR_TAG = re.compile(rf"<\|?(?:points?|click)(?:_?2d|_start)?\|?>\s{{0,8}}+{PAIR}\s{{0,8}}+<")
_BETWEEN_PAIRS = re.compile(r"\s{0,8}[,;]?\s{0,8}")
_TO = re.compile(r"\s{0,8}(?:to|and|에서|부터|과|와|-|—|~|->|→)\s{0,8}")
_ROW_END = re.compile(r"[^,]*[\n;][^,]*")
_OBJECT = re.compile(r"\{([^{}\[\]]{1,400})\}")
_FIELD = re.compile(rf"([a-z_]{{1,12}}[0-9]?)[\"']?\s{{0,4}}[:=]\s{{0,4}}{NUMBER}")
_POINT_TAG = re.compile(r"<points?\s([^<>]{1,4000})>")
_IS = r"(?:[- ]?(?:coordinate|좌표))?\*{0,2}\s?(?:=|:|is|은|는)?\*{0,2}\s?"
_CALL = re.compile(rf"(?<![a-z])x{_IS}{NUMBER}\s?[,;]?[-\s*]{{0,8}}(?:and\s)?(?:the\s)?y{_IS}{NUMBER}")

# What says that a box, or a point, follows: a key in quotation marks or a tag; and, less surely, words.
_BOX_NAME = r"(?:bbox|box|bounding_?box|bboxes|boxes)(?:_?2d)?"
_POINT_NAME = r"(?:point|coordinates?|click)(?:_?2d)?"
_BEFORE = r"[\s\[({]{0,80}$"
_BOX_KEY = re.compile(rf"(?:[\"']{_BOX_NAME}[\"']\s{{0,4}}[:=]|<\|?b?box(?:_?2d)?(?:_start)?\|?>){_BEFORE}")
_POINT_KEY = re.compile(
    rf"(?:[\"']{_POINT_NAME}[\"']\s{{0,4}}[:=]|<\|?point(?:_?2d)?(?:_start)?\|?>|(?<![a-z])click){_BEFORE}"
)
_BOX_WORD = re.compile(rf"{_BOX_NAME}\*{{0,2}}\s{{0,4}}[:=]{_BEFORE}")
_POINT_WORD = re.compile(rf"{_POINT_NAME}\*{{0,2}}\s{{0,4}}[:=]{_BEFORE}")
_ANSWER_WORD = re.compile(r"(?:answer\*{0,2}(?: is)?|정답은?|답은?)\*{0,2}\s{0,2}:?\s{0,2}\*{0,2}[\s\[({]{0,16}$")
_OF_PICTURE = re.compile(
    r"(?:(?:size|dimensions?|resolution)(?: of (?:the |this )?(?:image|picture|photo|screen|screenshot))?"
    r"(?: (?:is|are|was|of))?|(?:크기|해상도|사이즈)(?:는|가|은)?)\s?[:=]?\s{0,4}$"
)
_AGAIN = re.compile(r"[^\s,;()\[\]]")  # between what was said and the same said again
_KEY_WIDTH = 112
_SIDES: tuple[tuple[str, ...], ...] = (
    ("x0", "y0", "x1", "y1"),
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("minx", "miny", "maxx", "maxy"),
    ("min_x", "min_y", "max_x", "max_y"),
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
    named: str = ""
    is_marked: bool = False


def read_boxes(text: str) -> list[FoundBox]:
    """The boxes of a text, in its order."""
    part = answer_part(text)
    said = part.passage.text
    hits = _chosen(said, _box_hits(said), _BOX_WORD)
    if not hits:
        hits = [_Hit(*one) for one in four_in_words(said, _SIDES, _SIZED) or lone_fours(said)]
    return [
        FoundBox(
            (one.numbers[0], one.numbers[1], one.numbers[2], one.numbers[3]), part.span(one.start, one.end), one.named
        )
        for one in hits
    ]


def read_points(text: str) -> list[FoundPoint]:
    """The points of a text, in its order; a box is none."""
    part = answer_part(text)
    said = part.passage.text
    hits = _chosen(said, _point_hits(said), _POINT_WORD)
    if not hits:
        hits = [_Hit(*one) for one in lone_pairs(said)]
    return [
        FoundPoint((one.numbers[0], one.numbers[1]), part.span(one.start, one.end), bool(one.named)) for one in hits
    ]


def _chosen(text: str, hits: Iterator[_Hit], word: re.Pattern[str]) -> list[_Hit]:
    """Those that are the answer: by their keys and tags, by the words before them, or all; no number is infinite."""
    found = sorted((one for one in hits if all(map(math.isfinite, one.numbers))), key=lambda one: one.start)
    marked = [one for one in found if one.is_marked]
    if marked or not found:
        return marked[:_MOST]
    answers = [at for at, one in enumerate(found) if _follows(_ANSWER_WORD, text, one.start)]
    words = [at for at, one in enumerate(found) if _follows(word, text, one.start)]
    first = answers[-1] if answers else words[0] if words else 0
    return _said_once(text, found[first:][:_MOST])


def _said_once(text: str, hits: list[_Hit]) -> list[_Hit]:
    """Without those that are said again; the same twice in one list are two."""
    kept: list[_Hit] = []
    known: set[tuple[float, ...]] = set()
    last = 0
    for one in hits:
        if one.numbers in known and _AGAIN.search(text, last, one.start):
            continue
        known.add(one.numbers)
        kept.append(one)
        last = one.end
    return kept


def _hit(match: re.Match[str], is_marked: bool) -> _Hit:
    return _Hit(match.start(), match.end(), tuple(float(one) for one in match.groups()), "", is_marked)


def _follows(key: re.Pattern[str], text: str, start: int) -> bool:
    return key.search(text, max(0, start - _KEY_WIDTH), start) is not None


def _box_hits(text: str) -> Iterator[_Hit]:
    marked = False
    last = -1
    for match in _FOUR.finditer(text):
        # a list of boxes is marked as a whole: {"boxes": [[...], [...]]}
        follows = last >= 0 and marked and re.fullmatch(r"[\s,]{0,8}", text[last : match.start()][:9]) is not None
        marked = follows or _follows(_BOX_KEY, text, match.start())
        last = match.end()
        yield _hit(match, marked)
    for one, other in _corners(text):
        numbers = tuple(float(number) for pair in (one, other) for number in pair.groups())
        yield _Hit(one.start(), other.end(), numbers, "", _follows(_BOX_KEY, text, one.start()))
    for match in _BOX_TAG.finditer(text):
        yield _hit(match, True)
    for start, end, fields in _objects(text):
        for names, kind in (*((one, "corners") for one in _SIDES), *((one, "size") for one in _SIZED)):
            if all(name in fields for name in names):
                yield _Hit(start, end, tuple(fields[name] for name in names), kind, True)
                break


def _point_hits(text: str) -> Iterator[_Hit]:
    for run in _runs_of_pairs(text):
        marked = _follows(_POINT_KEY, text, run[0].start())
        for match in run:
            if marked or not _follows(_OF_PICTURE, text, match.start()):
                yield _hit(match, marked)
    for match in _PAIR_TAG.finditer(text):
        yield _hit(match, True)
    yield from _named_points(text)
    for match in _CALL.finditer(text):
        if text.rfind("{", max(0, match.start() - 2), match.start()) < 0:
            yield _hit(match, False)._replace(named="xy")


def _named_points(text: str) -> Iterator[_Hit]:
    """The points of mappings and of tags with attributes."""
    for start, end, fields in _objects(text):
        if {"x", "y"} <= fields.keys() and not {"width", "w"} & fields.keys():
            yield _Hit(start, end, (fields["x"], fields["y"]), "xy", True)
    for tag in _POINT_TAG.finditer(text):
        fields = {name: float(value) for name, value in _FIELD.findall(tag[1])}
        for name, x in fields.items():
            if name[0] == "x" and (y := fields.get(f"y{name[1:]}")) is not None:
                yield _Hit(tag.start(), tag.end(), (x, y), "xy", True)


def _corners(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The pairs that are two corners: two together, two in each line, or one "to" another."""
    runs = list(_runs_of_pairs(text))
    at = 0
    while at < len(runs):
        rows = _rows(text, runs[at])
        if len(rows) == 1 and len(rows[0]) == 1:
            chain = at + 1
            while chain < len(runs) and _is_one_to(text, runs[chain - 1], runs[chain]):
                chain += 1
            if chain - at == 2:  # noqa: PLR2004  # two corners
                yield runs[at][0], runs[at + 1][0]
            at = chain
            continue
        if all(len(row) == 2 for row in rows):  # noqa: PLR2004  # two corners
            yield from ((row[0], row[1]) for row in rows)
        at += 1


def _is_one_to(text: str, run: list[re.Match[str]], following: list[re.Match[str]]) -> bool:
    between = _TO.fullmatch(text, run[-1].end(), following[0].start())
    return between is not None and len(following) == 1


def _rows(text: str, run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """A run of more than two pairs, parted where lines end without a comma."""
    if len(run) <= 2:  # noqa: PLR2004  # two corners, whatever stands between them
        return [run]
    rows = [[run[0]]]
    for before, match in itertools.pairwise(run):
        if _ROW_END.fullmatch(text, before.end(), match.start()):
            rows.append([])
        rows[-1].append(match)
    return rows


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
