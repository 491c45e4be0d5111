"""What counts as a mention: the tables, in every Unicode form, and what no text may do to a matcher.

Two of the tables were written before the rules they test were looked at again: they keep the rules honest.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snellen.scorers.keywords import find_group
from snellen.scorers.matcher import Passage, compile_keyword
from snellen.scorers.mention import Finding

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


class Row(NamedTuple):
    """One row of a table: how a text reads a keyword with its synonyms."""

    verdict: str
    synonyms: tuple[str, ...]
    text: str
    where: str


def rows_of(name: str) -> list[Row]:
    rows = []
    for number, line in enumerate((Path(__file__).parent / name).read_text("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            verdict, keyword, text, *_ = line.split("\t")
            rows.append(
                Row(verdict, tuple(keyword.split("|")), text.replace("\\n", "\n"), f"{name}:{number} {keyword}")
            )
    return rows


TABLE = rows_of("keyword_table.tsv")
every_row = pytest.mark.parametrize(
    "row",
    rows := [*TABLE, *rows_of("keyword_holdout.tsv"), *rows_of("keyword_holdout_2.tsv")],
    ids=[row.where for row in rows],
)


@every_row
def test_a_text_reads_a_keyword_as_the_table_says(row):
    assert find_group(row.synonyms, row.text).verdict == row.verdict


@every_row
def test_a_row_reads_the_same_in_every_unicode_form(row):
    verdicts = {}
    for form in FORMS:
        synonyms = tuple(unicodedata.normalize(form, word) for word in row.synonyms)
        verdicts[form] = find_group(synonyms, unicodedata.normalize(form, row.text)).verdict
    assert verdicts == dict.fromkeys(FORMS, row.verdict)


@every_row
def test_a_span_shows_the_same_words_in_a_decomposed_text(row):
    texts = [unicodedata.normalize(form, row.text) for form in ("NFC", "NFD")]
    spans = [find_group(row.synonyms, text).span for text in texts]
    shown = [span and unicodedata.normalize("NFC", text[slice(*span)]) for text, span in zip(texts, spans, strict=True)]
    assert shown[0] == shown[1]
    assert (shown[0] is None) == (row.verdict == "missing")
    assert shown[0] != ""


def test_at_least_half_of_the_table_is_korean():
    korean = [row for row in TABLE if any("가" <= char <= "힣" for char in row.text)]
    assert len(TABLE) >= 160
    assert len(korean) * 2 >= len(TABLE)


def test_no_row_stands_twice_in_the_table():
    keys = [(row.synonyms, row.text) for row in TABLE]
    assert sorted(set(keys)) == sorted(keys)


# Words that meet every rule at least sometimes; arbitrary text alone would meet none.
PIECES = [
    *("고양이", "개", "차이", "길이", "세 개", "열두 마리", "cat", "CATS", "猫", "🐱", "가", "는", "이", "에서는"),
    *("3", "１3", "1,300", "3만 5천", "②", "½", "twenty-one", "$4.50", "50%", "12:30", "1.\u0020", "분의"),
    *("no", "not", "n't", "if", "whether", "without", "or", "and", "is not visible", "はいません", "没有", "しか"),
    *("없고", "없습니다", "아니라", "보이지 않", "밖에", "있는지", "수 없", "말고는", "지만", "뿐", "알"),
    *(" ", "\n", ". ", ", ", "? ", "- ", ":", "“", "’", "—", "**", "(", ")", "\u200b", "\u00ad", "\ufe0f"),
    *("ㄱ", "ㅏ", "ﾡ", "ﬁ", "İ", "ß", "é", "\u0301", "\u3099", "ｶﾞ", "\ud800"),
]
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
words = st.one_of(st.text(max_size=8), st.lists(st.sampled_from(PIECES), max_size=3).map("".join))


@given(word=words, text=texts)
@settings(max_examples=300, deadline=None)
@example(word="", text="")
@example(word="\u200b", text="\u200b")
@example(word="-", text="a-b")
def test_any_text_gives_any_keyword_a_verdict_that_no_unicode_form_changes(word, text):
    findings = {form: find_group((word,), unicodedata.normalize(form, text)) for form in FORMS}
    assert {finding.verdict for finding in findings.values()} == {find_group((word,), text).verdict}
    for form, finding in findings.items():
        assert_honest(finding, unicodedata.normalize(form, text))


def assert_honest(finding: Finding, text: str) -> None:
    """A span is inside the text and not empty, and only what is missing has none."""
    if finding.verdict == "missing":
        assert finding.span is None
    else:
        start, end = finding.span
        assert 0 <= start < end <= len(text)


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_a_word_said_alone_on_its_own_line_is_mentioned_in_any_company(text):
    assert find_group(("고양이",), f"{text}\n\n고양이\n").verdict == "mentioned"


@pytest.mark.parametrize(
    ("keyword", "text", "shown"),
    [
        ("고양이", "저기 고양이가 있다", "고양이"),
        ("stop", "표지판: ＳＴＯＰ!", "ＳＴＯＰ"),
        ("traffic light", "a traffic-\nlight", "traffic-\nlight"),
        ("strasse", "Die Straße ist leer.", "Straße"),
        ("fish", "a \ufb01sh", "\ufb01sh"),
        ("catfish", "a cat\u200bfish", "cat\u200bfish"),
        ("3개", "창문이 세 개 있다", "세 개"),
        ("50%", "fifty percent", "fifty percent"),
        ("$4.50", "for $4.5", "$4.5"),
        ("2", "정답 ②", "②"),
        ("cat", "🐱🐱 cats", "cats"),
        ("ガ", "ｶﾞ", "ｶﾞ"),
    ],
)
def test_a_span_covers_the_mention_in_the_text_as_it_arrived(keyword, text, shown):
    start, end = find_group((keyword,), text).span
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("keyword", "text", "note"),
    [
        ("고양이", "길고양이 급식소", "only inside '길고양이'"),
        ("cat", "Concatenate them.", "only inside 'concatenate'"),
        ("3", "사람 13명", "only inside '13명'"),
        ("자동차", "자동차는 보이지 않습니다.", "denied by '않습니다'"),
        ("dog", "There is no dog.", "denied by 'no'"),
        ("dog", "I can't tell whether it is a dog.", "not known: 'whether'"),
        ("고양이", "고양이인지 알 수 없습니다.", "not known: '인지'"),
        ("길", "길이 5미터", "'길이' is also another word"),
        ("dog", "Is it a dog?", "asked, not said"),
        ("dog", "Not visible:\n- dogs", "listed under 'not visible:'"),
        ("dog", "A cat.", ""),
    ],
)
def test_the_note_says_why_a_keyword_does_not_count(keyword, text, note):
    assert find_group((keyword,), text).note == note


def test_one_affirmative_mention_is_enough_wherever_it_stands():
    finding = find_group(("dog",), "There is no dog here. Is there a dog there? The dog is outside.")
    assert finding == Finding("mentioned", (48, 51))


def test_a_denial_is_shown_before_a_doubt():
    assert find_group(("dog",), "Is there a dog? There is no dog.").verdict == "negated"


@pytest.mark.parametrize(
    "text",
    [
        "고양이는 없습니다. " * 100_000,
        "길고양이" * 300_000,
        "1/" * 1_000_000,
        "7" * 100_000,
        "3rd " * 300_000,
        "3천 " * 300_000,
        "traffic" + " " * 2_000_000,
        "cat" + ", , , , " * 1_000,
        "e" + "\u0301" * 300_000 + " cat",
        "1. a\n" * 200_000,
        "猫や" * 300_000 + "ない",
        "없" * 500_000,
    ],
    ids=lambda text: f"{text[:12]!r} x {len(text):,}",
)
def test_an_answer_of_megabytes_ends_in_a_verdict(text):
    passage = Passage(text)
    verdicts = {
        compile_keyword(word).find(passage).verdict for word in ("고양이", "cat", "3", "traffic light", "猫", "3개")
    }
    assert verdicts <= {"mentioned", "negated", "ambiguous", "missing"}
