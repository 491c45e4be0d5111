from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from report_samples import every_state, run
from snellen.report.html import write_report
from snellen.trial import MetricResult

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

METRICS = (
    MetricResult(
        name="f1",
        about="harmonic mean of precision and recall of yes",
        eval="first_look",
        model="gpt-5.1",
        value=0.86,
        low=0.84,
        high=0.87,
        formula="t, clustered",
        n=8910,
        unscored=3,
        errors=1,
    ),
    MetricResult(name="mae", eval="other", variant="terse", model="gpt-5.1", value=None, n=0, note="no response"),
)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    full = every_state(folder)
    write_report(replace(full, facts=replace(full.facts, metrics=METRICS)), folder / "full.html")
    write_report(run(), folder / "empty.html")
    return folder


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [(each["id"], node["html"], node["failureSummary"]) for each in found for node in each["nodes"]]


LOOKS = [
    pytest.param({"width": width, "scheme": scheme, "height": height}, id=f"{scheme}-{width}")
    for width, height in ((320, 12_000), (1400, 6_000))  # so high that every case is rendered and looked at
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize("look", LOOKS)
def test_the_list_has_no_violation(visit, reports, look):
    page = visit(reports / "full.html", **look).page
    page.get_by_role("button", name="Failed").click()
    page.get_by_role("button", name="Failed").click()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert violations(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_filtered_and_an_emptied_list_have_no_violation(visit, reports, look):
    page = visit(reports / "full.html", **look).page
    for outcome in ("Failed", "Unscored", "Error", "Passed"):
        page.get_by_role("button", name=outcome).click()
    assert violations(page) == []
    page.get_by_placeholder("Search").fill("nowhere to be found")
    page.get_by_text("No case matches.").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_an_enlarged_picture_has_no_violation(visit, reports, look):
    page = visit(reports / "full.html", **(look | {"height": 900})).page
    page.locator(".shot").first.click()
    assert violations(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_an_empty_report_has_no_violation(visit, reports, look):
    assert violations(visit(reports / "empty.html", **look).page) == []
