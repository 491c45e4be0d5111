from __future__ import annotations

import numpy as np
import pytest

from snellen.offline.pictures import Box, decode
from snellen.offline.reader import Line, find_writing, read_lines, rows_of


def _line(text: str, left: float, top: float) -> Line:
    return Line(text, Box(left, top, left + 0.2, top + 0.05))


def test_rows_run_from_the_top_and_each_from_the_left() -> None:
    found = [_line("4.50", 0.7, 0.11), _line("Bagel", 0.1, 0.2), _line("Latte", 0.1, 0.1), _line("3.25", 0.7, 0.19)]
    assert [[line.text for line in row] for row in rows_of(found)] == [["Latte", "4.50"], ["Bagel", "3.25"]]


@pytest.mark.offline
def test_latin_text_is_read_in_reading_order(receipt: bytes) -> None:
    lines = read_lines(decode(receipt)[0])
    assert [line.text for line in lines] == [
        *("Latte", "4.50", "Bagel", "3.25", "Subtotal", "7.75", "Tax", "0.62", "TOTAL", "8.37")
    ]


@pytest.mark.offline
def test_a_line_lies_where_it_was_drawn(receipt: bytes) -> None:
    name, price, *_ = read_lines(decode(receipt)[0])
    assert (name.text, name.box.left) == ("Latte", pytest.approx(30 / 420, abs=0.02))
    assert (price.text, price.box.right) == ("4.50", pytest.approx(390 / 420, abs=0.02))


@pytest.mark.offline
def test_shapes_are_not_read_as_letters(shapes: bytes) -> None:
    assert read_lines(decode(shapes)[0]) == ()


@pytest.mark.offline
def test_an_empty_picture_has_no_text_and_nothing_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    pixels = np.full((48, 64, 3), 255, dtype=np.uint8)
    assert (read_lines(pixels), find_writing(pixels)) == ((), ())
    assert capfd.readouterr() == ("", "")


@pytest.mark.offline
def test_unknown_letters_are_found_though_not_read(unreadable: bytes) -> None:
    pixels, _ = decode(unreadable)
    assert read_lines(pixels) == ()
    assert len(find_writing(pixels)) >= 1
