"""Makes a project of the kit's cases in the current folder: what its user would have on disk before the first run."""

from __future__ import annotations

import json
import os
from pathlib import Path


def main() -> None:
    """Writes pyproject.toml, a dataset and an eval; pictures are hard links, so that none is read before the run."""
    folder = Path("datasets/shapes")
    (folder / "images").mkdir(parents=True)
    Path("evals").mkdir()
    model = f'[tool.snellen.models.mock]\nname = "mock-vlm"\nbase_url = "{os.environ["BENCH_URL"]}"\n'
    Path("pyproject.toml").write_text(f'[tool.snellen]\ndefault_models = ["mock"]\n{model}')
    Path("evals/shapes.eval.yaml").write_text("dataset: ../datasets/shapes\n")
    (folder / "dataset.yaml").write_text("name: shapes\n")
    by_url = os.environ.get("BENCH_BY_URL") == "1"
    with Path(os.environ["BENCH_CASES"]).open() as cases, (folder / "cases.jsonl").open("w") as rows:
        for line in cases:
            case = json.loads(line)
            images = case["urls"] if by_url else [_linked(Path(path), folder) for path in case["images"]]
            row = {"id": case["id"], "prompt": case["prompt"], "images": images, "expect": case["expect"]}
            rows.write(json.dumps(row) + "\n")


def _linked(picture: Path, folder: Path) -> str:
    name = f"images/{picture.name}"
    if not (folder / name).exists():
        (folder / name).hardlink_to(picture)
    return name


if __name__ == "__main__":
    main()
