from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.packs import folder
from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.scorers.anls import anls, similarity
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer


def ask(answer=None):
    return Case(id="c", prompt="?", images=(), answer=answer)


# (response, answer, style: code, style: paper, id). The code column is what anls-star 1.0.1 gives.
TABLE = [
    ("hello", "hello", 1.0, 1.0, "same"),
    ("hallo", "hello", 0.8, 0.8, "one-letter-of-five"),
    ("abcd", "ab", 0.5, 0.0, "half-alike-is-where-paper-and-code-part"),
    ("", "", 1.0, 1.0, "both-empty"),
    ("", "a", 0.0, 0.0, "empty-response"),
    ("고양", "고양이", 2 / 3, 2 / 3, "two-syllables-of-three"),
    ("Hello", "hello", 1.0, 1.0, "case"),
    ("  hello \n world ", "hello world", 1.0, 1.0, "white-space-collapsed"),
    ("helloworld", "hello world", 10 / 11, 10 / 11, "spaces-count-inside"),
    ("The answer is 2.", "2", 0.0, 0.0, "a-sentence-around-it-is-error"),
    ("서울특별시", "서울 특별시", 5 / 6, 5 / 6, "korean-spacing"),
    ("부산", "서울", 0.0, 0.0, "another-city"),
    ("abc", "xyz", 0.0, 0.0, "nothing-alike"),
    ("10", 10, 1.0, 1.0, "number-as-answer"),
    ("ＡＢ", "ab", 0.0, 0.0, "full-width-stays-different"),
]


@pytest.mark.parametrize(("response", "answer", "code", "paper"), [row[:4] for row in TABLE], ids=[r[4] for r in TABLE])
def test_the_value_is_the_published_one(response, answer, code, paper):
    said = Response(text=response)

    assert anls(ask(answer), said).value == pytest.approx(code, abs=1e-12)
    assert anls(ask(answer), said, style="paper").value == pytest.approx(paper, abs=1e-12)


def test_the_nearest_of_several_answers_counts():
    score = anls(ask(["San Diego", "university of california, san diego"]), Response(text="sandiego"))

    assert (score.value, score.passed) == (pytest.approx(8 / 9), True)
    assert score.explanation == "0.889 like 'San Diego'"
    assert score.evidence[0].keyword == "San Diego"
    assert score.extracted == "sandiego"


def test_white_space_around_a_wrong_answer_raises_nothing():
    """RRC's script, and those copied from it, divide by the raw length: 1 - 3/13 there."""
    assert anls(ask("abc"), Response(text="xyz          ")).value == 0.0


def test_decomposed_korean_is_the_same_text():
    assert anls(ask("고양이"), Response(text=unicodedata.normalize("NFD", "고양이"))).value == 1.0
    assert anls(ask(unicodedata.normalize("NFD", "고양이")), Response(text="고양이")).value == 1.0


def test_a_bound_decides_what_passes_and_not_the_value():
    score = get_scorer(parse_scorer("anls: hello >= 0.9"))(ask(), Response(text="hallo"))

    assert (score.value, score.passed) == (pytest.approx(0.8), False)
    assert score.explanation == "0.800 like 'hello', less than 0.9"


def test_a_threshold_of_zero_keeps_every_likeness():
    assert anls(ask("abcd"), Response(text="a"), threshold=0.0).value == 0.25


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [
        ({"threshold": 1.5}, "a", "threshold is 1.5"),
        ({"threshold": -0.1}, "a", "threshold is -0.1"),
        ({"threshold": float("nan")}, "a", "threshold is nan"),
        ({"at_least": 0.0}, "a", "at_least is 0.0"),
        ({}, None, "it has no answer"),
        ({}, [], "empty list"),
        ({}, {"a": 1}, "which is no text"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(options, answer, said):
    assert said in case_problem(ScorerSpec(name="anls", options=options), ask(answer))


def test_a_case_without_an_answer_is_unscored():
    assert anls(ask(), Response(text="x")).value is None


@pytest.mark.parametrize("text", ["a" * 5_000_000, "1" * 100_000, "\ud800" * 1000, "\0", "\u202e" * 1000])
def test_any_response_has_a_value(text):
    assert anls(ask(["cat", "고양이"]), Response(text=text)).value == 0.0


def test_texts_too_long_to_compare_are_unscored():
    score = anls(ask("ab" * 3_000_000), Response(text="ba" * 3_000_000))

    assert (score.value, score.passed) == (None, False)
    assert "too long" in score.explanation


@given(st.text())
def test_any_text_has_a_value_that_its_canonical_form_does_not_change(text):
    case = ask(["cat", "고양이 두 마리", text[:5]])
    values = {anls(case, Response(text=unicodedata.normalize(form, text))).value for form in ("NFC", "NFD")}

    assert values == {anls(case, Response(text=text)).value}
    assert 0.0 <= values.pop() <= 1.0


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_symmetric_and_whole_only_for_the_same(one, other):
    assert similarity(one, other) == similarity(other, one)
    assert (similarity(one, other) == 1.0) == (one == other)


@pytest.mark.skipif(not (folder() / "docvqa_val_sample_anls.jsonl").exists(), reason="no conformance data here")
def test_real_answers_get_what_three_other_programs_gave_them():
    """MMF and lmms-eval keep one half, LongDocURL scores 0 there; their values are rounded to 6 digits."""
    lines = (folder() / "docvqa_val_sample_anls.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, lines):
        said = Response(text=row["response"])
        code, paper = (anls(ask(row["answer"]), said, style=style).value for style in ("code", "paper"))

        assert code == pytest.approx(row["official_correct"], abs=1e-6), row["id"]
        assert code == pytest.approx(row["anls_lmms_eval"], abs=1e-6), row["id"]
        assert paper == pytest.approx(row["anls_longdocurl"], abs=1e-6), row["id"]
