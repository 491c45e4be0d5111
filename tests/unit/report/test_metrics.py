"""Metrics as people read them: on a terminal, in the report and in a notebook."""

from __future__ import annotations

import re
from dataclasses import replace

from report_samples import FACTS, every_state, run
from snellen.analysis.summarize import summarize
from snellen.report.html import render_html
from snellen.report.metrics import metric_lines, metric_table
from snellen.report.notebook import notebook_html
from snellen.report.pictures import gather
from snellen.report.view import build_view
from snellen.trial import MetricResult

F1 = MetricResult(
    name="f1",
    about="harmonic mean of precision and recall of yes",
    eval="pope",
    model="gpt",
    value=0.8594,
    low=0.8491,
    high=0.8683,
    formula="t, clustered",
    n=8910,
    unscored=3,
)
MME = MetricResult(
    name="mme", eval="pope", model="gpt", value=1531.25, unit="points", n=40, counted="groups", note="of 2000"
)
MAE = MetricResult(
    name="mae", eval="pope", model="gpt", value=1234.5678, unit="number", low=0.0, high=0.25, formula="t", n=3, errors=1
)
NONE = MetricResult(name="recall", eval="pope", model="gpt", value=None, n=0, note="there is no answer of yes")


def lines(*results: MetricResult, **options: int) -> list[str]:
    return list(metric_lines(results, **options))


def test_each_figure_is_a_line_with_value_interval_n_unscored_and_errors() -> None:
    assert lines(F1, MME, MAE, NONE) == [
        "",
        "metric  model        value (95 %)      interval  n            unscored  errors",
        "f1      gpt    85.9 % (84.9-86.8)  t, clustered  8,910 cases         3       0",
        "mme     gpt                1531.2                40 groups           0       0",
        "mae     gpt        1,235 (0-0.25)             t  3 cases             0       1",
        "recall  gpt           not defined                0 cases             0       0",
        "  mme: of 2000",
        "  recall: there is no answer of yes",
    ]


def test_without_metrics_there_is_not_a_line() -> None:
    assert lines() == []


def test_evals_and_prompts_are_told_apart_where_there_are_several() -> None:
    assert lines(MME, replace(MME, eval="mme", variant="terse", note="of 200")) == [
        "",
        "metric  eval  prompt  model  value (95 %)  n          unscored  errors",
        "mme     pope          gpt          1531.2  40 groups         0       0",
        "mme     mme   terse   gpt          1531.2  40 groups         0       0",
        "  mme, pope, gpt: of 2000",
        "  mme, mme, terse, gpt: of 200",
    ]


def test_a_note_that_holds_for_all_is_said_once_and_else_whose_it_is() -> None:
    other = replace(MME, model="qwen")
    assert lines(MME, other)[-1] == "  mme: of 2000"
    assert lines(MME, replace(other, note=""))[-1] == "  mme, gpt: of 2000"


def test_predictions_of_no_model_have_no_column_for_it() -> None:
    assert lines(replace(F1, eval="", model=""))[1].split()[:3] == ["metric", "value", "(95"]


def test_a_name_is_folded_on_a_narrow_terminal_and_no_number_is_cut() -> None:
    found = lines(replace(F1, model="a-model-with-a-very-long-name-indeed"), width=90)
    assert "85.9 % (84.9-86.8)  t, clustered  8,910 cases         3       0" in found[2]
    assert max(map(len, found)) <= 90


def test_what_steers_a_terminal_is_shown_and_not_obeyed() -> None:
    assert "\x1b" not in "".join(lines(replace(F1, model="\x1b[2J"), replace(NONE, note="\x1b[2J")))


def _page(*results: MetricResult) -> str:
    own = run(facts=replace(FACTS, metrics=results))
    return render_html(build_view(own, summary=summarize(own), pictures=gather(()))).decode()


def _section(page: str) -> str:
    found = re.search(r'<section aria-labelledby="snl-metrics">.*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_report_has_a_table_with_a_caption_and_scopes() -> None:
    section = _section(_page(F1, NONE))
    assert '<h2 id="snl-metrics">Metrics</h2>' in section
    assert "<caption>Metrics by model</caption>" in section
    assert re.findall(r'<th scope="col"[^>]*>([A-Za-z]+)', section) == [
        *("Metric", "Model", "Value", "n", "Unscored", "Error"),
    ]
    assert re.findall(r'<th scope="row">(\w+)', section) == ["f1", "recall"]
    assert re.sub(r"<.*?>", "|", section).count("85.9 %") == 1
    assert "84.9–86.8 %, t, clustered" in section
    assert ">8,910 cases<" in section
    assert "there is no answer of yes" in section
    assert "<th" not in re.sub(r'<th scope="(?:col|row)"', "", section).replace("<thead", "")


def test_the_report_tells_evals_and_prompts_apart_where_there_are_several() -> None:
    table = metric_table([F1, replace(F1, eval="other", variant="terse")])
    assert (table.has_evals, table.has_variants) == (True, True)
    section = _section(_page(F1, replace(F1, eval="other", variant="terse")))
    assert "<td>other</td><td>terse</td><td>gpt</td>" in section.replace("\n", "")
    assert "<td>pope</td><td>own</td><td>gpt</td>" in section.replace("\n", "")


def test_a_report_without_metrics_has_no_section_for_them() -> None:
    assert "snl-metrics" not in _page()


def test_the_report_escapes_names_and_notes_and_tells_no_folder() -> None:
    hostile = replace(F1, name="<script>", model="<img src=x>", eval="</table>", note="/home/kim/<b>evals/a.jsonl")
    section = _section(_page(hostile, F1))
    assert "<script>" not in section
    assert "<img" not in section
    assert section.count("</table>") == 1
    assert "/home/kim" not in section


def test_a_notebook_shows_them_with_scopes(tmp_path) -> None:
    own = every_state(tmp_path)
    own = replace(own, facts=replace(own.facts, metrics=(F1, replace(MME, model="<b>"))))
    html = notebook_html(own, pinned={})
    table = html[html.index("<caption") : html.index("</table>", html.index("<caption"))]
    assert re.sub(r"<.*?>", "|", table).split("|")[1] == "Metrics"
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', table) == [
        *("metric", "model", "value", "95 % interval", "n", "unscored", "error"),
    ]
    assert "85.9 %" in table
    assert "84.9–86.8 %" in table
    assert "mme, &lt;b&gt;: of 2000" in table
    assert "<caption" not in notebook_html(every_state(tmp_path), pinned={})
