import pytest

from snellen.report.evidence import Check, Piece, Verdict, pieces_of, verdict_of
from snellen.score import Evidence, Score, ScorerCall


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
        ScorerCall(model="judge", recorded=True, failure="cannot read /home/kim/evals/x.jsonl"),
    )
    verdict = verdict_of(Score(scorer="judge", value=1.0, passed=True, calls=calls))
    assert verdict.calls == (
        ("gpt-x-2026, 1.50 s, $0.0100", '{"ok": true}'),
        ("judge, recorded", "cannot read …/x.jsonl"),
    )
