"""What the room as a whole promises: what it loads, and what it lets others use."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import snellen.images

FILES = sorted(Path(snellen.images.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", ["addresses", "container", "data_uri", "digest", "fetch", "fit", "sniff"])
def test_what_a_replay_loads_is_without_pillow(name: str) -> None:
    script = f"import sys, snellen.images.{name}; sys.exit(any(key.split('.')[0] == 'PIL' for key in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603  # our own module


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_all_names_what_is_public(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public: set[str] = set()
    listed: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            public.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            public.add(node.targets[0].id)
            if node.targets[0].id == "__all__":
                listed = ast.literal_eval(node.value)
    public = {name for name in public if not name.startswith("_")}
    assert public <= set(listed)
    assert len(listed) == len(set(listed))
