import pytest
from playwright.sync_api import expect

from report_samples import every_state, inline, picture, run, trial
from snellen.case import Case
from snellen.report.html import write_report


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(every_state(folder), folder / "report.html")
    return folder / "report.html"


def shown(page):
    """Ids of the cases on show; the text of a case that is not on the screen is not rendered, so not `inner_text`."""
    return page.locator("article.case:visible h3").all_text_contents()


def counts(page):
    return {
        chip.get_attribute("data-outcome"): chip.locator(".count").inner_text() for chip in page.locator(".chip").all()
    }


def await_status(page, text):
    expect(page.locator("#snl-status")).to_have_text(text)


ALL = ["stop-sign", "영수증-합계", "facades", "no-pets", "troubles"]


def test_everything_is_shown_at_first(opened):
    await_status(opened, "5 cases")
    assert shown(opened) == ALL
    assert counts(opened) == {"failed": "4", "unscored": "3", "error": "1", "passed": "4"}


def test_outcomes_add_up_and_are_toggled(opened):
    failed, error = opened.get_by_role("button", name="Failed"), opened.get_by_role("button", name="Error")
    failed.click()
    await_status(opened, "3 of 5 cases")
    assert shown(opened) == ["stop-sign", "영수증-합계", "no-pets"]
    assert failed.get_attribute("aria-pressed") == "true"
    error.click()
    assert shown(opened) == ["stop-sign", "영수증-합계", "facades", "no-pets"]
    failed.click()
    assert (shown(opened), failed.get_attribute("aria-pressed")) == (["facades"], "false")
    error.click()
    assert shown(opened) == ALL


def test_a_model_is_shown_alone_and_counted_alone(opened):
    opened.get_by_label("Model", exact=True).select_option(label="gpt-5.1")
    expect(opened.locator(".chip.failed .count")).to_have_text("1")
    assert set(opened.locator(".answer:visible h4").all_text_contents()) == {"gpt-5.1"}
    assert counts(opened) == {"failed": "1", "unscored": "1", "error": "0", "passed": "4"}
    opened.get_by_role("button", name="Failed").click()
    assert shown(opened) == ["no-pets"]


def test_a_tag_narrows(opened):
    opened.get_by_label("Tag", exact=True).select_option(label="ocr")
    await_status(opened, "2 of 5 cases")
    assert shown(opened) == ["stop-sign", "영수증-합계"]


@pytest.mark.parametrize(
    ("query", "cases"),
    [
        pytest.param("STOP-sign", ["stop-sign"], id="id"),
        pytest.param("어떤 차이가", ["facades"], id="prompt"),
        pytest.param("부가세는", ["영수증-합계"], id="answer"),
        pytest.param("\u1112\u1161\u11af\u110b\u1175\u11ab", ["영수증-합계"], id="decomposed-korean"),
        pytest.param("compare", ["facades"], id="tag"),
        pytest.param("slow down", ["facades"], id="error-message"),
        pytest.param("  red plate ", ["stop-sign"], id="spaces-around"),
        pytest.param("<b>", [], id="nothing"),
    ],
)
def test_search_covers_what_a_reader_sees(opened, query, cases):
    opened.get_by_placeholder("Search").fill(query)
    await_status(opened, f"{len(cases)} of 5 cases")
    assert shown(opened) == cases
    assert opened.locator("#snl-none").is_visible() is (not cases)


def test_an_empty_result_offers_the_way_back(opened):
    opened.get_by_placeholder("Search").fill("nowhere to be found")
    opened.get_by_role("button", name="Show all cases").click()
    assert shown(opened) == ALL
    assert opened.get_by_placeholder("Search").input_value() == ""
    assert opened.evaluate("document.activeElement.type") == "search"


def test_enter_in_the_search_field_keeps_the_page(opened):
    opened.get_by_placeholder("Search").fill("stop-sign")
    opened.keyboard.press("Enter")
    await_status(opened, "1 of 5 cases")
    assert shown(opened) == ["stop-sign"]


def test_a_link_to_a_hidden_case_shows_it(opened):
    opened.get_by_role("button", name="Error").click()
    link = opened.locator("article.case h3 a").first.get_attribute("href")
    opened.evaluate("link => { location.hash = link; }", link)
    await_status(opened, "5 cases")
    assert opened.locator(link).is_visible()


def test_a_link_opens_at_its_case(visit, report):
    page = visit(report).page
    link = page.locator("article.case h3 a").last.get_attribute("href")
    page = visit(report, fragment=link).page
    expect(page.locator(link)).to_be_in_viewport()


def test_a_picture_is_enlarged_by_keyboard_and_focus_returns(opened):
    first = opened.locator(".shot").first
    first.focus()
    opened.keyboard.press("Enter")
    box = opened.get_by_role("dialog")
    assert (
        box.locator("#snl-caption").inner_text().startswith("Image 1 of case stop-sign: images/stop.png, 320 × 240 px")
    )
    assert box.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    opened.keyboard.press("ArrowRight")
    assert box.locator("#snl-caption").inner_text().startswith("Image 1 of case 영수증-합계")
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("Escape")
    assert not box.is_visible()
    assert opened.evaluate("document.activeElement === document.querySelector('.shot')")


def test_focus_returns_to_the_picture_that_was_looked_at_last(opened):
    opened.locator(".shot").first.click()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Escape")
    # A dialog says that it was closed in a task of its own.
    opened.wait_for_function("document.activeElement === document.querySelectorAll('.shot')[1]")


def test_a_larger_picture_is_taken_from_its_own_block(opened):
    opened.locator(".shot").nth(1).click()
    image = opened.get_by_role("dialog").locator("img")
    assert image.get_attribute("src").startswith("blob:")
    assert image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [480, 900]
    opened.get_by_role("button", name="Close").click()
    assert not opened.get_by_role("dialog").is_visible()


def test_enlarged_pictures_go_round_through_the_filtered_cases_only(opened):
    opened.get_by_role("button", name="Error").click()
    opened.locator(".shot:visible").first.click()
    captions = []
    for _ in range(3):
        captions.append(opened.locator("#snl-caption").inner_text().partition(",")[0])
        opened.get_by_role("button", name="Next picture").click()
    assert captions == [
        "Image 1 of case facades: 수리 전 파사드",
        "Image 2 of case facades: 수리 후 파사드",
        "Image 1 of case facades: 수리 전 파사드",
    ]
    opened.mouse.click(5, 5)  # beside the box


def test_a_picture_that_stands_again_is_shown_again(opened):
    again = opened.locator("article.case", has_text="no-pets").locator(".shot img")
    again.scroll_into_view_if_needed()
    assert again.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert again.get_attribute("alt").startswith("Image 1 of case no-pets: The sign again")
    assert opened.locator(".again").count() == 0


def test_a_picture_without_its_larger_version_says_so(visit, tmp_path):
    large = Case(id="large", prompt="?", images=(picture(tmp_path, "large.png", size=(900, 600)),))
    small = Case(id="small", prompt="?", images=(inline(),))
    write_report(run(trial(large), trial(small)), tmp_path / "report.html", embed_budget_mb=0)
    page = visit(tmp_path / "report.html").page
    notes = []
    for number in (0, 1):
        page.locator(".shot").nth(number).click()
        notes.append(page.locator("#snl-quality").inner_text())
        page.keyboard.press("Escape")
    assert notes == ["Only this thumbnail of the picture is in the file.", ""]


def test_an_empty_report_opens(visit, tmp_path):
    write_report(run(), tmp_path / "report.html")
    watched = visit(tmp_path / "report.html")
    assert "No case was asked in this run." in watched.page.locator("main").inner_text()
    watched.page.get_by_role("button", name="Dark").click()
    watched.assert_quiet()
