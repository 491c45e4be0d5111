"""The sample report: what it is made of, and that it can be made again."""

import json

import pytest

from make_sample import PAGE, ROOT, make_page, sample
from snellen.images.decode import inspect_image

LIMIT_BYTES = 20_000_000  # of a report that is mailed


@pytest.fixture(scope="module")
def recorded():
    """Every answer in the bundled recordings."""
    lines = [
        line
        for file in sorted((ROOT / "evals" / "recordings").rglob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return {text for line in lines for text in _texts(json.loads(line))}


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def test_every_answer_in_it_is_one_that_a_model_gave(recorded):
    run, _ = sample(ROOT)
    answers = [trial.response.text for trial in run.trials]
    assert len(answers) > 50
    assert set(answers) <= recorded


def test_made_twice_it_has_the_same_bytes(tmp_path):
    make_page(tmp_path / "one.html")
    make_page(tmp_path / "elsewhere" / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "elsewhere" / "two.html").read_bytes()


def test_the_one_in_git_can_be_mailed_opens_and_names_nobodys_folders(visit, recorded):
    page = PAGE.read_text("utf-8")
    assert len(page.encode("utf-8")) < LIMIT_BYTES
    for canary in ("/home/", "/root/", "/tmp/", "/work/", str(ROOT)):
        assert canary not in page
    watched = visit(PAGE)
    shown = watched.page.locator(".answer .text").evaluate_all("all => all.map((each) => each.textContent)")
    assert len(shown) > 50
    assert set(shown) - {"empty answer"} <= recorded
    watched.assert_quiet()


def test_its_picture_in_the_docs_is_one_of_a_whole_screen():
    facts = inspect_image((ROOT / "docs" / "report.png").read_bytes(), name="report.png")
    assert facts.width_px == 1200
