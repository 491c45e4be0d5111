"""A run in a notebook cell."""

from report_samples import every_state, found, inline, picture, response, run, trial
from snellen.case import Case
from snellen.report.notebook import notebook_html
from snellen.score import Score


def test_a_notebook_shows_every_picture_beside_its_answers_and_escapes_them(tmp_path):
    case = Case(id="c", prompt="Which <b>plate</b>?", images=(picture(tmp_path, "a.png"),))
    html = notebook_html(run(trial(case, text="A <script>alert(1)</script> plate.")), pinned={})
    assert html.count('<img src="data:image/webp;base64,') == 1
    assert "A &lt;script&gt;alert(1)&lt;/script&gt; plate." in html
    assert "Which &lt;b&gt;plate&lt;/b&gt;?" in html
    assert "<script" not in html


def test_a_notebook_shows_wrong_answers_first_and_says_how_many_cases_are_left(tmp_path):
    ref = picture(tmp_path, "a.png")
    cases = [Case(id=f"c{number}", prompt="?", images=(ref,)) for number in range(22)]
    trials = [trial(case, "failed" if case.id == "c21" else "passed") for case in cases]
    html = notebook_html(run(*trials), pinned={})
    assert html.index("c21") < html.index("c0")
    assert "2 more cases are in the report" in html


def test_a_notebook_shows_a_run_with_every_outcome(tmp_path):
    html = notebook_html(every_state(tmp_path), pinned={})
    assert all(outcome in html for outcome in ("passed", "failed", "unscored", "error"))


def test_a_notebook_tells_right_from_wrong_by_sign_word_and_line():
    text = "a cat, a dog"
    right = Score(scorer="contains", value=1.0, passed=True, evidence=(found(text, "cat"),))
    wrong = Score(scorer="not-contains", value=0.0, passed=False, evidence=(found(text, "dog", kind="forbidden"),))
    case = Case(id="c", prompt="?", images=(inline(),))
    html = notebook_html(run(trial(case, "failed", response=response(text), scores=(right, wrong))), pinned={})
    assert '<mark style="background:#d3efdc;color:#111">cat</mark>' in html
    assert '<mark style="background:#fbd9d5;color:#111;text-decoration:underline wavy">dog</mark>' in html
    assert "✓ passed</b> contains" in html
    assert "✕ failed</b> not-contains" in html
