"""Makes reports/sample.html and the picture of it in docs/report.png: `make sample`.

The sample is the report of the bundled evals, replayed from their recordings, so every answer in it is one that a model
gave. What differs from run to run and from machine to machine (its time, its id, versions of packages) is set to what
the recordings say, so that the same recordings, pictures and code make the same bytes.
"""

import dataclasses
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

import snellen
from chromium import ARGS, find_chromium
from snellen.report.html import ReportFile, write_report
from snellen.trial import Run

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "reports" / "sample.html", ROOT / "docs" / "report.png"
GATES = ("accuracy >= 30%",)  # the better model holds it and the other does not, so that both can be seen
SIZE = {"width": 1200, "height": 1480}

# Pictures are decoded when they come into sight, which takes as long as it takes.
_DECODED = """() => Promise.all([...document.images].filter(
  (image) => image.getBoundingClientRect().top < innerHeight).map((image) => image.decode())).then(
  () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"""


def sample(root: Path) -> tuple[Run, dict[str, Path]]:
    """The run of the evals in `root`, with nothing in it but what the recordings hold; and the pinned pictures."""
    result = snellen.run(root / "evals", responses="recorded", gates=GATES)
    run = result.run
    made = [trial for trial in run.trials if trial.response is None or not trial.response.recorded]
    if made or not run.trials:
        sys.exit(f"{len(made)} of {len(run.trials)} trials have no recorded response; see `make refresh`")
    last = max(trial.response.recorded_at for trial in run.trials)
    facts = dataclasses.replace(
        run.facts,
        id="sample",
        title="First look",
        started_at=last,
        duration_s=0.0,
        versions={"snellen": run.facts.versions["snellen"]},
        command=(),
        cwd="",
        git_commit="",
    )
    return dataclasses.replace(run, facts=facts), dict(result.pinned)


def make_page(path: Path, root: Path = ROOT) -> ReportFile:
    """Writes the sample to `path`."""
    run, pinned = sample(root)
    return write_report(run, path, pinned=pinned)


def take_picture(page: Path, path: Path) -> None:
    """What a reader sees of `page` first."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright), args=ARGS)
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(page.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.evaluate(_DECODED)
        tab.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    written = make_page(PAGE)
    take_picture(PAGE, PICTURE)
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {written.size_bytes:,} bytes; {PICTURE.relative_to(ROOT)}\n")
