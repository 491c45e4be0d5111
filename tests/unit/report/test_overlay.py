from dataclasses import replace

import pytest

from report_samples import picture, trial
from snellen.case import Case, ImageRef
from snellen.report.overlay import Drawn, overlay_of
from snellen.report.pictures import gather
from snellen.score import Score, Shape


@pytest.fixture
def ref(tmp_path):
    return picture(tmp_path, "plate.png", size=(320, 240))


def overlay(ref, *shapes, images=None):
    scores = (Score(scorer="boxes", value=0.0, passed=False, shapes=shapes),)
    own = trial(Case(id="c", prompt="?", images=images or (ref,)), scores=scores)
    return overlay_of(own, gather([ref]))


def expected(*corners, **fields):
    return Shape(is_given=False, is_met=False, corners=corners, **fields)


def given(*corners, is_met=False, **fields):
    return Shape(is_given=True, is_met=is_met, corners=corners, **fields)


def test_boxes_are_drawn_in_pixels_of_the_original_picture(ref):
    drawn = overlay(ref, expected((40, 60), (280, 180)), given((42, 62), (160.125, 178), note="IoU 0.475"))
    assert (drawn.picture.width_px, drawn.picture.height_px, drawn.letter_px) == (320, 240, "13.33")
    assert drawn.shapes == (
        Drawn(
            kind="expected",
            path="M40 60L280 60L280 180L40 180Z",
            label="expected",
            x="40",
            y="193.33",
            is_end=False,
            text="expected at (40, 60, 280, 180)",
        ),
        Drawn(
            kind="wrong",
            path="M42 62L160.12 62L160.12 178L42 178Z",
            label="✕ given",
            x="42",
            y="57.56",
            is_end=False,
            text="given at (42, 62, 160.125, 178), wrong, IoU 0.475",
        ),
    )
    assert drawn.kinds == ("expected", "wrong")
    assert drawn.text == "expected at (40, 60, 280, 180); given at (42, 62, 160.125, 178), wrong, IoU 0.475"
    assert drawn.notes == ()


@pytest.mark.parametrize(
    ("shape", "path"),
    [
        pytest.param(expected((1, 2), (9, 2), (5, 8)), "M1 2L9 2L5 8Z", id="polygon"),
        pytest.param(expected((50, 60), radius=10), "M40 60a10 10 0 1 0 20 0a10 10 0 1 0 -20 0Z", id="circle"),
        pytest.param(given((50, 60)), "M46.44 60a3.56 3.56 0 1 0 7.11 0a3.56 3.56 0 1 0 -7.11 0Z", id="point"),
        pytest.param(given((9, 9), (1e300, 20)), "M9 9L1000000 9L1000000 20L9 20Z", id="beyond-what-can-be-drawn"),
    ],
)
def test_each_shape_has_its_path(ref, shape, path):
    (one,) = overlay(ref, shape).shapes
    assert one.path == path


@pytest.mark.parametrize(
    ("count", "labels"), [(2, ["✕ given 1", "✕ given 2"]), (5, ["✕ 1", "✕ 2", "✕ 3", "✕ 4", "✕ 5"])]
)
def test_several_are_numbered_and_many_have_numbers_alone(ref, count, labels):
    shapes = [given((at, at), (at + 9, at + 9)) for at in range(count)]
    assert [one.label for one in overlay(ref, *shapes).shapes] == labels


def test_what_is_right_has_another_sign_than_what_is_wrong(ref):
    drawn = overlay(ref, given((1, 1), (9, 9), is_met=True), given((2, 2), (9, 9)))
    assert [(one.kind, one.label) for one in drawn.shapes] == [("right", "✓ given 1"), ("wrong", "✕ given 2")]


CORNERS = [(0, 0), (310, 0), (0, 230), (310, 230), (155, 115), (-500, -500), (900, 900)]


@pytest.mark.parametrize("make", [expected, given], ids=["expected", "given"])
@pytest.mark.parametrize("reach", [0, 10], ids=["point", "box"])
@pytest.mark.parametrize("place", CORNERS, ids=str)
def test_a_label_stands_within_the_picture(ref, make, reach, place):
    x, y = place
    (one,) = overlay(ref, make((x, y), (x + reach, y + reach)) if reach else make((x, y))).shapes
    assert 0 < float(one.x) < 320
    assert 13.33 <= float(one.y) < 240
    assert one.is_end is (x + reach / 2 > 160)


@pytest.mark.parametrize("place", CORNERS, ids=str)
@pytest.mark.parametrize("reach", [0, 1, 40])
def test_the_two_labels_of_one_place_do_not_cover_each_other(ref, place, reach):
    x, y = place
    corners = ((x, y), (x + reach, y + reach)) if reach else ((x, y),)
    right, found = overlay(ref, expected(*corners), given(*corners)).shapes
    assert float(right.y) - float(found.y) >= 13.33 - 0.01


def test_what_lies_outside_of_the_picture_is_told_with_its_likely_cause(ref):
    drawn = overlay(ref, expected((1, 1), (9, 9)), given((500, 20), (600, 60)), given((0, 700), (9, 800)))
    assert drawn.notes == (
        "2 given lie outside of the picture (320 × 240 px): do its numbers mean what response_format says?",
    )
    (note,) = overlay(ref, expected((-9, -9), (0, 0))).notes
    assert note == (
        "1 expected lies outside of the picture (320 × 240 px): do its numbers mean what answer_format says?"
    )


def test_more_than_a_reader_can_see_is_counted_and_not_drawn(ref):
    drawn = overlay(ref, *(given((at, 1), (at + 5, 9)) for at in range(75)))
    assert (len(drawn.shapes), drawn.notes) == (60, ("15 more given are not drawn.",))


def test_what_stands_twice_is_drawn_once(ref):
    same = expected((1, 1), (9, 9))
    assert len(overlay(ref, same, same).shapes) == 1


@pytest.mark.parametrize("shape", [given(), given((float("inf"), 1)), given((float("nan"), 1), (2, 2))])
def test_what_cannot_be_drawn_is_left_out(ref, shape):
    assert overlay(ref, shape) is None


def test_nothing_is_drawn_where_nobody_knows_on_what(ref):
    box = given((1, 1), (9, 9))
    said = overlay(ref, box, images=(ref, ref))
    assert said == "Not drawn: the case has 2 pictures, and which is meant is not said."
    gone = replace(ref, path=None, url="https://example.org/a.png")
    for one in (gone, ImageRef(data=b"broken", name="image 1")):
        assert overlay(ref, box, images=(one,)) == "Not drawn: the picture is not in this report."
    assert overlay(ref) is None
