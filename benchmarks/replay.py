"""How long a replay of 1,000 cases with 150 KB pictures takes through `snellen run`, start-up included.

    python benchmarks/replay.py [CASES=1000] [REPEATS=5]

Makes a project in a temporary folder, records it once from an endpoint on loopback, then times whole processes.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from snellen.testing import FakeEndpoint

SNELLEN = Path(sys.executable).with_name("snellen")
PICTURE_BYTES = 150_000


def picture(number: int) -> bytes:
    """A valid grey JPEG, made 150 KB long by a comment segment; what is timed never decodes it."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (64, 64), number % 256).save(out, "JPEG")
    jpeg = out.getvalue()
    filler = number.to_bytes(4, "big") + os.urandom(49_990)
    comment = b"\xff\xfe" + (len(filler) + 2).to_bytes(2, "big") + filler
    return jpeg[:2] + comment * 3 + jpeg[2:]


def make_project(root: Path, url: str, cases: int) -> None:
    """A project of so many cases below `root`."""
    folder = root / "datasets" / "many"
    (folder / "images").mkdir(parents=True)
    (root / "evals").mkdir()
    model = f'[tool.snellen.models.fake]\nname = "fake"\nbase_url = "{url}"\n'
    (root / "pyproject.toml").write_text(model)
    (folder / "dataset.yaml").write_text("name: many\n")
    (root / "evals" / "many.eval.yaml").write_text("dataset: ../datasets/many\nmodels: fake\n")
    with (folder / "cases.jsonl").open("w") as file:
        for number in range(cases):
            name = f"images/{number:05}.jpg"
            (folder / name).write_bytes(picture(number))
            row = {"id": f"case-{number:05}", "images": [name], "prompt": f"Picture {number}?", "expect": ["grey|gray"]}
            file.write(json.dumps(row) + "\n")


def run(root: Path, *flags: str) -> float:
    """Wall seconds of one `snellen run`."""
    started = time.perf_counter()
    done = subprocess.run([SNELLEN, "run", "evals", *flags], cwd=root, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return seconds


def main() -> None:
    """Prints the figures."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder, FakeEndpoint("It is grey.") as endpoint:
        root = Path(folder)
        make_project(root, endpoint.base_url, cases)
        print(f"recording {cases:,} cases: {run(root, '--responses', 'missing'):.2f} s")
        asked = len(endpoint.requests)
        time.sleep(2.1)  # a file changed within two seconds is hashed again; that is correct and not what is timed
        run(root)
        times = [run(root) for _ in range(repeats)]
        assert len(endpoint.requests) == asked, "a replay asked the endpoint"
    spread = f"{min(times):.2f}-{max(times):.2f} s"
    print(f"replaying {cases:,} cases: median {statistics.median(times):.2f} s of {repeats}, {spread}")


if __name__ == "__main__":
    main()
