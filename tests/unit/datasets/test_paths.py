from __future__ import annotations

from pathlib import Path

import pytest

from corpus_text import PNG
from snellen.datasets.paths import PictureFinder
from snellen.errors import ImageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "set" / "images").mkdir(parents=True)
    (tmp_path / "set" / "images" / "receipt-01.png").write_bytes(PNG)
    return tmp_path / "set"


def _hint(folder: Path, name: str, root: Path | None = None) -> str | None:
    with pytest.raises(ImageError) as caught:
        PictureFinder(folder, root or folder).find(name)
    return caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("images/receipt-1.png", "The nearest name there is 'receipt-01.png'."),
        ("images/Receipt-01.png", "There is 'receipt-01.png': upper and lower case must agree."),
        ("receipt-01.png", "Did you mean 'images/receipt-01.png'? Paths are relative to the file that names them."),
        (
            "set/images/receipt-01.png",
            "Did you mean 'images/receipt-01.png'? Paths are relative to the file that names them.",
        ),
        ("images\\receipt-01.png", "Folders are separated by '/', on every system."),
        ("images/zebra.jpg", None),
    ],
)
def test_a_missing_picture_comes_with_what_was_probably_meant(folder: Path, name: str, hint: str | None) -> None:
    assert _hint(folder, name) == hint


def test_a_dangling_link_is_called_one(folder: Path) -> None:
    (folder / "images" / "gone.png").symlink_to("nowhere.png")
    assert _hint(folder, "images/gone.png") == "It is a link to a file that is not there."


def test_a_wider_root_lets_a_path_climb_to_it_and_no_further(folder: Path) -> None:
    (folder.parent / "shared.png").write_bytes(PNG)
    finder = PictureFinder(folder, folder.parent)
    assert finder.find("../shared.png") == (folder.parent / "shared.png").resolve()
    with pytest.raises(ImageError, match="leads out of the folder"):
        finder.find("../../shared.png")


def test_without_a_root_a_program_may_name_any_path(folder: Path) -> None:
    finder = PictureFinder(folder, None)
    path = (folder / "images" / "receipt-01.png").resolve()
    assert finder.find(str(path)) == path
    assert finder.find("../set/images/receipt-01.png") == path


def test_a_root_behind_a_link_is_a_root(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert PictureFinder(link, link).find("images/receipt-01.png") == (folder / "images" / "receipt-01.png").resolve()


def test_a_folder_in_the_other_unicode_form_is_found(folder: Path) -> None:
    (folder / "\u110b\u1175\u1106\u1175\u110c\u1175").mkdir()  # 이미지, as macOS writes it
    picture = folder / "\u110b\u1175\u1106\u1175\u110c\u1175" / "a.png"
    picture.write_bytes(PNG)
    assert PictureFinder(folder, folder).find("이미지/a.png") == picture.resolve()


def test_an_exact_name_wins_over_one_in_the_other_form(folder: Path) -> None:
    (folder / "\uac01.png").write_bytes(PNG)
    (folder / "\u1100\u1161\u11a8.png").write_bytes(PNG)
    finder = PictureFinder(folder, folder)
    assert finder.find("\uac01.png").name == "\uac01.png"
    assert finder.find("\u1100\u1161\u11a8.png").name == "\u1100\u1161\u11a8.png"


def test_the_nearest_name_is_looked_for_a_few_times_only(folder: Path) -> None:
    finder = PictureFinder(folder, folder)
    hints = []
    for number in range(30):
        with pytest.raises(ImageError) as caught:
            finder.find(f"images/receipt-x{number}.png")
        hints.append(caught.value.problems[0].hint)
    assert all(hints[:20])
    assert hints[20:] == [None] * 10
