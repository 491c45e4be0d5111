import dataclasses
import re

import pytest

from report_payloads import FRAGMENTS, NAMES, PAYLOADS
from report_samples import FACTS, inline, response, run, trial
from snellen.case import Case, Expectation, ImageRef, ScorerSpec, Source
from snellen.report.html import write_report
from snellen.report.words import visible
from snellen.score import Evidence, Score, ScorerCall, Shape
from snellen.trial import Failure, SentImage, Skipped

A_PAGE = 7  # payloads a page: about ten pages in all
HARMLESS = "nothing to see"

# Every element in document order. A link and a plain name stand for each other: an http address may become a link.
STRUCTURE = """() => [...document.querySelectorAll("*")].map((element) =>
  element.classList.contains("name") ? "name" : element.tagName + [...element.attributes].map((each) => each.name)
    .filter((name) => name !== "lang").sort().join(" "))"""

LINKS = """() => [...document.querySelectorAll("[href]")].filter((element) => !element.matches("link[rel=icon]"))
  .filter((element) => !element.getAttribute("href").startsWith("#snl-")).map((element) => element.protocol)"""


def hostile_run(payloads):
    """A run with one case a payload, in which every text of a report's making carries it, told apart by a suffix."""
    trials = [own for number, payload in enumerate(payloads) for own in _trials(payload, number)]
    first = payloads[0]
    facts = dataclasses.replace(
        FACTS,
        title=f"{first} title",
        id=f"{first} run",
        mode=f"{first} mode",
        versions={f"{first} package": f"{first} version"},
        model_notes={f"{payload} model": f"{payload} note" for payload in payloads},
    )
    skipped = [
        Skipped(
            eval=f"{payload} skipped eval",
            case_id=f"{payload} skipped case",
            model=f"{payload} model",
            reason=f"{payload} reason",
        )
        for payload in payloads
    ]
    return run(*trials, facts=facts, skipped=skipped)


def _trials(payload, number):
    case = Case(
        id=f"{payload} id {number}",
        prompt="unused",
        images=(
            inline(str(number), name=f"{payload} file", title=f"{payload} caption"),
            ImageRef(url=payload, name="unused"),
            ImageRef(data=b"no picture", name=f"{payload} broken"),
        ),
        expect=Expectation(
            all=((f"{payload} all", "b"),),
            regex=(f"{payload} regex",),
            scorers=(ScorerSpec(name=f"{payload} name", options={f"{payload} option": f"{payload} of it"}),),
        ),
        system=f"{payload} system",
        tags=(f"{payload} tag",),
        group=f"{payload} group",
        metadata={f"{payload} key": f"{payload} value", "nested": [f"{payload} item"]},
        source=Source(f"{payload} source"),
    )
    evidence = (
        Evidence(kind="found", keyword=f"{payload} keyword", span=(0, 2), note=f"{payload} why"),
        Evidence(kind="missing", keyword=f"{payload} missing"),
    )
    score = Score(scorer=f"{payload} scorer", value=0.5, passed=False, evidence=evidence)
    calls = (
        ScorerCall(model=f"{payload} asked", text=f"{payload} told"),
        ScorerCall(model="judge", failure=f"{payload} unheard"),
    )
    part = Score(scorer=f"{payload} part", value=None, passed=False, evidence=evidence, calls=calls)
    judge = Score(scorer="all", value=None, passed=False, explanation=f"{payload} explanation", parts=(part,))
    common = {
        "model": f"{payload} model",
        "eval": f"{payload} eval",
        "variant": f"{payload} variant",
        "prompt": f"{payload} prompt",
        "fingerprint": payload,
    }
    answer = response(f"{payload} answer", served_model=f"{payload} served", recorded_at=f"{payload} when")
    sent = (SentImage(identity="https://example.org/x", transform=f"{payload} transform", notes=(f"{payload} done",)),)
    yield trial(case, "failed", response=answer, scores=(score, judge), images=sent, **common)
    shape = Shape(is_given=True, is_met=False, corners=((1, 2), (3, 4)), note=f"{payload} fit")
    drawn = Score(scorer="boxes", value=0.0, passed=False, shapes=(shape,))
    alone = Case(
        id=f"{payload} drawn {number}", prompt="unused", images=(inline(f"{number} drawn", name=f"{payload} only"),)
    )
    yield trial(alone, "failed", response=answer, scores=(drawn,), **common)
    failure = Failure(kind="server_error", message=f"{payload} message")
    yield trial(case, "error", repeat=1, failure=failure, **common)


SHOWN_PER_CASE = (
    *("file", "caption", "all | b", "regex", "system", "tag", "group", "key", "value", "keyword", "why", "missing"),
    *(
        "scorer 0.5",
        "explanation",
        "part",
        "asked",
        "told",
        "model",
        "eval",
        "variant",
        "prompt",
        "answer",
        "served",
        "when",
        "transform",
        "done",
    ),
    *("message", "note", "skipped eval", "skipped case", "reason"),
)


def without_policy(path):
    page = path.read_text("utf-8")
    bare, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", page)
    assert count == 1
    path.write_text(bare, "utf-8")


def exercise(page):
    """Does what a reader does, so that whatever waits for a hand gets one."""
    page.locator(".shot").first.click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    for menu in page.locator(".filter select").all():
        menu.select_option(index=1)
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Failed").click()
    page.get_by_role("button", name="Reset").click()
    page.evaluate("""() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      for (const each of document.querySelectorAll("main *")) {
        each.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
        each.focus();
      }
    }""")


@pytest.fixture(scope="module")
def harmless_structure(browser, tmp_path_factory):
    """What the elements of a page with so many harmless cases are, by the number of cases."""
    known = {}

    def structure(count):
        if count not in known:
            path = tmp_path_factory.mktemp("harmless") / "report.html"
            write_report(hostile_run([f"{HARMLESS} {number}" for number in range(count)]), path)
            page = browser.new_page()
            page.goto(path.as_uri())
            known[count] = page.evaluate(STRUCTURE)
            page.close()
        return known[count]

    return structure


@pytest.mark.parametrize("policy", ["with-policy", "policy-removed"])
@pytest.mark.parametrize("start", range(0, len(PAYLOADS), A_PAGE), ids=lambda start: f"payloads-from-{start}")
def test_hostile_text_stays_text(visit, harmless_structure, tmp_path, start, policy):
    payloads = PAYLOADS[start : start + A_PAGE]
    path = tmp_path / "report.html"
    write_report(hostile_run(payloads), path)
    removed = policy == "policy-removed"
    if removed:
        without_policy(path)
    watched = visit(path)
    page = watched.page
    elements = [name for name in page.evaluate(STRUCTURE) if not (removed and name == "METAcontent http-equiv")]
    expected = harmless_structure(len(payloads))
    assert elements == [name for name in expected if not (removed and name == "METAcontent http-equiv")]
    assert set(page.evaluate(LINKS)) <= {"http:", "https:"}
    text = page.evaluate("document.body.textContent")
    for payload in payloads:
        for suffix in SHOWN_PER_CASE:
            assert visible(f"{payload} {suffix}") in text
    assert page.title() == " ".join(f"{visible(payloads[0])} title · Snellen".split())
    exercise(page)
    assert page.evaluate("window.__xss") is None
    watched.assert_quiet()


@pytest.mark.parametrize("policy", ["with-policy", "policy-removed"])
def test_names_that_mean_something_to_a_script_are_plain_names(visit, tmp_path, policy):
    path = tmp_path / "report.html"
    cases = [
        Case(id=name, prompt=name, images=(inline(name=name),), tags=(name,), metadata={name: name}) for name in NAMES
    ]
    write_report(run(*(trial(case, text=case.id, model=case.id, eval=case.id) for case in cases)), path)
    if policy == "policy-removed":
        without_policy(path)
    watched = visit(path)
    page = watched.page
    for menu in ("Model", "Eval", "Tag"):
        for name in NAMES:
            page.get_by_label(menu, exact=True).select_option(label=name)
            page.locator("#snl-status", has_text=f"1 of {len(NAMES)} cases").wait_for()
            assert page.locator("article.case:visible h3").all_text_contents() == [name]
        page.get_by_role("button", name="Reset").click()
    watched.assert_quiet()


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_hostile_fragment_does_nothing(visit, tmp_path, fragment):
    path = tmp_path / "report.html"
    write_report(hostile_run([HARMLESS]), path)
    without_policy(path)
    watched = visit(path, fragment=fragment)
    watched.page.evaluate("fragment => { location.hash = ''; location.hash = fragment; }", fragment)
    assert watched.page.evaluate("window.__xss") is None
    watched.assert_quiet()


def test_a_megabyte_of_markup_in_one_answer_stays_text(visit, tmp_path):
    text = "<img src=x onerror=window.__xss=1>" * 30_000
    case = Case(id="c", prompt=text, images=(inline(),))
    write_report(run(trial(case, text=text)), tmp_path / "report.html")
    watched = visit(tmp_path / "report.html")
    assert watched.page.evaluate("[...document.querySelectorAll('.text')].map((each) => each.textContent.length)") == [
        len(text)
    ]
    assert watched.page.locator("img").count() == 1
    assert watched.page.evaluate("window.__xss") is None
    watched.assert_quiet()
