"""Measurements as English sentences."""

from __future__ import annotations

from collections.abc import Sequence

from snellen.offline.charts import Bar, Chart
from snellen.offline.colours import Colour
from snellen.offline.differences import Change, Comparison, Content
from snellen.offline.observe import Band, Side
from snellen.offline.pictures import Place
from snellen.offline.shapes import Look

__all__ = [
    "background",
    "bands",
    "chart",
    "counts",
    "differences",
    "image",
    "no_image",
    "no_shapes",
    "no_text",
    "none_of_them",
    "on_side",
    "order",
    "places",
    "quoted",
    "shape_name",
    "text",
    "unread",
    "yes",
]

_KINDS = {"other": "irregular shape", "cross": "cross"}
_SIDES: dict[Side, str] = {
    "top": "along the top",
    "bottom": "along the bottom",
    "left": "on the left",
    "right": "on the right",
}
_INLINE_ROWS = 3
_MOST_CHANGES = 8


def image(number: int) -> str:
    """What a picture is called when there are several."""
    return f"Image {number}"


def no_image() -> str:
    """The whole answer when nothing can be looked at."""
    return "There is no image in your message, and I can only speak about images."


def shape_name(look: Look, count: int = 1) -> str:
    """`red circle`, `red circles`."""
    kind = _KINDS.get(look.kind, look.kind)
    ending = "" if count == 1 else "es" if kind.endswith("s") else "s"
    return f"{'hollow ' if look.is_hollow else ''}{look.colour.english} {kind}{ending}"


def quoted(content: str) -> str:
    """A text of the picture, as a thing that has a place."""
    return f'the text "{content}"'


def background(colour: Colour, sides: Sequence[tuple[Side, Colour]]) -> str:
    """What lies behind everything in a drawing."""
    others = [f"{other.english} {_SIDES[side]}" for side, other in sides]
    return f"The background is {colour.english}{f', with {_join(others)}' if others else ''}."


def bands(thirds: Sequence[Band]) -> str:
    """The colours of a photograph from the top."""
    upper, middle, lower = (_join([colour.english for colour in band.colours]) for band in thirds)
    if upper == middle == lower:
        return f"The picture is mostly {upper}."
    if upper == middle:
        return f"The picture is mostly {upper}, and {lower} at the bottom."
    if middle == lower:
        return f"The picture is mostly {upper} at the top and {lower} below."
    return f"The picture is mostly {upper} at the top, {middle} in the middle and {lower} at the bottom."


def counts(groups: Sequence[tuple[Look, int]]) -> str:
    """How many shapes there are of each look."""
    total = sum(count for _, count in groups)
    names = _join([f"{count} {shape_name(look, count)}" for look, count in groups])
    if len(groups) <= 2:  # noqa: PLR2004  # two need no sum
        return f"There {'is' if groups[0][1] == 1 else 'are'} {names}."
    return f"There are {total} shapes in all: {names}."


def places(groups: Sequence[tuple[Content, Place]]) -> str:
    """What is where."""
    looks = groups[0][0].looks
    is_one = not looks or looks[0][1] == 1
    names = [f"{_content(content)} {_place(place)}" for content, place in groups]
    is_nested = any(len(content.looks) + len(content.texts) > 1 for content, _ in groups)
    return f"There {'is' if is_one else 'are'} {'; '.join(names) if is_nested else _join(names)}."


def on_side(content: Content, sides: frozenset[Side]) -> str:
    """What is in a half or a corner of the picture, or on one side of a thing."""
    row = next((side for side in ("top", "bottom") if side in sides), "")
    column = next((side for side in ("left", "right") if side in sides), "")
    where = f"At the {row} {column}".strip() if row else f"On the {column}"
    return f"{where}: {_content(content)}."


def order(names: Sequence[str], *, is_across: bool) -> str:
    """Things in the order they stand in."""
    start = "From left to right" if is_across else "From top to bottom"
    return f"{start}: {', '.join(_a(name) for name in names)}."


def chart(found: Chart) -> str:
    """The bars with their texts, and the extremes."""
    title = f' titled "{found.title}"' if found.title else ""
    bars = _join([_bar(number, bar) for number, bar in enumerate(found.bars, 1)])
    tallest, shortest = (_bar_name(found, bar) for bar in (found.tallest, found.shortest))
    return (
        f"This looks like a bar chart{title} with {len(found.bars)} bars: {bars}. "
        f"The tallest bar is {tallest} and the shortest is {shortest}."
    )


def _bar(number: int, bar: Bar) -> str:
    return f"{bar.label or f'bar {number}'} {bar.value}".strip()


def _bar_name(found: Chart, bar: Bar) -> str:
    return bar.label or f"number {found.bars.index(bar) + 1} from the left"


def text(rows: Sequence[str]) -> str:
    """The text of a picture, a row each."""
    if len(rows) > _INLINE_ROWS:
        return "The text reads:\n" + "\n".join(rows)
    names = _join([f'"{row}"' for row in rows])
    return f"The text reads {names}."


def no_text() -> str:
    """Nothing could be read."""
    return "I could not read any text in this image."


def unread(*, is_more: bool) -> str:
    """There is writing in letters this model does not know; `is_more` when other text was read."""
    return f"There is {'also ' if is_more else ''}writing that I cannot read."


def no_shapes() -> str:
    """Nothing could be counted."""
    return "I found no plain shapes to count in this image."


def none_of_them() -> str:
    """Shapes were found, but none of those that were asked for."""
    return "I found none of those."


def yes(*, is_there: bool) -> str:
    """The start of an answer to whether something is there."""
    return "Yes." if is_there else "No."


def differences(first: int, second: int, found: Comparison) -> str:
    """Where two pictures differ and what each shows there."""
    pair = f"image {first} and image {second}"
    match found.extent:
        case "none":
            return f"I see no difference between {pair}."
        case "most":
            return f"Most of the picture differs between {pair}, so I cannot name single places."
        case "unlike":
            return f"{pair[0].upper()}{pair[1:]} have different proportions, so I did not compare them place by place."
        case "some":
            return _changes(first, second, found.changes)


def _changes(first: int, second: int, changes: Sequence[Change]) -> str:
    count = len(changes)
    number = "is 1 difference" if count == 1 else f"are {count} differences"
    start = f"There {number} between image {first} and image {second}."
    lines = [f"- {_change(first, second, change)}" for change in changes[:_MOST_CHANGES]]
    if count > _MOST_CHANGES:
        lines.append(f"- And {count - _MOST_CHANGES} more, further down.")
    return "\n".join([start, *lines])


def _change(first: int, second: int, change: Change) -> str:
    where = _place(change.box.place)
    one, other = _content(change.first), _content(change.second)
    return f"{where[0].upper()}{where[1:]}: image {first} shows {one}, image {second} shows {other}."


def _content(content: Content) -> str:
    looks = [
        f"{count} {shape_name(look, count)}" if count > 1 else _a(shape_name(look)) for look, count in content.looks
    ]
    texts = [quoted(words) for words in content.texts]
    return f"only {content.colour.english}" if content.colour else _join([*looks, *texts])


def _place(place: Place) -> str:
    row, column = place
    if row == "middle":
        return "in the middle" if column == "middle" else f"on the {column}"
    return f"at the {row}" if column == "middle" else f"at the {row} {column}"


def _a(name: str) -> str:
    if name.startswith("the "):
        return name
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _join(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
