import unicodedata

import pytest

from snellen.case import Case
from snellen.report.evidence import Call, Check, Piece, Verdict, pieces_of, verdict_of
from snellen.response import Response
from snellen.score import Evidence, Score, ScorerCall
from snellen.scorers.registry import get_scorer
from snellen.scorers.spec import parse_scorer


def score(*spans):
    evidence = tuple(Evidence(kind=kind, keyword="k", span=span) for kind, span in spans)
    return Score(scorer="keywords", value=1.0, passed=True, evidence=evidence)


def marked(text, *spans):
    """The pieces as `kind:text`, plain ones as they are."""
    return [f"{piece.kind}:{piece.text}" if piece.kind else piece.text for piece in pieces_of(text, [score(*spans)])]


@pytest.mark.parametrize(
    ("text", "spans", "pieces"),
    [
        pytest.param("a cat", [], ["a cat"], id="no-mark"),
        pytest.param("", [], [], id="empty"),
        pytest.param("a cat!", [("found", (2, 5))], ["a ", "found:cat", "!"], id="one-word"),
        pytest.param("cat", [("found", (0, 3))], ["found:cat"], id="the-whole-answer"),
        pytest.param("🐈🐈 고양이가", [("found", (3, 6))], ["🐈🐈 ", "found:고양이", "가"], id="emoji-count-as-one"),
        pytest.param("e\u0301 cat", [("found", (3, 6))], ["e\u0301 ", "found:cat"], id="combining-marks-count"),
        pytest.param(
            "cat dog", [("found", (4, 7)), ("found", (0, 3))], ["found:cat", " ", "found:dog"], id="any-order"
        ),
        pytest.param("cat", [("found", (0, 3)), ("found", (0, 3))], ["found:cat"], id="twice-is-once"),
        pytest.param(
            "no black cat",
            [("found", (3, 12)), ("negated", (9, 12))],
            ["no ", "found:black ", "negated:cat"],
            id="overlap",
        ),
        pytest.param(
            "abcdef", [("forbidden", (2, 4)), ("found", (0, 6))], ["found:ab", "forbidden:cd", "found:ef"], id="inside"
        ),
        pytest.param("cat", [("found", (1, 99))], ["c", "found:at"], id="a-span-past-the-end-is-cut"),
        pytest.param("cat", [("found", (2, 2)), ("note", (3, 1))], ["cat"], id="an-empty-span-marks-nothing"),
        pytest.param("a\x00cat", [("found", (2, 5))], [r"a\x00", "found:cat"], id="escapes-move-no-mark"),
    ],
)
def test_marks_stand_where_the_evidence_says(text, spans, pieces):
    assert marked(text, *spans) == pieces


def test_evidence_without_a_span_marks_nothing():
    missing = Score(scorer="s", value=0.0, passed=False, evidence=(Evidence(kind="missing", keyword="dog"),))
    assert pieces_of("a cat", [missing]) == (Piece("a cat"),)


def test_marks_of_all_scorers_are_shown():
    both = [score(("found", (0, 1))), score(("forbidden", (2, 3)))]
    assert pieces_of("a b", both) == (Piece("a", "found"), Piece(" "), Piece("b", "forbidden"))


def test_a_verdict_lists_each_finding_once_and_says_the_kind_in_words():
    judged = Score(
        scorer="keywords",
        value=2 / 3,
        passed=False,
        explanation="2 of 3",
        evidence=(
            Evidence(kind="found", keyword="고양이|cat", span=(0, 3)),
            Evidence(kind="found", keyword="고양이|cat", span=(8, 11)),
            Evidence(kind="negated", keyword="dog", span=(4, 7), note="denied by “no”"),
        ),
    )
    assert verdict_of(judged) == Verdict(
        scorer="keywords",
        outcome="failed",
        value="0.67",
        explanation="",
        checks=(
            Check(kind="found", words="found", keyword="고양이|cat", note=""),
            Check(kind="negated", words="denied", keyword="dog", note="denied by “no”"),
        ),
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "unscored"), (1.0, "1"), (0.0, "0"), (0.5, "0.5"), (0.333, "0.33")]
)
def test_a_value_has_no_idle_zeros(value, shown):
    assert verdict_of(Score(scorer="s", value=value, passed=False)).value == shown


def test_a_scorer_that_reads_an_answer_says_what_it_read_and_by_which_setting():
    evidence = (Evidence(kind="found", keyword="B", span=(0, 1)),)
    read = Score(
        scorer="choice",
        version="2",
        options="1f3a9c00",
        value=0.0,
        passed=False,
        explanation="chose B, right is C",
        evidence=evidence,
        extracted="B",
    )
    verdict = verdict_of(read)
    assert (verdict.extracted, verdict.setting) == ("B", "version 2, options 1f3a9c00")
    assert verdict.explanation == "chose B, right is C"


def test_what_a_judge_was_told_is_shown_with_who_said_it():
    calls = (
        ScorerCall(model="judge", served_model="gpt-x-2026", text='{"ok": true}', latency_s=1.5, cost_usd=0.01),
        ScorerCall(
            model="judge", recorded=True, fingerprint="0123456789abcdef", failure="cannot read /home/kim/evals/x.jsonl"
        ),
    )
    verdict = verdict_of(Score(scorer="judge", value=1.0, passed=True, calls=calls))
    assert verdict.calls == (
        Call(who="gpt-x-2026, 1.50 s, $0.0100", said='{\n  "ok": true\n}'),
        Call(who="judge, recorded, fingerprint 0123456789", said="cannot read …/x.jsonl", is_failed=True),
    )


@pytest.mark.parametrize("said", ['{"cut": "off', "[1, 2", "no JSON {}", "[" * 30_000, ""])
def test_what_a_judge_said_stays_as_it_is_where_it_is_no_json(said):
    verdict = verdict_of(Score(scorer="judge", value=None, passed=False, calls=(ScorerCall(model="j", text=said),)))
    assert verdict.calls == (Call(who="j", said=said),)


def judged(scorer, text, **fields):
    return get_scorer(parse_scorer(scorer))(Case(id="c", prompt="?", images=(), **fields), Response(text=text))


FIELDS = {"fields": {"answer": {"shop": "Blue", "paid": True, "items": ["a"], "tip": None}, "extra": "wrong"}}

# The scorer, the answer, and what is shown: the marks in it, and the checks as `kind words keyword`.
SHOWN = [
    pytest.param(
        FIELDS,
        '{"shop": "Blau", "paid": true, "more": 1}',
        ['wrong:"Blau"', "found:true", "forbidden:1"],
        [
            "wrong wrong shop: 'Blue'",
            "found right paid: true",
            "missing missing items.0: 'a'",
            "found right tip: null",
            "forbidden not asked for more",
        ],
        id="a-wrong-field-is-not-green",
    ),
    pytest.param(
        {"anls*": {"answer": {"shop": "Blue Cup", "day": "1", "n": "x"}}},
        '{"shop": "Blue Cap", "day": "1", "n": "y"}',
        ['near:"Blue Cap"', 'found:"1"', 'wrong:"y"'],
        ["near near shop: 'Blue Cup'", "found right day: '1'", "wrong wrong n: 'x'"],
        id="a-field-that-is-nearly-right-is-neither",
    ),
    pytest.param(
        {"json": {"answer": {"properties": {"n": {"type": "number"}}}}},
        '{"n": "x"}',
        ['wrong:"x"'],
        ["wrong wrong $.n"],
        id="what-breaks-a-schema",
    ),
    pytest.param("number: 42", "It is 41.", ["wrong:41"], ["wrong read 41", "missing expected 42"], id="number"),
    pytest.param("number: 42", "It is 42.", ["found:42"], ["found right 42"], id="the-right-number"),
    pytest.param("not-number: 42", "It is 41.", ["note:41"], ["note read 41", "absent rightly not 42"], id="not"),
    pytest.param("not-number: 42", "It is 42.", ["forbidden:42"], ["forbidden must not be 42"], id="not-and-it-is"),
    pytest.param("choice: B", "C", ["wrong:C"], ["wrong read C", "missing expected B"], id="choice"),
    pytest.param("yesno: yes", "No.", ["wrong:No"], ["wrong read no", "missing expected yes"], id="yesno"),
    pytest.param("count: 3", "two cats", ["wrong:two"], ["wrong read 2", "missing expected 3"], id="count"),
    pytest.param("exact: a", "b", [], ["missing expected a"], id="exact"),
    pytest.param("fuzzy: Seoul >= 0.9", "Busan", [], ["missing not near enough Seoul"], id="fuzzy"),
    pytest.param(
        "boxes: 10, 20, 30, 40",
        "[10, 20, 30, 24]",
        ["wrong:[10, 20, 30, 24]"],
        ["wrong wrong [10, 20, 30, 24]", "missing not found [10, 20, 30, 40]"],
        id="boxes",
    ),
    pytest.param("cer: 서울", "서을", [], ["note differs from 서울"], id="cer"),
    pytest.param("language: ko", "고양이 is here", ["wrong:is"], ["wrong not in ko"], id="language"),
    pytest.param("not-refusal", "Here it is.", [], ["absent rightly not there refusal"], id="refusal"),
]


@pytest.mark.parametrize(("scorer", "text", "marks", "checks"), SHOWN)
def test_what_is_right_and_what_is_wrong_is_told_apart(scorer, text, marks, checks):
    score = judged(scorer, text)
    assert [f"{one.kind}:{one.text}" for one in pieces_of(text, [score]) if one.kind] == marks
    assert [f"{one.kind} {one.words} {one.keyword}" for one in verdict_of(score).checks] == checks


def test_what_could_not_be_judged_is_never_wrong():
    unscored = judged("number: 3", "2 or 3")
    assert {one.kind for one in pieces_of("2 or 3", [unscored]) if one.kind} == {"ambiguous"}
    note = Evidence(kind="note", keyword="x", span=(0, 1))
    assert pieces_of("x", [Score(scorer="s", value=None, passed=False, evidence=(note,))]) == (Piece("x", "note"),)


def test_criteria_of_a_judge_are_met_or_not():
    evidence = (Evidence(kind="found", keyword="a", note="why"), Evidence(kind="missing", keyword="b"))
    verdict = verdict_of(Score(scorer="judge", value=0.5, passed=False, evidence=evidence))
    assert [(one.words, one.keyword, one.note) for one in verdict.checks] == [("met", "a", "why"), ("not met", "b", "")]


def test_a_combination_shows_the_verdict_of_each_part_and_marks_what_they_saw():
    score = judged(
        {"all": ["contains: cat", {"any": ["number: 3", "contains: dog"]}, "not-contains: red"]}, "5 red cats"
    )
    verdict = verdict_of(score)
    assert (verdict.outcome, verdict.checks, verdict.extracted) == ("failed", (), None)
    assert [(part.scorer, part.outcome) for part in verdict.parts] == [
        ("contains", "passed"),
        ("any", "failed"),
        ("not-contains", "failed"),
    ]
    assert [part.scorer for part in verdict.parts[1].parts] == ["number", "contains"]
    marks = [f"{one.kind}:{one.text}" for one in pieces_of("5 red cats", [score]) if one.kind]
    assert marks == ["wrong:5", "forbidden:red", "found:cat"]


@pytest.mark.parametrize(
    ("scorer", "text"),
    [('fields: {"a": 1}', '{"a": 1}'), ("length: <= 9 characters", "short"), ("json: bare", "{}")],
)
def test_what_stands_there_already_is_not_said_to_be_read(scorer, text):
    score = judged(scorer, text)
    assert (score.extracted is None, verdict_of(score).extracted) == (False, None)


NFD = unicodedata.normalize("NFD", "고양이")

# What is looked for is folded: the marks must stand in the text as it arrived.
FOLDED = [
    pytest.param("keywords: 고양이", f"🐈 {NFD}가 있다", f"found:{NFD}", id="decomposed-korean"),
    pytest.param("contains: 고양이", f"👩\u200d👩\u200d👧 {NFD}!", f"found:{NFD}", id="after-a-family-of-emoji"),
    pytest.param("contains: cafe", "ＣＡＦＥ 앞", "found:ＣＡＦＥ", id="full-width"),
    pytest.param("contains: café", "the cafe\u0301.", "found:cafe\u0301", id="combining-accent"),
    pytest.param("contains: office", "an oﬃce", "found:oﬃce", id="ligature"),
    pytest.param("contains: strasse", "die Straße", "found:Straße", id="one-letter-that-folds-to-two"),
    pytest.param("contains: 12", "①② and 12", "found:①②", id="circled-digits"),
    pytest.param("contains: שלום", "אז שלום לך", "found:שלום", id="right-to-left"),
    pytest.param("contains: stop", "ST\u200bOP!", "found:ST\u200bOP", id="invisible-character-inside"),
    pytest.param("contains: 🐈", "🐕🐈🐕", "found:🐈", id="emoji"),
    pytest.param("number: 12300원", f"🧾 {unicodedata.normalize('NFD', '만 이천삼백 원')}", None, id="korean-number"),
]


@pytest.mark.parametrize(("scorer", "text", "mark"), FOLDED)
def test_marks_stand_on_the_characters_as_they_arrived(scorer, text, mark):
    pieces = pieces_of(text, [judged(scorer, text)])
    assert "".join(piece.text for piece in pieces) == text
    (found,) = [f"{piece.kind}:{piece.text}" for piece in pieces if piece.kind]
    assert found == (mark or f"found:{text[2:]}")
