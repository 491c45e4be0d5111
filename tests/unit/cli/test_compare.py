"""`snellen compare` says in text, JSON and Markdown which side is better, and shows what flipped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from clikit import Cli
from report_samples import FACTS, response, trial
from snellen.analysis.compare import compare
from snellen.analysis.comparison import Comparison
from snellen.analysis.ranking import Ranking
from snellen.case import Case
from snellen.runs.baseline import Baseline, BaselineFacts, baseline_path, write_baseline
from snellen.runs.baseline_run import baseline_of
from snellen.runs.rows import row_of
from snellen.runs.store import RunStore
from snellen.score import Score
from snellen.trial import Run, Trial

BASE, NEXT = "20261121-090000-000001", "20261122-170500-a1b2c3"


def run(signs: str, model: str = "gpt", *, variant: str = "", text: str = "빨강") -> list[Trial]:
    """A trial a sign: passed for 1, failed for 0."""
    return [
        trial(
            Case(id=f"c{n}", prompt="?", images=(), tags=("even",) if n % 2 == 0 else ()),
            "passed" if sign == "1" else "failed",
            model=model,
            variant=variant,
            text=f"{text} {n}",
            scores=scores(sign),
        )
        for n, sign in enumerate(signs)
    ]


def scores(sign: str) -> tuple[Score, ...]:
    return (Score(scorer="keywords", value=float(sign), passed=sign == "1", explanation="missing 'red'"),)


def keep(root: Path, name: str, *trials: Trial) -> RunStore:
    store = RunStore(root / ".snellen/runs.db")
    store.save(Run(facts=replace(FACTS, id=name), trials=trials))
    return store


@pytest.fixture
def root(project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two runs: of eight cases that gpt and qwen were asked, seven of which qwen now fails."""
    monkeypatch.setenv("COLUMNS", "120")
    found: Path = project()
    keep(found, BASE, *run("1" * 8), *run("1" * 8, "qwen"))
    keep(found, NEXT, *run("1" * 8), *run("1" + "0" * 7, "qwen", text="파랑"))
    return found


def test_two_models_of_the_newest_run(root: Path, snellen: Cli) -> None:
    done = snellen("compare", "gpt", "qwen")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[:4] == [f"A  gpt  (run {NEXT})", f"B  qwen  (run {NEXT})", "", "qwen is worse than gpt."]
    assert lines[4] == (
        "accuracy  100.0 % → 12.5 %, -87.5 points (95 %: -97.8 to -26.7, Tango), p = 0.016 "
        "(exact McNemar; mid-p 0.008), n = 8"
    )
    assert (
        "BROKE  first_look[c1]\n    A passed: 빨강 1\n    B failed: 파랑 1\n      keywords: missing 'red'\n" in done.out
    )


def test_a_run_is_compared_with_the_one_before_it(root: Path, snellen: Cli) -> None:
    """Model by model: an average of the two would be of neither."""
    done = snellen("compare", BASE, "latest", "--fail-if-worse")
    assert done.code == 1
    assert done.out.startswith(
        f"""\
A  run {BASE}  gpt, qwen
B  run {NEXT}  gpt, qwen

gpt: run {NEXT} gave the same 8 answers as run {BASE}, to the letter: nothing changed.
qwen: run {NEXT} is worse than run {BASE}.

           n        A        B              difference  p Holm
gpt        8  100.0 %  100.0 %   +0.0 (-32.4 to +32.4)   1.000  unchanged
qwen       8  100.0 %   12.5 %  -87.5 (-97.8 to -26.7)   0.031  worse
together  16  100.0 %   56.2 %  -43.8 (-58.5 to -29.0)

gpt ─"""
    )
    assert "\nqwen ─" in done.out
    assert "B failed: 파랑 1\n" in done.out


def test_a_part_of_a_run_or_baseline_is_named_behind_a_comma(root: Path, snellen: Cli) -> None:
    done = snellen("compare", f"{BASE},model:gpt", "latest,model:qwen")
    assert done.out.startswith(
        f"A  run {BASE} (gpt)\nB  run {NEXT} (qwen)\n\nrun {NEXT} (qwen) is worse than run {BASE} (gpt).\n"
    )


def test_several_models_in_json_and_markdown(root: Path, snellen: Cli) -> None:
    found = json.loads(snellen("compare", BASE, "latest", "--by", "tag", "--json").out)
    assert (found["verdict"], [part["verdict"] for part in found["parts"]]) == ("worse", ["cannot_tell", "worse"])
    part = found["parts"][1]
    assert (part["name"], part["model"], part["variant"], part["p_holm"]) == ("qwen", "qwen", None, 0.03125)
    assert list(part["comparison"]) == ["verdict", *Comparison.__dataclass_fields__]
    assert part["comparison"]["flips"][0]["after"]["answer"] == "파랑 1"
    text = snellen("compare", BASE, "latest", "--markdown").out
    assert text.startswith(
        f"### 🔴 run {NEXT} against run {BASE}\n\nA is run {BASE}, B is run {NEXT}.\n\n- ⚪ gpt: run "
    )
    assert "\n| qwen | 8 | 100.0 % | 12.5 % | -87.5 (-97.8 to -26.7) | 0.031 | worse |\n" in text
    assert "\n\n#### qwen\n\n- **accuracy** 100.0 % → 12.5 %" in text


def test_a_part_that_is_not_there_is_an_error_that_helps(root: Path, snellen: Cli) -> None:
    done = snellen("compare", "latest,model:gwen", "latest")
    assert (done.code, done.err) == (
        2,
        f"snellen: run {NEXT} has no model 'gwen'\n  It has gpt, qwen. Did you mean 'qwen'?\n",
    )


def test_models_of_another_run(root: Path, snellen: Cli) -> None:
    assert "0 broke, 0 fixed" in snellen("compare", "gpt", "qwen", "--run", BASE).out


def test_a_baseline_has_no_answers_and_that_is_said(root: Path, snellen: Cli) -> None:
    rows = tuple(row_of(place, one)._replace(latency_s=0.0) for place, one in enumerate(run("1" * 8)))
    facts = BaselineFacts(name="main", run=BASE, made_at="2026-11-21", trials=8)
    write_baseline(baseline_path(root, "main"), Baseline(facts=facts, rows=rows))
    done = snellen("compare", "baseline:main", "qwen")
    assert done.out.startswith(f"A  baseline main  gpt\nB  qwen  (run {NEXT})\n")
    assert (
        f"    A passed: the answer is not kept in a baseline (digest {rows[1].digest})\n    B failed: 파랑 1\n"
        in done.out
    )
    assert "latency, median      not known  " in done.out


def test_sides_that_were_not_judged_alike_are_told_wherever_a_comparison_is_shown(project, snellen: Cli) -> None:
    root = project()
    first, last = (Score(scorer="number", version=version, value=1.0, passed=True) for version in "12")
    keep(root, "before", *(replace(one, scores=(first,)) for one in run("1" * 8)))
    store = keep(root, "after", *(replace(one, scores=(last,)) for one in run("1" * 8)))
    write_baseline(baseline_path(root, "main"), baseline_of(store, "before", name="main"))
    said = (
        "A (run before) was judged otherwise than B (run after): number is version 1 in A and version 2 in B. What "
        "differs may be the scorer's doing; judge both with today's scorers, and compare what that gives: "
        "snellen rescore before --keep and snellen rescore after --keep"
    )
    assert said in " ".join(snellen("compare", "before", "after").out.split())
    assert f"- {said}" in snellen("compare", "before", "after", "--markdown").out.splitlines()
    assert json.loads(snellen("compare", "before", "after", "--json").out)["notes"] == [said]
    found = compare("before", "after")
    assert found.notes == (said,)
    assert said in " ".join(str(found).split())
    assert (
        "A (baseline main) was judged otherwise than B (run after): number is version 1 in A and version 2 in B."
        in (" ".join(snellen("compare", "baseline:main", "after").out.split()))
    )
    assert "judged otherwise" not in snellen("compare", "baseline:main", "before").out


def test_fail_if_worse_tells_the_shell(root: Path, snellen: Cli) -> None:
    assert snellen("compare", "gpt", "qwen", "--fail-if-worse").code == 1
    assert snellen("compare", "qwen", "gpt", "--fail-if-worse").code == 0
    assert snellen("compare", "gpt", "qwen", "--fail-if-worse", "--run", BASE).code == 0


def test_a_slice_that_is_worse_fails_only_where_that_is_asked_for(project, monkeypatch, snellen: Cli) -> None:
    """Eight of the tagged cases broke, and eight of the others were fixed: the whole is as good as before."""
    keep(project(), NEXT, *run("10" * 8, "a"), *run("01" * 8, "b"))
    sliced = ("compare", "a", "b", "--by", "tag")
    done = snellen(*sliced, "--fail-if-worse")
    assert (done.code, done.err) == (
        0,
        "snellen: worse by tag in even; --fail-if-worse goes by the whole: --fail-if-slice-worse ends with 1\n",
    )
    assert snellen(*sliced, "--fail-if-slice-worse").code == 1
    assert snellen("compare", "b", "a", "--by", "tag", "--fail-if-slice-worse").code == 1  # the cases without a tag
    assert (snellen(*sliced).code, snellen(*sliced).err) == (0, "")


@pytest.mark.parametrize("written", ["5%", "0.05", "5 %"])
def test_a_margin_is_a_share_as_in_gates(root: Path, snellen: Cli, written: str) -> None:
    done = snellen("compare", "gpt", "qwen", "--run", BASE, "--margin", written, "--confidence", "90%", "--json")
    found = json.loads(done.out)
    assert (found["margin"], found["confidence"]) == (0.05, 0.9)


def test_json_has_every_attribute_under_its_own_name(root: Path, snellen: Cli) -> None:
    found = json.loads(snellen("compare", "gpt", "qwen", "--by", "tag", "--json").out)
    own = list(Comparison.__dataclass_fields__)
    assert list(found) == ["format", "version", "kind", "verdict", *own]
    assert (found["format"], found["version"], found["kind"], found["verdict"]) == (
        "snellen compare",
        1,
        "comparison",
        "worse",
    )
    assert found["accuracy"]["interval"] == {
        "low": pytest.approx(-0.9776, abs=1e-4),
        "high": pytest.approx(-0.2667, abs=1e-4),
    }
    assert [one["name"] for one in found["slices"]] == [None, "even"]
    first = found["flips"][0]
    assert (first["case"], first["before"]["answer"], first["after"]["answer"], first["after"]["why"]) == (
        "c1",
        "빨강 1",
        "파랑 1",
        "keywords: missing 'red'",
    )
    assert first["before"]["why"] is None  # it passed
    assert len(found["flips"]) == 7


def test_json_is_the_same_every_time_and_has_no_nan(root: Path, snellen: Cli) -> None:
    arguments = ("compare", BASE, "latest", "--by", "group", "--json")
    first, second = snellen(*arguments).out, snellen(*arguments).out
    assert first == second
    json.loads(first, parse_constant=pytest.fail)


def test_json_holds_answers_that_utf8_cannot(root: Path, snellen: Cli) -> None:
    case = Case(id="c0", prompt="?", images=())
    keep(root, "20261123-000000-000000", *(trial(case, "failed", model=m, response=response("x\ud83d")) for m in "ab"))
    assert json.loads(snellen("compare", "a", "b", "--json").out)["same_answers"] == 1


def test_markdown_for_a_pull_request(root: Path, snellen: Cli) -> None:
    done = snellen("compare", "gpt", "qwen", "--markdown")
    assert done.out.startswith("### 🔴 qwen is worse than gpt.\n\nA is gpt, B is qwen.\n\n- **accuracy** 100.0 % →")
    assert "```text\n파랑 1\n```\n\n</details>\n" in done.out


def test_three_sides_are_ranked(root: Path, snellen: Cli) -> None:
    keep(
        root,
        "20261123-000000-000000",
        *(one for m, s in zip("abc", ("11", "10", "00"), strict=True) for one in run(s, m)),
    )
    text = snellen("compare", "a", "b", "c").out
    assert [line.split()[:3] for line in text.splitlines()[3:6]] == [
        ["1", "(1-3)", "a"],
        ["2", "(1-3)", "b"],
        ["3", "(1-3)", "c"],
    ]
    found = json.loads(snellen("compare", "a", "b", "c", "--json").out)
    assert list(found) == ["format", "version", "kind", *Ranking.__dataclass_fields__]
    assert snellen("compare", "a", "b", "c", "--markdown").out.startswith("**Cannot tell which is the best: any")


WRONG = {
    "one side": (("gpt",), "a comparison takes two sides or more; got gpt\n  Such as: snellen compare baseline:main"),
    "a word of no meaning": (
        ("gpt", "gwen"),
        "there is no baseline, run, model or prompt variant 'gwen'\n  Did you mean 'qwen'?",
    ),
    "an unknown slice": (("gpt", "qwen", "--by", "tags"), "cases are not sliced by 'tags'"),
    "slices of three": (("gpt", "qwen", "gpt", "--by", "tag"), "--by takes two sides"),
    "failing on three": (("gpt", "qwen", "gpt", "--fail-if-worse"), "--fail-if-worse takes two sides"),
    "failing on slices that are not made": (
        ("gpt", "qwen", "--fail-if-slice-worse"),
        "--fail-if-slice-worse needs slices\n  Such as: --by tag. --fail-if-worse goes by models.",
    ),
    "half the confidence": (("gpt", "qwen", "--confidence", "0.5"), "confidence is 0.5; right is above 0.5"),
    "a margin that is no number": (
        ("gpt", "qwen", "--margin", "two"),
        "--margin 'two' is no share\n  Right is a share, such as --margin 2%.",
    ),
    "a margin above all": (("gpt", "qwen", "--margin", "2"), "--margin '2' is more than all\n  Did you mean 2%?"),
    "an unknown run": (("gpt", "qwen", "--run", "2025"), "there is no run '2025'"),
    "an unknown baseline": (("baseline:mian", "qwen"), "there is no baseline 'mian'"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_compared_is_an_error_that_helps(
    root: Path, snellen: Cli, arguments: tuple[str, ...], said: str
) -> None:
    done = snellen("compare", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"snellen: {said}")


def test_answers_are_read_for_the_flips_that_are_shown_only(
    root: Path, snellen: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from snellen.runs.store import Kept

    read: list[int] = []
    real = Kept.at

    def at(self: Kept, place: int) -> object:
        read.append(place)
        return real(self, place)

    keep(root, "20261123-000000-000000", *run("1" * 100, "a"), *run("0" * 100, "b"))
    monkeypatch.setattr(Kept, "at", at)
    assert "… and 80 more; --json has all of them" in snellen("compare", "a", "b").out
    assert len(read) == 40
