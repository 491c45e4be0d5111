"""A small project with evals, for tests that run one: files, pictures and a model that answers on loopback."""

from __future__ import annotations

import json
from pathlib import Path

from snellen.testing import FakeEndpoint, FakeRequest, tiny_png

__all__ = ["ASYNCIO", "answering", "make_project", "two_wrong"]

ASYNCIO = """
[tool.pytest.ini_options]
asyncio_default_fixture_loop_scope = "function"
"""

_PYPROJECT = """
[tool.snellen]
default_models = ["fake"]
[tool.snellen.models.fake]
name = "fake-vlm"
base_url = "{url}"
"""


def make_project(root: Path, *, url: str = "http://127.0.0.1:9/v1", cases: int = 2) -> Path:
    """A project below `root`: dataset `shapes` with `cases` cases that expect "red", and an eval of it."""
    folder = root / "datasets" / "shapes"
    (folder / "images").mkdir(parents=True)
    (root / "evals").mkdir()
    (root / "pyproject.toml").write_text(_PYPROJECT.format(url=url) + ASYNCIO, encoding="utf-8")
    (folder / "dataset.yaml").write_text("name: shapes\n", encoding="utf-8")
    rows = []
    for number in range(cases):
        name = f"images/{number}.png"
        (folder / name).write_bytes(tiny_png("red", (8, 8 + number)))
        row = {"id": f"c{number}", "images": [name], "prompt": f"What colour is number {number}?", "expect": ["red"]}
        rows.append(json.dumps(row))
    (folder / "cases.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (root / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\n", encoding="utf-8")
    return root


def answering(text: str = "It is red.") -> FakeEndpoint:
    """An endpoint that gives everybody this answer."""
    return FakeEndpoint(text)


def two_wrong(request: FakeRequest) -> str:
    """What a server says that answers cases c0 and c1 of `make_project` wrongly."""
    text = request.body.decode()
    return "It is blue." if "number 0?" in text or "number 1?" in text else "It is red."
