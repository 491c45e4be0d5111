"""The totals of a text: numbers in rows and lines that are called a total ("| Total | 12,300 |", 합계: 12,300원)."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import NamedTuple

from snellen.scorers.figures import Figure
from snellen.scorers.page import Page
from snellen.scorers.units import CURRENCIES

__all__ = ["TOTAL_BEFORE", "total_of"]

TOTAL_BEFORE = (
    r"(?<![a-z])(?:a|the|in|grand) total(?: (?:amount|price|cost|number|bill|count))?"
    r"(?: (?:of|is|are|was|would be|will be|becomes|equals|(?:comes|comes out|amounts|adds up) to))?|(?<![a-z])total:|"
    r"(?<![a-z])the sum (?:is|was|would be|will be|becomes|equals|comes to|amounts to)|"
    r"(?<!that )(?<!which )(?<![a-z])(?:adds? up to|sums? (?:up )?to|totals|totall?ing|for a total of)|"
    r"(?<![가-힣])(?:총|모두|전부|합계|총액|총합|총계|총\s?금액|합계\s?금액|합|합쳐서|합하면|합치면|합해서|더하면|통틀어)(?:은|는|이|가)?"
)
"""What says right before a number that it is a total."""

_LABEL = re.compile(
    r"[\s*_#>•-]*(?:(?:the )?(?:grand )?total(?: (?:amount|price|cost|due|number|count|sum|bill|paid))?|sum|"
    r"합계(?:\s?금액)?|총\s?합계?|총계|총액|총\s?금액|총\s?(?:개수|인원|수)|합|계|결제\s?금액)(?:\s?\([^()|]{1,20}\))?[\s*_]*"
)
_BEGINS = re.compile(rf"^{_LABEL.pattern}[:=]", re.MULTILINE)
_LEADING = re.compile(r"[|:=]|\s[$€£¥₩]?[0-9]")  # where the label of a row or line ends
_AFTER_LABEL = re.compile(r"[:=]")
_RULE = re.compile(r"[\s|:-]+")
_COUNTS = re.compile(r"(?<![a-z])how many(?![a-z])|몇")
_MONEY = re.compile(r"(?:unit )?(?:price|amount|cost|sum)|total|금액|가격|비용|합계(?:\s?금액)?")
_ASKS_MONEY = re.compile(r"(?<![a-z])(?:how much|price|cost|amount|pay|paid|bill)(?![a-z])|얼마|금액|가격|비용")
_MOST_LINES = 2_000


class _Row(NamedTuple):
    start: int
    text: str

    def cells(self) -> list[tuple[int, str]]:
        """Where each cell begins, and its text."""
        found, place = [], self.start
        for cell in self.text.split("|"):
            found.append((place, cell))
            place += len(cell) + 1
        inner = found[1:] if not found[0][1].strip() else found
        return inner[:-1] if inner and not inner[-1][1].strip() else inner


def total_of(page: Page, prompt: str) -> list[Figure]:
    """The numbers of the one row, column or line that is called a total; none where the question names another row.

    Args:
        page: The text.
        prompt: The question, folded; of several numbers in that row it decides by what they count or cost.
    """
    if "|" not in page.text and not _BEGINS.search(page.text):
        return []
    rows = [_Row(start, line) for start, line in _lines(page.text)]
    tables = [row for row in rows if row.text.count("|") > 1 and not _RULE.fullmatch(row.text)]
    head = tables[0] if len(tables) > 1 else None  # names what the columns hold, and none of their rows
    labels = [_LEADING.split(row.text.strip(" |*_#>•-\t"))[0].strip(" *_`:") for row in rows if row != head]
    if any(len(one) > 1 and one in prompt for one in labels if not _LABEL.fullmatch(one)):
        return []
    found = _of_tables(page, tables) or [_of_line(page, row) for row in rows if "|" not in row.text]
    said = [figures for figures in found if figures]
    figures = said[-1] if said and (not tables or len(said) == 1) else []
    if _COUNTS.search(prompt):
        figures = [one for one in figures if not _is_money(one)]
    return _of_the_column(figures, tables, prompt) if len(figures) > 1 else figures


def _is_money(figure: Figure) -> bool:
    return figure.unit is not None and figure.unit.family in CURRENCIES


def _of_the_column(figures: list[Figure], tables: list[_Row], prompt: str) -> list[Figure]:
    """The numbers under the one heading that the question names, else the money that it asks for; else all."""
    asks_money = _ASKS_MONEY.search(prompt) is not None
    if asks_money and (money := [one for one in figures if _is_money(one)]):
        return money
    row = next((row for row in tables[1:] if row.start <= figures[0].start < row.start + len(row.text)), None)
    if row is None:
        return figures
    starts = [place for place, _ in row.cells()]
    heads = [cell.strip(" *_`:\t") for _, cell in tables[0].cells()]
    named = {index for index, head in enumerate(heads) if len(head) > 1 and head in prompt and index > 0}
    if not named and asks_money:
        named = {index for index, head in enumerate(heads) if _MONEY.fullmatch(head)}
    if len(named) != 1 or len(heads) != len(starts):
        return figures
    return [one for one in figures if bisect.bisect_right(starts, one.start) - 1 in named]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n")[-_MOST_LINES:] if text.count("\n") < _MOST_LINES else ():
        yield start, line
        start += len(line) + 1


def _of_tables(page: Page, rows: list[_Row]) -> list[list[Figure]]:
    """The numbers of each row whose first cell is a total, or of the total column where there is one row only."""
    cells = [row.cells() for row in rows]
    found = [
        page.between(row.start + len(one[0][1]), row.start + len(row.text))
        for row, one in zip(rows, cells, strict=True)
        if one and _LABEL.fullmatch(one[0][1])
    ]
    if not found and len(rows) == 2 and len(cells[0]) == len(cells[1]):  # noqa: PLR2004  # a header and one row
        found = [
            page.between(place, place + len(text))
            for (_, head), (place, text) in zip(*cells, strict=True)
            if _LABEL.fullmatch(head)
        ]
    return found


def _of_line(page: Page, row: _Row) -> list[Figure]:
    label = _LABEL.match(row.text)
    if label is None or not _AFTER_LABEL.match(row.text, label.end()):
        return []
    return [
        one
        for one in page.between(row.start + label.end(), row.start + len(row.text))
        if one.aside in {"", "in a table"}
    ]
