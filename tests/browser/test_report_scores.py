"""What a report shows of scorers, in a browser: what is right and wrong at first sight, and boxes over pictures."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from report_scores import every_scorer
from snellen.report.html import write_report

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
STYLE = "(element, name) => getComputedStyle(element)[name]"

# Both places in one look: the page itself may be on the move.
IS_SEEN = """(text) => {
  const [box, mark] = [text, text.querySelector("mark.here")].map((each) => each.getBoundingClientRect());
  return box.top < mark.top && mark.bottom < box.bottom;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    write_report(every_scorer(folder), folder / "report.html")
    return folder / "report.html"


def answers(page, case_id):
    """The answers to one case, on the screen."""
    case = page.locator("article.case").filter(has=page.locator("h3", has_text=re.compile(f"^{case_id}$")))
    case.scroll_into_view_if_needed()
    return case.locator(".answer")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_scorers_say_has_no_violation_and_fits(visit, report, width, scheme):
    watched = visit(report, width=width, scheme=scheme, height=40_000)  # so high that every case is rendered
    page = watched.page
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], node["html"]) for each in found for node in each["nodes"]] == []
    assert page.evaluate("window.__violations") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failed_scorer_among_passed_ones_differs_in_word_sign_and_colour(visit, report, scheme):
    page = visit(report, scheme=scheme).page
    judged = answers(page, "all").last.locator(".parts-of > .judged")
    said = [one.locator(".badge").text_content() for one in judged.all()]
    assert said == ["✓ passed", "✕ failed", "✓ passed"]
    looks = [[one.evaluate(STYLE, name) for name in ("borderLeftColor", "backgroundColor")] for one in judged.all()]
    assert looks[0] == looks[2]
    assert not set(looks[0]) & set(looks[1])


def test_a_wrong_value_looks_like_one_and_a_right_one_does_not(opened):
    marks = answers(opened, "fields").last.locator("mark")
    lines = {mark.text_content(): mark.evaluate(STYLE, "textDecorationStyle") for mark in marks.all()}
    assert lines == {
        '"Blue Cap"': "wavy",
        '"2024-01-02"': "solid",
        "12.5": "solid",
        "false": "wavy",
        '"coffee"': "solid",
        "3": "wavy",
    }
    grounds = {mark.text_content(): mark.evaluate(STYLE, "backgroundColor") for mark in marks.all()}
    assert grounds["false"] == grounds['"Blue Cap"'] != grounds["12.5"]


def rectangle(locator):
    box = locator.bounding_box()
    return [box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]]


@pytest.mark.parametrize("width", [390, 1280])
def test_boxes_lie_on_the_picture_where_they_belong(visit, report, width):
    """The plate of the picture is drawn from (40, 60) to (280, 180) of 320 × 240 pixels."""
    page = visit(report, width=width).page
    plot = answers(page, "boxes").first.locator(".plot")
    plot.scroll_into_view_if_needed()
    assert plot.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    left, top, right, bottom = rectangle(plot.locator("img"))
    scale = min((right - left) / 320, (bottom - top) / 240)
    x, y = (left + right - 320 * scale) / 2, (top + bottom - 240 * scale) / 2
    half = 1.25  # of the line lies outside of the box
    expected = [x + 40 * scale - half, y + 60 * scale - half, x + 280 * scale + half, y + 180 * scale + half]
    assert rectangle(plot.locator(".expected .edge")) == pytest.approx(expected, abs=0.5)


def test_what_is_expected_and_what_was_given_differ_in_line_and_label(opened):
    plot = answers(opened, "boxes").last.locator(".plot")
    dashes = [plot.locator(f".{kind} .edge").first.evaluate(STYLE, "strokeDasharray") for kind in ("expected", "wrong")]
    assert dashes == ["7px, 5px", "none"]
    assert plot.locator("text").all_text_contents() == ["expected", "✕ given 1", "✕ given 2"]
    legend = answers(opened, "boxes").last.locator("figcaption")
    assert legend.locator(".key").all_text_contents() == ["expected", "✕ given, wrong"]
    assert "outside of the picture" in legend.text_content()


def test_a_picture_with_boxes_is_opened_by_keyboard_with_them_and_focus_returns(opened):
    plot = answers(opened, "boxes").last.locator(".plot")
    assert plot.get_attribute("type") == "button"
    plot.focus()
    opened.keyboard.press("Enter")
    box = opened.get_by_role("dialog")
    assert box.locator("#snl-caption").inner_text() == "Image 1 of case boxes with the answer of offline-describer"
    image, drawing = box.locator(".stage img"), box.locator(".stage svg")
    assert rectangle(drawing) == pytest.approx(rectangle(image), abs=0.5)
    opened.keyboard.press("Escape")
    opened.wait_for_function("document.activeElement.matches('.plot')")
    assert plot.evaluate("element => document.activeElement === element")


def test_those_who_cannot_see_the_boxes_are_told_them_once(opened):
    plot = answers(opened, "boxes").first.locator(".plot")
    assert plot.locator("img").get_attribute("alt") == (
        "Image 1 of case boxes with the answer of gpt-5.1: "
        "expected at (40, 60, 280, 180), IoU 0.951; given at (42, 62, 278, 178), right, IoU 0.951"
    )
    assert plot.locator("svg").get_attribute("aria-hidden") == "true"
    assert plot.locator("svg[role], svg[aria-label]").count() == 0


def test_without_javascript_boxes_stand_alone_with_their_words(visit, report):
    page = visit(report, java_script_enabled=False, height=40_000).page
    plot = answers(page, "boxes").first.locator(".plot")
    assert plot.get_by_role("img").get_attribute("aria-label").endswith("given at (42, 62, 278, 178), right, IoU 0.951")
    left, top, right, bottom = rectangle(plot.locator("svg"))
    assert (right - left) / (bottom - top) == pytest.approx(320 / 240, rel=0.02)


def test_what_a_judge_said_opens_by_keyboard(opened):
    told = answers(opened, "judge").first.locator("details").first
    assert not told.locator("pre").is_visible()
    told.locator("summary").focus()
    opened.keyboard.press("Enter")
    assert '"reason": "It says 23.45.",' in told.locator("pre").text_content()


def test_a_print_has_verdicts_boxes_and_what_judges_said(visit, report):
    page = visit(report, height=40_000).page
    page.emulate_media(media="print")
    assert answers(page, "boxes").first.locator(".plot .expected .edge").is_visible()
    assert answers(page, "judge").first.locator("pre").first.is_visible()
    assert answers(page, "all").last.locator(".badge").first.text_content() == "✕ failed"
    assert len(page.pdf()) > 50_000


def test_marks_far_down_a_long_answer_are_gone_to_by_keyboard(opened):
    answer = answers(opened, "long").last
    text, button = answer.locator(".text"), answer.get_by_role("button")
    names = []
    for word in ("row 60", "row 61", "row 60"):
        names.append(button.text_content())
        button.focus()
        opened.keyboard.press("Enter")
        assert text.locator("mark.here").text_content() == word
        assert text.evaluate(IS_SEEN)
    assert names == ["Go to mark 1 of 2", "Go to mark 2 of 2", "Go to mark 1 of 2"]
    assert answers(opened, "number").get_by_role("button").count() == 0


def test_marks_of_folded_text_cover_whole_characters(opened):
    first, last = (answers(opened, "normalised").nth(number) for number in (0, 1))
    assert [mark.text_content() for mark in first.locator("mark").all()] == [
        "\u1100\u1169\u110b\u1163\u11bc\u110b\u1175",
        "ＣＡＦＥ",
    ]
    assert [mark.text_content() for mark in last.locator("mark").all()] == ["שלום"]
