"""The bundled dataset is what it says: sane cases, small pictures, and a script that draws exactly them."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from PIL import Image, ImageChops

from snellen.datasets.check import check_dataset
from snellen.datasets.open import open_dataset

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "first_look"
IMAGES = FOLDER / "images"
MEBIBYTE = 1024 * 1024

# Levels of 255: Pillow 11.3 (FreeType 2.13) and 12.3 draw 21 of the 22 pictures exactly as 13.0 does, and 41 pixels of
# the bakery one level off.
ROUNDING = 2


def _load_draw() -> ModuleType:
    """The drawing script as a module, leaving neither a path nor byte code behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(FOLDER), *sys.path])
        patch.setattr(sys, "dont_write_bytecode", True)
        spec = importlib.util.spec_from_file_location("first_look_draw", FOLDER / "draw.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def _rows() -> list[dict[str, object]]:
    rows = yaml.safe_load((FOLDER / "cases.yaml").read_text(encoding="utf-8"))
    assert isinstance(rows, list)
    return rows


def _addresses(row: dict[str, object]) -> list[str]:
    images = row["images"]
    assert isinstance(images, list)
    return [image["path"] if isinstance(image, dict) else image for image in images]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _listed_digests() -> dict[str, str]:
    lines = (IMAGES / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def _largest_difference(one: Image.Image, other: Image.Image) -> int:
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(difference.tobytes())


DRAW = _load_draw()
ROWS = _rows()
# A test id that says what was checked, because without these very font files a Korean picture cannot be redrawn.
KOREAN_IDS = [name if DRAW.has_nanum() else f"{name}-digest-only-without-the-nanum-files" for name in DRAW.KOREAN]


class TestPictures:
    def test_all_committed_pictures_are_the_listed_ones(self) -> None:
        assert {path.name: _sha256(path) for path in IMAGES.glob("*.png")} == _listed_digests()

    def test_every_picture_has_a_drawing_and_every_drawing_its_picture(self) -> None:
        assert {path.stem for path in IMAGES.glob("*.png")} == DRAW.LATIN.keys() | DRAW.KOREAN.keys()

    @pytest.mark.parametrize("name", DRAW.LATIN)
    def test_redrawing_gives_the_committed_pixels(self, name: str) -> None:
        with Image.open(IMAGES / f"{name}.png") as committed:
            assert _largest_difference(DRAW.LATIN[name](), committed) <= ROUNDING

    @pytest.mark.parametrize("name", DRAW.KOREAN, ids=KOREAN_IDS)
    def test_redrawing_korean_signs_gives_the_committed_pixels(self, name: str) -> None:
        committed = IMAGES / f"{name}.png"
        if not DRAW.has_nanum():
            assert _sha256(committed) == _listed_digests()[committed.name]
            return
        with Image.open(committed) as picture:
            assert _largest_difference(DRAW.KOREAN[name](), picture) <= ROUNDING

    @pytest.mark.parametrize("name", [path.name for path in sorted(IMAGES.glob("*.png"))])
    def test_a_picture_is_a_png_of_600_to_1000_pixels(self, name: str) -> None:
        with Image.open(IMAGES / name) as picture:
            assert (picture.format, picture.mode) == ("PNG", "RGB")
            assert 600 <= max(picture.size) <= 1000
        assert (IMAGES / name).stat().st_size < 200_000

    def test_the_whole_folder_stays_under_three_mebibytes(self) -> None:
        files = [path for path in FOLDER.rglob("*.*") if path.suffix in {".png", ".py", ".yaml"}]
        assert sum(path.stat().st_size for path in files) < 3 * MEBIBYTE

    def test_the_picture_inside_the_case_file_is_the_drawn_one(self) -> None:
        inline = [image for row in ROWS for image in _addresses(row) if image.startswith("data:")]
        assert len(inline) == 1
        head, data = inline[0].split(",", 1)
        assert head == "data:image/png;base64"
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
            assert _largest_difference(DRAW.INLINE(), picture) <= ROUNDING


class TestScript:
    def test_inline_prints_the_data_uri_as_yaml_that_reads_back_as_one_line(self) -> None:
        command = [sys.executable, "-B", str(FOLDER / "draw.py"), "--inline"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # our script
        assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/]+=*", yaml.safe_load(printed))

    def test_it_writes_pictures_with_their_digests_and_names_what_it_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(DRAW, "LATIN", {"blocks": DRAW.LATIN["blocks"]})
        monkeypatch.setattr(DRAW, "KOREAN", {"menu-ko": DRAW.KOREAN["menu-ko"]})
        monkeypatch.setattr(DRAW, "has_nanum", lambda: False)
        monkeypatch.setattr(sys, "argv", ["draw.py", str(tmp_path / "new")])
        DRAW.main()
        picture = tmp_path / "new" / "blocks.png"
        assert (tmp_path / "new" / "SHA256SUMS").read_text() == f"{_sha256(picture)}  blocks.png\n"
        assert capsys.readouterr().out == (
            "menu-ko needs the Nanum fonts (apt-get install fonts-nanum) and was not drawn\n"
            f"1 pictures in {tmp_path / 'new'}, {picture.stat().st_size:,} bytes\n"
        )

    def test_a_picture_with_the_same_pixels_keeps_its_bytes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        DRAW.LATIN["blocks"]().save(tmp_path / "blocks.png", compress_level=1)
        before = (tmp_path / "blocks.png").read_bytes()
        monkeypatch.setattr(DRAW, "LATIN", {"blocks": DRAW.LATIN["blocks"]})
        monkeypatch.setattr(DRAW, "KOREAN", {})
        monkeypatch.setattr(sys, "argv", ["draw.py", str(tmp_path)])
        DRAW.main()
        assert (tmp_path / "blocks.png").read_bytes() == before


class TestCases:
    def test_the_reader_finds_nothing_to_say(self) -> None:
        check = check_dataset(open_dataset(FOLDER))
        assert (check.problems, check.notes, check.case_count) == ((), (), len(ROWS))

    def test_the_card_says_name_licence_source_and_languages(self) -> None:
        card = yaml.safe_load((FOLDER / "dataset.yaml").read_text(encoding="utf-8"))
        assert card.keys() == {"name", "description", "licence", "source", "language"}
        assert (card["name"], card["licence"], card["language"]) == ("first_look", "CC0-1.0", ["en", "ko"])

    def test_ids_are_unique_and_safe_in_a_pytest_id(self) -> None:
        ids = [str(row["id"]) for row in ROWS]
        assert [name for name, count in Counter(ids).items() if count > 1] == []
        assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []

    def test_there_are_enough_cases_in_both_languages(self) -> None:
        korean = [row for row in ROWS if re.search("[가-힣]", str(row["prompt"]))]
        assert len(ROWS) >= 28
        assert len(korean) >= 12
        assert len(ROWS) - len(korean) >= 12

    @pytest.mark.parametrize("row", ROWS, ids=[str(row["id"]) for row in ROWS])
    def test_a_case_asks_expects_and_is_tagged(self, row: dict[str, object]) -> None:
        assert row["prompt"]
        assert row["expect"]
        assert row["tags"]

    def test_every_picture_is_asked_about_and_every_named_picture_exists(self) -> None:
        named = {image for row in ROWS for image in _addresses(row) if not image.startswith(("data:", "https:"))}
        assert named == {f"images/{path.name}" for path in IMAGES.glob("*.png")}

    def test_only_the_case_with_an_address_needs_the_network(self) -> None:
        by_address = [row["id"] for row in ROWS if any(image.startswith("https:") for image in _addresses(row))]
        assert by_address == [row["id"] for row in ROWS if row.get("live")] == ["boardwalk-url"]

    def test_markers_name_each_picture_of_their_case_once(self) -> None:
        marked = {row["id"]: re.findall(r"<image (\d+)>", str(row["prompt"])) for row in ROWS}
        assert {name: markers for name, markers in marked.items() if markers} == {"facade-door": ["1", "2"]}
        assert [len(_addresses(row)) for row in ROWS if row["id"] == "facade-door"] == [2]

    def test_each_way_to_write_an_expectation_has_an_example(self) -> None:
        groups = {key for row in ROWS if isinstance(row["expect"], dict) for key in row["expect"]}
        assert groups == {"all", "any", "none", "regex"}
        assert {type(row["expect"]) for row in ROWS} == {str, list, dict}

    def test_cases_that_share_a_picture_share_a_group(self) -> None:
        """Their errors go together, so statistics must know."""
        users: dict[str, list[dict[str, object]]] = {}
        for row in ROWS:
            for image in set(_addresses(row)):
                users.setdefault(image, []).append(row)
        shared = {image: {row.get("group") for row in rows} for image, rows in users.items() if len(rows) > 1}
        assert {image: groups for image, groups in shared.items() if len(groups) > 1 or None in groups} == {}

    def test_the_eye_chart_is_asked_from_large_to_small(self) -> None:
        heights = [row["letter_height_px"] for row in ROWS if row.get("group") == "eye-chart"]
        assert heights == [160, 56, 32, 16, 10.4, 8]

    def test_the_bundled_eval_asks_this_dataset(self) -> None:
        path = ROOT / "evals" / "first_look.eval.yaml"
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert (path.parent / spec["dataset"]).resolve() == FOLDER
        assert spec["models"] == ["offline-reader", "offline-describer"]
