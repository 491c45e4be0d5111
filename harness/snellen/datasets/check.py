"""Checking a dataset before anything is asked: every row read, every local picture decoded, one report of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from snellen._text import fold_key
from snellen.case import Case, ImageRef
from snellen.datasets.dataset import Dataset
from snellen.datasets.findings import quoted
from snellen.errors import ImageError, Problem
from snellen.images.decode import check_image
from snellen.images.digest import source_bytes

__all__ = ["DatasetCheck", "check_dataset"]

_PICTURES = frozenset({".avif", ".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_WINDOWS_NAMES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)
_MAX_NOTES = 20  # of one kind; a folder of pictures that are kept for later is no news


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCheck:
    """What a check found.

    Attributes:
        problems: What stands in the way of asking, in file order; empty when every case can be asked.
        notes: What a careful owner wants to know: pictures no case shows, names that other systems cannot keep apart.
        case_count: Good cases.
        image_count: Pictures that were decoded, each counted once.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    case_count: int
    image_count: int


def check_dataset(dataset: Dataset, *, on_case: Callable[[Case], Iterable[Problem]] | None = None) -> DatasetCheck:
    """Reads all rows and decodes all local pictures of a dataset; nothing is fetched and nothing sent.

    Args:
        dataset: What to check.
        on_case: Called with each good case, for progress and for further checks; what it gives back is noted.
    """
    pictures = _Pictures()
    problems: list[Problem] = []
    notes: list[Problem] = []
    case_count = 0
    for entry in dataset.entries():
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        found = list(pictures.problems_of(entry))
        problems += found
        case_count += not found
        if on_case is not None:
            notes += on_case(entry)
    if dataset.is_folder and not problems:
        notes += _unused(dataset.root, pictures.paths)
    notes += [*_clashing(pictures.paths), *pictures.notes]
    return DatasetCheck(
        problems=tuple(problems), notes=tuple(notes), case_count=case_count, image_count=pictures.decoded
    )


class _Pictures:
    """Decodes each file once, however many cases show it."""

    def __init__(self) -> None:
        self._verdicts: dict[Path, tuple[Problem, ...]] = {}
        self.notes: list[Problem] = []
        self.decoded = 0

    @property
    def paths(self) -> list[Path]:
        return sorted(self._verdicts)

    def problems_of(self, case: Case) -> Iterator[Problem]:
        source = case.source
        for ref in case.images:
            for problem in self._verdict(ref):
                yield replace(
                    problem,
                    file=source.file if source else None,
                    line=source.line if source else None,
                    case_id=case.id,
                )

    def _verdict(self, ref: ImageRef) -> tuple[Problem, ...]:
        if ref.url is not None:
            return ()
        if ref.path is None:
            return self._decode(ref)
        if ref.path not in self._verdicts:
            self._verdicts[ref.path] = self._decode(ref)
        return self._verdicts[ref.path]

    def _decode(self, ref: ImageRef) -> tuple[Problem, ...]:
        self.decoded += 1
        try:
            facts = check_image(source_bytes(ref), name=ref.name)
        except ImageError as error:
            return error.problems
        self.notes.extend(Problem(f"picture {quoted(ref.name)}: {note}") for note in facts.notes)
        return ()


def _unused(root: Path, used: list[Path]) -> list[Problem]:
    known = {path.resolve() for path in used}
    found = [path for path in sorted(root.rglob("*")) if path.suffix.lower() in _PICTURES and path.is_file()]
    unused = [path for path in found if path.resolve() not in known]
    notes = [Problem("no case shows this picture", file=str(path)) for path in unused[:_MAX_NOTES]]
    if len(unused) > _MAX_NOTES:
        notes.append(Problem(f"and {len(unused) - _MAX_NOTES:,} more pictures that no case shows", file=str(root)))
    return notes


def _clashing(paths: list[Path]) -> list[Problem]:
    """Names that Windows or macOS cannot hold, or cannot tell apart."""
    notes: list[Problem] = []
    seen: dict[str, Path] = {}
    for path in paths:
        other = seen.setdefault(fold_key(str(path)), path)
        if other != path:
            message = f"differs from {other.name!r} by case or Unicode form only; macOS and Windows keep one of the two"
            notes.append(Problem(message, file=str(path), hint="Rename one."))
        if path.name.split(".")[0].casefold() in _WINDOWS_NAMES:
            notes.append(Problem("Windows reserves this name for a device", file=str(path), hint="Rename it."))
    return notes[:_MAX_NOTES]
