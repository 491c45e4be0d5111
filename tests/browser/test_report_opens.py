import shutil

import pytest

from report_samples import MODELS, every_state, inline, run, trial
from snellen.case import Case
from snellen.report.html import write_report


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report alone in an empty folder, far from where it was written and from its pictures."""
    made = tmp_path_factory.mktemp("made")
    write_report(every_state(made), made / "report.html")
    alone = tmp_path_factory.mktemp("alone") / "report.html"
    shutil.move(made / "report.html", alone)
    shutil.rmtree(made)
    return alone


def test_it_opens_alone_from_a_file_and_asks_nobody_for_anything(visit, report):
    watched = visit(report)
    page = watched.page
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for shot in page.locator(".shot img").all():
        shot.scroll_into_view_if_needed()
        assert shot.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert page.locator(".shot img").count() == 6
    page.locator(".shot").first.click()
    page.keyboard.press("Escape")
    page.get_by_placeholder("Search").fill("stop")
    watched.assert_quiet()


@pytest.mark.parametrize("width", [320, 768, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(visit, report, width, scheme):
    watched = visit(report, width=width, scheme=scheme, height=8_000)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == width
    watched.assert_quiet()


def test_it_reads_alone_without_javascript(visit, report):
    page = visit(report, java_script_enabled=False, height=8_000).page
    text = page.locator("body").inner_text()
    for piece in (
        "First look: 간판과 영수증",
        "66.7 %",
        "offline model: real responses of offline-describer, no network",
        "The sign says STOP 🛑 in white letters on a red plate.",
        "이 영수증의 합계는 얼마인가요?",
        "missing STOP|정지",
        "Too many requests. 429 after 3 attempts: slow down",
        "Same picture as in stop-sign",
        "https://example.org/path/boardwalk.jpg",
        "needs the network, no recording",
    ):
        assert piece in text
    assert not page.locator(".filter").is_visible()
    assert not page.locator("#snl-theme").is_visible()
    assert page.locator(".shot img").first.evaluate("image => image.naturalWidth") > 0


def test_the_theme_follows_the_system_until_the_reader_chooses(visit, report):
    page = visit(report, scheme="dark").page
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Light", exact=True).click()
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark", exact=True).click()
    assert (page.evaluate(background), light != dark) == (dark, True)
    assert visit(report, scheme="light").page.evaluate(background) == light


def test_a_thousand_answers_can_all_be_found_in_the_page(visit, tmp_path):
    cases = [Case(id=f"case-{number}", prompt="?", images=(inline(),)) for number in range(500)]
    write_report(
        run(*(trial(case, text=f"answer {case.id} of {model}", model=model) for case in cases for model in MODELS)),
        tmp_path / "report.html",
    )
    watched = visit(tmp_path / "report.html")
    assert watched.page.evaluate("window.find('answer case-499 of offline-describer')")
    watched.assert_quiet()


def test_printing_takes_the_filtered_cases_with_their_pictures_and_no_controls(visit, report):
    page = visit(report).page
    page.get_by_role("button", name="Error").click()
    page.emulate_media(media="print")
    assert [case.inner_text() for case in page.locator("article.case:visible h3").all()] == ["facades"]
    assert page.locator(".filter:visible, .theme:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf()) > 10_000
