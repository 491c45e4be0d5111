"""What holds for every scorer, whatever text a model gives: a value or unscored, never an error, in bounded time."""

from __future__ import annotations

import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response, Usage
from snellen.score import Score
from snellen.scorers.registry import NAMES, case_problem, get_scorer, option_problems
from snellen.scorers.spec import parse_scorer

_USAGE = Usage(input_tokens=100, output_tokens=10)

# A sensible setting for each scorer: its options, and what the case says to be right.
SETTINGS: dict[str, tuple[dict[str, object], object]] = {
    "all": ({"scorers": ["contains", "length: <= 40 characters"]}, "서울"),
    "anls": ({}, ["서울역", "Seoul station"]),
    "anls*": ({}, {"total": "12,300", "items": ["a", "b"]}),
    "any": ({"scorers": ["exact", {"fuzzy": {"at_least": 0.5}}]}, "서울"),
    "bleu": ({}, "a cat sits on the mat"),
    "boxes": ({"response_format": "xyxy", "answer_format": "xyxy"}, [10, 20, 30, 40]),
    "cer": ({}, "서울역 3번 출구"),
    "choice": ({}, "B"),
    "chrf": ({}, "고양이가 앉아 있다"),
    "contains": ({}, "서울"),
    "contains-all": ({}, ["서울", "부산"]),
    "contains-any": ({}, ["서울", "부산"]),
    "cost": ({"at_most": 1.0, "input_usd": 2.0, "output_usd": 8.0}, None),
    "count": ({}, 3),
    "exact": ({}, "서울"),
    "fields": ({}, {"total": "12,300", "date": "2024-01-02"}),
    "fuzzy": ({}, "서울역"),
    "json": ({"schema": {"type": "object", "required": ["total"]}}, None),
    "judge": ({"model": "gpt", "criteria": ["it names the total"]}, "12,300"),
    "keywords": ({}, "고양이"),
    "language": ({"answer": "ko"}, None),
    "latency": ({"at_most": 4.0}, None),
    "length": ({"at_most": 400}, None),
    "number": ({"tolerance": 1}, 42),
    "points": ({"response_format": "xy", "answer_format": "xy", "radius": 10.0}, [50, 60]),
    "refusal": ({}, None),
    "regex": ({"answer": r"\d{4}"}, None),
    "relaxed": ({}, "42"),
    "similarity": ({"model": "embed"}, "a red car"),
    "vqa": ({}, ["red"] * 8 + ["dark red"] * 2),
    "wer": ({}, "서울역 3번 출구"),
    "weighted": ({"scorers": ["exact", "contains"], "weights": [1, 2]}, "서울"),
    "yesno": ({}, "yes"),
}
CHOICES = {"A": "고양이", "B": "a dog", "C": "12", "D": "cat and dog"}

# Which normal forms leave the verdict as it is; the docstrings say why where not all do.
_COMPOSED = ("NFC", "NFD")
FORMS = dict.fromkeys(NAMES, ("NFC", "NFD", "NFKC", "NFKD")) | {
    "anls": _COMPOSED,  # published figures
    "anls*": _COMPOSED,
    "vqa": _COMPOSED,
    "fields": _COMPOSED,  # quotes and brackets of JSON as they stand
    "json": _COMPOSED,
    "number": _COMPOSED,  # 10⁵ is 105 in NFKC
    "count": _COMPOSED,
    "relaxed": _COMPOSED,
    "boxes": _COMPOSED,
    "points": _COMPOSED,
}

_WORDS = st.sampled_from(
    [
        "서울", "고양이", "없습니다", "정답은", "B", "(B)", "답:", "아니요", "네", "42", "3.5", "1,234",
        "세 개", "10⁵", "½", "yes", "no", "The answer is", "not", "A or B", "I'm sorry", "죄송하지만",
        "[10, 20, 30, 40]", '{"total": "12,300"}',
        "```json", "\n", " ", ".", "ﾊﾟ", "가", "e\u0301", "\u200b", "\u202e", "\0", "\ud800", "🐈‍⬛", "①", "Ａ", "2024",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map(" ".join), st.lists(_WORDS).map("".join))
_MEGABYTE = 1_000_000
ATTACKS = {
    "empty": "",
    "blank": " \n\t\u3000",
    "digits": "7" * 100_000,
    "five megabytes of digits": "7" * (5 * _MEGABYTE),
    "brackets": "(" * _MEGABYTE + "[" * _MEGABYTE,
    "braces": "{" * (2 * _MEGABYTE),
    "words": "a " * (2 * _MEGABYTE),
    "lines": "\n" * (5 * _MEGABYTE),
    "hangul": "가나다 " * _MEGABYTE,
    "marks": "\u0301\u0327" * 50_000,
    "negations": "no cat, not a dog, 없다 " * 50_000,
    "options": "A B C D " * 200_000,
    "surrogates": "\ud800" * 1_000,
}
_BOUND_S = 60
"""No figure of speed: what grows with the square of the length takes hours."""


def _spec(name: str) -> ScorerSpec:
    return ScorerSpec(name=name, options=SETTINGS[name][0])


def _case(name: str) -> Case:
    choices = CHOICES if name == "choice" else {}
    return Case(id="c", prompt="Is there a cat?", images=(), answer=SETTINGS[name][1], choices=choices)


def _score(name: str, text: str) -> Score:
    response = Response(text=text, usage=_USAGE, latency_s=1.0)
    return get_scorer(_spec(name))(_case(name), response)


def _check(score: Score, text: str) -> None:
    assert score.value is None or 0.0 <= score.value <= 1.0
    assert not (score.passed and score.value is None)
    assert "\n" not in score.explanation
    for one in score.evidence:
        assert one.span is None or 0 <= one.span[0] <= one.span[1] <= len(text)


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"not done after {_BOUND_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _BOUND_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


each = pytest.mark.parametrize("name", sorted(NAMES))


def test_the_table_names_every_scorer():
    assert set(SETTINGS) == set(NAMES)


@each
def test_its_setting_is_one_that_can_be_used(name):
    assert option_problems(_spec(name)) == []
    assert case_problem(_spec(name), _case(name)) == ""


@each
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=_TEXTS)
def test_any_text_ends_in_a_value_or_unscored_in_every_form(name, text):
    score = _score(name, text)
    _check(score, text)
    forms = [unicodedata.normalize(form, text) for form in FORMS[name]]
    verdicts = {(one.value, one.passed) for one in (_score(name, form) for form in forms)}
    assert len(verdicts) == 1


@each
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_holds_it_up(name, attack):
    text = ATTACKS[attack]
    with _bounded():
        _check(_score(name, text), text)


@each
def test_a_slip_in_an_option_is_a_sentence(name):
    spec = ScorerSpec(name=name, options={**SETTINGS[name][0], "tolerrance": 1})
    (said,) = option_problems(spec)
    assert said.startswith(f"scorer {name!r} has no option 'tolerrance'. Options: ") or "none" in said


@pytest.mark.parametrize(
    "spec",
    [
        ScorerSpec(name="number", options={"tolerance": -1}),
        ScorerSpec(name="number", options={"tolerance": float("nan")}),
        ScorerSpec(name="relaxed", options={"tolerance": -0.1}),
        ScorerSpec(name="fuzzy", options={"at_least": 7}),
        ScorerSpec(name="cer", options={"at_most": -1}),
        ScorerSpec(name="count", options={"within": -1}),
        ScorerSpec(name="boxes", options={"at_least": 2}),
        ScorerSpec(name="regex", options={"answer": "("}),
        ScorerSpec(name="length", options={"at_least": 9, "at_most": 3}),
        ScorerSpec(name="weighted", options={"scorers": ["exact"], "weights": [1, 2]}),
        ScorerSpec(name="all", options={"scorers": []}),
        ScorerSpec(name="json", options={"schema": {"type": "objekt"}}),
        ScorerSpec(name="judge", options={"model": "gpt", "criteria": []}),
        ScorerSpec(name="language", options={"answer": "klingon"}),
        ScorerSpec(name="exact", options={"answer": []}),
        ScorerSpec(name="choice", options={"answer": "E"}),
    ],
    ids=str,
)
def test_an_option_that_makes_no_sense_is_told_before_anything_is_asked(spec):
    case = Case(id="c", prompt="?", images=(), answer="1", choices=CHOICES if spec.name == "choice" else {})
    try:
        said = case_problem(spec, case)
    except InputError as error:
        said = str(error)
    assert len(said.split()) > 3


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"all", "any", "judge", "weighted"}))
def test_turned_round_it_passes_where_it_fails(name):
    text = "정답은 (B)이고 고양이 42마리가 서울에 있습니다."
    plain = _score(name, text)
    parsed = parse_scorer(ScorerSpec(name=f"not-{name}", options=SETTINGS[name][0]))
    denied = get_scorer(parsed)(_case(name), Response(text=text, usage=_USAGE, latency_s=1.0))
    assert denied.value is None if plain.value is None else denied.passed is not plain.passed
