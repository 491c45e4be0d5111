import pytest

from snellen.report.words import (
    at_clock,
    in_bytes,
    in_dollars,
    in_seconds,
    language_of,
    public_name,
    public_text,
    public_url,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("고양이 🐈 cat\n\ttab", "고양이 🐈 cat\n\ttab", id="ordinary-text-stays"),
        pytest.param("a\r\nb", "a\nb", id="windows-line"),
        pytest.param("a\x00b", r"a\x00b", id="nul"),
        pytest.param("\x1b[2J", r"\x1b[2J", id="escape-sequence"),
        pytest.param("a\u202eb", r"a\u202eb", id="right-to-left-override"),
        pytest.param("\ud800", r"\ud800", id="lone-surrogate"),
        pytest.param("\ufffe\uffff", r"\ufffe\uffff", id="noncharacters"),
        pytest.param("\ufdd0\ufdef", r"\ufdd0\ufdef", id="noncharacters-in-the-arabic-block"),
        pytest.param("\U0001ffff\U0010fffe", r"\u1ffff\u10fffe", id="noncharacters-of-other-planes"),
        pytest.param("<b>&amp;", "<b>&amp;", id="markup-is-the-templates-business"),
    ],
)
def test_what_html_cannot_hold_is_shown_as_an_escape(text, shown):
    assert visible(text) == shown
    visible(text).encode("utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("images/a.png", "images/a.png"),
        ("../shared/a.png", "../shared/a.png"),
        ("image 1 (inline)", "image 1 (inline)"),
        ("/home/kim/pictures/a.png", "a.png"),
        ("~/pictures/a.png", "a.png"),
        ("C:\\Users\\kim\\a.png", "a.png"),
        ("\\\\server\\share\\a.png", "a.png"),
    ],
)
def test_a_name_keeps_no_folders_of_anybodys_machine(name, shown):
    assert public_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("cannot read /home/kim/a/b.png: gone", "cannot read …/b.png: gone", id="posix"),
        pytest.param("'/home/kim/evals/a.jsonl' holds none", "'…/a.jsonl' holds none", id="quoted"),
        pytest.param(r"cannot open C:\Users\kim\a.png", "cannot open …/a.png", id="windows"),
        pytest.param("see ~/kim/notes.txt", "see …/notes.txt", id="home"),
        pytest.param("pytest evals/a.py -k x", "pytest evals/a.py -k x", id="a-relative-path-stays"),
        pytest.param(
            "POST https://example.org/v1/chat failed", "POST https://example.org/v1/chat failed", id="an-address-stays"
        ),
        pytest.param("and/or, 3/4, /help", "and/or, 3/4, /help", id="a-slash-is-no-path"),
    ],
)
def test_a_message_keeps_no_folders_of_anybodys_machine(text, shown):
    assert public_text(text) == shown


@pytest.mark.parametrize(
    ("url", "shown", "leads_there"),
    [
        ("https://example.org/a.jpg", "https://example.org/a.jpg", True),
        ("http://example.org/a?id=3", "http://example.org/a?id=3", True),
        ("https://kim:pw@example.org/a.jpg", "https://example.org/a.jpg", False),
        ("https://example.org/a.jpg?sig=abc&id=3", "https://example.org/a.jpg?sig=…&id=3", False),
        ("https://b.example.org/a?X-Amz-Signature=abc", "https://b.example.org/a?X-Amz-Signature=…", False),
        ("javascript:alert(1)", "javascript:alert(1)", False),
        ("data:text/html,<b>", "data:text/html,<b>", False),
        ("https:///nowhere", "https:///nowhere", False),
        ("\x01https://example.org/a", r"\x01https://example.org/a", False),
        ("http://[::1", "http://[::1", False),
    ],
)
def test_an_address_is_shown_without_its_secrets_and_linked_only_when_it_is_whole(url, shown, leads_there):
    assert public_url(url) == (shown, leads_there)


@pytest.mark.parametrize(("text", "language"), [("무엇이 있나요?", "ko"), ("What is it?", None), ("これは", None)])
def test_only_korean_is_named_as_a_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2026-11-22T17:05:59Z", "2026-11-22 17:05 UTC"),
        ("2026-11-22T17:05:59+09:00", "2026-11-22 17:05"),
        ("", ""),
        ("yesterday", "yesterday"),
    ],
)
def test_times_are_read_as_a_person_writes_them(iso, shown):
    assert at_clock(iso) == shown


@pytest.mark.parametrize(
    ("duration_s", "shown"),
    [
        (0, "0 ms"),
        (0.0384, "38 ms"),
        (1.239, "1.24 s"),
        (12.44, "12.4 s"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
    ],
)
def test_durations_have_the_digits_that_matter(duration_s, shown):
    assert in_seconds(duration_s) == shown


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (134_900, "135 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (18_230_000, "18.2 MB"),
    ],
)
def test_sizes_count_in_thousands(size_bytes, shown):
    assert in_bytes(size_bytes) == shown


@pytest.mark.parametrize(
    ("cost_usd", "shown"),
    [
        (0, "$0.0000"),
        (0.000_049, "<$0.0001"),
        (0.000_05, "$0.0001"),
        (0.012_34, "$0.0123"),
        (1240.5, "$1,240.5000"),
    ],
)
def test_money_as_people_read_it_and_little_is_not_nothing(cost_usd, shown):
    assert in_dollars(cost_usd) == shown
