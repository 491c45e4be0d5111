r"""CSV with a header; cells that hold several things separate them by `;` or line breaks, and `\;` is a semicolon."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from snellen.case import Source
from snellen.datasets.findings import Findings, quoted
from snellen.datasets.keys import CASE_KEYS, report_unknown
from snellen.datasets.raw import RawRow
from snellen.datasets.textfile import MAX_LINE_BYTES, bad_byte, numbered_lines
from snellen.errors import InputError, Problem

__all__ = ["read_csv"]

_LIST_COLUMNS = frozenset({"answer", "choices", "images", "image", "expect", "tags", "titles"})
_ONE_OR_MORE = frozenset({"answer"})  # one entry is the value, several are a list
_GROUP_COLUMN = re.compile(r"expect[._](all|any|none|regex|scorers)")
_OWN_COLUMN = re.compile(r"metadata\.(.+)")
_NEEDED = (("id",), ("images", "image"))  # the prompt may stand in the card
# A data URI has a semicolon of its own, always before "base64,".
_SEPARATOR = re.compile(r"(?<!\\);(?!base64,)|\r?\n", re.IGNORECASE)


def read_csv(path: Path, *, name: str) -> Iterator[RawRow | Problem]:
    """The rows of a file, in order, with a Problem in place of each that cannot be split into cells.

    Every cell is text; an empty one is an absent field.

    Args:
        path: The file.
        name: How errors call it.

    Raises:
        InputError: The file cannot be read, or its header cannot be used.
    """
    lines = _Lines(path, name)
    table = csv.reader(lines, strict=True)
    header: list[str] | None = None
    while True:
        first_line = table.line_num + 1
        try:
            cells = _next_row(table)
        except StopIteration:
            break
        except csv.Error as error:
            yield _split_problem(error, name, first_line, table.line_num)
            lines.take_problems()
            continue
        problems = lines.take_problems()
        if header is None:
            header = _checked_header(cells, problems, name)
        elif any(cells):
            yield _row(header, cells, Source(name, first_line), problems)
        else:
            yield from problems
    if header is None:
        raise InputError(
            Problem("is empty", file=name, hint="The first line names the columns: id,images,prompt,expect")
        )


class _Lines:
    """The lines of a file as text, and what was wrong in those read so far."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._lines = numbered_lines(path, name=name)
        self._problems: list[Problem] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        number, line = next(self._lines)
        if isinstance(line, Problem):
            self._problems.append(line)
            return "\n"
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            self._add(number, bad_byte(line, error)[1], "Save the file as UTF-8 (in Excel: CSV UTF-8).")
            text = line.decode("utf-8", errors="replace")
        if "\0" in text:
            self._add(number, "the line holds a NUL character", "Remove it.")
        return text

    def _add(self, number: int, message: str, hint: str) -> None:
        self._problems.append(Problem(message, file=self._name, line=number, hint=hint))

    def take_problems(self) -> tuple[Problem, ...]:
        problems, self._problems = tuple(self._problems), []
        return problems


def _next_row(table: Iterator[list[str]]) -> list[str]:
    # The limit is the process's, and 131,072 characters are less than a picture as a data URI: lent, and given back.
    before = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        return next(table)
    finally:
        csv.field_size_limit(before)


def _split_problem(error: csv.Error, name: str, first_line: int, last_line: int) -> Problem:
    if "unexpected end of data" in str(error):
        return Problem("a quoted cell that begins in this row never ends", file=name, line=first_line, hint=_QUOTES)
    if "field larger than" in str(error):
        message = f"a cell is larger than {MAX_LINE_BYTES:,} characters"
        return Problem(message, file=name, line=first_line, hint=f"Does a quote open and never close? {_QUOTES}")
    return Problem(f"the row is not CSV: {error}", file=name, line=last_line, hint=_QUOTES)


_QUOTES = 'A quote inside a quoted cell is written twice: "say ""A"" aloud".'


def _checked_header(cells: list[str], problems: tuple[Problem, ...], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    findings = Findings(Source(name, 1))
    findings.adopt(problems)
    for column in sorted({column for column in header if header.count(column) > 1}):
        what = f"the column {quoted(column)} is there twice" if column else "several columns have no name"
        findings.add(what, hint="Every column needs a name of its own.")
    if header.count("") == 1:
        findings.add(f"column {header.index('') + 1} has no name", hint="Name it, or remove the column.")
    if "expect" in header and {"expect_all", "expect.all"} & set(header):
        findings.add("there are both 'expect' and 'expect_all', which mean the same", hint="Keep one.")
    report_unknown((column for column in header if column and not _is_known(column)), findings)
    missing = next((names[0] for names in _NEEDED if not set(names) & set(header)), None)
    if missing and not findings.problems:
        shown = quoted(",".join(header))
        findings.add(f"the header has no column {missing!r}: {shown}", hint=_header_hint(header))
    findings.raise_all()
    return header


def _is_known(column: str) -> bool:
    return column in CASE_KEYS or bool(_GROUP_COLUMN.fullmatch(column) or _OWN_COLUMN.fullmatch(column))


def _header_hint(header: list[str]) -> str:
    if len(header) == 1:
        for separator, what in ((";", "semicolons"), ("\t", "tabs")):
            if separator in header[0]:
                return f"The columns seem to be separated by {what}; Snellen reads commas."
    return "The first line names the columns, such as: id,images,prompt,expect"


def _row(header: list[str], cells: list[str], source: Source, problems: tuple[Problem, ...]) -> RawRow:
    if len(cells) != len(header):
        more = "Is a comma or a quote missing?" if len(cells) < len(header) else "A cell with a comma needs quotes."
        message = f"the row has {len(cells)} cells, and the header {len(header)} columns"
        problems += (Problem(message, file=source.file, line=source.line, hint=more),)
    fields: dict[str, object] = {}
    groups: dict[str, object] = {}
    metadata: dict[str, object] = {}
    for column, cell in zip(header, cells, strict=False):
        if not cell:
            continue
        if group := _GROUP_COLUMN.fullmatch(column):
            groups[group[1]] = _split(cell)
        elif own := _OWN_COLUMN.fullmatch(column):
            metadata[own[1]] = cell
        else:
            parts = _split(cell) if column in _LIST_COLUMNS else []
            fields[column] = parts[0] if len(parts) == 1 and column in _ONE_OR_MORE else parts or cell
    if groups:
        fields["expect"] = {"all": fields.get("expect"), **groups}
    if metadata:
        fields["metadata"] = metadata
    return RawRow(fields, source, None, problems)


def _split(cell: str) -> list[str]:
    parts = (part.replace(r"\;", ";").strip() for part in _SEPARATOR.split(cell))
    return [part for part in parts if part]
