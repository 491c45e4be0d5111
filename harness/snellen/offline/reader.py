"""The text of a picture, read by rapidocr with the weights that come in its wheel."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snellen.errors import ConfigError
from snellen.offline.pictures import Box, Pixels

__all__ = ["Line", "find_writing", "read_lines", "rows_of"]

# Under this confidence the text is mostly a guess: plain circles come back as "O" with 0.3 to 0.6, hills as "T" with
# 0.7, while readable letters get 0.85 and more, single ones included (measured on drawn pictures, rapidocr 3.10).
_CONFIDENCE = 0.8

# Named, so that rapidocr takes them as they are: asked for "its" model it would download a missing one.
_WEIGHTS = {"Det.model_path": "PP-OCRv6_det_small.onnx", "Rec.model_path": "PP-OCRv6_rec_small.onnx"}

_SETTINGS: dict[str, object] = {
    "Global.log_level": "critical",  # rapidocr logs to the console by a handler of its own
    "Global.use_cls": False,  # it turns short words upside down more often than it helps
    "Global.text_score": _CONFIDENCE,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # more threads spin for each other: 1.7 times the CPU time
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}

_lock = threading.Lock()  # the engine keeps what it works on in its own attributes


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text that stands in one row, as the detector found it."""

    text: str
    box: Box


def read_lines(pixels: Pixels) -> tuple[Line, ...]:
    """All text that could be read with confidence, in reading order: rows from the top, each from the left.

    Raises:
        ConfigError: The installed rapidocr does not carry the weights this model is made of.
    """
    with _lock:
        found = _engine()(_bgr(pixels), use_det=True, use_rec=True)
    if found.txts is None or found.boxes is None:
        return ()
    boxes = _boxes(found.boxes, pixels)
    lines = [Line(text.strip(), box) for text, box in zip(found.txts, boxes, strict=True) if _is_word(text)]
    return tuple(line for row in rows_of(lines) for line in row)


def find_writing(pixels: Pixels) -> tuple[Box, ...]:
    """Where something looks like text, whether it can be read or not (Hangul cannot)."""
    with _lock:
        found = _engine()(_bgr(pixels), use_det=True, use_rec=False)
    return () if found.boxes is None else tuple(sorted(_boxes(found.boxes, pixels)))


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """`lines` in rows from the top, each from the left: on a receipt the price stands far from its name."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.centre[1], line.box)):
        row = next((row for row in rows if _share_row(row[-1].box, line.box)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [sorted(row, key=lambda line: line.box) for row in rows]


def _share_row(one: Box, other: Box) -> bool:
    apart = abs(one.centre[1] - other.centre[1])
    return apart < 0.5 * min(one.height, other.height)


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _bgr(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _boxes(corners: NDArray[np.float32], pixels: Pixels) -> list[Box]:
    height, width = pixels.shape[:2]
    low = corners.min(axis=1) / (width, height)
    high = corners.max(axis=1) / (width, height)
    return [Box(*map(float, (*start, *end))) for start, end in zip(low, high, strict=True)]


@functools.cache
def _engine() -> Any:  # rapidocr's own annotations are unions that no call narrows
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    weights = {setting: folder / name for setting, name in _WEIGHTS.items()}
    missing = sorted(path.name for path in weights.values() if not path.is_file())
    if missing:
        raise ConfigError(
            f"the offline model needs {' and '.join(missing)}, which the installed rapidocr does not carry.\n"
            "Install the version it was made with: pip install 'rapidocr==3.10.*'"
        )
    return rapidocr.RapidOCR(params={**_SETTINGS, **{setting: str(path) for setting, path in weights.items()}})
