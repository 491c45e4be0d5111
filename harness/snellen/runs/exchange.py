"""Runs as files, to be kept elsewhere, sent to somebody or read by other programs; and back into a run store.

JSONL: a header with the run's facts and how many lines follow, then a line a trial with its case, then a line a
skipped case. Parquet: the same as columns. Neither holds the pictures; those below the project's folder are named from
there, so that they are found in another checkout of it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

import orjson

from snellen._files import cannot_write, digest, join_inside
from snellen._text import shorten
from snellen.case import ImageRef
from snellen.errors import ImageError, InputError, Problem, StorageError
from snellen.images.digest import read_picture
from snellen.runs.codec import dump, plain
from snellen.runs.store import Kept, RunStore
from snellen.runs.tables import Placed
from snellen.trial import RunFacts, Skipped, Trial

__all__ = ["FORMAT_VERSION", "Header", "export_run", "header_of", "import_run", "placed_of", "read_export", "settled"]

FORMAT_VERSION = 1
_FORMAT = "snellen run"
_ID = re.compile(r"[\w.-]{1,100}")
_MAX_LINE_BYTES = 512 * 1024 * 1024  # a case may hold several pictures of 50 MB as base64
_MAX_PLACE = 2**63 - 1
_NOWHERE = Path("/dev/null")  # nothing can lie below a file
_FOUND_WIDTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How an export begins.

    Attributes:
        facts: Of the run.
        trials: How many follow.
        skipped: How many skipped cases follow them.
    """

    facts: RunFacts
    trials: int
    skipped: int

    def to_json(self) -> bytes:
        """The header as it stands in a file."""
        counts = {"trials": self.trials, "skipped": self.skipped}
        return dump({"format": _FORMAT, "version": FORMAT_VERSION, **counts, "facts": self.facts})


def export_run(store: RunStore, name: str, path: Path, *, root: Path) -> Header:
    """Writes a run to `path`, as Parquet when it is called so and as JSONL else; replaces a file that is there.

    Args:
        store: Holds the run.
        name: The run's id, its beginning, or `latest`.
        path: Where to; ends in .jsonl or .parquet.
        root: The project's folder.

    Raises:
        InputError: There is no such run, the name ends otherwise, or Parquet needs a package that is missing.
        StorageError: It cannot be written; what was there stays.
    """
    if path.suffix not in (".jsonl", ".parquet"):
        raise InputError(Problem(f"an export is a .jsonl or a .parquet file, and {str(path)!r} is neither"))
    with store.open(name) as kept:
        trials, skipped = kept.counts
        header = Header(facts=kept.facts, trials=trials, skipped=skipped)
        results = ((place, _portable(result, root)) for place, result in kept.results())
        if path.suffix == ".parquet":
            from snellen.runs.parquet import write_parquet

            with _replacing(path) as file:
                write_parquet(file, header, results)
        else:
            with _replacing(path) as file:
                file.write(header.to_json() + b"\n")
                file.writelines(_line(place, result) for place, result in results)
    return header


def _line(place: int, result: Trial | Skipped) -> bytes:
    return dump({"place": place, "trial" if isinstance(result, Trial) else "skipped": result}) + b"\n"


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of `path` once it is written whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StorageError(cannot_write(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def read_export(path: Path) -> Iterator[tuple[Header, Iterator[Placed]]]:
    """The header of an export, and its results as they stand there; nothing in it is executed or unpickled.

    Raises:
        InputError: It is no export, of a newer version, damaged or cut short; the line is named. What is wrong
            further down is raised when the reading gets there.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                from snellen.runs.parquet import read_parquet

                yield read_parquet(file, path)
            else:
                file.seek(0)
                yield _read_jsonl(file, path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _read_jsonl(file: BinaryIO, path: Path) -> tuple[Header, Iterator[Placed]]:
    first = file.readline(_MAX_LINE_BYTES)
    header = header_of(first, path, line=1)
    return header, _whole(_jsonl_results(file, path), header, path)


def _jsonl_results(file: BinaryIO, path: Path) -> Iterator[Placed]:
    number = 1
    while line := file.readline(_MAX_LINE_BYTES):
        number += 1
        if not line.endswith(b"\n"):
            raise _wrong(path, "this line is cut short", line, number=number)
        yield placed_of(line, path, line=number)


def _whole(results: Iterator[Placed], header: Header, path: Path) -> Iterator[Placed]:
    """The same results; what is missing in the end is an error."""
    counts = [0, 0]
    for place, result in results:
        counts[isinstance(result, Skipped)] += 1
        yield place, result
    if counts != [header.trials, header.skipped]:
        found = f"{counts[0]:,} trials and {counts[1]:,} skipped cases"
        said = f"holds {found}; its header says {header.trials:,} and {header.skipped:,}"
        raise InputError(Problem(said, file=str(path), hint="The file is cut short. Export the run again."))


def header_of(data: bytes, path: Path, *, line: int | None = None) -> Header:
    """The header that this JSON is.

    Raises:
        InputError: It is none, or a newer Snellen wrote it.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict) or value.get("format") != _FORMAT:
        raise _wrong(path, "this is no export of a run", data, number=line)
    if value.get("version") != FORMAT_VERSION:
        found = shorten(repr(value.get("version")), _FOUND_WIDTH)
        said = f"this export has version {found}; this Snellen reads {FORMAT_VERSION}"
        raise InputError(Problem(said, file=str(path), line=line, hint="Upgrade Snellen."))
    try:
        facts = plain(RunFacts, value["facts"])
        header = Header(facts=facts, trials=int(value["trials"]), skipped=int(value["skipped"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(path, f"this header cannot be read ({_reason(error)})", data, number=line) from None
    if not _ID.fullmatch(facts.id) or facts.id == "latest":
        raise _wrong(path, f"{shorten(facts.id, _FOUND_WIDTH)!r} is no id of a run", data, number=line)
    # Whoever wrote it does so no more, at least not here.
    return replace(header, facts=replace(facts, state="interrupted")) if facts.state == "running" else header


def placed_of(data: bytes, path: Path, *, line: int) -> Placed:
    """The result that this JSON is.

    Raises:
        InputError: It is none.
    """
    try:
        value = orjson.loads(data)
        place = value["place"]
        if not isinstance(place, int) or not 0 <= place <= _MAX_PLACE:
            raise ValueError("place is no position")  # noqa: TRY301  # said with its line below
        return place, plain(Trial, value["trial"]) if "trial" in value else plain(Skipped, value["skipped"])
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(path, f"this is no trial ({_reason(error)})", data, number=line) from None


def _wrong(path: Path, what: str, data: bytes, *, number: int | None) -> InputError:
    found = shorten(data[:_FOUND_WIDTH].decode("utf-8", "replace"), _FOUND_WIDTH)
    hint = "Right is a file that `snellen export` wrote."
    return InputError(Problem(f"{what}; it begins {found!r}", file=str(path), line=number, hint=hint))


def _reason(error: Exception) -> str:
    """What pydantic found first, or what another error says."""
    errors = getattr(error, "errors", None)
    if callable(errors):
        first = errors(include_url=False, include_input=False)[0]
        return shorten(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", 200)
    return shorten(f"{error} is missing" if isinstance(error, KeyError) else str(error), 200)


def import_run(store: RunStore, path: Path, *, root: Path) -> tuple[str, bool]:
    """Puts an exported run into the run store, all of it or nothing.

    Args:
        store: Where to.
        path: The file.
        root: The project's folder, where the run's pictures are looked for.

    Returns:
        The run's id, and whether it was added; False when the store has the very same run already.

    Raises:
        InputError: It cannot be read, or the store has another run under this id.
        StorageError: The store cannot be written.
    """
    with read_export(path) as (header, results):
        if header.facts.id in store.ids():
            with store.open(header.facts.id) as kept:
                if not _is_same(kept, header, results, root=root):
                    said = f"holds run {header.facts.id!r}, and the run store has another run under this id"
                    raise InputError(Problem(said, file=str(path), hint="Nothing was changed."))
            return header.facts.id, False
        store.add(header.facts, lambda _: ((place, settled(result, root)) for place, result in results))
        return header.facts.id, True


def _is_same(kept: Kept, header: Header, results: Iterable[Placed], *, root: Path) -> bool:
    if kept.facts != header.facts:
        return False
    for one, other in zip_longest(kept.results(), results):
        if one is None or other is None or one[0] != other[0]:
            return False
        if _portable(one[1], root) != other[1] and one[1] != settled(other[1], root):
            return False
    return True


def _portable(result: Trial | Skipped, root: Path) -> Trial | Skipped:
    """The result with pictures below the project named from there."""

    def portable(image: ImageRef) -> ImageRef:
        if image.path is None or not image.path.is_relative_to(root):
            return image
        return replace(image, path=image.path.relative_to(root))

    return _with_images(result, portable)


def settled(result: Trial | Skipped, root: Path) -> Trial | Skipped:
    """The result with its pictures where they lie in this project.

    A file that somebody sends may name any path, and a report shows what it finds there. So a picture outside of the
    project is taken only when it is the one that was sent to the model; else it counts as missing.

    Raises:
        InputError: A relative path leaves the project.
    """
    sent = {image.identity for image in result.images} if isinstance(result, Trial) else set()

    def found(image: ImageRef) -> ImageRef:
        path = image.path
        if path is None:
            return image
        if not path.is_absolute():
            join_inside(root, str(path))
            return replace(image, path=root / path)
        is_ours = path.is_relative_to(root) and ".." not in path.parts and _lies_inside(root, path)
        if is_ours or not _is_there(path) or _identity(path) in sent:
            return image
        return replace(image, path=_NOWHERE / path.name)

    return _with_images(result, found)


def _with_images(result: Trial | Skipped, change: object) -> Trial | Skipped:
    if isinstance(result, Skipped) or all(image.path is None for image in result.case.images):
        return result
    assert callable(change)  # noqa: S101  # a function of this file
    images = tuple(change(image) for image in result.case.images)
    return replace(result, case=replace(result.case, images=images))


def _lies_inside(root: Path, path: Path) -> bool:
    try:
        join_inside(root, str(path.relative_to(root)))
    except InputError:
        return False
    return True


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _identity(path: Path) -> str:
    try:
        return f"sha256:{digest(read_picture(path, name=path.name))}"
    except ImageError:
        return ""
