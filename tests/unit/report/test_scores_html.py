"""The HTML of what scorers say: verdicts, checks, what judges said, and what is drawn over pictures."""

import re
from dataclasses import replace

import html5lib
import pytest

from report_samples import FACTS, inline, run, trial
from report_scores import GATES, every_scorer
from snellen.analysis.summarize import summarize
from snellen.case import Case
from snellen.report.html import render_html
from snellen.report.pictures import gather
from snellen.report.view import build_view
from snellen.scorers.registry import NAMES
from snellen.trial import GateResult


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return every_scorer(tmp_path_factory.mktemp("scores"))


@pytest.fixture(scope="module")
def page(own):
    return render(own)


def render(own):
    refs = (ref for trial in own.trials for ref in trial.case.images)
    return render_html(build_view(own, summary=summarize(own), pictures=gather(refs))).decode("utf-8")


def case_of(page, case_id):
    """The HTML of one case."""
    start = page.rindex("<article", 0, page.index(f"data-find>{case_id}</a></h3>"))
    return page[start : page.index("</article>", start)]


def test_every_scorer_is_in_the_sample_and_the_page_is_valid(own, page):
    def names(score):
        yield score.scorer
        for part in score.parts:
            yield from names(part)

    judged = {name for trial in own.trials for score in trial.scores for name in names(score)}
    assert set(NAMES) - judged == set()
    html5lib.HTMLParser(strict=True).parse(page)


def test_a_wrong_field_is_marked_wrong_and_a_right_one_right(page):
    case = case_of(page, "fields")
    for piece in (
        '"shop": <mark class="wrong">&#34;Blue Cap&#34;</mark>',
        '"total": <mark class="found">12.5</mark>',
        '"paid": <mark class="wrong">false</mark>',
        '<li class="wrong">wrong <b dir="auto">paid: true</b> <span class="note-of">false stands there</span></li>',
        '<li class="missing">missing <b dir="auto">items.1: &#39;cake&#39;</b></li>',
        '<li class="forbidden">not asked for <b dir="auto">tip</b>',
    ):
        assert (
            piece.replace('"shop"', "&#34;shop&#34;")
            .replace('"total"', "&#34;total&#34;")
            .replace('"paid"', "&#34;paid&#34;")
            in case
        )
    assert "True" not in case


@pytest.mark.parametrize(
    ("case_id", "pieces"),
    [
        pytest.param(
            "contains",
            (
                '<div class="judged failed"><p class="why"><b class="badge failed"><span aria-hidden="true">✕ </span>'
                'failed</b> <b class="name" title="version 1">not-contains</b>',
                '<li class="forbidden">must not be mentioned <b dir="auto">dog</b></li>',
                '<div class="judged passed"><p class="why"><b class="badge passed"><span aria-hidden="true">✓ </span>'
                'passed</b> <b class="name" title="version 1">not-contains</b>',
                '<li class="absent">rightly not mentioned <b dir="auto">dog</b></li>',
                "<code data-find>contains-all: [red, sign]</code>",
            ),
            id="one-of-several-fails",
        ),
        pytest.param(
            "number",
            ('<div class="judged passed alone"><p class="why"><b class="name"', "<code data-find>number: {answer: "),
            id="a-scorer-alone-has-its-verdict-above",
        ),
        pytest.param(
            "all",
            (
                '<div class="parts-of"><div class="judged passed"><p class="why"><b class="badge passed">',
                '<li class="missing">expected <b dir="auto">3</b></li>',
            ),
            id="parts",
        ),
        pytest.param(
            "judge",
            (
                '<li class="missing">not met <b dir="auto">names the total</b> <span class="note-of">It says 32.45.',
                '<li class="found">met <b dir="auto">no-guess</b> <span class="note-of">보이는 것만 말합니다.</span>',
                '<li class="note">when <b dir="auto">the response stands first</b>',
                '<details class="calls"><summary>What models told judge</summary>',
                '<p class="facts">gpt-judge-2026-11, 1.50 s, $0.0012</p><pre dir="auto">{',
                "\n  &#34;c1&#34;: {\n    &#34;reason&#34;: &#34;It says 23.45.&#34;,",
                "<summary>What models told similarity</summary>",
                "<code data-find>judge: {model: gpt-judge, compare: true}</code>",
            ),
            id="judge",
        ),
        pytest.param(
            "boxes",
            (
                "<code data-find>[40,60,280,180]</code>",
                '<svg viewBox="0 0 320 240" font-size="13.33" role="img" aria-label="Image 1 of case boxes with the '
                "answer of gpt-5.1: expected at (40, 60, 280, 180), IoU 0.951; given at (42, 62, 278, 178), right, "
                'IoU 0.951">',
                '<g class="expected"><path class="halo" d="M40 60L280 60L280 180L40 180Z"/><path class="edge" ',
                '<span class="key expected">expected</span><span class="key right">✓ given, right</span>',
                '<text class="wrong" x="42" y="57.56">✕ given 1</text>',
                "1 given lies outside of the picture (320 × 240 px)",
            ),
            id="boxes",
        ),
        pytest.param(
            "marked-failing", ('<span class="marked">known to fail until 2027-03-31: takes 4 for 3</span>',), id="mark"
        ),
    ],
)
def test_what_is_shown_of_a_case(page, case_id, pieces):
    case = case_of(page, case_id)
    for piece in pieces:
        assert piece in case


def test_what_is_drawn_refers_to_the_picture_that_is_in_the_file_once(own, page):
    case = case_of(page, "points-many")
    held = case_of(page, "points")
    (key,) = {part.split('"')[0] for part in held.split('class="shot" data-picture="')[1:]}
    assert case.count(f'<div class="plot" data-picture="{key}"') == 2
    assert page.count("data:image/webp;base64,") == len(
        gather(ref for one in own.trials for ref in one.case.images).distinct
    )


@pytest.mark.parametrize(
    ("name", "is_link"), [("a[one]", True), ("b[one]", True), ("one", False), ("two", True), ("a[three]", False)]
)
def test_a_case_that_is_responsible_for_a_gate_is_a_link_where_it_is_sure_which_it_is(name, is_link):
    cases = [("a", "one"), ("b", "one"), ("b", "two")]
    trials = [trial(Case(id=case_id, prompt="?", images=(inline(),)), eval=where) for where, case_id in cases]
    gate = GateResult(text="errors == 0", state="failed", because="1", cases=(name,))
    page = render(run(*trials, facts=replace(FACTS, gates=(gate,))))
    said = page.partition("Responsible: ")[2].partition("</p>")[0]
    if not is_link:
        assert said == f"<code>{name}</code>"
        return
    found = re.fullmatch(rf'<a href="#(snl-\w+)">{re.escape(name)}</a>', said)
    article = page[page.index(f'<article class="case" id="{found[1]}">') :]
    assert f">{name.rstrip(']').partition('[')[2] or name}</a></h3>" in article[:200]


def test_gates_say_whether_they_held_and_who_is_responsible():
    page = render(run(facts=replace(FACTS, gates=GATES)))
    html5lib.HTMLParser(strict=True).parse(page)
    for piece in (
        '<li class="gate failed"><p><b class="badge failed"><span aria-hidden="true">✕ </span>failed</b> '
        '<code>errors == 0</code> <span class="where">scores, gpt-5.1</span> <span>1 of 32 trials</span></p>',
        '<p class="small">Responsible: <code>scores[error]</code></p>',
        '<li class="gate held"><p><b class="badge held"><span aria-hidden="true">✓ </span>held</b>',
        '<p class="small">merge the shards</p>',
    ):
        assert piece in page
