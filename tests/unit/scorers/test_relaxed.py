"""Relaxed accuracy: the published rule to the letter, and the careful one where that is wrong."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.registry import case_problem
from snellen.scorers.relaxed import is_relaxed_match, relaxed
from snellen.scorers.spec import parse_scorer

CHARTBENCH = Path(__file__).parents[4] / "shared" / "conformance" / "chartbench_gpt4o_nqa.jsonl"


def a_case(answer: object = None, prompt: str = "What is the value?") -> Case:
    return Case(id="c", prompt=prompt, images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text: str, answer: object, **options: object) -> Score:
    return relaxed(a_case(answer), Response(text=text), **options)


# Right answer, response, right by the published rule, right by the careful one.
TABLE = [
    ("100", "105", True, True),
    ("100", "105.01", False, False),
    ("100", "95", True, True),
    ("-100", "-95", True, True),
    ("0", "0.0", False, True),
    ("0", "0", True, True),
    ("0", "0.001", False, False),
    ("0%", "0", False, True),
    ("50%", "0.5", True, True),
    ("50%", "50", False, True),
    ("50", "50%", False, True),
    ("50%", "52%", True, True),
    ("1,000", "1000", False, True),
    ("1000", "1,000", False, True),
    ("2019", "2021", True, True),
    ("10", "ten", False, True),
    ("nan", "nan", False, True),
    ("nan", "NaN ", False, True),
    ("inf", "inf", False, True),
    ("5", "nan", False, False),
    ("5", "inf", False, False),
    ("5", " 5 ", True, True),
    ("Yes", " yes", False, True),
    ("Yes", "yes", True, True),
    ("Yes", "Yes.", False, True),
    ("Yes", "No", False, False),
    ("234.30", "$234.30", False, True),
    ("53.8", "$52", False, True),
    ("182", "Approximately 180 exajoules", False, True),
    ("13.6%", "About 14%.", False, True),
    ("19.3", "19.3 thousand dollars", False, True),
    ("19.3", "19,300", False, False),
    ("16.599M", "16.5 million", False, True),
    ("16.599M", "25.59 million", False, False),
    ("3.5 kg", "3500 g", False, True),
    ("3.5 kg", "3.5 km", False, False),
    ("5 years", "5 months", False, False),
    ("5 years", "5 days", False, False),
    ("5 years", "5 year", False, True),
    ("5 years", "5", False, True),
    ("5", "5 months", False, True),
    ("5년", "5개월", False, False),
    ("5년", "5 years", False, True),
    ("30", "30 or 40", False, False),
    ("30", "The value is 30.", False, False),
    ("30", "The red bar, 30", False, False),
    ("1,300원", "1300원", False, True),
    ("30%", "약 30%", False, True),
    ("고양이", "고양이", True, True),
    ("고양이", "개", False, False),
    ("5", "5_0", False, False),
    ("50", "5_0", True, False),
    ("", "", True, True),
    ("30", "", False, False),
]


@pytest.mark.parametrize(
    ("right", "text", "published", "careful"), TABLE, ids=[f"{r[1]!r}-for-{r[0]!r}" for r in TABLE]
)
def test_verdicts_of_both_styles(right, text, published, careful):
    assert judge(text, right, style="published").passed is published
    assert judge(text, right).passed is careful


def test_the_tolerance_is_a_share_of_the_right_number_so_that_the_order_matters():
    assert is_relaxed_match("100", "95")
    assert not is_relaxed_match("95", "100")
    assert is_relaxed_match("4.2", "4")
    assert not is_relaxed_match("4", "4.21")


def test_one_of_several_right_answers_is_enough():
    assert judge("12", ["10", "12"]).passed
    assert judge("12", ["10", "12"], style="published").passed


def test_years_can_be_asked_for_exactly():
    assert judge("2021", "2019").passed
    assert not judge("2021", "2019", years=True).passed
    assert judge("2019", "2019", years=True).passed
    assert judge("2150", "2200", years=True).passed
    assert judge("1999.5", "2019", years=True).passed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The value of the red bar is 30.", 1.0),
        ("So the answer is 12, not 30.", 0.0),
        ("정답은 30%입니다", 1.0),
        ("between 20 and 40", None),
        ("30 in June, 40 in July", None),
        ("I do not know.", None),
    ],
)
def test_a_number_in_running_text_is_read_when_asked_for(text, value):
    assert judge(text, "30", extract=True).value == value


def test_a_right_text_needs_no_number_to_be_read():
    assert judge("June", "June", extract=True).value == 1.0
    assert judge("July", "June", extract=True).value == 0.0


def test_the_explanation_says_what_was_done():
    score = judge("15 thousand dollars", "14.8")
    assert score.explanation == "'15000 USD' is near enough to '14.8' (the scale word taken for the unit of the axis)"
    assert (score.value, score.extracted) == (1.0, "15000 USD")
    assert judge("50%", "0.5").explanation == "'50%' is near enough to '0.5' (taken as 0.5)"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("relaxed: 42", {"answer": "42"}),
        ("relaxed: 42 ±10%", {"answer": "42", "tolerance": 0.1}),
        ("relaxed: Yes", {"answer": "Yes"}),
    ],
)
def test_the_mini_language(text, options):
    assert parse_scorer(text) == ScorerSpec(name="relaxed", options=options)


def test_a_tolerance_that_is_no_share_is_refused():
    with pytest.raises(InputError, match="a share"):
        parse_scorer("relaxed: 42 ±1")


@pytest.mark.parametrize(
    ("answer", "options", "why"),
    [
        (None, {}, "it has no answer"),
        ([], {}, "empty list"),
        ({"a": 1}, {}, "which is no text"),
        ("3", {"tolerance": 1}, "right is a share"),
        ("3", {"tolerance": -0.1}, "right is a share"),
        ("3", {"style": "published", "years": True}, "years changes the published rule"),
        ("3", {"style": "published", "extract": True}, "extract changes the published rule"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(answer, options, why):
    assert why in case_problem(ScorerSpec(name="relaxed", options=options), a_case(answer))


@given(
    st.text(max_size=50) | st.text(alphabet="0123456789.,-+%$e naif", max_size=20),
    st.sampled_from(["5", "50%", "Yes", "0"]),
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_scored_or_unscored_and_alike_in_canonical_forms(text, answer):
    for options in ({}, {"style": "published"}, {"extract": True}):
        assert judge(text, answer, **options).value in {0.0, 1.0, None}
    forms = [judge(unicodedata.normalize(name, text), answer).value for name in ("NFC", "NFD")]
    assert forms[0] == forms[1]


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "nan" * 1_000_000, "5 " * 500_000], ids=["digits", "letters", "numbers"]
)
def test_a_text_of_any_length_has_a_verdict(text):
    assert [judge(text, "5", style=style).value for style in ("published", "careful")] == [0.0, 0.0]


@pytest.mark.skipif(not CHARTBENCH.exists(), reason="the conformance data is not there")
def test_chartbench_is_met_but_for_known_differences():
    """GPT-4o on ChartBench, NQA: 25.36 % published, with the arguments swapped and percent signs read otherwise."""
    differences = {}
    for line in CHARTBENCH.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        score = judge(row["response"], row["answer"], style="published")
        if score.passed is not row["official_correct"]:
            differences[row["id"]] = score.passed
    swapped = dict.fromkeys(("519", "519#2"), True)  # within 5 % of the right number, not of the model's
    percent_of_the_model = dict.fromkeys(("3509", "3509#2", "1509#2", "3259#2"), False)  # theirs tries x beside x/100
    percent_of_the_label = dict.fromkeys(("7774", "8254"), False)  # theirs takes the sign of the label away
    # Answer and response are the same text; their function says right as well, the verdict in the data does not. Why is
    # not known: the labels may have been written otherwise in their file.
    unexplained = dict.fromkeys(("7009", "7254"), True)
    assert differences == swapped | percent_of_the_model | percent_of_the_label | unexplained
