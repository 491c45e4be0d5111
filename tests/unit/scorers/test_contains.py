"""Plain substrings: where a text stands, how it is bounded, and what spaces, case and forms do."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.contains import contains, contains_all, contains_any
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer


def judge(text: str, answer: object = None, *, scorer=contains, **options: object) -> Score:
    return scorer(Case(id="c", prompt="?", images=(), answer=answer), Response(text=text), **options)


TABLE = [
    ("A black cat.", "cat", {}, "cat", "a word"),
    ("concatenate", "cat", {}, "cat", "inside a word"),
    ("There is no cat.", "cat", {}, "cat", "denied all the same"),
    ("A dog.", "cat", {}, None, "not there"),
    ("STOP", "Stop", {}, "STOP", "case"),
    ("STOP", "Stop", {"ignore_case": False}, None, "case counts"),
    ("고양이가 있다", "고양이", {}, "고양이", "Korean with a particle"),
    ("길고양이", "고양이", {}, "고양이", "inside a Korean word"),
    ("두 마리", "두마리", {}, None, "a Korean space counts"),
    ("두 마리", "두마리", {"ignore_spaces": True}, "두 마리", "spaces ignored in the text"),
    ("두마리다", "두 마리", {"ignore_spaces": True}, "두마리", "spaces ignored in the answer"),
    ("a red\n  car", "red car", {}, "red\n  car", "a line end between words"),
    ("ＳＴＯＰ 표지", "stop", {}, "ＳＴＯＰ", "full width"),
    ("무게 5㎏", "5kg", {}, "5㎏", "compatibility characters"),
    ("it’s open", "it's", {}, "it’s", "typographic quotes"),
    ("12마리", "2마리", {}, "2마리", "digits are characters"),
    ("concatenate", "cat", {"whole_words": True}, None, "whole Latin words"),
    ("이것은 cat입니다", "cat", {"whole_words": True}, "cat", "a Latin word in Korean"),
    ("cats", "cat", {"whole_words": True}, None, "no plural"),
    ("concat, cat", "cat", {"whole_words": True}, "cat", "the second one is whole"),
    ("길고양이", "고양이", {"whole_words": True}, None, "whole Korean words"),
    ("고양이가 있다", "고양이", {"whole_words": True}, "고양이", "a particle bounds"),
    ("12마리", "2마리", {"whole_words": True}, None, "whole numbers"),
    ("3.5", "5", {"whole_words": True}, None, "not in a decimal"),
    ("这是猫咪", "猫", {"whole_words": True}, "猫", "no bounds in Chinese"),
    ("고양이 두 마리가", "두마리", {"whole_words": True, "ignore_spaces": True}, "두 마리", "whole without spaces"),
    ("dog", ["cat", "dog"], {}, "dog", "one of several"),
    ("total 23.45", 23.45, {}, "23.45", "a number"),
]


@pytest.mark.parametrize(("text", "answer", "options", "shown"), [row[:4] for row in TABLE], ids=[r[4] for r in TABLE])
def test_a_text_is_found_where_it_stands(text, answer, options, shown):
    score = judge(text, answer, **options)
    assert (score.passed, score.value) == (shown is not None, float(shown is not None))
    spans = [text[slice(*one.span)] for one in score.evidence if one.span]
    assert spans == ([] if shown is None else [shown])


def test_a_span_of_a_decomposed_text_holds_whole_letters():
    text = unicodedata.normalize("NFD", "흰  고양이 café")
    score = judge(text, ["고양이 cafe\u0301", "흰 고양이"])
    assert [text[slice(*one.span)] for one in score.evidence] == [
        unicodedata.normalize("NFD", "흰  고양이"),
        unicodedata.normalize("NFD", "고양이 café"),
    ]


def ocrbench(predicted: str, answers: list[str]) -> bool:
    """The rule of OCRBench's example.py, written again: any answer is a substring, lower case, line ends as spaces."""
    text = predicted.lower().strip().replace("\n", " ")
    return any(answer.lower().strip().replace("\n", " ") in text for answer in answers)


@settings(deadline=None, max_examples=300)
@given(
    st.text("abC1 가나\n", max_size=20), st.lists(st.text("abC1가나", min_size=1, max_size=3), min_size=1, max_size=3)
)
def test_it_is_the_rule_of_ocrbench(text, answers):
    assert judge(text, answers).passed is ocrbench(text, answers)


def test_contains_all_tells_the_share_and_what_is_missing():
    score = judge("a dog, a cat", ["cat", "bird", "dog", "새"], scorer=contains_all)
    assert score == Score(
        scorer="contains-all",
        version="1",
        value=0.5,
        passed=False,
        explanation="contains 2 of 4; missing 'bird', '새'",
        evidence=(
            Evidence(kind="found", keyword="dog", span=(2, 5)),
            Evidence(kind="found", keyword="cat", span=(9, 12)),
            Evidence(kind="missing", keyword="bird"),
            Evidence(kind="missing", keyword="새"),
        ),
    )
    assert judge("a dog, a cat", ["cat", "dog"], scorer=contains_all).passed is True


def test_contains_any_shows_all_that_are_there():
    score = judge("a dog, a cat", ["cat", "bird", "dog"], scorer=contains_any)
    assert (score.scorer, score.value, score.explanation) == ("contains-any", 1.0, "contains 'dog', 'cat'")
    assert [one.span for one in score.evidence] == [(2, 5), (9, 12)]


def test_a_miss_inside_a_longer_word_says_so_and_many_misses_are_counted():
    assert judge("concatenate", "cat", whole_words=True).evidence[0].note == "only inside a longer word"
    score = judge("x", list("abcdefg"))
    assert score.explanation == "does not contain 'a', 'b', 'c', 'd', 'e' and 2 others"


def test_not_contains_fails_where_the_text_is_found():
    denied = get_scorer(parse_scorer("not-contains: dog"))
    score = denied(Case(id="c", prompt="?", images=()), Response(text="a hotdog"))
    assert (score.value, score.passed, score.explanation) == (0.0, False, "not wanted: contains 'dog'")


@pytest.mark.parametrize(
    ("scorer", "text", "kinds"),
    [
        ("not-contains: dog", "a dog", ["forbidden"]),
        ("not-contains: dog", "a cat", ["absent"]),
        ("not-contains-all: cat, dog", "a cat", ["note", "absent"]),
        ("not-keywords: dog", "there is no dog", ["absent"]),
        ("not-keywords: 개", "개가 있습니다", ["forbidden"]),
    ],
)
def test_what_a_denied_scorer_found_counts_against_the_response_and_what_it_missed_does_not(scorer, text, kinds):
    score = get_scorer(parse_scorer(scorer))(Case(id="c", prompt="?", images=()), Response(text=text))
    assert [one.kind for one in score.evidence] == kinds


MINI = [
    ("contains: a, b", "contains", "a, b"),
    ("contains-all: a, b", "contains-all", ["a", "b"]),
    ("contains-any: a,  b c ,d", "contains-any", ["a", "b c", "d"]),
    (r"contains-all: 1\,300, won", "contains-all", ["1,300", "won"]),
    ('contains-all: "Seoul, Korea", "a \\"b\\"", c', "contains-all", ["Seoul, Korea", 'a "b"', "c"]),
    ('contains-all: 5" pipe, x', "contains-all", ['5" pipe', "x"]),
    ("contains-all: a,, b,", "contains-all", ["a", "b"]),
    (r"contains-all: a\b", "contains-all", [r"a\b"]),
]


@pytest.mark.parametrize(("text", "name", "answer"), MINI, ids=[row[0] for row in MINI])
def test_the_mini_language_lists_texts_with_commas(text, name, answer):
    assert parse_scorer(text) == ScorerSpec(name=name, options={"answer": answer})


BARS = {
    r"contains: a\|b": "a|b",
    r"contains-any: a\|b, c": ["a|b", "c"],
    'contains-any: "a|b", c': ["a|b", "c"],
}


@pytest.mark.parametrize(("line", "answer"), BARS.items(), ids=BARS)
def test_a_bar_that_is_meant_is_escaped_or_quoted(line, answer):
    assert parse_scorer(line).options == {"answer": answer}


@pytest.mark.parametrize(
    "line",
    ["contains: cat|고양이", "contains-any: cat | 고양이", 'contains-any: "a", cat|dog', "not-contains: cat|dog"],
)
def test_a_bar_that_would_be_looked_for_itself_is_refused(line):
    with pytest.raises(InputError, match=r"contains-any: cat, "):
        parse_scorer(line)


@pytest.mark.parametrize(
    "text", ["contains-all:", "contains-any: ,", 'contains-all: "a, b', 'contains-all: "Stop" sign, b']
)
def test_a_list_that_means_nothing_is_an_error(text):
    with pytest.raises(InputError, match="cannot be used"):
        parse_scorer(text)


PROBLEMS = [
    ("contains", None, "it has no answer"),
    ("contains-all", [], "its answer is an empty list"),
    ("contains-any", ["a", " "], "its answer ' ' is empty, and every response contains that"),
    ("contains", "\u200b", "its answer '\\u200b' is empty"),
    ("contains", [{"a": 1}], "its answer holds {'a': 1}, which is no text"),
]


@pytest.mark.parametrize(("name", "answer", "said"), PROBLEMS, ids=[f"{row[0]} {row[1]!a}" for row in PROBLEMS])
def test_what_cannot_be_judged_is_said_before_anything_is_asked(name, answer, said):
    case = Case(id="c", prompt="?", images=(), answer=answer)
    assert case_problem(ScorerSpec(name=name), case).startswith(said)


@pytest.mark.parametrize("scorer", [contains, contains_all, contains_any])
def test_a_case_without_an_answer_is_unscored(scorer):
    assert judge("cat", scorer=scorer).value is None
    assert judge("cat", "", scorer=scorer).value == 0.0


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("가고양이éÅ½③’ -.'\n1a")), max_size=40)


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), st.booleans(), st.booleans(), st.booleans())
def test_any_text_ends_in_a_value_whatever_its_unicode_form(text, answers, case, words, spaces):
    options = {"ignore_case": case, "whole_words": words, "ignore_spaces": spaces}
    for scorer in (contains, contains_all):
        score = judge(text, answers, scorer=scorer, **options)
        assert score.value is not None
        assert all(0 <= one.span[0] < one.span[1] <= len(text) for one in score.evidence if one.span)
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            other = judge(unicodedata.normalize(form, text), answers, scorer=scorer, **options)
            assert (other.value, other.passed) == (score.value, score.passed)


@pytest.mark.parametrize("text", ["9" * 100_000, "a" * 5_000_000, "a " * 1_000_000, "가" * 1_000_000, "\ud800", "\0"])
@pytest.mark.parametrize("options", [{}, {"whole_words": True, "ignore_spaces": True}], ids=["plain", "whole"])
def test_hostile_texts_end(text, options):
    assert judge(text, ["a" * 50 + "b", "가나"], **options).value == 0.0
