"""Pictures by path: found below their root, in either Unicode form, and refused when they lead out of it."""

from __future__ import annotations

import re
import stat
import unicodedata
from os import stat_result
from pathlib import Path

from snellen._text import fold_key, nearest
from snellen.datasets.findings import quoted
from snellen.errors import ImageError, Problem

__all__ = ["PictureFinder"]

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MAX_SEARCHES = 20  # looking for the nearest name costs milliseconds in a large folder; nobody reads 20 such hints
_MAX_COMPARED = 5_000


class PictureFinder:
    """Finds the pictures that the rows of one file name, and remembers the folders it has looked into.

    Args:
        folder: Where relative paths start: the folder of the file that names them.
        root: The folder that no picture may lie outside of once every link is followed. None lets any path through,
            for pictures that a program names.
    """

    def __init__(self, folder: Path, root: Path | None) -> None:
        self._folder = folder.resolve()
        self._root = root.resolve() if root is not None else None
        self._shown_root = str(root)
        self._directories: dict[str, Path] = {}
        self._listings: dict[Path, dict[str, list[str]]] = {}
        self._searches_left = _MAX_SEARCHES

    def find(self, name: str) -> Path:
        """The regular file that `name` means, absolute, with every link followed.

        Raises:
            ImageError: It is missing, no regular file, empty, or outside the root.
        """
        self._refuse_by_text(name)
        head, slash, base = name.rpartition("/")
        directory = self._directory(head + slash, name)
        if base in ("", ".", ".."):
            raise _refused(f"{quoted(name)} is a folder", "Name the picture file.")
        path = directory / base
        try:
            facts = path.lstat()
            if stat.S_ISLNK(facts.st_mode):
                path = self._inside(path.resolve(strict=True), name)
                facts = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            path = self._in_other_form(directory, name)
            facts = path.stat()
        except (OSError, RuntimeError) as error:  # RuntimeError is what pathlib made of a link loop before Python 3.13
            raise _refused(f"{quoted(name)} cannot be opened: {_reason(error)}") from error
        _refuse_irregular(facts, name)
        return path

    def _refuse_by_text(self, name: str) -> None:
        if not name:
            raise _refused("the path of a picture is empty")
        control = _CONTROL.search(name)
        if control:
            raise _refused(f"path {quoted(name)} holds the control character {control.group()!r}")
        if name.startswith("~"):
            raise _refused(f"{quoted(name)} begins with '~', which is not expanded", self._relative_hint())
        if name.startswith(("\\\\", "//")) or _DRIVE.match(name):
            raise _refused(f"{quoted(name)} is a path of one Windows machine or share", self._relative_hint())
        if name.startswith("/") and self._root is not None:
            raise _refused(f"{quoted(name)} is an absolute path", self._relative_hint())

    def _relative_hint(self) -> str:
        return f"Copy the picture into {self._shown_root} and name it relative to this file, such as images/photo.jpg."

    def _directory(self, head: str, name: str) -> Path:
        known = self._directories.get(head)
        if known is not None:
            return known
        try:
            directory = self._resolved_directory(head)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._missing(self._folder, name) from error
        except (OSError, RuntimeError) as error:
            raise _refused(f"{quoted(name)} cannot be opened: {_reason(error)}") from error
        self._directories[head] = self._inside(directory, name)
        return directory

    def _resolved_directory(self, head: str) -> Path:
        try:
            return (self._folder / head).resolve(strict=True)
        except FileNotFoundError:
            directory = Path("/") if head.startswith("/") else self._folder
            for part in head.split("/"):
                # `..` and links are followed step by step, so that a folder named in the other form is found too.
                step = directory / part
                if not step.exists():
                    step = directory / (self._same_name(directory, part) or part)
                directory = step.resolve(strict=True)
            return directory

    def _inside(self, path: Path, name: str) -> Path:
        if self._root is not None and not path.is_relative_to(self._root):
            how = "leads" if ".." in name.split("/") else "is behind a link that leads"
            raise _refused(f"{quoted(name)} {how} out of the folder {self._shown_root}", self._relative_hint())
        return path

    def _in_other_form(self, directory: Path, name: str) -> Path:
        same = self._same_name(directory, name.rpartition("/")[2])
        if same is None:
            raise self._missing(directory, name)
        return self._inside((directory / same).resolve(), name)

    def _same_name(self, directory: Path, base: str) -> str | None:
        """The entry whose name reads the same: macOS writes 각 as three letters (NFD), most others as one (NFC)."""
        wanted = unicodedata.normalize("NFC", base)
        for entry in self._listing(directory).get(fold_key(base), ()):
            if unicodedata.normalize("NFC", entry) == wanted and (directory / entry).exists():
                return entry
        return None

    def _listing(self, directory: Path) -> dict[str, list[str]]:
        listing = self._listings.get(directory)
        if listing is None:
            listing = {}
            try:
                for entry in sorted(path.name for path in directory.iterdir()):
                    listing.setdefault(fold_key(entry), []).append(entry)
            except OSError:
                pass  # a folder we may pass through but not list: the name is simply not found
            self._listings[directory] = listing
        return listing

    def _missing(self, directory: Path, name: str) -> ImageError:
        return _refused(f"there is no file {quoted(name)} in {self._shown(self._folder)}", self._hint(directory, name))

    def _shown(self, directory: Path) -> str:
        root = self._root
        if root is None or not directory.is_relative_to(root):
            return str(directory)
        shown = str(Path(self._shown_root) / directory.relative_to(root))
        return "this folder" if shown == "." else shown

    def _hint(self, directory: Path, name: str) -> str | None:
        if "\\" in name:
            return "Folders are separated by '/', on every system."
        base = name.rpartition("/")[2]
        for other in (f"images/{base}", base):
            if other != name and (self._folder / other).is_file():
                return f"Did you mean {other!r}? Paths are relative to the file that names them."
        listing = self._listing(directory)
        alike = listing.get(fold_key(base), [])
        if base in alike:
            return "It is a link to a file that is not there."
        if alike:
            return f"There is {alike[0]!r}: upper and lower case must agree."
        if self._searches_left <= 0 or len(listing) > _MAX_COMPARED:
            return None
        self._searches_left -= 1
        near = nearest(base, (entry for entries in listing.values() for entry in entries))
        return f"The nearest name there is {near!r}." if near else None


def _refuse_irregular(facts: stat_result, name: str) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise _refused(f"{quoted(name)} is a folder", "Name the picture file.")
    if not stat.S_ISREG(facts.st_mode):
        raise _refused(f"{quoted(name)} is a pipe, socket or device, not a file")
    if facts.st_size == 0:
        raise _refused(f"{quoted(name)} is empty (0 bytes)", "Copy the picture again.")


def _reason(error: OSError | RuntimeError) -> str:
    if isinstance(error, RuntimeError):
        return "its links lead in a circle"
    return error.strerror or str(error)


def _refused(message: str, hint: str | None = None) -> ImageError:
    return ImageError(Problem(message, hint=hint))
