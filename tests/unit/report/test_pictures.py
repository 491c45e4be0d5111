import io

import pytest
from PIL import Image

from report_samples import inline, picture, png
from snellen._files import digest
from snellen.case import ImageRef
from snellen.report.pictures import Pictures, gather, in_base64, previews


def test_each_distinct_picture_is_kept_once_in_the_order_of_the_run(tmp_path):
    first, second = picture(tmp_path, "b.png"), picture(tmp_path, "a.png")
    copy = tmp_path / "copy.png"
    copy.write_bytes(first.path.read_bytes())
    pictures = gather(
        [first, second, first, ImageRef(path=copy, name="copy.png"), ImageRef(data=png("b"), name="inline")]
    )
    assert list(pictures.distinct) == [digest(png("b")), digest(png("a"))]
    assert pictures.find(ImageRef(path=copy, name="anything")) is pictures.find(first)


def test_a_picture_says_its_own_size_and_its_thumbnails():
    ref = inline()
    kept = gather([ref]).find(ref)
    assert kept is not None
    assert (kept.width_px, kept.height_px, kept.thumb_width_px, kept.thumb_height_px) == (64, 48, 64, 48)
    assert kept.size_bytes == len(ref.data)
    with Image.open(io.BytesIO(kept.thumb)) as small:
        assert (small.format, small.size) == ("WEBP", (64, 48))


@pytest.mark.parametrize(("count", "side_px"), [(150, 480), (151, 320), (601, 200), (1_501, 160), (4_001, 96)])
def test_thumbnails_get_smaller_as_pictures_get_more(count, side_px, monkeypatch):
    sides = []
    monkeypatch.setattr("snellen.report.pictures._shrink", lambda _, side: sides.append(side) or "not made")
    gather(ImageRef(data=str(number).encode(), name="x") for number in range(count))
    assert set(sides) == {side_px}
    assert len(sides) == count


def test_an_address_is_not_fetched_and_is_no_problem():
    ref = ImageRef(url="https://example.org/a.jpg", name="https://example.org/a.jpg")
    pictures = gather([ref])
    assert (pictures.find(ref), pictures.problem(ref), dict(pictures.problems)) == (None, "", {})


def test_a_file_that_vanished_has_a_reason(tmp_path):
    ref = ImageRef(path=tmp_path / "gone.png", name="gone.png")
    pictures = gather([ref])
    assert (pictures.find(ref), pictures.problem(ref)) == (None, "its file is no longer there")


def test_a_damaged_picture_has_a_reason_without_anybodys_folders(tmp_path):
    path = tmp_path / "bad.png"
    path.write_bytes(png("x")[:100])
    ref = ImageRef(path=path, name=str(path))
    reason = gather([ref]).problem(ref)
    assert "bad.png" in reason
    assert str(tmp_path) not in reason


def test_a_reference_nobody_gathered_has_a_reason():
    assert Pictures().problem(inline()) == "it was not read"


def test_previews_come_in_order_until_the_room_is_used_up(tmp_path):
    refs = [picture(tmp_path, f"{number}.png", size=(900, 600)) for number in range(6)]
    pictures = gather(refs)
    order = list(pictures.distinct)[::-1]
    everything = list(previews(pictures, order, room_bytes=10_000_000))
    assert [sha256 for sha256, _ in everything] == order
    room = sum(in_base64(len(data)) + 80 for _, data in everything[:2])
    assert list(previews(pictures, order, room_bytes=room)) == everything[:2]
    assert list(previews(pictures, order, room_bytes=room - 1)) == everything[:1]
    assert list(previews(pictures, order, room_bytes=-5)) == []


def test_a_picture_that_is_shown_in_full_needs_no_preview():
    pictures = gather([inline()])
    assert list(previews(pictures, pictures.distinct, room_bytes=10_000_000)) == []


def test_a_file_that_changed_in_between_gets_no_preview(tmp_path):
    kept, changed, gone = (picture(tmp_path, f"{name}.png", size=(900, 600)) for name in ("kept", "changed", "gone"))
    pictures = gather([kept, changed, gone])
    changed.path.write_bytes(png("other", size=(900, 600)))
    gone.path.unlink()
    made = previews(pictures, pictures.distinct, room_bytes=10_000_000)
    assert [sha256 for sha256, _ in made] == [digest(kept.path.read_bytes())]


def test_few_pictures_get_previews_large_enough_to_read(tmp_path):
    few = gather([picture(tmp_path, "a.png", size=(1_600, 900))])
    ((_, data),) = previews(few, few.distinct, room_bytes=10_000_000)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1_280, 720)


@pytest.mark.parametrize(("size", "characters"), [(0, 0), (1, 4), (3, 4), (4, 8)])
def test_base64_takes_four_characters_for_three_bytes(size, characters):
    assert in_base64(size) == characters
