from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.packs import folder
from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer
from snellen.scorers.vqa import vqa


def ask(answer=None):
    return Case(id="c", prompt="?", images=(), answer=answer)


def people(**counts):
    return [text.replace("_", " ") for text, count in counts.items() for _ in range(count)]


# (response, answers, vqaeval, textvqa, id). The values are what vqaEval.py and m4c_evaluator.py gave when run.
TABLE = [
    ("red", people(blue=10), 0.0, 0.0, "none-of-ten"),
    ("red", people(red=1, blue=9), 0.3, 0.3, "one-of-ten"),
    ("red", people(red=2, blue=8), 0.6, 0.6, "two-of-ten"),
    ("red", people(red=3, blue=7), 0.9, 0.9, "three-of-ten"),
    ("red", people(red=4, blue=6), 1.0, 1.0, "four-of-ten"),
    ("red", people(red=10), 1.0, 1.0, "all-ten-agree-is-one-and-not-zero"),
    ("Red", people(red=10), 0.0, 1.0, "all-ten-agree-and-case-differs"),
    ("red.", people(red=10), 0.0, 1.0, "all-ten-agree-and-a-point-differs"),
    ("Red.", people(red=9, blue=1), 1.0, 1.0, "nine-agree-so-both-normalise"),
    ("two dogs", ["2 dogs"] * 6 + ["dogs"] * 4, 1.0, 1.0, "number-word"),
    ("a red car, parked", people(red_car_parked=3, car=7), 0.9, 0.9, "article-and-comma"),
    ("dog's", ["dog 's"] * 5 + ["cat"] * 5, 0.0, 1.0, "genitive-parted-by-textvqa-alone"),
    ("고양이", people(고양이=7, 개=3), 1.0, 1.0, "korean"),
    ("고양이가 있습니다", people(고양이=7, 개=3), 0.0, 0.0, "korean-sentence-is-another-answer"),
    ("It is red", people(red=10), 0.0, 0.0, "sentence-is-another-answer"),
    ("", people(red=9, blue=1), 0.0, 0.0, "empty"),
    ("red", people(red=4), 1.0, 1.0, "four-people"),
    ("red", people(red=2, blue=3), 8 / 15, 8 / 15, "two-of-five"),
]


@pytest.mark.parametrize(
    ("response", "answers", "vqaeval", "textvqa"), [row[:4] for row in TABLE], ids=[row[4] for row in TABLE]
)
def test_the_value_is_the_published_one(response, answers, vqaeval, textvqa):
    said = Response(text=response)

    assert vqa(ask(answers), said, style="vqaeval").value == pytest.approx(vqaeval, abs=1e-12)
    assert vqa(ask(answers), said).value == pytest.approx(textvqa, abs=1e-12)


def test_the_score_tells_how_many_people_said_so():
    score = vqa(ask(people(red=2, blue=8)), Response(text="The red!"))

    assert (score.value, score.passed, score.extracted) == (pytest.approx(0.6), True, "red")
    assert score.explanation == "'red', as 2 of 10 people said"
    assert (score.evidence[0].kind, score.evidence[0].keyword, score.evidence[0].note) == (
        "found",
        "red",
        "2 of 10 people",
    )


def test_a_response_that_nobody_gave_is_told_what_they_said():
    score = vqa(ask(people(red=2, blue=8)), Response(text="green"))

    assert score.explanation == "'green', as none of 10 people said; they said blue, red"
    assert (score.evidence[0].kind, score.evidence[0].keyword) == ("missing", "blue")


def test_what_passes_is_an_option():
    said = Response(text="red")

    assert [vqa(ask(people(red=n, blue=10 - n)), said).passed for n in range(5)] == [False, False, True, True, True]
    assert vqa(ask(people(red=3, blue=7)), said, at_least=1.0).passed is False


def test_one_line_lists_the_people_with_bars():
    assert get_scorer(parse_scorer("vqa: red | red | red | dark, red"))(ask(), Response(text="red")).value == 0.75
    with pytest.raises(InputError, match="lists nothing"):
        parse_scorer("vqa: red | | red")


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [
        ({}, None, "it has no answer"),
        ({}, "red", "it has one answer, and VQA accuracy asks for three that agree"),
        ({}, ["red"] * 3, "it has 3 answers"),
        ({}, [], "empty list"),
        ({}, [["red"]] * 10, "which is no text"),
        ({"at_least": 0.0}, ["red"] * 10, "at_least is 0.0"),
        ({"at_least": float("nan")}, ["red"] * 10, "at_least is nan"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(options, answer, said):
    assert said in case_problem(ScorerSpec(name="vqa", options=options), ask(answer))


def test_too_few_answers_are_unscored_and_not_zero():
    assert vqa(ask(["red"] * 3), Response(text="red")).value is None


@pytest.mark.skipif(not (folder() / "textvqa_val_sample30.jsonl").exists(), reason="no conformance data here")
def test_real_answers_get_what_both_official_programs_and_a_published_audit_gave_them():
    lines = (folder() / "textvqa_val_sample30.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, lines):
        case, said = ask(row["answer"]), Response(text=row["response"])
        value = vqa(case, said, style="textvqa").value

        assert value == pytest.approx(row["official_correct"]), row["id"]
        assert vqa(case, said, style="vqaeval").value == pytest.approx(row["vqa_official_gtvisionlab"]), row["id"]
        assert value == pytest.approx(row.get("published_score", value)), row["id"]


@pytest.mark.parametrize("text", ["a" * 5_000_000, "- " * 2_500_000, "1" * 100_000, "\ud800", "\0", "\u202e" * 1000])
@pytest.mark.parametrize("style", ["textvqa", "vqaeval"])
def test_any_response_has_a_value(text, style):
    assert vqa(ask(people(red=9, blue=1)), Response(text=text), style=style).value == 0.0


@given(st.text(), st.sampled_from(["textvqa", "vqaeval"]))
def test_any_text_has_a_value_that_its_canonical_form_does_not_change(text, style):
    case = ask([*people(고양이=5, red=3), text, text])
    values = {vqa(case, Response(text=unicodedata.normalize(form, text)), style=style).value for form in ("NFC", "NFD")}

    assert values == {vqa(case, Response(text=text), style=style).value}
    assert 0.0 <= values.pop() <= 1.0
