"""Limits of length, time and cost: what counts, what is unscored, and how limits are written."""

from __future__ import annotations

import math
import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.models.prices import Price, cost_usd
from snellen.response import Response, Usage
from snellen.score import Score
from snellen.scorers.ceilings import cost, latency, length
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer

CASE = Case(id="c", prompt="?", images=())


def count(text: str, unit: str) -> str | None:
    return length(CASE, Response(text=text), at_most=10**9, unit=unit).extracted


COUNTS = [
    ("", "characters", "0", "nothing"),
    ("a cat", "characters", "5", "a space counts"),
    ("  a cat \n", "characters", "5", "ends do not"),
    ("고양이", "characters", "3", "syllables"),
    (unicodedata.normalize("NFD", "고양이 é"), "characters", "5", "decomposed syllables"),
    ("👩‍👩‍👧 👍🏽", "characters", "3", "emoji of several code points"),
    ("🇰🇷", "characters", "1", "a flag"),
    ("a\r\nb", "characters", "3", "a line end of two"),
    ("㎏", "characters", "2", "a sign for two letters"),
    ("a red  car\nstops", "words", "4", "words"),
    ("고양이 두 마리가 있습니다.", "words", "4", "eojeol"),
    ("- one\n- two", "words", "2", "bullets are no words"),
    ("3 cats & 2 dogs", "words", "4", "numbers are"),
    ("don't stop", "words", "2", "a contraction is one"),
    ("iPhone은 Apple의 제품", "words", "3", "mixed scripts"),
    ("这是一只猫", "words", None, "Chinese has no spaces"),
    ("猫が二匹います。", "words", None, "nor has Japanese"),
    ("the word 猫 means cat", "words", "5", "one Chinese word in English"),
    ("a\n\n b\nc", "lines", "3", "blank lines do not count"),
    ("", "lines", "0", "no lines"),
]


@pytest.mark.parametrize(("text", "unit", "counted"), [row[:3] for row in COUNTS], ids=[row[3] for row in COUNTS])
def test_a_length_is_what_people_count(text, unit, counted):
    assert count(text, unit) == counted


@settings(deadline=None, max_examples=500)
@given(
    st.text(
        st.one_of(st.characters(max_codepoint=0x3100), st.sampled_from("가각é猫がㄱㅏ\r\n\u200d©\ufe0f")), max_size=12
    )
)
def test_characters_are_the_grapheme_clusters_of_unicode(text):
    composed = unicodedata.normalize("NFKC", text).strip()
    assert count(text, "characters") == str(len(regex.findall(r"\X", composed)))


LIMITS = [
    ("abc", {"at_most": 3}, True, "3 characters"),
    ("abcd", {"at_most": 3}, False, "4 characters; at most 3"),
    ("ab", {"at_least": 3}, False, "2 characters; at least 3"),
    ("abc", {"at_least": 3, "at_most": 3}, True, "3 characters"),
    ("a b", {"at_most": 1, "unit": "words"}, False, "2 words; at most 1"),
    ("a", {"at_most": 1, "unit": "words"}, True, "1 word"),
    ("", {"at_most": 0}, True, "0 characters"),
]


@pytest.mark.parametrize(("text", "options", "passed", "said"), LIMITS, ids=[f"{row[0]!r} {row[1]}" for row in LIMITS])
def test_a_length_must_keep_both_its_limits(text, options, passed, said):
    score = length(CASE, Response(text=text), **options)
    assert (score.passed, score.value, score.explanation) == (passed, float(passed), said)


def test_a_length_without_a_limit_and_words_of_a_script_without_spaces_are_unscored():
    assert length(CASE, Response(text="a")).value is None
    score = length(CASE, Response(text="这是一只猫"), at_most=5, unit="words")
    assert (score.value, score.explanation) == (
        None,
        "it is in a script without spaces between words; count its characters",
    )


TIMES = [(3.9, 4, True), (4.0, 4, True), (4.01, 4, False), (0.0, 4, None), (-1.0, 4, None), (math.nan, 4, None)]
TIMES += [(math.inf, 4, None)]


@pytest.mark.parametrize(("took", "at_most", "verdict"), TIMES)
def test_a_response_is_in_time_or_was_not_measured(took, at_most, verdict):
    score = latency(CASE, Response(text="", latency_s=took), at_most=at_most)
    assert (None if score.is_unscored else score.passed) is verdict


def test_a_late_response_tells_by_how_much():
    assert latency(CASE, Response(text="", latency_s=5.126), at_most=4.0).explanation == "took 5.13 s; at most 4 s"
    assert latency(CASE, Response(text=""), at_most=4.0).explanation == "how long it took was not measured"
    assert latency(CASE, Response(text="", latency_s=1.0)).value is None


PRICE = {"input_usd": 2.5, "output_usd": 10.0}
USED = Usage(input_tokens=1000, output_tokens=200)


def priced(usage: Usage, *, via: str = "", **options: float) -> Score:
    return cost(CASE, Response(text="", usage=usage, via=via), **{**PRICE, **options})


CACHED = Usage(input_tokens=1000, output_tokens=200, cached_tokens=1000)
NOT_COUNTED = "the server did not say how many tokens it took"

COSTS = [
    (USED, {"at_most": 0.0045}, True, "cost $0.004500", "as much as it may"),
    (USED, {"at_most": 0.0044}, False, "cost $0.004500; at most $0.0044", "more"),
    (USED, {"at_most": 0.0044, "via": "batch"}, True, "cost $0.002250", "half by batch"),
    (CACHED, {"at_most": 1, "cached_usd": 0.25}, True, "cost $0.002250", "cached"),
    (CACHED, {"at_most": 1}, True, "cost $0.004500", "cached like other"),
    (Usage(input_tokens=1000), {"at_most": 1}, None, NOT_COUNTED, "no output count"),
    (Usage(output_tokens=1000), {"at_most": 1}, None, NOT_COUNTED, "no input count"),
    (Usage(), {"at_most": 0}, None, NOT_COUNTED, "no usage"),
]


@pytest.mark.parametrize(("usage", "options", "verdict", "said"), [r[:4] for r in COSTS], ids=[r[4] for r in COSTS])
def test_a_response_costs_what_its_tokens_cost(usage, options, verdict, said):
    score = priced(usage, **options)
    assert (None if score.is_unscored else score.passed, score.explanation) == (verdict, said)


@settings(deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.sampled_from(["", "batch"]),
    st.floats(0, 100), st.floats(0, 100), st.none() | st.floats(0, 100),
)  # fmt: skip
def test_the_cost_is_that_of_the_run_at_the_same_price(
    tokens_in, tokens_out, cached, via, dear_in, dear_out, dear_cached
):
    usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out, cached_tokens=cached)
    usd = cost_usd(usage, Price(input=dear_in, output=dear_out, cached=dear_cached), via=via)
    prices = {"input_usd": dear_in, "output_usd": dear_out, "cached_usd": dear_cached}
    assert priced(usage, via=via, at_most=usd, **prices).passed is True
    assert priced(usage, via=via, at_most=math.nextafter(usd, -1), **prices).passed is False


MINI = [
    ("length: <= 400 characters", "length", {"at_least": None, "at_most": 400, "unit": "characters"}),
    ("length: ≤ 400자", "length", {"at_least": None, "at_most": 400, "unit": "characters"}),
    ("length: ≥ 2 words", "length", {"at_least": 2, "at_most": None, "unit": "words"}),
    ("latency: ≤ 4 s", "latency", {"at_most": 4.0}),
    ("length: <=1,000", "length", {"at_least": None, "at_most": 1000, "unit": "characters"}),
    ("length: 10-50 words", "length", {"at_least": 10, "at_most": 50, "unit": "words"}),
    ("length: 10 to 50 words", "length", {"at_least": 10, "at_most": 50, "unit": "words"}),
    ("length: 100~200자", "length", {"at_least": 100, "at_most": 200, "unit": "characters"}),
    ("length: >= 2 lines", "length", {"at_least": 2, "at_most": None, "unit": "lines"}),
    ("length: < 20 어절", "length", {"at_least": None, "at_most": 19, "unit": "words"}),
    ("length: > 3 words", "length", {"at_least": 4, "at_most": None, "unit": "words"}),
    ("length: = 1 word", "length", {"at_least": 1, "at_most": 1, "unit": "words"}),
    ("latency: <= 4 s", "latency", {"at_most": 4.0}),
    ("latency: <= 800 ms", "latency", {"at_most": 0.8}),
    ("latency: 2.5", "latency", {"at_most": 2.5}),
    ("latency: <= 3초", "latency", {"at_most": 3.0}),
    ("latency: <= 1 min", "latency", {"at_most": 60.0}),
]


@pytest.mark.parametrize(("text", "name", "options"), MINI, ids=[row[0] for row in MINI])
def test_the_mini_language_takes_a_limit_and_a_unit(text, name, options):
    spec = parse_scorer(text)
    assert spec == ScorerSpec(name=name, options=options)
    assert case_problem(spec, CASE) == ""


@pytest.mark.parametrize(
    "text",
    ["length:", "length: short", "length: 400", "length: <= 4 furlongs", "length: <= 3-5 words", "latency: soon",
     "latency: >= 4 s", "cost: <= 0.002"],
)  # fmt: skip
def test_a_limit_that_means_nothing_is_an_error_with_an_example(text):
    with pytest.raises(InputError, match=r"right is|is written with options"):
        parse_scorer(text)


PROBLEMS = [
    ("length", {}, "length has no limit"),
    ("length", {"at_most": -1}, "no answer has at least None and at most -1 characters"),
    ("length", {"at_least": 5, "at_most": 4}, "no answer has at least 5 and at most 4 characters"),
    ("length", {"at_least": -5}, "no answer has at least -5"),
    ("latency", {}, "at_most is None; right is a number of seconds above 0"),
    ("latency", {"at_most": 0}, "at_most is 0.0"),
    ("latency", {"at_most": "nan"}, "at_most is nan"),
    ("cost", {}, "at_most is None; right is a number of US dollars"),
    ("cost", {"at_most": 0.1}, "cost needs the price: input_usd and output_usd"),
    ("cost", {"at_most": 0.1, "input_usd": 1, "output_usd": -1}, "a price is negative"),
    ("cost", {"at_most": 0.1, "input_usd": 1, "output_usd": 1, "cached_usd": -1}, "a price is negative"),
]


@pytest.mark.parametrize(("name", "options", "said"), PROBLEMS, ids=[f"{row[0]} {row[1]}" for row in PROBLEMS])
def test_a_limit_that_makes_no_sense_is_said_before_anything_is_asked(name, options, said):
    assert case_problem(ScorerSpec(name=name, options=options), CASE).startswith(said)


def test_a_cost_without_a_price_is_unscored():
    assert cost(CASE, Response(text="", usage=USED), at_most=1.0).explanation.startswith("cost needs the price")


@settings(deadline=None, max_examples=300)
@given(
    st.text(st.one_of(st.characters(), st.sampled_from("가고양이éÅ½③ㄱㅏ猫 \n\r👍🏽‍")), max_size=40),
    st.sampled_from(["characters", "words", "lines"]),
    st.integers(0, 20),
)
def test_any_text_ends_in_a_verdict_or_unscored_whatever_its_unicode_form(text, unit, most):
    score = length(CASE, Response(text=text), at_most=most, unit=unit)
    assert score.value in (None, 0.0, 1.0)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        other = length(CASE, Response(text=unicodedata.normalize(form, text)), at_most=most, unit=unit)
        assert (other.value, other.explanation) == (score.value, score.explanation)


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "!" * 5_000_000, "가" * 1_000_000, "e\u0301" * 100_000, "\ud800", "\0"]
)
@pytest.mark.parametrize("unit", ["characters", "words", "lines"])
def test_hostile_texts_end(text, unit):
    assert length(CASE, Response(text=text), at_most=10**7, unit=unit).value == 1.0
