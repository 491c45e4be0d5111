"""A comparison reads from the top: who, verdict, figures, what was left out, slices, flips with both answers."""

from __future__ import annotations

import re
import unicodedata

import pytest

from comparekit import graded, repeats, row, rows, side
from report_payloads import PAYLOADS
from snellen.analysis.compare import compare, rank
from snellen.analysis.comparison import Verdicts
from snellen.analysis.comparison_text import comparison_text
from snellen.analysis.ranking_text import ranking_text


def answers(place: int, verdicts: Verdicts) -> tuple[str, str]:
    return ("It is red.", "") if verdicts.outcome == "passed" else ("빨간색이 아닙니다.", f"keywords of side {place}")


def test_a_comparison_in_full() -> None:
    before = side(rows("1" * 9 + "01"), "gpt-5", run="20261122-170500-a1b2c3")
    after = rows("0" * 8 + "110")
    after[0] = after[0]._replace(tags=("ocr", "sign"))
    after[1] = after[1]._replace(mark="known_failing")
    found = compare(before, side(after[:10], "gpt-5.1"), today="2026-11-22")
    assert (
        comparison_text(found, answers=answers, most=2)
        == """\
A  gpt-5  m  (run 20261122-170500-a1b2c3)
B  gpt-5.1  m

gpt-5.1 is worse than gpt-5.
accuracy  90.0 % → 20.0 %, -70.0 points (95 %: -91.6 to -12.0, Tango), p = 0.039 (exact McNemar;
          mid-p 0.021), n = 10
cases     7 broke, 1 fixed; marked, and counted apart: 1 broke (known_failing); 1 of 10 answers are
          the same to the letter

                     A                       B
accuracy (95 %)      90.0 % (59.6 to 98.2)   20.0 % (5.7 to 51.0)
passed               10                      2
failed               1                       8
latency, median      1.00 s                  1.00 s
latency, 95 in 100   1.00 s                  1.00 s
cost                 not known               not known

1 trial only in A, not compared: e[c10-m]

BROKE  e[c0-m]  ocr, sign
    A passed: It is red.
    B failed: 빨간색이 아닙니다.
      keywords of side 1
BROKE  e[c2-m]
    A passed: It is red.
    B failed: 빨간색이 아닙니다.
      keywords of side 1
… and 7 more; --json has all of them"""
    )


def test_slices_are_a_table_with_both_adjusted_p() -> None:
    before = [row(f"c{n}", tags=("ocr",)) for n in range(12)] + [row("bare")]
    after = [one._replace(outcome="failed" if n < 8 else "passed") for n, one in enumerate(before)]
    text = comparison_text(compare(before, after, by="tag"), answers=answers, most=0)
    table = text[text.index("by tag") :].splitlines()[:3]
    assert [line.split() for line in table] == [
        ["by", "tag", "n", "A", "B", "difference", "p", "Holm", "p", "BH"],
        ["ocr", "12", "100.0", "%", "33.3", "%", "-66.7", "(-86.2", "to", "-26.3)", "0.016", "0.016", "worse"],
        ["(no", "tag)", "1", "100.0", "%", "100.0", "%", "+0.0", "(-79.3", "to", "+79.3)", "1.000", "1.000"],
    ]


def test_a_flaky_case_shows_how_often_each_side_was_right() -> None:
    found = compare(repeats("110"), repeats("111"))
    text = comparison_text(found, answers=answers)
    assert "FLAKY  e[c0-m]\n    A passed 2 of 3: 빨간색이 아닙니다.\n" in text
    assert "Verdicts on two answers to the same question differ in 66.7 % within A and 0.0 % within B" in text


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    before = [one._replace(case=f"영수증-{one.case}", tags=("영수증",)) for one in rows("1" * 30)]
    after = [one._replace(outcome="failed", score=0.5) for one in before]

    def long(place: int, verdicts: Verdicts) -> tuple[str, str]:
        return "합계는 12,300원입니다. " * 40, "keywords: found 0 of 3; missing " * 20

    text = comparison_text(compare(before, after, by="tag"), answers=long, width=width)
    assert max(map(columns, text.splitlines())) <= width


def test_colour_is_only_where_it_is_asked_for() -> None:
    found = compare(rows("1" * 9), rows("0" * 9))
    assert "\x1b" not in comparison_text(found, answers=answers)
    coloured = comparison_text(found, answers=answers, color=True)
    assert "\x1b[1;31mB is worse than A.\x1b[0m" in coloured


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_from_outside_steers_the_terminal(text: str) -> None:
    fields = {"case": text, "eval": text, "model": text, "variant": text, "tags": (text,), "group": text}
    before, after = row(**fields), row(sign="0", **fields)
    more = row(**{**fields, "case": f"{text}2"})
    found = compare(side([before, more], text), side([after], text), by="tag")
    ranking = rank(*(side(own, text) for own in ([before, more], [after], [after])))
    several = [before, before._replace(model=f"{text}2")]
    for shown in (
        comparison_text(compare(several, [*several, before._replace(model=f"{text}3")]), width=150),
        ranking_text(rank(several, several, several), width=150),
        repr(found),
        repr(ranking),
        comparison_text(found, answers=lambda *_: (text, text), width=150),
        ranking_text(ranking, width=150),
    ):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)


def test_brackets_in_names_are_no_markup() -> None:
    found = compare([row("[red]x[/]", model="[bold]")], [row("[red]x[/]", "0", model="[bold]")])
    assert "BROKE  e[[red]x[/]-[bold]]" in comparison_text(found, answers=lambda *_: ("[blink]", "[/]"))


def test_a_ranking_in_full() -> None:
    sides = [
        side(rows("1" * 40), "gpt"),
        side(rows("0" * 9 + "1" * 31), "qwen"),
        side(rows("0" * 6 + "1" * 33 + "e"), "llava"),
    ]
    assert (
        ranking_text(rank(*sides))
        == """\
Cannot tell which is the best: gpt or llava, but none of the others.

rank                    accuracy (95 %)  latency       cost  tied with
1 (1-2)  gpt    100.0 % (91.0 to 100.0)   1.00 s  not known  llava
2 (1-3)  llava    84.6 % (70.3 to 92.8)   1.00 s  not known  gpt, qwen
3 (2-3)  qwen     76.9 % (61.7 to 87.4)   1.00 s  not known  llava

Over 39 questions that all answered. In brackets the ranks that the tests leave open, at 95 % for
all of them together.
1 trial of llava without a response or without a match: e[c39-m]

       against              difference  p Holm
qwen   gpt      -23.1 (-38.3 to -12.0)   0.012  worse
llava  gpt       -15.4 (-29.7 to -5.0)   0.062  cannot tell
llava  qwen       +7.7 (-2.0 to +20.3)   0.250  cannot tell"""
    )


def test_a_comparison_and_a_ranking_print_themselves() -> None:
    """Without the answers, which they do not hold."""
    found = compare(rows("1" * 9), rows("0" * 8 + "1"))
    assert str(found).startswith("A  m\nB  m\n\nB is worse than A.\naccuracy  100.0 % → 11.1 %")
    assert "\n\nBROKE  e[c0-m]: A passed, B failed\nBROKE  e[c1-m]: A passed, B failed\n" in str(found)
    ranking = rank(side(rows("10"), "gpt"), side(rows("11"), "qwen"))
    assert str(ranking) == ranking_text(ranking)


def test_their_repr_is_one_line() -> None:
    found = compare(side(rows("1" * 9), "gpt"), side(rows("0" * 8 + "1"), "q\x1bwen"))
    assert repr(found) == "<Comparison of gpt and q\\x1bwen: worse, -88.9 (-98.0 to -32.4) points, n = 9>"
    ranking = rank(*(side(rows("10"), f"s{n}") for n in range(11)))
    assert repr(ranking) == "<Ranking of s0, s1, s2, s3, s4 and 6 more, n = 2>"


def test_graded_scores_are_ranked_with_their_intervals() -> None:
    """As Student's t of the side's own scores has it."""
    text = ranking_text(rank(side(graded(0.5, 0.25, 1.0, 0.75), "gpt"), side(graded(0.5, 0.5, 1.0, 1.0), "qwen")))
    heading, first, second = text.splitlines()[2:5]
    assert "  score (95 %)  " in heading
    assert "75.0 % (29.1 to 100.0)" in first
    assert "62.5 % (11.1 to 100.0)" in second


def test_so_few_that_no_two_sides_can_be_told_apart_are_said_to_be_few() -> None:
    """Of three pairs the smallest p must be below 0.05 / 3: 2 / 2^7 is, for 2 / 2^6 is 0.031."""
    sides = [side(rows(own, groups="aabbcc"), name) for name, own in (("a", "1" * 6), ("b", "0" * 6), ("c", "1" * 6))]
    assert "So few can tell no two apart: it takes 7 groups." in " ".join(ranking_text(rank(*sides)).split())
    alone = [side(rows(own), name) for name, own in (("a", "1" * 7), ("b", "0" * 7), ("c", "1" * 7))]
    assert "So few" not in ranking_text(rank(*alone))
    assert [pair.verdict for pair in rank(*alone).pairs] == ["worse", "cannot_tell", "better"]


def test_more_pairs_than_anyone_reads_are_counted() -> None:
    text = ranking_text(rank(*(side(rows("10"), f"s{n}") for n in range(11))))
    assert text.endswith("… and 10 more pairs; --json has all of them")
