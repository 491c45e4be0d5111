"""Which option a response chooses: the table, in every Unicode form."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest

from snellen.case import Case, ImageRef
from snellen.response import Response
from snellen.scorers.choice import choice

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def lettered(*texts):
    return dict(zip("ABCDEFGHIJ", texts, strict=False))


OPTIONS = {
    "cities": lettered("London", "Berlin", "Paris", "Rome"),
    "letters": {},
    "ten": lettered(
        "A cat is lazy",
        "a bus",
        "a car",
        "a dog",
        "a dramatic decrease",
        "a fox",
        "a goat",
        "a hat",
        "an island",
        "a dramatic increase",
    ),
    "digits": {"1": "김밥", "2": "비빔밥", "3": "떡볶이", "4": "불고기", "5": "잡채"},
    "korean": lettered("고양이", "강아지", "토끼", "햄스터"),
    "counts": lettered("4", "3", "12", "120"),
    "words": lettered("two", "three", "four"),
    "dogs": lettered("There is one dog", "There is not one dog", "The dog is not ours"),
    "both": lettered("a cat", "a dog", "Both A and B", "None of the above"),
    "colours": lettered("red", "dark red", "blue", "light blue"),
    "points": lettered("Point A", "Point B", "Point C", "Point D"),
    "samples": lettered("neither", "sample A", "sample B"),
    "yesno": lettered("yes", "no"),
    "sides": lettered("left", "right"),
    "jamo": {"ㄱ": "봄", "ㄴ": "여름", "ㄷ": "가을", "ㄹ": "겨울"},
    "syllables": {"가": "학교", "나": "병원", "다": "시장", "라": "공원"},
}
PROMPTS = {"sides": "Is the camera moving left or right?", "points": "Which point is closer to the camera?"}


class Row(NamedTuple):
    chosen: str
    options: str
    text: str
    where: str


def rows():
    found = []
    for number, line in enumerate((Path(__file__).parent / "choice_table.tsv").read_text("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            chosen, options, text, *_ = [*line.split("\t"), "", ""]
            text = text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
            found.append(Row(chosen, options, text, f"{number} {chosen} {text[:40]!r}"))
    return found


TABLE = rows()


def read(row, text, *, multiple=False):
    choices = OPTIONS[row.options]
    case = Case(
        id="c",
        prompt=PROMPTS.get(row.options, "?"),
        images=(ImageRef(data=b"", name="image 1"),),
        answer=next(iter(choices), "A"),
        choices=choices,
    )
    return choice(case, Response(text=text), multiple=multiple, letters="" if choices else "A-D")


@pytest.mark.parametrize("row", TABLE, ids=[row.where for row in TABLE])
def test_choice_table(row):
    multiple = "," in row.chosen
    for form in FORMS:
        score = read(row, unicodedata.normalize(form, row.text), multiple=multiple)
        found = score.extracted.replace(", ", ",") if score.extracted else "-"
        assert found == row.chosen, (form, score.explanation, score.evidence)
        assert score.is_unscored == (row.chosen == "-")


def test_the_table_is_large_and_a_third_of_it_is_korean():
    korean = [row for row in TABLE if any("\u1100" <= char <= "\ud7a3" for char in row.text)]
    assert len(TABLE) >= 150
    single = [(row.options, row.text) for row in TABLE if "," not in row.chosen]
    assert sorted({row for row in single if single.count(row) > 1}) == []
    assert len(korean) * 4 >= len(TABLE)
