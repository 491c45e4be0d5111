"""Measures the report of 1,000 cases x 2 models with 1,000 pictures of about 135 KB.

    python benchmarks/report_size.py [--cases 1000] [--budget-mb 20] [--keep report.html]

The limits it is held to (2 cores, headless Chromium): at most 20 MB, first row within 1.0 s, load within 1.5 s,
renderer memory at most 350 MB.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from snellen.case import Case, Expectation, ImageRef
from snellen.report.html import write_report
from snellen.response import Response, Usage
from snellen.score import Evidence, Score
from snellen.trial import Run, RunFacts, Trial

MODELS = ("model-a", "model-b")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIRST_ROW = """
const seen = new MutationObserver(() => {
  if (!document.querySelector("article.case .answer")) return;
  seen.disconnect();
  requestAnimationFrame(() => { window.__row = performance.now(); });
});
seen.observe(document, {childList: true, subtree: true});
"""


def photo(seed: int) -> bytes:
    """A picture about as hard to compress as a photograph: clouds of several sizes, edges and a little grain."""
    rng = random.Random(seed)
    size = (1024, 768)
    image = Image.new("RGB", size, tuple(rng.randrange(40, 216) for _ in range(3)))
    for cells in (4, 12, 40, 128):
        cloud = Image.frombytes("RGB", (cells, cells), rng.randbytes(3 * cells * cells))
        image = Image.blend(image, cloud.resize(size, Image.Resampling.BICUBIC), 0.25)
    draw = ImageDraw.Draw(image)
    for _ in range(30):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        draw.ellipse((x, y, x + rng.randrange(8, 120), y + rng.randrange(8, 120)), fill=tuple(rng.randbytes(3)))
    grain = Image.frombytes("L", (512, 384), rng.randbytes(512 * 384)).resize(size, Image.Resampling.BILINEAR)
    image = Image.blend(image, grain.convert("RGB"), 0.06)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def make_run(folder: Path, cases: int) -> Run:
    rng = random.Random(7)
    trials = []
    for number in range(cases):
        path = folder / f"{number:05}.jpg"
        path.write_bytes(photo(number))
        case = Case(
            id=f"photo-{number:05}",
            prompt=f"이 사진({number})에는 무엇이 있나요? Describe what is in the picture and name the colours.",
            images=(ImageRef(path=path, name=f"images/{path.name}"),),
            expect=Expectation(all=(("원", "circle"), ("구름", "cloud"))),
            tags=("photo", f"part-{number % 7}"),
        )
        trials.extend(make_trial(case, model, rng) for model in MODELS)
    facts = RunFacts(id="bench", title="Benchmark", started_at="2026-11-22T17:05:00Z", duration_s=60.0, mode="recorded")
    return Run(facts=facts, trials=tuple(trials))


def make_trial(case: Case, model: str, rng: random.Random) -> Trial:
    text = (
        f"사진 {case.id}에는 여러 개의 원과 흐린 구름 무늬가 보입니다. "
        + "The background is soft and the circles overlap. " * 3
    )
    passed = rng.random() < 0.8  # a fifth fails, so previews have an order to follow
    start = text.index("원")
    evidence = (
        Evidence(kind="found", keyword="원|circle", span=(start, start + 1)),
        Evidence(kind="found" if passed else "missing", keyword="구름|cloud"),
    )
    return Trial(
        eval="photos",
        case=case,
        model=model,
        prompt=case.prompt,
        fingerprint=f"{rng.getrandbits(256):064x}",
        outcome="passed" if passed else "failed",
        response=Response(
            text=text,
            latency_s=rng.uniform(0.5, 4),
            usage=Usage(input_tokens=812, output_tokens=64),
            recorded=True,
            recorded_at="2026-11-20T09:30:00Z",
        ),
        scores=(Score(scorer="keywords", value=1.0 if passed else 0.5, passed=passed, evidence=evidence),),
    )


def renderer_rss_mb() -> float:
    """Resident memory of the largest renderer process below this one."""
    listing = subprocess.run(["ps", "-eo", "pid,ppid,rss,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listing.splitlines()[1:]]
    children: dict[int, list[int]] = {}
    for pid, ppid, _, _ in rows:
        children.setdefault(int(ppid), []).append(int(pid))
    below, todo = set(), [os.getpid()]
    while todo:
        for child in children.get(todo.pop(), []):
            below.add(child)
            todo.append(child)
    sizes = [int(rss) for pid, _, rss, args in rows if int(pid) in below and "--type=renderer" in args]
    return max(sizes) / 1024


def measure(path: Path, executable: str | None) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.add_init_script(FIRST_ROW)
        page.goto(path.as_uri(), wait_until="load")
        load_s = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart") / 1000
        page.wait_for_timeout(300)
        out = {
            "first row s": page.evaluate("window.__row") / 1000,
            "load s": load_s,
            "RSS MB": renderer_rss_mb(),
            "nodes": page.evaluate("document.querySelectorAll('*').length"),
            "worst frame ms": page.evaluate(SCROLL),
            "filter ms": page.evaluate(FILTER),
        }
        out["RSS MB after scroll"] = renderer_rss_mb()
        browser.close()
        return out


SCROLL = """async () => {
  let worst = 0, last = performance.now();
  const height = document.documentElement.scrollHeight;
  for (let step = 0; step <= 60; step++) {
    scrollTo({top: height * step / 60, behavior: "instant"});
    await new Promise(requestAnimationFrame);
    const now = performance.now(); worst = Math.max(worst, now - last); last = now;
  }
  return worst;
}"""
FILTER = """async () => {
  scrollTo({top: 0, behavior: "instant"});
  const input = document.querySelector("input[type=search]");
  if (!input) return 0;
  const start = performance.now();
  input.value = "photo-00012"; input.dispatchEvent(new Event("input", {bubbles: true}));
  while (!document.querySelector("#snl-status").textContent.includes(" of ")) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--budget-mb", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="copy the report here")
    options = parser.parse_args()
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name:
        run = make_run(Path(name), options.cases)
        sizes = [path.stat().st_size for path in Path(name).glob("*.jpg")]
        print(f"{options.cases:,} cases x {len(MODELS)} models, pictures of {statistics.mean(sizes) / 1000:.0f} KB")
        report = Path(name) / "report.html"
        start = time.perf_counter()
        written = write_report(run, report, embed_budget_mb=options.budget_mb)
        print(f"build s: {time.perf_counter() - start:.1f}\nsize MB: {written.size_bytes / 1e6:.2f}")
        for note in written.notes:
            print(f"note: {note}")
        if options.keep:
            shutil.copy(report, options.keep)
        rounds = [measure(report, executable) for _ in range(options.rounds)]
        for key in rounds[0]:
            print(f"{key}: {statistics.median(each[key] for each in rounds):,.2f}")


if __name__ == "__main__":
    main()
