"""A comparison in a pull request is complete, short enough, and nothing in it acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from comparekit import row, rows, side
from report_payloads import PAYLOADS
from snellen.analysis.compare import compare, rank
from snellen.analysis.comparison import Verdicts
from snellen.report.markdown import MOST_CHARACTERS, comparison_markdown, escaped, fenced, ranking_markdown

OURS = {"h3", "h4", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "b"}
BLOCKS = {"pre", "code"}


class _Tags(HTMLParser):
    """What a browser makes of the HTML: tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> _Tags:
    """As CommonMark with tables and raw HTML makes it, which is the most that a forge lets through."""
    return _Tags(MarkdownIt("commonmark").enable("table").render(markdown))


def answers(_: int, verdicts: Verdicts) -> tuple[str, str]:
    return ("It is red.", "") if verdicts.outcome == "passed" else ("no | idea", "missing 'red|빨강'")


def test_a_comparison_in_full() -> None:
    found = compare(side(rows("1" * 7 + "01"), "gpt"), side(rows("0" * 7 + "1"), "qwen"))
    assert (
        comparison_markdown(found, answers=answers, most=1)
        == """\
### ⚪ Cannot tell whether qwen is better or worse than gpt: it would take about 12 questions to show a difference of 75.0 points with 80 % power.

A is gpt, B is qwen.

- **accuracy** 87.5 % → 12.5 %, -75.0 points (95 %: -95.5 to -5.8, Tango), p = 0.070 (exact McNemar; mid-p 0.039), n = 8; at most 94.3 points worse (95 %, one-sided; the margin is 2 points)
- **cases** 7 broke, 1 fixed; 0 of 8 answers are the same to the letter

|  | A | B |
|---|---|---|
| accuracy (95 %) | 87.5 % (52.9 to 97.8) | 12.5 % (2.2 to 47.1) |
| passed | 8 | 1 |
| failed | 1 | 7 |
| latency, median | 1.00 s | 1.00 s |
| latency, 95 in 100 | 1.00 s | 1.00 s |
| cost | not known | not known |

- 1 trial only in A, not compared: e&#91;c8-m&#93;
- The interval leaves out 0, but the test that decides (exact McNemar) does not bear it out: its p is not below 0.05.

<details><summary><b>broke</b> e&#91;c0-m&#93;</summary>

A passed

```text
It is red.
```

B failed: missing 'red&#124;빨강'

```text
no | idea
```

</details>

7 flipped cases not shown here; `snellen compare --json` has all of them.
"""  # noqa: E501  # a line of Markdown is a paragraph
    )


@pytest.mark.parametrize(
    "text", [*PAYLOADS, "@octocat", "| a | b |", "- [ ] x", "#1", "# x", "```", "</details>"], ids=repr
)
def test_nothing_from_outside_becomes_an_element_link_or_mention(text: str) -> None:
    fields = {"case": text, "eval": text, "model": text, "variant": text, "tags": (text,)}
    before, after = row(**fields), row(sign="0", **fields)
    more = row(**{**fields, "case": f"{text}2"})
    found = compare(side([before, more], text), side([after], text), by="tag")
    ranking = rank(*(side(own, text) for own in ([before, more], [after], [after])))
    several = [before, before._replace(model=f"{text}2")]
    parted = compare(side(several, text), side([after, *several[1:], more._replace(model=f"{text}3")], text), by="tag")
    for markdown in (
        comparison_markdown(found, answers=lambda *_: (text, text)),
        comparison_markdown(parted, answers=lambda *_: (text, text)),
        ranking_markdown(ranking),
        ranking_markdown(rank(several, several, several)),
    ):
        page = rendered(markdown)
        assert {tag for tag, _ in page.tags} <= OURS | BLOCKS
        assert {name for _, attrs in page.tags for name, _ in attrs} <= {"class"}
        outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", markdown)
        assert not re.search(r"@\w|(?<![&\w])#\d|https?://|www\.\w", outside)


@pytest.mark.parametrize(
    "text", ["a|b", "<b>", "&amp;", "**x**", "[x](y)", "`x`", "$x$", "~~x~~", "- x", "1. x", "=="], ids=str
)
def test_escaped_text_reads_as_it_is(text: str) -> None:
    page = rendered(escaped(text))
    assert (page.text.strip().replace("\u200b", ""), [tag for tag, _ in page.tags]) == (text, ["p"])
    cell = rendered(f"| h |\n|---|\n| {escaped(text)} |")
    assert cell.text.split()[-1].replace("\u200b", "") == text.rsplit(maxsplit=1)[-1]
    assert [tag for tag, _ in cell.tags].count("td") == 1


@pytest.mark.parametrize("text", ["```", "````\n</details>", "~~~", "a\r\nb", "\n\n`````x"], ids=repr)
def test_a_block_is_not_left_by_what_stands_in_it(text: str) -> None:
    page = rendered(f"{fenced(text)}\n\nafter")
    assert [tag for tag, _ in page.tags] == ["pre", "code", "p"]
    assert page.text.rstrip().endswith("\nafter")


def test_a_comment_holds_at_most_65536_characters_and_says_what_is_missing() -> None:
    found = compare(rows("1" * 400), rows("0" * 400))
    text = comparison_markdown(found, answers=lambda *_: ("가" * 5_000, "x" * 5_000), most=400)
    assert len(text) <= MOST_CHARACTERS
    shown = text.count("<details>")
    assert 10 < shown < 400
    assert text.count("</details>") == shown
    assert text.endswith(f"\n\n{400 - shown} flipped cases not shown here; `snellen compare --json` has all of them.\n")


def test_names_without_end_do_not_make_it_longer() -> None:
    before = [row(f"{'<' * 3_000}{n}", eval="|" * 3_000, tags=("&" * 3_000 + str(n),)) for n in range(60)]
    after = [one._replace(outcome="failed") for one in before]
    text = comparison_markdown(compare(before, after[:30], by="tag"), answers=answers)
    assert len(text) <= MOST_CHARACTERS


def test_a_ranking_has_a_row_a_side_and_a_row_a_pair() -> None:
    found = rank(side(rows("1" * 9), "a|b"), side(rows("0" * 9), "c"), side(rows("1" * 8 + "0"), "d"))
    lines = ranking_markdown(found).splitlines()
    assert lines[0] == "**Cannot tell which is the best: a&#124;b or d, but none of the others.**"
    assert lines[2] == "| rank |  | accuracy (95 %) | latency | cost | tied with |"
    assert lines[4] == "| 1 (1-2) | a&#124;b | 100.0 % (70.1 to 100.0) | 1.00 s | not known | d |"
    assert [line for line in lines if line.startswith("| c | a")] == [
        "| c | a&#124;b | -100.0 (-100.0 to -40.2) | 0.012 | worse |"
    ]


def test_several_models_have_a_section_each_and_share_the_room() -> None:
    """Of five models with ten flips each, four of each are shown."""
    names = [f"m{n}" for n in range(5)]
    before = [one for name in names for one in rows("1" * 10, model=name)]
    after = [one for name in names for one in rows("0" * 10, model=name)]
    text = comparison_markdown(compare(side(before, "run 1"), side(after, "run 2")), answers=answers)
    assert text.startswith(
        "### 🔴 run 2 against run 1\n\nA is run 1, B is run 2.\n\n- 🔴 m0: run 2 is worse than run 1.\n- 🔴 m1: "
    )
    assert re.findall("(?m)^#### (.*)$", text) == names
    assert text.count("<details>") == 20
    assert text.endswith("30 flipped cases not shown here; `snellen compare --json` has all of them.\n")
