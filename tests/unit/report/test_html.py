import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import html5lib
import pytest

from report_samples import FACTS, every_state, inline, picture, png, run, trial
from snellen.analysis.summarize import summarize
from snellen.case import Case, ImageRef
from snellen.errors import StorageError
from snellen.report.html import json_island, render_html, write_report
from snellen.report.pictures import gather
from snellen.report.view import build_view


class Elements(HTMLParser):
    """Start tags with their attributes and text, as a list of (tag, attributes, text up to the next tag)."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.found:
            self.found[-1][2] += data

    def handle_endtag(self, tag):
        self.found.append(["/", {}, ""])

    def __call__(self, tag):
        return [(attrs, text) for name, attrs, text in self.found if name == tag]


def page_of(own):
    refs = (ref for trial in own.trials for ref in trial.case.images)
    return render_html(build_view(own, summary=summarize(own), pictures=gather(refs))).decode("utf-8")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return page_of(every_state(tmp_path_factory.mktemp("sample")))


def test_the_page_is_valid_html(sample, tmp_path):
    for page in (sample, page_of(run()), page_of(run(skipped=every_state(tmp_path).skipped))):
        html5lib.HTMLParser(strict=True).parse(page)


def test_the_policy_names_the_one_style_and_the_one_script_by_their_hashes(sample):
    elements = Elements(sample)
    (style,) = [text for _, text in elements("style")]
    (script,) = [text for attrs, text in elements("script") if "type" not in attrs]
    policy = next(attrs["content"] for attrs, _ in elements("meta") if attrs.get("http-equiv"))

    def source(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; script-src {source(script)}; style-src {source(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_in_the_page_runs_or_loads_but_what_is_in_it(sample):
    elements = Elements(sample)
    tags = {tag for tag, _, _ in elements.found}
    assert not tags & {"iframe", "object", "embed", "base", "audio", "video", "source"}
    for _, attrs, _ in elements.found:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
        if "src" in attrs:
            assert attrs["src"].startswith("data:image/webp;base64,")
    links = [attrs for attrs, _ in elements("a") if not attrs["href"].startswith("#snl-")]
    assert links == [
        {
            "class": "name",
            "href": "https://example.org/path/boardwalk.jpg",
            "rel": "noopener noreferrer",
            "target": "_blank",
        }
    ]


def test_every_id_is_ours_and_stands_once(sample):
    ids = [attrs["id"] for _, attrs, _ in Elements(sample).found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert [each for each in ids if not re.fullmatch(r"snl-[a-z0-9-]+", each)] == []
    assert 'name="' not in re.sub(r"<meta [^>]*>", "", sample)


@pytest.mark.parametrize(
    "value",
    ["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b\u2029c", "& > <", '"\\', "고양이 🐈"],
    ids=["script-end", "double-escaped-state", "line-separators", "markup", "quotes", "korean"],
)
def test_a_json_island_cannot_be_left_and_means_the_same(value):
    island = json_island({"value": value})
    assert not set("<>&\u2028\u2029") & set(island)
    assert json.loads(island) == {"value": value}


def test_the_script_gets_numbers_and_outcomes_only(sample):
    (island,) = [text for attrs, text in Elements(sample)("script") if attrs.get("type") == "application/json"]
    facts = json.loads(island)
    assert facts["cases"][1] == {
        "eval": 0,
        "tags": [4, 2],
        "answers": [[0, "passed"], [1, "failed"], [0, "passed"], [1, "unscored"]],
    }


def test_larger_pictures_stand_after_the_script_so_that_they_delay_nothing(tmp_path):
    case = Case(id="c", prompt="?", images=(picture(tmp_path, "a.png", size=(900, 600)),))
    path = tmp_path / "report.html"
    write_report(run(trial(case)), path)
    elements = Elements(path.read_text("utf-8"))
    kinds = [attrs.get("type", "script") for attrs, _ in elements("script")]
    assert kinds == ["application/json", "script", "text/plain"]
    (preview,) = [text for attrs, text in elements("script") if attrs.get("type") == "text/plain"]
    assert base64.b64decode(preview, validate=True)[8:12] == b"WEBP"


def test_each_distinct_picture_is_in_the_file_once(tmp_path):
    same = png("same", size=(900, 600))
    cases = [Case(id=f"c{number}", prompt="?", images=(ImageRef(data=same, name="x"),)) for number in range(3)]
    path = tmp_path / "report.html"
    write_report(run(*(trial(case, model=model) for case in cases for model in ("a", "b"))), path)
    page = path.read_text("utf-8")
    assert (page.count("data:image/webp;base64,"), page.count('type="text/plain"')) == (1, 1)
    assert page.count("Same picture as in") == 2


def test_the_same_run_gives_the_same_bytes(tmp_path):
    own = every_state(tmp_path / "data")
    write_report(own, tmp_path / "one.html")
    write_report(own, tmp_path / "elsewhere" / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "elsewhere" / "two.html").read_bytes()


def test_the_page_says_nothing_of_the_machine_it_was_made_on(tmp_path, monkeypatch):
    for name in ("OPENAI_API_KEY", "USER", "LOGNAME", "HOSTNAME", "HOME"):
        monkeypatch.setenv(name, "canary-of-environment")
    for name in ("socket.gethostname", "platform.node", "getpass.getuser"):
        monkeypatch.setattr(name, lambda: "canary-of-machine")
    folder = tmp_path / "canary-folder"
    path = folder / "report.html"
    write_report(every_state(folder / "canary-data"), path)
    page = path.read_text("utf-8")
    for canary in ("canary", str(tmp_path), str(Path.cwd()), "/home/", "/root/", "/tmp/", "secret traceback"):
        assert canary not in page


def test_a_report_is_written_and_says_how_large_it_is(tmp_path):
    path = tmp_path / "new folder" / "report.html"
    written = write_report(every_state(tmp_path), path, title="제목 <1>")
    assert (written.path, written.size_bytes) == (path, path.stat().st_size)
    assert written.notes == (
        "1 picture stayed on the web: reports fetch nothing, the address is shown.",
        "2 pictures could not be embedded; the reason stands where it would be.",
    )
    assert "<title>제목 &lt;1&gt; · Snellen</title>" in path.read_text("utf-8")


def test_larger_pictures_of_failed_cases_come_first_and_the_rest_is_said_to_be_left_out(tmp_path):
    outcomes = ["passed", "error", "unscored", "failed"]
    refs = [picture(tmp_path, f"{outcome}.png", size=(900, 600)) for outcome in outcomes]
    cases = [Case(id=outcome, prompt="?", images=(ref,)) for outcome, ref in zip(outcomes, refs, strict=True)]
    own = run(*(trial(case, case.id) for case in cases))

    def order(budget_mb):
        path = tmp_path / "report.html"
        written = write_report(own, path, embed_budget_mb=budget_mb)
        blocks = re.findall(r'text/plain" id="snl-p-(\w+)"', path.read_text("utf-8"))
        names = {hashlib.sha256(ref.path.read_bytes()).hexdigest()[:16]: ref.path.stem for ref in refs}
        return [names[block] for block in blocks], written

    everything, whole = order(20)
    assert everything == ["failed", "unscored", "error", "passed"]
    assert whole.notes == ()
    some, small = order((whole.size_bytes - 5_000) / 1_000_000)
    assert some == everything[: len(some)] != everything
    assert small.size_bytes <= whole.size_bytes - 5_000
    assert len(small.notes) == 1
    assert f"{4 - len(some)} of 4 pictures" in small.notes[0]
    assert small.notes[0] in small.path.read_text("utf-8")
    assert order(0)[0] == []


def test_a_file_that_mail_would_refuse_is_announced(tmp_path):
    answers = [
        trial(Case(id=f"c{number}", prompt="?", images=(inline(),)), text="x" * 2_000_000) for number in range(13)
    ]
    written = write_report(run(*answers), tmp_path / "report.html")
    assert written.size_bytes > 26_000_000
    assert written.notes == (
        f"The file has {written.size_bytes / 1e6:.1f} MB: many mail servers refuse more than 25 MB.",
    )


def test_an_older_report_survives_a_write_that_fails(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StorageError, match="cannot write"):
        write_report(run(), blocked / "report.html")


def test_an_empty_run_says_so():
    page = page_of(run())
    assert "No case was asked in this run." in page
    assert "No model was asked." in page
    assert "<form" not in page


def test_a_run_of_skipped_cases_alone_points_to_them(tmp_path):
    page = page_of(run(skipped=every_state(tmp_path).skipped))
    assert "No case was asked in this run; what was left out is listed below." in page
    assert "needs the network, no recording" in page


def test_a_run_without_a_title_gets_one():
    assert '<h1 dir="auto">Evaluation report</h1>' in page_of(run(facts=dataclasses.replace(FACTS, title="")))


def test_marks_and_reasons_are_in_the_page(sample):
    for piece in (
        '<mark class="found">STOP</mark>',
        '<mark class="negated">cat</mark>',
        '<mark class="forbidden">dog</mark>',
        '<mark class="ambiguous">간판</mark>',
        '<li class="missing">missing <b dir="auto">STOP|정지</b></li>',
        '<li class="ambiguous">cannot tell <b dir="auto">간판</b> <span class="note-of">a guess, not a claim</span>',
        "Cut off at the token limit",
        "The model refused",
        "Stopped by a content filter",
        "<b>Too many requests.</b> <span data-find>429 after 3 attempts: slow down</span>",
        "served by offline-describer-2026-11",
        "offline model: real responses of offline-describer, no network",
        '<div class="gone"><b>Not embedded</b> its file is no longer there</div>',
    ):
        assert piece in sample


def test_korean_text_is_named_as_korean(sample):
    assert '<p dir="auto" lang="ko" data-find>이 영수증의 합계는 얼마인가요?' in sample
    assert '<p dir="auto" data-find>What does the sign say' in sample
