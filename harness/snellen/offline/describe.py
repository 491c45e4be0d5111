"""Answers: what was measured of the pictures, said in the language of the prompt and about what it asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from snellen._text import is_korean
from snellen.offline import english, korean
from snellen.offline.charts import Chart
from snellen.offline.colours import Colour
from snellen.offline.differences import Comparison, Content, compare
from snellen.offline.observe import Band, Observation, Side, observe
from snellen.offline.pictures import Pixels, Place, Point
from snellen.offline.protocol import ModelName
from snellen.offline.questions import Question, lines_asked_for, understand
from snellen.offline.reader import Line, read_lines, rows_of
from snellen.offline.shapes import Look, Shape

__all__ = ["answer"]

_MOST_PLACED = 8  # more things than this are counted, not placed one by one
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class _Language(Protocol):
    """What `english` and `korean` both can say; their docstrings tell what each is."""

    def image(self, number: int) -> str: ...
    def no_image(self) -> str: ...
    def shape_name(self, look: Look) -> str: ...
    def quoted(self, content: str) -> str: ...
    def background(self, colour: Colour, sides: Sequence[tuple[Side, Colour]]) -> str: ...
    def bands(self, thirds: Sequence[Band]) -> str: ...
    def counts(self, groups: Sequence[tuple[Look, int]]) -> str: ...
    def places(self, groups: Sequence[tuple[Content, Place]]) -> str: ...
    def on_side(self, content: Content, sides: frozenset[Side]) -> str: ...
    def order(self, names: Sequence[str], *, is_across: bool) -> str: ...
    def chart(self, found: Chart) -> str: ...
    def text(self, rows: Sequence[str]) -> str: ...
    def no_text(self) -> str: ...
    def unread(self, *, is_more: bool) -> str: ...
    def no_shapes(self) -> str: ...
    def none_of_them(self) -> str: ...
    def yes(self, *, is_there: bool) -> str: ...
    def differences(self, first: int, second: int, found: Comparison) -> str: ...


def answer(model: ModelName, prompt: str, pictures: Sequence[Pixels]) -> str:
    """What `model` says to `prompt` about `pictures`, in Korean when the prompt holds Hangul, else in English."""
    say: _Language = korean if is_korean(prompt) else english
    question = understand(prompt)
    if not pictures:
        return say.no_image()
    if model == "offline-reader":
        return _titled(say, [_read(say, question, read_lines(pixels)) for pixels in pictures])
    return _describe(say, question, [observe(pixels) for pixels in pictures])


def _describe(say: _Language, question: Question, pictures: Sequence[Observation]) -> str:
    of_each = _titled(say, [_about(say, question, picture) for picture in pictures])
    if len(pictures) == 1 or (question.topics and not question.topics & {"difference", "everything"}):
        return of_each
    first, *others = pictures
    found = [(number, compare(first, other)) for number, other in enumerate(others, 2)]
    differs = [say.differences(1, number, comparison) for number, comparison in found]
    if question.topics == {"difference"} and all(comparison.is_by_place for _, comparison in found):
        return "\n\n".join(differs)
    return "\n\n".join([of_each, *differs])


def _titled(say: _Language, answers: Sequence[str]) -> str:
    if len(answers) == 1:
        return answers[0]
    return "\n\n".join(f"{say.image(number)}: {one}" for number, one in enumerate(answers, 1))


def _read(say: _Language, question: Question, lines: Sequence[Line]) -> str:
    """The rows that hold a word of the question, or all of the part asked about."""
    rows = lines_asked_for(question, lines) or _rows(_lines(question, lines))
    if not rows:
        return say.no_text()
    if question.wants_number:
        numbers = _NUMBER.findall(rows[-1])
        return numbers[-1] if numbers else say.text(rows)
    return "\n".join(rows) if question.wants_bare else say.text(rows)


def _rows(lines: Sequence[Line]) -> list[str]:
    return [" ".join(line.text for line in row) for row in rows_of(list(lines))]


def _about(say: _Language, question: Question, picture: Observation) -> str:
    """All that is asked of one picture, a sentence or two to each topic."""
    if not question.topics and not picture.chart and lines_asked_for(question, picture.lines):
        parts = [_text(say, question, picture)]
    elif question.asks("everything") or question.topics <= {"difference"}:
        parts = _everything(say, picture)
    elif question.wants_number and question.asks("count"):
        parts = [str(len(_shapes(question, picture)))]
    elif question.is_there:
        parts = _whether(say, question, picture)
    else:
        parts = _by_topic(say, question, picture)
    return " ".join(part for part in parts if part)


def _everything(say: _Language, picture: Observation) -> list[str]:
    shapes = picture.shapes
    shown = _counted(say, shapes) if len(shapes) > _MOST_PLACED else _placed(say, shapes, ())
    used = picture.chart.lines if picture.chart else ()
    rows = _rows([line for line in picture.lines if line not in used])
    return [
        _backdrop(say, picture),
        say.chart(picture.chart) if picture.chart else "",
        shown,
        say.unread(is_more=False) if picture.has_unread and not rows else "",
        say.text(rows) if rows else "",
        say.unread(is_more=True) if picture.has_unread and rows else "",
    ]


def _by_topic(say: _Language, question: Question, picture: Observation) -> list[str]:
    parts = []
    if question.asks("colour") and not question.kinds and not question.part:
        parts.append(_backdrop(say, picture))
    if picture.chart and not question.names_shapes:
        parts.append(say.chart(picture.chart))
    elif question.topics & {"count", "colour", "chart"}:
        parts.append(_how_many(say, question, picture))
    elif question.asks("place") and not (question.asks("text") and question.part):
        parts.append(_where(say, question, picture))
    if question.asks("text") and not (picture.chart and question.asks("chart")):
        parts.append(_text(say, question, picture))
    return parts


def _shapes(question: Question, picture: Observation) -> list[Shape]:
    return [
        shape for shape in picture.shapes if question.matches(shape.look) and _is_on(shape.box.centre, question.part)
    ]


def _lines(question: Question, lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if _is_on(line.box.centre, question.part)]


def _is_on(point: Point, sides: frozenset[Side], middle: Point = (0.5, 0.5)) -> bool:
    """True when `point` lies on all of these sides of `middle`."""
    across, down = point[0] - middle[0], point[1] - middle[1]
    lies = {"left": across < 0, "right": across > 0, "top": down < 0, "bottom": down > 0}
    return all(lies[side] for side in sides)


def _how_many(say: _Language, question: Question, picture: Observation) -> str:
    shapes = _shapes(question, picture)
    if not shapes and question.topics == {"colour"} and not question.names_shapes:
        return ""
    return _counted(say, shapes) if shapes else _missing(say, question, picture)


def _missing(say: _Language, question: Question, picture: Observation) -> str:
    is_narrow = bool(question.names_shapes or question.part)
    return say.none_of_them() if picture.shapes and is_narrow else say.no_shapes()


def _whether(say: _Language, question: Question, picture: Observation) -> list[str]:
    shapes = _shapes(question, picture)
    return [say.yes(is_there=bool(shapes)), _counted(say, shapes) if shapes else _missing(say, question, picture)]


def _backdrop(say: _Language, picture: Observation) -> str:
    return say.background(picture.background, picture.sides) if picture.background else say.bands(picture.bands)


def _counted(say: _Language, shapes: Sequence[Shape]) -> str:
    """Counts by look, the most frequent first, then by where the first of them stands."""
    return say.counts(Counter(shape.look for shape in shapes).most_common())


def _placed(say: _Language, shapes: Sequence[Shape], lines: Sequence[Line]) -> str:
    """Each ninth of the picture with what stands in it, in the order in which they are met from the top."""
    boxes = sorted([shape.box for shape in shapes] + [line.box for line in lines], key=lambda box: (box.top, box.left))
    groups = []
    for place in dict.fromkeys(box.place for box in boxes):
        here = [shape for shape in shapes if shape.box.place == place]
        groups.append((_content(here, [line for line in lines if line.box.place == place]), place))
    return say.places(groups) if groups else ""


def _where(say: _Language, question: Question, picture: Observation) -> str:
    """What stands on the side that was asked about, else the order from side to side, else each thing's place."""
    shapes = _shapes(question, picture)
    lines = [] if question.names_shapes else _lines(question, picture.lines)
    if not shapes and not lines:
        return _missing(say, question, picture)
    if question.part and not question.names_shapes:
        return say.on_side(_content(shapes, lines), question.part)
    if question.is_relation and len(shapes) == 1 and len(question.sides) == 1:
        return _beside(say, question.sides, shapes[0], picture)
    if not question.sides or len(shapes) + len(lines) == 1:
        return _placed(say, shapes, lines)
    return _in_order(say, shapes, lines, is_across=bool(question.sides & {"left", "right"}))


def _in_order(say: _Language, shapes: Sequence[Shape], lines: Sequence[Line], *, is_across: bool) -> str:
    things = [(shape.box.centre, say.shape_name(shape.look)) for shape in shapes]
    things += [(line.box.centre, say.quoted(line.text)) for line in lines]
    things.sort(key=lambda thing: thing[0] if is_across else thing[0][::-1])
    return say.order([name for _, name in things], is_across=is_across)


def _beside(say: _Language, sides: frozenset[Side], shape: Shape, picture: Observation) -> str:
    """What stands to that side of `shape`."""
    others = [one for one in picture.shapes if one is not shape and _is_on(one.box.centre, sides, shape.box.centre)]
    return say.on_side(_content(others, ()), sides) if others else say.none_of_them()


def _content(shapes: Sequence[Shape], lines: Sequence[Line]) -> Content:
    looks = Counter(shape.look for shape in shapes).most_common()
    return Content(tuple(looks), tuple(line.text for line in lines))


def _text(say: _Language, question: Question, picture: Observation) -> str:
    if picture.has_unread and not picture.lines:
        return say.unread(is_more=False)
    read = _read(say, question, picture.lines)
    return f"{read} {say.unread(is_more=True)}" if picture.has_unread and not question.wants_bare else read
