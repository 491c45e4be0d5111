"""Opening a dataset: a folder with a card and one file of cases, or a single file."""

from __future__ import annotations

from pathlib import Path

from snellen._files import join_inside
from snellen._text import nearest
from snellen.datasets.card import CARD_NAME, Card, load_card
from snellen.datasets.dataset import READERS, Dataset
from snellen.errors import InputError, Problem

__all__ = ["open_dataset"]

_STEM = "cases"
_FORMATS = "cases.yaml, cases.jsonl or cases.csv"
_CARD_HINT = "A card needs one line at least, such as: name: Receipts"


def open_dataset(path: Path, *, root: Path | None = None) -> Dataset:
    """The dataset at `path`; its card is read now, its cases when they are asked for.

    Args:
        path: A folder that holds `dataset.yaml` and one of cases.yaml, cases.jsonl and cases.csv; or a file of cases.
        root: The folder pictures may not leave; default: the dataset's folder.

    Raises:
        InputError: There is no dataset, or its card is wrong.
    """
    try:
        return _open(path, root)
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror or error}", file=str(path))) from error


def _open(path: Path, root: Path | None) -> Dataset:
    if path.is_dir():
        return _open_folder(path, root)
    if not path.exists():
        raise InputError(Problem("there is no such file or folder", file=str(path), hint=_nearest_hint(path)))
    if path.name == CARD_NAME:
        return _open_folder(path.parent, root)
    _check_format(path)
    folder = path.parent
    if path.stem == _STEM and (folder / CARD_NAME).is_file():
        return _open_folder(folder, root)
    name = path.stem if path.stem != _STEM else folder.resolve().name
    return Dataset(name=name, card=Card(name=name), root=root or folder, files=(path,))


def _open_folder(folder: Path, root: Path | None) -> Dataset:
    found = sorted(entry for entry in folder.iterdir() if entry.stem == _STEM and entry.suffix.lower() in READERS)
    card_file = folder / CARD_NAME
    if not card_file.is_file():
        raise InputError(Problem(f"is no dataset: it holds no {CARD_NAME}", file=str(folder), hint=_card_hint(folder)))
    if len(found) != 1:
        raise InputError(_wrong_cases(folder, found))
    for file in (card_file, found[0]):
        join_inside(folder, file.name)
    default_name = folder.resolve().name
    card = load_card(card_file, name=str(card_file), default_name=default_name)
    return Dataset(name=card.name, card=card, root=root or folder, files=(found[0],), is_folder=True)


def _card_hint(folder: Path) -> str:
    if (folder / "dataset.yml").is_file():
        return f"Rename dataset.yml to {CARD_NAME}."
    return _CARD_HINT


def _wrong_cases(folder: Path, found: list[Path]) -> Problem:
    if found:
        names = " and ".join(file.name for file in found)
        return Problem(f"holds {names}; a dataset has one file of cases", file=str(folder), hint="Remove all but one.")
    other = next((entry for entry in sorted(folder.iterdir()) if entry.name.split(".")[0] == _STEM), None)
    if other is not None:
        _check_format(other)
    return Problem("holds no file of cases", file=str(folder), hint=f"Write {_FORMATS} beside {CARD_NAME}.")


def _check_format(path: Path) -> None:
    if path.suffix.lower() in READERS:
        return
    hints = {
        ".gz": "Unpack it first: gunzip.",
        ".json": "Write one object a line and name it .jsonl.",
        ".ndjson": "Name it .jsonl; the format is the same.",
        ".tsv": "Save it as CSV, with commas.",
        ".xlsx": "Save the sheet as CSV (UTF-8).",
        ".parquet": "Save the table as JSONL or CSV.",
    }
    hint = hints.get(path.suffix.lower())
    raise InputError(Problem(f"cannot be read as cases: Snellen reads {', '.join(READERS)}", file=str(path), hint=hint))


def _nearest_hint(path: Path) -> str | None:
    if not path.parent.is_dir():
        return f"The folder {path.parent} is not there either."
    near = nearest(path.name, (entry.name for entry in path.parent.iterdir()))
    return f"Did you mean {path.parent / near}?" if near else None
