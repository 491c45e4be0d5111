"""How long `snellen compare` takes for two runs of many trials with 10,000 resamples, and a gate on a run's cost.

    python benchmarks/compare_runs.py [TRIALS=100000] [REPEATS=3]

Makes a run store in a temporary folder with four runs: passes and fails of cases that stand alone, and grades of cases
in groups of two; then times whole processes, start-up included.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from snellen.case import Case
from snellen.response import Response, Usage
from snellen.runs.store import RunStore
from snellen.score import Score
from snellen.trial import RunFacts, Trial

SNELLEN = Path(sys.executable).with_name("snellen")
RUNS = {"plain-before": 0.80, "plain-after": 0.79, "graded-before": 0.70, "graded-after": 0.71}


def trials(name: str, count: int) -> Iterator[tuple[int, Trial]]:
    """So many trials, the same for the same name."""
    rng = random.Random(name)
    is_graded = name.startswith("graded")
    for number in range(count):
        group = f"g{number // 2}" if is_graded else None
        case = Case(id=f"case-{number:06}", prompt="What is it?", images=(), tags=(f"t{number % 10}",), group=group)
        value = min(1.0, rng.random() / 2 + RUNS[name]) if is_graded else float(rng.random() < RUNS[name])
        response = Response(text=f"It is {value}.", latency_s=rng.random(), usage=Usage(input_tokens=100))
        score = Score(scorer="s", value=value, passed=value == 1.0)
        outcome = "passed" if score.passed else "failed"
        yield (
            number,
            Trial(
                eval="many",
                case=case,
                model="m",
                prompt=case.prompt,
                outcome=outcome,
                response=response,
                scores=(score,),
                cost_usd=0.001,
            ),
        )


def make_store(root: Path, count: int) -> None:
    """A project with the runs."""
    (root / "pyproject.toml").write_text("[tool.snellen]\n")
    store = RunStore(root / ".snellen" / "runs.db")
    for name in RUNS:
        facts = RunFacts(id=name, title=name, started_at="2026-11-22T17:05:00Z", duration_s=1.0, mode="recorded")
        store.add(facts, lambda _, name=name: trials(name, count))


def timed(root: Path, *arguments: str) -> float:
    """Wall seconds of one `snellen`."""
    started = time.perf_counter()
    done = subprocess.run([SNELLEN, *arguments], cwd=root, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return seconds


def main() -> None:
    """Prints the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rows = {
        "passes and fails": ("compare", "plain-before", "plain-after"),
        "passes and fails, by tag": ("compare", "plain-before", "plain-after", "--by", "tag"),
        "grades in groups": ("compare", "graded-before", "graded-after"),
        "passes and fails, --markdown": ("compare", "plain-before", "plain-after", "--markdown"),
        "a gate on the cost": ("gate", "plain-after", "--gate", "cost <= 1000"),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_store(root, count)
        found = {name: [timed(root, *arguments) for _ in range(repeats)] for name, arguments in rows.items()}
    for name, times in found.items():
        spread = f"{min(times):.2f}-{max(times):.2f} s"
        print(f"{count:,} trials a run, {name}: median {statistics.median(times):.2f} s of {repeats}, {spread}")


if __name__ == "__main__":
    main()
