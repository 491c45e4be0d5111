"""A dataset as a value: where its cases are, and two ways to read them - one by one, or for all that is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from snellen._keys import KeyMap, key_of
from snellen._text import normalized, plural
from snellen.case import Case, Source
from snellen.datasets.card import Card
from snellen.datasets.csv import read_csv
from snellen.datasets.jsonl import read_jsonl
from snellen.datasets.raw import RawRow
from snellen.datasets.row import RowParser
from snellen.datasets.yaml import load_yaml, read_yaml
from snellen.errors import InputError, Problem

__all__ = ["READERS", "Dataset", "TakenIds", "parse_rows", "validate"]

READERS = {".csv": read_csv, ".jsonl": read_jsonl, ".yaml": read_yaml, ".yml": read_yaml}

# Files and lines in one 64-bit number: 16 million files of a billion lines and more.
_LINE_BITS = 40
_LINE_MASK = (1 << _LINE_BITS) - 1

_MAX_SHOWN = 50  # nobody reads on; and a file of another shape has a problem in every row


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """An ordered collection of cases, read when asked for.

    Attributes:
        name: The card's name.
        card: What is said about all cases.
        root: The folder that pictures may not leave.
        files: The files that hold the cases, as the user named them.
        at: Keys that lead to the list of cases inside a YAML file; empty when the file is the list.
        is_folder: Whether `root` is the dataset's own folder, with a card.
    """

    name: str
    card: Card
    root: Path
    files: tuple[Path, ...]
    at: tuple[str, ...] = ()
    is_folder: bool = False

    def cases(self) -> Iterator[Case]:
        """The cases in order; memory holds one case, and some 25 bytes for each id that is taken.

        Only a YAML file is held whole, up to its limit of 16 MB.

        A bad row ends the cases, but the file is read to its end first, so that the error tells all. Whoever spends
        money on cases calls `validate` before: then nothing is spent on a dataset that is wrong further down.

        Raises:
            InputError: With the problems of the whole dataset, the first 50 in full.
        """
        entries = self.entries()
        for entry in entries:
            if isinstance(entry, Problem):
                raise InputError(_first_of(itertools.chain([entry], entries)))
            yield entry

    def entries(self) -> Iterator[Case | Problem]:
        """Every good case and every problem, in file order; rows after a bad one are still read."""
        count = 0
        taken = TakenIds()
        for file in self.files:
            parser = RowParser(folder=file.parent, root=self.root, defaults=self.card.defaults)
            for entry in parse_rows(self._rows(file), parser, taken=taken):
                count += 1
                yield entry
        if not count:
            yield Problem("holds no cases", file=str(self.files[0]))

    def _rows(self, file: Path) -> Iterator[RawRow | Problem]:
        if self.at:
            return load_yaml(file, name=str(file)).rows(*self.at)
        return READERS[file.suffix.lower()](file, name=str(file))


class TakenIds:
    """The ids of a dataset that are taken, and where each was first seen, in some 25 bytes an id."""

    def __init__(self) -> None:
        """Nothing is taken yet."""
        self._places = KeyMap()
        self._files: dict[str | None, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def take(self, case_id: str, source: Source | None) -> tuple[bool, Source | None]:
        """Whether the id was free, and where its holder stands when it was not; it is taken from now on.

        It is known by its key: among a million ids, one is wrongly said to be taken once in 37 million datasets.

        Args:
            case_id: Two that look the same are the same, for so they are to whoever reads a report.
            source: Where it stands; None for a row made in Python.
        """
        key = key_of(case_id if case_id.isascii() else normalized("NFC", case_id))
        file, line = (source.file, source.line) if source else (None, None)
        place = self._files.setdefault(file, len(self._files)) << _LINE_BITS | (line or 0)
        count = len(self._places)
        first = self._places.setdefault(key, place)
        return (True, None) if len(self._places) > count else (False, self._source(first))

    def _source(self, place: int) -> Source | None:
        file = list(self._files)[place >> _LINE_BITS]
        return None if file is None else Source(file, place & _LINE_MASK or None)


def parse_rows(
    rows: Iterable[RawRow | Problem], parser: RowParser, *, taken: TakenIds | None = None
) -> Iterator[Case | Problem]:
    """The case of each good row, and every problem, in order; no exception, whatever the rows hold.

    Args:
        rows: From a reader, which may end with an InputError: its problems come last then.
        parser: Makes the cases.
        taken: The ids that are taken; this function takes those of its rows. None begins anew.
    """
    taken = TakenIds() if taken is None else taken
    iterator = iter(rows)
    while True:
        try:
            row = next(iterator, None)
        except InputError as error:
            yield from error.problems
            return
        if row is None:
            return
        if isinstance(row, Problem):
            yield row
        else:
            yield from _parsed(row, parser, taken)


def _parsed(row: RawRow, parser: RowParser, taken: TakenIds) -> Iterator[Case | Problem]:
    try:
        case = parser.parse(row)
    except InputError as error:
        yield from error.problems
        # A bad row has its id all the same, so that whoever mends it is not told of a repeated id the next time.
        case_id = error.problems[0].case_id
        duplicate = _duplicate(case_id, row.source, taken) if case_id else None
        if duplicate is not None:
            yield duplicate
        return
    yield _duplicate(case.id, row.source, taken) or case


def _duplicate(case_id: str, source: Source | None, taken: TakenIds) -> Problem | None:
    """What is wrong when the id is taken; else it is taken from now on."""
    is_free, first = taken.take(case_id, source)
    if is_free:
        return None
    file = source.file if source else None
    where = "another case" if first is None else f"line {first.line}" if first.file == file else str(first)
    return Problem(
        f"the id is taken: {where} has it too",
        file=file,
        line=source.line if source else None,
        case_id=case_id,
        hint="Give one of the two another id; recordings and baselines are found by it.",
    )


def validate(dataset: Dataset) -> list[Problem]:
    """Everything that is wrong with the rows of a dataset, in file order; empty when all of it can be asked.

    Reads every row and looks for every picture, but opens none: `check_dataset` does.
    """
    return [entry for entry in dataset.entries() if isinstance(entry, Problem)]


def _first_of(entries: Iterator[Case | Problem]) -> list[Problem]:
    problems = (entry for entry in entries if isinstance(entry, Problem))
    shown = list(itertools.islice(problems, _MAX_SHOWN))
    more = sum(1 for _ in problems)
    if more:
        shown.append(Problem(f"and {plural(more, 'problem')} more", file=shown[0].file))
    return shown
