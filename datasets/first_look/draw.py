"""Draws the pictures of first_look, the same ones on every machine: `python datasets/first_look/draw.py`.

The Korean signs need the Nanum fonts (Debian and Ubuntu: `apt-get install fonts-nanum`, version 20200506; SIL Open Font
Licence; upstream https://hangeul.naver.com/font). All other lettering is Aileron, which is part of Pillow. Without the
very Nanum files the committed pictures were drawn with, the Korean ones are left as they are, and the script says so.

`images/SHA256SUMS` lists every picture's digest (`cd images; sha256sum --check SHA256SUMS`). A picture whose pixels
did not change keeps its file, because another zlib would give the same pixels other bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import textwrap
from collections.abc import Callable
from pathlib import Path

from drawing import canvas, eye_chart, korean, papers, places, scenes, signs
from PIL import Image, ImageChops

__all__ = ["INLINE", "KOREAN", "LATIN", "has_nanum", "main"]

Drawing = Callable[[], Image.Image]

LATIN: dict[str, Drawing] = {
    "aquarium": scenes.aquarium,
    "balloons": scenes.balloons,
    "blocks": scenes.blocks,
    "chart": papers.bar_chart,
    "departures": papers.departures,
    "eye-chart": eye_chart.eye_chart,
    "facade-after": places.facade_after,
    "facade-before": places.facade_before,
    "lakeside": places.lakeside,
    "living-room": scenes.living_room,
    "no-parking": signs.no_parking,
    "one-way": signs.one_way,
    "receipt": papers.receipt,
    "shapes": scenes.shapes,
    "speed-limit": signs.speed_limit,
    "stop-sign": signs.stop_sign,
    "street-names": signs.street_names,
    "way-finder": signs.way_finder,
}
KOREAN: dict[str, Drawing] = {
    "bakery-ko": korean.bakery,
    "exit-ko": korean.exit_sign,
    "menu-ko": korean.menu,
    "no-entry-ko": korean.no_entry,
}
INLINE: Drawing = signs.traffic_light
"""Not a file: it stands in cases.yaml as a data URI; `draw.py --inline` prints that line."""

_FOLDER = Path(__file__).parent
_NANUM_SHA256 = {
    "NanumGothic.ttf": "48a28e97b34fc8e5b157657633670cd1b7de126cfc414da65ce9c3d5bc8be733",
    "NanumGothicBold.ttf": "454eb3f503f377782a99eb84fc4bb7dde22a0f075d41b47427737f2985053bc9",
    "NanumMyeongjoBold.ttf": "cb47c5d029dd5ee5b8f6fe142c468d670edbe4e9caaad33b91e6ac399e99194a",
    "NanumSquareB.ttf": "f737d58294faec9c632189af3a2a3e48e49c03c0256de09db61e879e2857bfbf",
    "NanumSquareRoundB.ttf": "61fd37816a1ee1a9336876742392d80bdafd340e5124a088aeda20446e2e15de",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the pictures of first_look.")
    parser.add_argument("folder", nargs="?", type=Path, default=_FOLDER / "images", help="where they go")
    parser.add_argument("--inline", action="store_true", help="print the picture that stands in cases.yaml instead")
    arguments = parser.parse_args()
    if arguments.inline:
        print(_data_uri(INLINE()))
        return
    _write_all(arguments.folder)


def has_nanum() -> bool:
    """True when this machine has the fonts that the committed Korean pictures were drawn with, to the byte."""
    files = {name: canvas.NANUM_FOLDER / name for name in _NANUM_SHA256}
    return all(path.is_file() and _sha256(path) == _NANUM_SHA256[name] for name, path in files.items())


def _write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    drawings = LATIN | KOREAN if has_nanum() else LATIN
    for name, draw in drawings.items():
        _write(folder / f"{name}.png", draw())
    for name in (LATIN | KOREAN).keys() - drawings.keys():
        print(f"{name} needs the Nanum fonts (apt-get install fonts-nanum) and was not drawn")
    files = sorted(folder.glob("*.png"))
    (folder / "SHA256SUMS").write_text("".join(f"{_sha256(file)}  {file.name}\n" for file in files))
    print(f"{len(drawings)} pictures in {folder}, {sum(file.stat().st_size for file in files):,} bytes")


def _write(path: Path, picture: Image.Image) -> None:
    if path.exists() and not ImageChops.difference(Image.open(path).convert("RGB"), picture).getbbox():
        return
    path.write_bytes(_png(picture))


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _data_uri(picture: Image.Image) -> str:
    """A YAML string over several lines, so that the case file stays readable."""
    few_colours = picture.quantize(16, dither=Image.Dither.NONE)
    text = "data:image/png;base64," + base64.b64encode(_png(few_colours)).decode()
    return '"' + "\\\n".join(textwrap.wrap(text, 100)) + '"'


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
