"""Multiple choice: what the score shows, what answers and options may be, what is refused, and what no text may do."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.choice import choice
from snellen.scorers.registry import case_problem, default_scorers, find, get_scorer
from snellen.scorers.spec import parse_scorer

CITIES = {"A": "London", "B": "Paris", "C": "Rome"}
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def case_of(answer="B", choices=CITIES, prompt="Which city is it?"):
    return Case(id="c", prompt=prompt, images=(ImageRef(data=b"", name="image 1"),), answer=answer, choices=choices)


def judge(text, answer="B", choices=CITIES, prompt="Which city is it?", **options):
    return choice(case_of(answer, choices, prompt), Response(text=text), **options)


def test_a_right_choice_shows_where_it_was_made():
    assert judge("The tower is tall. The answer is (B) Paris.") == Score(
        scorer="choice",
        version="1",
        value=1.0,
        passed=True,
        explanation="chose B ('(B) Paris.'), which is right",
        evidence=(Evidence(kind="found", keyword="B", span=(33, 36), note="said to be the answer: 'answer is'"),),
        extracted="B",
    )


def test_a_wrong_choice_says_what_is_right():
    assert judge("(B) Paris", answer="C") == Score(
        scorer="choice",
        version="1",
        value=0.0,
        passed=False,
        explanation="chose B ('(B) Paris'), right is C",
        evidence=(
            Evidence(kind="note", keyword="B", span=(0, 3), note="stands as the answer"),
            Evidence(kind="missing", keyword="C"),
        ),
        extracted="B",
    )


def test_spans_point_into_the_text_as_it_arrived():
    text = unicodedata.normalize("NFD", "이 사진의 정답은 ") + "Ｂ" + unicodedata.normalize("NFD", "입니다.")
    (evidence,) = judge(text).evidence
    assert text[slice(*evidence.span)] == "Ｂ"


def test_a_span_inside_answer_tags_counts_from_the_beginning_of_the_response():
    text = "<think>Rome? 로마…</think>\n<answer>\n**B**</answer>"
    (evidence,) = judge(text).evidence
    assert text[slice(*evidence.span)] == "B"


@pytest.mark.parametrize(
    ("text", "explanation", "kinds"),
    [
        ("I'm sorry.", "chooses none of A, B, C", []),
        ("", "chooses none of A, B, C", []),
        ("A or B", "says A and B, and nothing settles which", ["ambiguous"]),
        ("The answer is A. The answer is B.", "says A and B, and nothing settles which", ["ambiguous", "ambiguous"]),
        ("It is not A.", "denies A and chooses none", ["negated"]),
        ("Many would pick A, but that is wrong.", "denies A and chooses none", ["negated"]),
        ("B. London", "says B, but with the text of A: 'London'", ["ambiguous"]),
        ("<think>Perhaps B", "its thoughts were cut off before it answered", []),
    ],
)
def test_what_cannot_be_told_is_unscored_with_the_reason(text, explanation, kinds):
    score = judge(text)
    assert (score.value, score.passed, score.extracted) == (None, False, None)
    assert score.explanation == explanation
    assert [one.kind for one in score.evidence] == kinds


@pytest.mark.parametrize("answer", ["B", "b", "(B)", "B.", "Ｂ", "Paris", "paris", "The Paris", ["B"], ["A", "B"]])
def test_the_right_option_may_be_named_by_letter_or_text(answer):
    assert case_problem(parse_scorer("choice"), case_of(answer)) == ""
    assert judge("B", answer).passed
    assert not judge("C", answer).passed


def test_a_number_is_an_option_by_its_value():
    prices = {"A": "1,000", "B": "2.50", "C": "3"}
    assert judge("B", 2.5, prices).passed
    assert judge("A", 1000, prices).passed
    assert judge("C", "3.0", prices).passed


def test_a_label_stands_over_a_text_that_is_spelt_alike():
    numbers = {"1": "3", "2": "1", "3": "2"}
    assert judge("3번", "3", numbers).passed
    assert judge("3", 3, numbers).passed


def test_a_text_in_brackets_is_the_text_where_an_option_has_it():
    assert judge("C", "(a)", {"A": "(b)", "B": "(c)", "C": "(a)"}).passed


def test_either_of_two_options_with_one_text_is_right():
    twice = {"A": "red", "B": "blue", "C": "blue"}
    assert judge("B", "blue", twice).passed
    assert judge("C", "blue", twice).passed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A, C", 1.0),
        ("C and A", 1.0),
        ("A. London\nC. Rome", 1.0),
        ("A", 0.0),
        ("A, B, C", 0.0),
        ("A, B", 0.0),
        ("I'm sorry.", None),
    ],
)
def test_of_several_that_are_right_together_exactly_those_must_be_chosen(text, value):
    assert judge(text, ["A", "C"], multiple=True).value == value
    assert judge(text, "A, C", multiple=True).value == value
    assert judge(text, "AC", multiple=True).value == value


def test_without_choices_the_answer_tells_the_letters():
    assert judge("(E)", "B", {}).extracted == "E"
    assert judge("(F)", "B", {}).is_unscored
    assert judge("(F)", "G", {}).extracted == "F"
    assert judge("4", "2", {}).extracted == "4"
    assert judge("ㄷ", "ㄴ", {}).extracted == "ㄷ"


@pytest.mark.parametrize("letters", ["ABC", "A-C", "A, B, C", "a b c"])
def test_without_choices_the_letters_may_be_told(letters):
    assert judge("(C)", "B", {}, letters=letters).extracted.upper() == "C"
    assert judge("(D)", "B", {}, letters=letters).is_unscored


def test_a_comparison_that_the_question_asks_for_is_an_answer():
    boxes = {"A": "Box A", "B": "Box B"}
    text = "Box A is wider. It reaches beyond the edge of Box B."
    assert judge(text, "A", boxes, prompt="Which box is wider?").extracted == "A"


@pytest.mark.parametrize(
    ("answer", "choices", "options", "said"),
    [
        (None, CITIES, {}, "it has no answer. Write answer: what is right, beside its prompt"),
        ([], CITIES, {}, "its answer is an empty list, which no response can match. Write what is right"),
        ({"a": 1}, CITIES, {}, "its answer holds {'a': 1}, which is no text"),
        ("E", CITIES, {}, "its answer 'E' is none of its options A, B, C"),
        ("Madrid", CITIES, {}, "its answer 'Madrid' is none of its options A, B, C"),
        (["A", "E"], CITIES, {}, "its answer 'E' is none of its options A, B, C"),
        (
            "A, C",
            CITIES,
            {},
            "its answer 'A, C' is none of its options A, B, C; for several that must be chosen together set "
            "multiple: true",
        ),
        ("Paris", {}, {}, "it has no choices, and its answer 'Paris' is no letter. Write choices: {A: cat, B: dog}"),
        ("E", {}, {"letters": "ABCD"}, "its answer 'E' is none of its options A, B, C, D"),
        (
            "A",
            {},
            {"letters": "A"},
            "letters is 'A', which names no options; right is such as 'ABCD', 'A-D' or '1-5'",
        ),
        (
            "A",
            {"A": "x", "(a)": "y"},
            {},
            "its choices A, (a) cannot be told apart; right are labels such as A, B, C",
        ),
    ],
)
def test_a_case_that_cannot_be_judged_is_refused_before_anything_is_asked(answer, choices, options, said):
    assert case_problem(parse_scorer({"choice": options}), case_of(answer, choices)) == said


def test_the_short_form_names_the_right_option():
    assert get_scorer(parse_scorer("choice: C"))(case_of("B"), Response(text="C")).passed
    assert get_scorer(parse_scorer("choice: A|C"))(case_of("B"), Response(text="C")).passed
    with pytest.raises(InputError, match="names no option"):
        parse_scorer("choice: |")


def test_a_case_with_choices_is_judged_by_it():
    assert [spec.name for spec in default_scorers(case_of())] == ["choice"]


def test_turned_round_what_cannot_be_told_stays_unscored():
    judge_not = find("not-choice").judge
    assert judge_not(case_of(), Response(text="A")).passed
    assert not judge_not(case_of(), Response(text="B")).passed
    assert judge_not(case_of(), Response(text="A or B")).is_unscored


@pytest.mark.parametrize(
    "text",
    [
        "A " * 1_000_000,
        "B. " * 1_000_000,
        "(A) " * 1_000_000,
        "Paris " * 800_000,
        "answer is " * 500_000,
        "boxed{" * 500_000,
        "<think>" * 500_000,
        "(" * 2_000_000,
        "가" * 2_000_000,
        "1" * 100_000,
        "\ud800\x00B",
        "\u202e\u202dB",
    ],
)
def test_any_text_ends(text):
    assert judge(text).value in {None, 0.0, 1.0}


def test_of_a_long_response_the_end_is_read():
    assert judge("The answer is A. " + "word " * 40_000 + "\nThe answer is B.").extracted == "B"


PIECES = (
    "A|B|(B)|b|I|a|B.|the answer is|not|so|or|and|,|\n|?|정답은|나|②|B번|입니다|가 아니라|Paris|London|\\boxed{B}|"
    "<answer>|</think>|option|**|Ｂ|①"
)
pieces = st.sampled_from(PIECES.split("|"))
texts = st.one_of(
    st.text(max_size=60), st.lists(pieces, max_size=9).map(" ".join), st.lists(pieces, max_size=9).map("".join)
)
kinds = st.sampled_from([CITIES, {}, {"1": "김밥", "2": "비빔밥"}, {"가": "봄", "나": "여름"}, {"ㄱ": "2", "ㄴ": "3"}])


@given(text=texts, choices=kinds, multiple=st.booleans())
@settings(max_examples=500, deadline=None)
def test_any_text_ends_in_a_value_or_unscored_alike_in_every_unicode_form(text, choices, multiple):
    scores = [
        judge(unicodedata.normalize(form, text), next(iter(choices), "A"), choices, multiple=multiple) for form in FORMS
    ]
    assert len({(score.value, score.extracted) for score in scores}) == 1
    assert scores[0].value in {None, 0.0, 1.0}
    assert (scores[0].extracted is None) == scores[0].is_unscored
    for evidence in scores[0].evidence:
        assert evidence.span is None or 0 <= evidence.span[0] <= evidence.span[1]


@given(labels=st.lists(st.text(min_size=1, max_size=3), min_size=2, max_size=5, unique=True), text=st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_options_of_any_labels_and_texts_are_judged_or_refused(labels, text):
    case = case_of(labels[0], dict.fromkeys(labels, text))
    if not case_problem(parse_scorer("choice"), case):
        assert choice(case, Response(text=labels[0])).value in {None, 1.0}
        assert choice(case, Response(text=text)).value in {None, 0.0, 1.0}
