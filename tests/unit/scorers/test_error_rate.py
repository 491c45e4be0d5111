"""CER and WER: against jiwer's published examples, against a second implementation, and what counts as an error."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.error_rate import cer, wer
from snellen.scorers.registry import case_problem, option_problems
from snellen.scorers.spec import parse_scorer


def judge(scorer, text: str, answer: object = None, **options: object) -> Score:
    return scorer(Case(id="c", prompt="?", images=(), answer=answer), Response(text=text), **options)


def rate_of(score: Score) -> float:
    """The rate as the explanation tells it, to four digits."""
    return float(score.explanation.split()[1].rstrip(":"))


# jiwer, tests/test_measures.py and tests/test_cer.py; "known values" from Morris, Maier and Green (2004).
JIWER = [
    (wer, "This is a test", "This is a test", 0.0),
    (wer, "This is a test", "", 1.0),
    (wer, "This is a test", "This test", 0.5),
    (wer, "i am a short ground truth", "i am a considerably longer and very much incorrect hypothesis", 7 / 6),
    (wer, "X", "X", 0.0),
    (wer, "X", "X X Y Y", 3.0),
    (wer, "X Y X", "X Z", 2 / 3),
    (wer, "X", "Y", 1.0),
    (wer, "X", "Y Z", 2.0),
    (cer, "This is a test", "This is a test", 0.0),
    (cer, "This is a test", "", 1.0),
    (cer, "This is a test", "This test", 5 / 14),
    (cer, "X", "X", 0.0),
    (cer, "X", "X X Y Y", 6.0),
    (cer, "X Y X", "X Z", 3 / 5),
    (cer, "X", "Y", 1.0),
    (cer, "X", "Y Z", 3.0),
]


@pytest.mark.parametrize(
    ("scorer", "answer", "text", "rate"), JIWER, ids=[f"{r[0].__name__} {r[1]}-{r[2]}" for r in JIWER]
)
def test_the_rates_are_those_of_jiwer(scorer, answer, text, rate):
    score = judge(scorer, text, answer)
    assert rate_of(score) == pytest.approx(rate, abs=5e-5)
    assert score.value == pytest.approx(max(0.0, 1 - rate))


TABLE = [
    (cer, "합계 12,000원", "합계 12,000원", {}, 0.0, True, "Korean, right"),
    (cer, "합게 12,000원", "합계 12,000원", {}, 1 / 10, True, "one wrong syllable"),
    (cer, "합게 12,000원", "합계 12,000원", {"at_most": 0.09}, 1 / 10, False, "a lower limit"),
    (cer, "각", "가", {}, 1.0, False, "a syllable is one"),
    (cer, "각", "가", {"unit": "jamo"}, 1 / 2, False, "in jamo one of two"),
    (cer, "강아지", "강이지", {"unit": "jamo"}, 1 / 7, False, "a wrong vowel in jamo"),
    (cer, "두마리", "두 마리", {}, 1 / 4, False, "a missing space"),
    (cer, "두마리", "두 마리", {"ignore_spaces": True}, 0.0, True, "spaces ignored"),
    (cer, "Total", "TOTAL", {}, 4 / 5, False, "case counts"),
    (cer, "Total", "TOTAL", {"ignore_case": True}, 0.0, True, "case ignored"),
    (cer, "ab", "a.b", {}, 1 / 3, False, "marks count"),
    (cer, "ab", "a.b", {"ignore_punctuation": True}, 0.0, True, "marks ignored"),
    (cer, "it’s “on”", 'it\'s "on"', {}, 0.0, True, "typographic quotes are no errors"),
    (cer, "１２", "12", {}, 0.0, True, "nor is width"),
    (cer, "a\nb", "a b", {}, 0.0, True, "nor a line end"),
    (cer, "a\u200bb", "ab", {}, 0.0, True, "nor what nobody sees"),
    (cer, "abc", ["xyz", "abd"], {}, 1 / 3, False, "the nearest of several"),
    (cer, "1234", 1284, {}, 1 / 4, False, "a number"),
    (cer, unicodedata.normalize("NFD", "고양이"), "고양이", {}, 0.0, True, "decomposed Hangul"),
    (wer, "고양이 두마리", "고양이 두 마리", {}, 2 / 3, False, "a missing space is two words"),
    (wer, "The cat sat.", "the cat sat", {"ignore_case": True, "ignore_punctuation": True}, 0.0, True, "words ignored"),
    (wer, "The cat sat.", "the cat sat", {}, 2 / 3, False, "words"),
    (wer, "", "고양이", {}, 1.0, False, "nothing said"),
]


@pytest.mark.parametrize(
    ("scorer", "text", "answer", "options", "rate", "passed"), [row[:6] for row in TABLE], ids=[row[6] for row in TABLE]
)
def test_what_counts_as_an_error_and_what_does_not(scorer, text, answer, options, rate, passed):
    score = judge(scorer, text, answer, **options)
    assert rate_of(score) == pytest.approx(rate, abs=5e-5)
    assert score.value == pytest.approx(max(0.0, 1 - rate))
    assert score.passed is passed


def distance(left: list[str] | str, right: list[str] | str) -> int:
    """Levenshtein's distance by the table of Wagner and Fischer (1974)."""
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (one != other))
    return row[-1]


@settings(deadline=None, max_examples=300)
@given(st.text("ab가 나", max_size=16), st.text("ab가나", min_size=1, max_size=8), st.text("a나 ", max_size=6))
def test_both_rates_agree_with_a_second_implementation(text, first, rest):
    answer = f"{first} {rest}"
    wanted, said = answer.split(), text.split()
    by_word = distance(wanted, said) / len(wanted)
    by_char = distance(" ".join(wanted), " ".join(said)) / len(" ".join(wanted))
    assert judge(wer, text, answer).value == pytest.approx(max(0.0, 1 - by_word))
    assert judge(cer, text, answer).value == pytest.approx(max(0.0, 1 - by_char))


def test_a_score_tells_the_rate_and_the_edits():
    score = judge(cer, "합게 12000원!", "합계 12,000원")
    assert score == Score(
        scorer="cer",
        version="1",
        value=1.0 - 3 / 10,
        passed=False,
        explanation="CER 0.3000: 3 edits in 10 characters; at most 0.1",
        evidence=(
            Evidence(kind="note", keyword="합계 12,000원", note="'게' for '계'"),
            Evidence(kind="note", keyword="합계 12,000원", note="',' left out"),
            Evidence(kind="note", keyword="합계 12,000원", note="'!' too much"),
        ),
    )
    assert judge(wer, "a b c", "a x c").evidence[0].note == "'b' for 'x'"
    assert judge(cer, "ab", "a b").evidence[0].note == "' ' left out"


def test_only_the_first_edits_are_shown_and_the_rest_counted():
    evidence = judge(cer, "a1" * 20, "a2" * 20).evidence
    assert (len(evidence), evidence[-1].note) == (9, "and 12 more")


def test_the_rate_may_exceed_one_and_the_value_does_not_go_below_zero():
    score = judge(cer, "abcdef", "x", at_most=6)
    assert (score.value, score.passed, score.explanation) == (0.0, True, "CER 6.0000: 6 edits in 1 character")


MINI = [
    ("cer: 합계 12,000원 <= 5%", {"answer": "합계 12,000원", "at_most": 0.05}),
    ("cer: <= 0.2", {"at_most": 0.2}),
    ("cer: 고양이", {"answer": "고양이"}),
]


@pytest.mark.parametrize(("text", "options"), MINI, ids=[row[0] for row in MINI])
def test_the_mini_language_takes_a_text_and_a_bound(text, options):
    assert parse_scorer(text) == ScorerSpec(name="cer", options=options)
    assert parse_scorer(f"w{text[1:]}") == ScorerSpec(name="wer", options=options)


def test_a_bound_the_wrong_way_is_an_error():
    with pytest.raises(InputError, match="bounds the wrong way; right is <="):
        parse_scorer("wer: a b >= 0.9")


PROBLEMS = [
    ("cer", "a", {"at_most": -0.1}, "at_most is -0.1; right is a rate from 0 on"),
    ("cer", "a", {"at_most": "nan"}, "at_most is nan"),
    ("wer", None, {}, "it has no answer"),
    ("wer", ["a", "\n"], {}, "its answer '\\n' has no characters to count errors by"),
    ("cer", "?!", {"ignore_punctuation": True}, "its answer '?!' has no characters"),
]


@pytest.mark.parametrize(
    ("name", "answer", "options", "said"), PROBLEMS, ids=[f"{r[0]} {r[1]!a} {r[2]}" for r in PROBLEMS]
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(name, answer, options, said):
    case = Case(id="c", prompt="?", images=(), answer=answer)
    assert case_problem(ScorerSpec(name=name, options=options), case).startswith(said)


def test_words_have_no_unit_and_a_case_without_an_answer_is_unscored():
    assert "no option 'unit'" in option_problems(ScorerSpec(name="wer", options={"unit": "jamo"}))[0]
    assert judge(cer, "a").value is None
    assert judge(wer, "a", "").value is None


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("가각고양이éÅ½③’ -.'\na")), max_size=40)


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.booleans(), st.booleans(), st.sampled_from(["syllable", "jamo"]))
def test_any_text_ends_in_a_value_or_unscored_whatever_its_unicode_form(text, answer, case, marks, unit):
    for scorer, options in ((cer, {"unit": unit}), (wer, {})):
        options |= {"ignore_case": case, "ignore_punctuation": marks}
        score = judge(scorer, text, answer, **options)
        assert score.value is None or 0 <= score.value <= 1
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            other = judge(scorer, unicodedata.normalize(form, text), answer, **options)
            assert (other.value, other.passed) == (score.value, score.passed)


@pytest.mark.parametrize("scorer", [cer, wer])
@pytest.mark.parametrize("text", ["9" * 100_000, "a " * 1_000_000, "가" * 1_000_000, "\ud800", "\0"])
def test_hostile_texts_end(text, scorer):
    assert judge(scorer, text, "고양이 두 마리").value == 0.0


def test_two_texts_that_would_take_minutes_are_left_unscored():
    score = judge(cer, "ab" * 500_000, "ba" * 50_000)
    assert score.value is None
    assert score.explanation == "a response of 1,000,000 and a reference of 100,000 parts are too long to be compared"
