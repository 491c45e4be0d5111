from __future__ import annotations

from snellen.offline.charts import Bar, find_chart
from snellen.offline.colours import COLOURS
from snellen.offline.pictures import Box
from snellen.offline.reader import Line
from snellen.offline.shapes import Look, Shape


def _bars(*heights: float, foot: float = 0.8) -> list[Shape]:
    look = Look("rectangle", COLOURS[0])
    return [
        Shape(look, Box(0.1 + 0.2 * number, foot - height, 0.2 + 0.2 * number, foot))
        for number, height in enumerate(heights)
    ]


def _line(text: str, *, across: float, down: float) -> Line:
    return Line(text, Box(across - 0.03, down - 0.02, across + 0.03, down + 0.02))


def test_bars_carry_the_text_below_and_the_number_above() -> None:
    shapes = _bars(0.2, 0.5, 0.3)
    lines = [_line("Sales", across=0.5, down=0.05)]
    for number, (label, value, top) in enumerate([("A", "20", 0.6), ("B", "50", 0.3), ("C", "30", 0.5)]):
        lines.append(_line(label, across=0.15 + 0.2 * number, down=0.85))
        lines.append(_line(value, across=0.15 + 0.2 * number, down=top - 0.03))
    chart = find_chart(shapes, lines)
    assert chart is not None
    assert chart.bars == tuple(
        Bar(shape.box, label, value) for shape, label, value in zip(shapes, "ABC", ["20", "50", "30"], strict=True)
    )
    assert (chart.title, chart.tallest.label, chart.shortest.label) == ("Sales", "B", "A")
    assert len(chart.lines) == 7


def test_bars_without_text_are_still_bars() -> None:
    chart = find_chart(_bars(0.2, 0.5, 0.3), [])
    assert chart is not None
    assert [(bar.label, bar.value) for bar in chart.bars] == [("", ""), ("", ""), ("", "")]


def test_windows_of_one_floor_are_no_chart() -> None:
    assert find_chart(_bars(0.2, 0.2, 0.2), []) is None


def test_two_bars_are_no_chart() -> None:
    assert find_chart(_bars(0.2, 0.5), []) is None


def test_a_house_with_many_floors_is_no_chart() -> None:
    assert find_chart([*_bars(0.1, 0.3, 0.2), *_bars(0.1, 0.1, 0.1, foot=0.4)], []) is None
