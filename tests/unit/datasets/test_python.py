from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from corpus_text import PNG
from snellen.case import Case, Expectation, ImageRef
from snellen.datasets.python import make_case
from snellen.errors import InputError, Problem

URL = "https://example.org/a.jpg"


def test_a_case_in_code_says_what_a_row_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    case = make_case(
        id="compare",
        prompt="두 이미지 사이에 어떤 차이가 있나요?",
        images=["a.png", URL],
        expect={"all": ["문|door"], "none": "car"},
        titles=["before", "after"],
        tags=["facade"],
        live=True,
        width=3,
    )
    assert case == Case(
        id="compare",
        prompt="두 이미지 사이에 어떤 차이가 있나요?",
        images=(
            ImageRef(path=tmp_path.resolve() / "a.png", name="a.png", title="before"),
            ImageRef(url=URL, name=URL, title="after"),
        ),
        expect=Expectation(all=(("문", "door"),), none=(("car",),)),
        tags=("facade",),
        live=True,
        metadata={"width": 3},
    )


def test_pictures_in_memory_and_anywhere_on_disk_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    picture = Image.new("RGB", (3, 2), "red")
    case = make_case(
        id="x",
        prompt="?",
        images=[PNG, picture, tmp_path / "a.png", str(tmp_path / "a.png"), Path("a.png")],
        folder=tmp_path,
    )
    assert case.images[0] == ImageRef(data=PNG, name="image 1 (inline)")
    with Image.open(io.BytesIO(case.images[1].data or b"")) as image:
        assert (image.format, image.size, image.getpixel((0, 0))) == ("PNG", (3, 2), (255, 0, 0))
    assert {ref.path for ref in case.images[2:]} == {tmp_path.resolve() / "a.png"}


def test_all_that_is_wrong_is_told_at_once_without_a_file() -> None:
    with pytest.raises(InputError) as caught:
        make_case(id="x", prompt=" ", images="none.png", expect="a||b", folder=Path("/nowhere"), promt="?")
    assert [(problem.file, problem.line, problem.case_id) for problem in caught.value.problems] == [
        (None, None, "x")
    ] * 4
    assert caught.value.problems[-1] == Problem(
        "the prompt is empty", case_id="x", hint="Write prompt: what the model is asked about the picture."
    )


def test_a_prompt_in_code_is_literal() -> None:
    assert make_case(id="x", prompt="{{ 7*7 }} {0} %s", images=URL).prompt == "{{ 7*7 }} {0} %s"
