"""Runs Snellen beside bare scripts and other harnesses against a mock server, and prints the table of README.md.

    python benchmarks/compare.py KIT [--reps 3] [--peers] [--large] [--report-only]

KIT is a folder with the measuring kit: a mock server on 127.0.0.1, 5,000 pictures of about 158 KB, and `bench.py`,
which runs one contender after another and writes a JSON line for each. Its `setup.sh` was run with BENCH_DIR, in which
`venv-snellen` is an environment with this checkout installed. All rows of a table come from one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
BARE = ("bare-openai", "bare-httpx2", "bare-lean")
OURS = ("snellen", "snellen-record", "snellen-pytest")
PEERS = ("inspect", "pydantic-evals", "promptfoo")
HEADINGS = ("row", "latency", "cases", "wall s", "x ideal", "cases/s", "CPU ms/case", "peak MB", "first request s")
CONCURRENCY = 64

Line = dict[str, object]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kit", type=Path, help="the folder of bench.py")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="other harnesses too; they take minutes")
    parser.add_argument("--large", action="store_true", help="100,000 cases too")
    parser.add_argument("--report-only", action="store_true", help="print what was measured last")
    given = parser.parse_args()
    bench = Path(os.environ.get("BENCH_DIR", given.kit.parent))
    results = bench / "snellen-results.jsonl"
    if not given.report_only:
        results.unlink(missing_ok=True)
        measure(given, bench, results)
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    print("\n".join(table(line for line in lines if line["kind"] in ("run", "replay"))))


def measure(given: argparse.Namespace, bench: Path, results: Path) -> None:
    """Runs all rows, one repeat of all before the next, so that a busy minute hits every row alike."""

    def run(*flags: str) -> None:
        command = [str(bench / "venv-kit/bin/python"), str(given.kit / "bench.py"), "run", "--reps", "1", *flags]
        subprocess.run(command, check=True, env={**os.environ, **extra})

    extra = {"CONTENDERS": str(HERE / "contender"), "BENCH_RESULTS": str(results), "BENCH_DIR": str(bench)}
    for rep in range(given.reps):
        run("--tag", f"rep{rep}", "--latency", "0,200", "--rows", ",".join((*BARE, *OURS)))
    if given.peers:
        run("--tag", "peers", "--latency", "0,200", "--rows", ",".join(PEERS))
    if given.large:
        for count in ("5000", "100000"):
            run("--tag", "large", "--latency", "0", "--n", count, "--rows", "snellen", "--no-replay")


def table(lines: Iterable[Line]) -> Iterator[str]:
    """The medians as Markdown, a row for each contender, latency and number of cases."""
    found: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        name = f"{line['row']} (replay)" if line["kind"] == "replay" else str(line["row"])
        found[line["latency"], line["n"], name].append(line)
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    for (latency, count, name), runs in sorted(found.items(), key=lambda item: (str(item[0][0]), str(item[0][1]))):
        wall = median(runs, "wall_s")
        ideal = float(str(latency)) / 1000 * float(str(count)) / CONCURRENCY
        first = [run for run in runs if run.get("first_req_s")]
        cells = (
            name,
            f"{float(str(latency)):g} ms",
            f"{count:,}",
            f"{wall:.2f}",
            f"{wall / ideal:.2f}" if ideal and "replay" not in name else "",
            f"{float(str(count)) / wall:,.0f}",
            f"{median(runs, 'cpu_s') / float(str(count)) * 1000:.2f}",
            f"{median(runs, 'peak_rss_mb'):.0f}",
            f"{median(first, 'first_req_s'):.2f}" if first and "replay" not in name else "",
        )
        yield f"| {' | '.join(cells)} |"


def median(runs: list[Line], key: str) -> float:
    """Of one measure of several runs."""
    return statistics.median(float(str(run[key])) for run in runs)


if __name__ == "__main__":
    sys.exit(main())
