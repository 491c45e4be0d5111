from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from corpus_text import PNG
from snellen.case import Case
from snellen.datasets.check import DatasetCheck, check_dataset
from snellen.datasets.open import open_dataset
from snellen.errors import Problem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    images = tmp_path / "set" / "images"
    images.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (images / name).write_bytes(PNG)
    (tmp_path / "set" / "dataset.yaml").write_text("name: x\n")
    return Path("set")


def _write(folder: Path, *images: str) -> None:
    rows = [f"- {{id: c{n}, prompt: '?', images: {image}}}\n" for n, image in enumerate(images)]
    (folder / "cases.yaml").write_text("".join(rows))


def test_a_good_dataset_has_no_problem_and_each_picture_is_decoded_once(folder: Path) -> None:
    _write(folder, "images/a.png", "[images/a.png, images/b.png]", "https://example.org/never-fetched.png")
    assert check_dataset(open_dataset(folder)) == DatasetCheck(problems=(), notes=(), case_count=3, image_count=2)


def test_every_unreadable_picture_is_told_with_each_case_that_shows_it(folder: Path) -> None:
    Image.effect_noise((64, 64), 50).save(folder / "images" / "cut.png")
    os.truncate(folder / "images" / "cut.png", 2_000)
    (folder / "images" / "page.jpg").write_text("<html>not found</html>")
    _write(folder, "images/cut.png", "images/a.png", "images/page.jpg", "images/cut.png", "images/none.png")
    found = check_dataset(open_dataset(folder))
    assert [(p.file, p.line, p.case_id, p.message.split(" ")[1]) for p in found.problems] == [
        ("set/cases.yaml", 1, "c0", "'images/cut.png'"),
        ("set/cases.yaml", 3, "c2", "'images/page.jpg'"),
        ("set/cases.yaml", 4, "c3", "'images/cut.png'"),
        ("set/cases.yaml", 5, "c4", "is"),
    ]
    assert (found.case_count, found.image_count) == (1, 3)


def test_pictures_that_no_case_shows_are_noted(folder: Path) -> None:
    _write(folder, "images/a.png")
    (folder / "images" / "script.py").write_text("")
    found = check_dataset(open_dataset(folder))
    assert found.problems == ()
    assert found.notes == (Problem("no case shows this picture", file="set/images/b.png"),)


def test_names_that_other_systems_cannot_keep_are_noted(folder: Path) -> None:
    for name in ("A.png", "con.png"):
        (folder / "images" / name).write_bytes(PNG)
    _write(folder, "images/a.png", "images/A.png", "images/b.png", "images/con.png")
    assert [(Path(note.file or "").name, note.message) for note in check_dataset(open_dataset(folder)).notes] == [
        ("a.png", "differs from 'A.png' by case or Unicode form only; macOS and Windows keep one of the two"),
        ("con.png", "Windows reserves this name for a device"),
    ]


def test_a_wrong_extension_is_fine_and_noted(folder: Path) -> None:
    (folder / "images" / "b.png").rename(folder / "images" / "b.jpg")
    _write(folder, "images/a.png", "images/b.jpg")
    found = check_dataset(open_dataset(folder))
    assert found.problems == ()
    assert [note.message for note in found.notes] == ["picture 'images/b.jpg': named .jpg but is PNG; read as PNG"]


def test_each_good_case_is_handed_on_and_what_comes_back_is_noted(folder: Path) -> None:
    _write(folder, "images/a.png", "images/none.png", "images/b.png")
    seen: list[str] = []

    def note(case: Case) -> Iterator[Problem]:
        seen.append(case.id)
        yield Problem(f"about {case.id}")

    found = check_dataset(open_dataset(folder), on_case=note)
    assert seen == ["c0", "c2"]
    assert [note.message for note in found.notes] == ["about c0", "about c2"]
