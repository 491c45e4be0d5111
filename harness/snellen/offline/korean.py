"""Measurements as Korean sentences."""

from __future__ import annotations

from collections.abc import Sequence

from snellen.offline.charts import Bar, Chart
from snellen.offline.colours import Colour
from snellen.offline.differences import Change, Comparison, Content
from snellen.offline.observe import Band, Side
from snellen.offline.outlines import Kind
from snellen.offline.pictures import Column, Place, Row
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

_KINDS: dict[Kind, str] = {
    "circle": "원",
    "cross": "십자 모양",
    "diamond": "마름모",
    "ellipse": "타원",
    "hexagon": "육각형",
    "octagon": "팔각형",
    "other": "도형",
    "pentagon": "오각형",
    "rectangle": "직사각형",
    "ring": "고리",
    "square": "정사각형",
    "star": "별",
    "triangle": "삼각형",
}
_SIDES: dict[Side, str] = {"top": "위쪽", "bottom": "아래쪽", "left": "왼쪽", "right": "오른쪽"}
_ROWS: dict[Row, str] = {"top": "위", "middle": "", "bottom": "아래"}
_COLUMNS: dict[Column, str] = {"left": "왼쪽", "middle": "", "right": "오른쪽"}
_INLINE_ROWS = 3
_MOST_CHANGES = 8

# Letters and digits whose Korean reading ends in a consonant (스톱, 북, 일, 삼), which decides the particle after them.
# Where English is read otherwise (카페, 게이트) the last letter is a vowel, which is right too.
_CLOSED_ENDINGS = frozenset("bcklmnpt013678")
_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28


def image(number: int) -> str:
    """What a picture is called when there are several."""
    return f"이미지 {number}"


def no_image() -> str:
    """The whole answer when nothing can be looked at."""
    return "메시지에 이미지가 없습니다. 저는 이미지에 대해서만 답할 수 있습니다."


def shape_name(look: Look) -> str:
    """`빨간색 원`."""
    colour = look.colour.korean
    kind = f"불규칙한 {colour} 도형" if look.kind == "other" else f"{colour} {_KINDS[look.kind]}"
    return f"속이 빈 {kind}" if look.is_hollow else kind


def quoted(content: str) -> str:
    """A text of the picture, as a thing that has a place."""
    return f'"{content}"{_choose(content, "이라는", "라는")} 글자'


def background(colour: Colour, sides: Sequence[tuple[Side, Colour]]) -> str:
    """What lies behind everything in a drawing."""
    if not sides:
        return f"배경은 {colour.korean}입니다."
    others = ", ".join(f"{_SIDES[side]}은 {other.korean}" for side, other in sides)
    return f"배경은 {colour.korean}이고, {others}입니다."


def bands(thirds: Sequence[Band]) -> str:
    """The colours of a photograph from the top."""
    upper, middle, lower = (_join([colour.korean for colour in band.colours]) for band in thirds)
    if upper == middle == lower:
        return f"그림은 대부분 {upper}입니다."
    if upper == middle:
        return f"그림은 대부분 {upper}이고, 아래쪽은 {lower}입니다."
    if middle == lower:
        return f"그림의 위쪽은 주로 {upper}이고, 그 아래는 {lower}입니다."
    return f"그림의 위쪽은 주로 {upper}, 가운데는 {middle}, 아래쪽은 {lower}입니다."


def counts(groups: Sequence[tuple[Look, int]]) -> str:
    """How many shapes there are of each look."""
    names = _join([f"{shape_name(look)} {count}개" for look, count in groups])
    if len(groups) <= 2:  # noqa: PLR2004  # two need no sum
        return f"{names}가 있습니다."
    total = sum(count for _, count in groups)
    return f"도형은 모두 {total}개로, {names}가 있습니다."


def places(groups: Sequence[tuple[Content, Place]]) -> str:
    """What is where."""
    *others, (last, place) = groups
    names = "".join(f"{_place(where)}에 {_names(content)}, " for content, where in others)
    return f"{names}{_place(place)}에 {_content(last)} 있습니다."


def on_side(content: Content, sides: frozenset[Side]) -> str:
    """What is in a half or a corner of the picture, or on one side of a thing."""
    row: Row = "top" if "top" in sides else "bottom" if "bottom" in sides else "middle"
    column: Column = "left" if "left" in sides else "right" if "right" in sides else "middle"
    return f"{_place((row, column))}에 {_content(content)} 있습니다."


def order(names: Sequence[str], *, is_across: bool) -> str:
    """Things in the order they stand in."""
    start = "왼쪽부터" if is_across else "위에서부터"
    return f"{start} 차례로 {', '.join(names)}{_subject(names[-1])} 있습니다."


def chart(found: Chart) -> str:
    """The bars with their texts, and the extremes."""
    title = f' 제목은 "{found.title}"입니다.' if found.title else ""
    bars = ", ".join(_bar(number, bar) for number, bar in enumerate(found.bars, 1))
    tallest, shortest = (_bar_name(found, bar) for bar in (found.tallest, found.shortest))
    return (
        f"막대가 {len(found.bars)}개인 막대그래프로 보입니다.{title} 막대는 왼쪽부터 {bars}입니다. "
        f"가장 높은 막대는 {tallest}이고, 가장 낮은 막대는 {shortest}입니다."
    )


def _bar(number: int, bar: Bar) -> str:
    return f"{bar.label or f'{number}번째'} {bar.value}".strip()


def _bar_name(found: Chart, bar: Bar) -> str:
    return f'"{bar.label}"' if bar.label else f"왼쪽에서 {found.bars.index(bar) + 1}번째"


def text(rows: Sequence[str]) -> str:
    """The text of a picture, a row each."""
    if len(rows) > _INLINE_ROWS:
        return "다음과 같은 글자가 적혀 있습니다.\n" + "\n".join(rows)
    names = ", ".join(f'"{row}"' for row in rows)
    return f"{names}{_choose(rows[-1], '이라고', '라고')} 적혀 있습니다."


def no_text() -> str:
    """Nothing could be read."""
    return "이 이미지에서 읽을 수 있는 글자를 찾지 못했습니다."


def unread(*, is_more: bool) -> str:
    """There is writing in letters this model does not know; `is_more` when other text was read."""
    return f"읽을 수 없는 글자{'도' if is_more else '가'} 있습니다."


def no_shapes() -> str:
    """Nothing could be counted."""
    return "이 이미지에서 셀 수 있는 단순한 도형을 찾지 못했습니다."


def none_of_them() -> str:
    """Shapes were found, but none of those that were asked for."""
    return "말씀하신 도형은 찾지 못했습니다."


def yes(*, is_there: bool) -> str:
    """The start of an answer to whether something is there."""
    return "네." if is_there else "아니요."


def differences(first: int, second: int, found: Comparison) -> str:
    """Where two pictures differ and what each shows there."""
    pair = f"{image(first)}{_and(str(first))} {image(second)}"
    match found.extent:
        case "none":
            return f"{pair} 사이에 눈에 띄는 차이가 없습니다."
        case "most":
            return f"{pair}{_topic(str(second))} 대부분이 서로 달라서, 다른 곳을 하나씩 말하기 어렵습니다."
        case "unlike":
            return f"{pair}{_topic(str(second))} 가로세로 비율이 달라서, 위치별로 비교하지 못했습니다."
        case "some":
            return _changes(first, second, found.changes)


def _changes(first: int, second: int, changes: Sequence[Change]) -> str:
    pair = f"{image(first)}{_and(str(first))} {image(second)}"
    lines = [f"- {_change(first, second, change)}" for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(f"- 그 밖에 {len(changes) - _MOST_CHANGES}군데가 더 다릅니다.")
    return "\n".join([f"{pair} 사이에는 다른 곳이 {len(changes)}군데 있습니다.", *lines])


def _change(first: int, second: int, change: Change) -> str:
    one, other = _content(change.first), _content(change.second)
    return f"{_place(change.box.place)}: {image(first)}에는 {one} 있고, {image(second)}에는 {other} 있습니다."


def _content(content: Content) -> str:
    """What is there, with the particle of a sentence's subject."""
    if content.colour:
        return f"{content.colour.korean} 바탕만"
    return f"{_names(content)}{_subject(_names(content))}"


def _names(content: Content) -> str:
    looks = [f"{shape_name(look)} {count}개" if count > 1 else shape_name(look) for look, count in content.looks]
    return _join([*looks, *(quoted(words) for words in content.texts)])


def _place(place: Place) -> str:
    row, column = place
    if row == "middle" and column == "middle":
        return "가운데"
    if column == "middle":
        return f"{_ROWS[row]}쪽"
    return f"{_COLUMNS[column]} {_ROWS[row]}".strip()


def _join(names: Sequence[str]) -> str:
    """`A와 B`, `A, B, C`: with three and more, commas read better than a chain of particles."""
    if len(names) == 2:  # noqa: PLR2004
        return f"{names[0]}{_and(names[0])} {names[1]}"
    return ", ".join(names)


def _and(word: str) -> str:
    return _choose(word, "과", "와")


def _subject(word: str) -> str:
    return _choose(word, "이", "가")


def _topic(word: str) -> str:
    return _choose(word, "은", "는")


def _choose(word: str, closed: str, opened: str) -> str:
    """The particle's form after `word`, by whether its last sound is a consonant."""
    last = next((character for character in reversed(word.casefold()) if character.isalnum()), "")
    if len(last) == 1 and _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        return closed if (ord(last) - _HANGUL_FIRST) % _FINALS else opened
    return closed if last in _CLOSED_ENDINGS and last else opened
