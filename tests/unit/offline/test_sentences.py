"""English and Korean say the same; each sentence is written out so that it can be read aloud."""

from __future__ import annotations

import pytest

from snellen.offline import english, korean
from snellen.offline.colours import name_colour
from snellen.offline.differences import Change, Comparison, Content
from snellen.offline.observe import Band
from snellen.offline.pictures import Box
from snellen.offline.shapes import Look

RED, BLUE, WHITE, GREEN = (name_colour(rgb) for rgb in [(255, 0, 0), (0, 0, 255), (255, 255, 255), (0, 128, 0)])
DISC, SQUARE, FRAME, BLOB = Look("circle", RED), Look("square", BLUE), Look("square", RED, True), Look("other", BLUE)


def test_two_looks_are_counted_in_one_sentence() -> None:
    groups = [(DISC, 5), (SQUARE, 2)]
    assert english.counts(groups) == "There are 5 red circles and 2 blue squares."
    assert korean.counts(groups) == "빨간색 원 5개와 파란색 정사각형 2개가 있습니다."


def test_one_shape_is_singular() -> None:
    assert english.counts([(DISC, 1)]) == "There is 1 red circle."
    assert korean.counts([(DISC, 1)]) == "빨간색 원 1개가 있습니다."


def test_three_looks_get_their_sum() -> None:
    groups = [(DISC, 5), (Look("cross", BLUE), 2), (FRAME, 1)]
    assert english.counts(groups) == "There are 8 shapes in all: 5 red circles, 2 blue crosses and 1 hollow red square."
    assert korean.counts(groups) == (
        "도형은 모두 8개로, 빨간색 원 5개, 파란색 십자 모양 2개, 속이 빈 빨간색 정사각형 1개가 있습니다."
    )


def test_things_are_said_with_their_places() -> None:
    groups = [
        (Content(((DISC, 1), (SQUARE, 2)), ()), Box(0, 0, 0.1, 0.1).place),
        (Content(((BLOB, 1),), ()), Box(0.4, 0.8, 0.6, 0.9).place),
        (Content(((SQUARE, 1),), ("GO",)), Box(0.8, 0.4, 0.9, 0.6).place),
    ]
    assert english.places(groups) == (
        "There is a red circle and 2 blue squares at the top left; a blue irregular shape at the bottom; "
        'a blue square and the text "GO" on the right.'
    )
    assert korean.places(groups) == (
        "왼쪽 위에 빨간색 원과 파란색 정사각형 2개, 아래쪽에 불규칙한 파란색 도형, "
        '오른쪽에 파란색 정사각형과 "GO"라는 글자가 있습니다.'
    )
    assert (
        english.places([(Content(((SQUARE, 2),), ()), ("middle", "left"))]) == "There are 2 blue squares on the left."
    )


def test_an_order_names_its_direction() -> None:
    assert english.order(["red circle", 'the text "GO"'], is_across=True) == (
        'From left to right: a red circle, the text "GO".'
    )
    assert korean.order(["빨간색 원", "파란색 고리"], is_across=False) == (
        "위에서부터 차례로 빨간색 원, 파란색 고리가 있습니다."
    )


@pytest.mark.parametrize(
    ("sides", "in_english", "in_korean"),
    [
        (
            {"left"},
            "On the left: 2 red circles and a blue square.",
            "왼쪽에 빨간색 원 2개와 파란색 정사각형이 있습니다.",
        ),
        (
            {"bottom", "right"},
            "At the bottom right: 2 red circles and a blue square.",
            "오른쪽 아래에 빨간색 원 2개와 파란색 정사각형이 있습니다.",
        ),
    ],
    ids=["half", "corner"],
)
def test_a_part_is_named(sides: set[str], in_english: str, in_korean: str) -> None:
    content = Content(((DISC, 2), (SQUARE, 1)), ())
    assert english.on_side(content, frozenset(sides)) == in_english
    assert korean.on_side(content, frozenset(sides)) == in_korean


def test_few_rows_are_quoted_and_many_are_listed() -> None:
    assert english.text(["STOP"]) == 'The text reads "STOP".'
    assert english.text(["A", "B"]) == 'The text reads "A" and "B".'
    assert english.text(["A", "B", "C", "D"]) == "The text reads:\nA\nB\nC\nD"
    assert korean.text(["A", "B", "C", "D"]) == "다음과 같은 글자가 적혀 있습니다.\nA\nB\nC\nD"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("STOP", '"STOP"이라고 적혀 있습니다.'),
        ("CAFE", '"CAFE"라고 적혀 있습니다.'),
        ("EXIT 3", '"EXIT 3"이라고 적혀 있습니다.'),
        ("EXIT 2", '"EXIT 2"라고 적혀 있습니다.'),
        ("출구", '"출구"라고 적혀 있습니다.'),
        ("정문", '"정문"이라고 적혀 있습니다.'),
        ("NO!", '"NO!"라고 적혀 있습니다.'),
    ],
)
def test_a_particle_fits_the_sound_before_it(word: str, sentence: str) -> None:
    assert korean.text([word]) == sentence


def test_backgrounds_name_the_sides() -> None:
    assert english.background(WHITE, []) == "The background is white."
    assert english.background(WHITE, [("bottom", GREEN)]) == "The background is white, with green along the bottom."
    assert korean.background(WHITE, [("bottom", GREEN)]) == "배경은 흰색이고, 아래쪽은 초록색입니다."


@pytest.mark.parametrize(
    ("thirds", "in_english", "in_korean"),
    [
        ((RED, RED, RED), "The picture is mostly red.", "그림은 대부분 빨간색입니다."),
        (
            (BLUE, BLUE, GREEN),
            "The picture is mostly blue, and green at the bottom.",
            "그림은 대부분 파란색이고, 아래쪽은 초록색입니다.",
        ),
        (
            (BLUE, GREEN, GREEN),
            "The picture is mostly blue at the top and green below.",
            "그림의 위쪽은 주로 파란색이고, 그 아래는 초록색입니다.",
        ),
        (
            (BLUE, WHITE, GREEN),
            "The picture is mostly blue at the top, white in the middle and green at the bottom.",
            "그림의 위쪽은 주로 파란색, 가운데는 흰색, 아래쪽은 초록색입니다.",
        ),
    ],
    ids=["one", "foot", "sky", "three"],
)
def test_bands_that_are_alike_are_said_once(thirds: tuple, in_english: str, in_korean: str) -> None:  # type: ignore[type-arg]  # of colours
    bands = [Band((colour,)) for colour in thirds]
    assert (english.bands(bands), korean.bands(bands)) == (in_english, in_korean)


def test_differences_say_what_each_image_shows() -> None:
    change = Change(Box(0.8, 0.1, 0.9, 0.2), Content(((DISC, 1),), ("GO",)), Content((), (), WHITE))
    found = Comparison("some", (change,))
    assert english.differences(1, 2, found) == (
        "There is 1 difference between image 1 and image 2.\n"
        '- At the top right: image 1 shows a red circle and the text "GO", image 2 shows only white.'
    )
    assert korean.differences(1, 2, found) == (
        "이미지 1과 이미지 2 사이에는 다른 곳이 1군데 있습니다.\n"
        '- 오른쪽 위: 이미지 1에는 빨간색 원과 "GO"라는 글자가 있고, 이미지 2에는 흰색 바탕만 있습니다.'
    )


def test_many_differences_are_listed_up_to_eight() -> None:
    change = Change(Box(0, 0, 0.1, 0.1), Content((), (), RED), Content((), (), BLUE))
    lines = english.differences(1, 3, Comparison("some", (change,) * 10)).splitlines()
    assert lines[0] == "There are 10 differences between image 1 and image 3."
    assert lines[1:9] == ["- At the top left: image 1 shows only red, image 3 shows only blue."] * 8
    assert lines[9:] == ["- And 2 more, further down."]


@pytest.mark.parametrize(
    ("extent", "in_english", "in_korean"),
    [
        (
            "none",
            "I see no difference between image 1 and image 2.",
            "이미지 1과 이미지 2 사이에 눈에 띄는 차이가 없습니다.",
        ),
        (
            "most",
            "Most of the picture differs between image 1 and image 2, so I cannot name single places.",
            "이미지 1과 이미지 2는 대부분이 서로 달라서, 다른 곳을 하나씩 말하기 어렵습니다.",
        ),
        (
            "unlike",
            "Image 1 and image 2 have different proportions, so I did not compare them place by place.",
            "이미지 1과 이미지 2는 가로세로 비율이 달라서, 위치별로 비교하지 못했습니다.",
        ),
    ],
)
def test_what_cannot_be_listed_is_said_so(extent: str, in_english: str, in_korean: str) -> None:
    found = Comparison(extent)  # type: ignore[arg-type]  # one of the literals
    assert (english.differences(1, 2, found), korean.differences(1, 2, found)) == (in_english, in_korean)


def test_both_languages_can_say_the_same_things() -> None:
    assert english.__all__ == korean.__all__
