"""The recordings of a project: one file for each eval and model, found by fingerprint, safe to kill and to share."""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast

from snellen._files import append_locked, digest, locked
from snellen.errors import RecordingMissError
from snellen.recordings.entry import Entry, Stored, parse_line, shown, to_line
from snellen.recordings.fold import fold_file
from snellen.recordings.index import FileIndex, base_of, journal_of
from snellen.recordings.nearest import Neighbours, explain_miss
from snellen.recordings.scrub import scrub, scrub_entry

__all__ = ["Mode", "Outgoing", "RecordingStore", "safe_name"]

Mode = Literal["recorded", "missing", "refresh", "live"]
"""recorded: replay only; missing: replay, ask for the rest; refresh: ask, overwrite; live: ask, keep nothing here."""

# A file system takes 255 bytes; the suffixes, the journal and a temporary name need their part.
_MAX_NAME_BYTES = 160
_UNSAFE = re.compile(r"[^\w.+-]+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_TAIL_CHARS = 8
_SUFFIXES = (".jsonl", ".jsonl.journal")

# Another process may fold a journal into its file between our knowing of an entry and our reading it, and then again.
_MAX_LOOKS = 5


def safe_name(name: str) -> str:
    """A file name for an eval or a model.

    A plain lower-case name stays as it is. Any other ends in a part of its digest, so that `Qwen/VL` and `qwen:vl`
    are two files everywhere, also where the file system ignores case.
    """
    plain = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip(".-")
    plain = plain.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")
    if plain == name.lower() == name and plain and not _RESERVED.fullmatch(plain):
        return plain
    return f"{plain or 'unnamed'}-{digest(name.encode('utf-8', 'surrogatepass'))[:_TAIL_CHARS]}"


class Outgoing(NamedTuple):
    """An entry on its way to disk: the recordings file it goes to, its fingerprint, and its line, free of secrets."""

    file: Path
    fingerprint: str
    line: bytes


class RecordingStore:
    """Responses on disk under the fingerprint of their request: `<root>/<eval>/<model>.jsonl` and a journal beside it.

    An entry is found wherever below the root it lies, in its own file first, so that a renamed eval still replays.
    Several threads and processes may use the same files at once.
    """

    def __init__(self, root: Path, *, secrets: Collection[str] = ()) -> None:
        """Opens nothing yet.

        Args:
            root: The folder of all recordings; it need not exist.
            secrets: Values that must not be written, such as the keys of the models; see `scrub`.
        """
        self.root = root
        self._secrets = frozenset(secrets)
        self._paths: dict[tuple[str, str], Path] = {}
        self._pairs: dict[Path, tuple[FileIndex, FileIndex]] = {}
        self._files: list[Path] | None = None
        self._neighbours: Neighbours | None = None
        self._torn: set[Path] = set()
        self._lock = threading.RLock()

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know and what is no error, a sentence each."""
        with self._lock:
            torn = self._torn | {index.path for pair in self._pairs.values() for index in pair if index.is_torn}
        return tuple(
            f"{shown(path)}: the last line was not finished when its writer was killed; it never counted as recorded"
            for path in sorted(torn)
        )

    def file(self, *, eval: str, model: str) -> Path:  # noqa: A002  # the project's word for it
        """Where the recordings of this eval and model are."""
        path = self._paths.get((eval, model))
        if path is None:
            path = self._paths[eval, model] = self.root / safe_name(eval) / f"{safe_name(model)}.jsonl"
        return path

    def find(self, fingerprint: str, *, eval: str, model: str, refresh: bool = False) -> Entry | None:  # noqa: A002  # the project's word for it
        """The recorded response to the request with this fingerprint, None when there is none.

        Args:
            fingerprint: Of the request.
            eval: Whose file is looked at first.
            model: Likewise.
            refresh: Look again for what other processes have recorded since the files were read.

        Raises:
            RecordingDamagedError: A line of a file that had to be read is not an entry.
        """
        own = self.file(eval=eval, model=model)
        with self._lock:
            entry = self._find_in(own, fingerprint) or self._find_elsewhere(own, fingerprint)
            if entry is None and refresh:
                self._refresh()
                entry = self._find_in(own, fingerprint) or self._find_elsewhere(own, fingerprint)
            return entry

    def _find_elsewhere(self, own: Path, fingerprint: str) -> Entry | None:
        others = (file for file in self._all_files() if file != own)
        return next((entry for file in others if (entry := self._find_in(file, fingerprint)) is not None), None)

    def _find_in(self, file: Path, fingerprint: str) -> Entry | None:
        pair = self._pair(file)
        for _ in range(_MAX_LOOKS):
            holders = [index for index in pair if fingerprint in index]
            if not holders:
                return None
            found = next((entry for index in holders if (entry := index.read(fingerprint)) is not None), None)
            if found is not None:
                return found
            self._refresh(file)
        return None

    def _pair(self, file: Path) -> tuple[FileIndex, FileIndex]:
        """The journal, which is newer, and the file."""
        pair = self._pairs.get(file)
        if pair is None:
            pair = self._pairs[file] = FileIndex(journal_of(file)), FileIndex(file)
        return pair

    def _all_files(self) -> list[Path]:
        if self._files is None:
            self._files = self._list()
        return self._files

    def _refresh(self, file: Path | None = None) -> None:
        self._neighbours = None
        if file is None:
            self._files = None
        for pair in list(self._pairs.values()) if file is None else [self._pair(file)]:
            for index in pair:
                index.refresh()

    def append(self, entry: Entry, *, eval: str, model: str) -> None:  # noqa: A002  # the project's word for it
        """Writes the entry, freed of secrets, and returns once it is on disk; it replaces what has its fingerprint.

        Raises:
            RecordingError: The body is not UTF-8, so it is no answer.
            StorageError: The disk is full, read-only or forbidden; what was recorded before is untouched.
        """
        self.append_all([(entry, eval, model)])

    def append_all(self, entries: Iterable[tuple[Entry, str, str]]) -> None:
        """Writes many entries as `append` does, with one write for each file, and returns once all are on disk.

        Args:
            entries: Each with its eval and its model. Of one fingerprint the last counts.

        Raises:
            RecordingError: A body is not UTF-8, so it is no answer; nothing is written.
            StorageError: The disk is full, read-only or forbidden. Of the file it names nothing is written, and of
                those that would have come after it; those before it are on disk.
        """
        by_file: dict[Path, list[Outgoing]] = {}
        for entry, name, model in entries:
            outgoing = self.outgoing(entry, eval=name, model=model)
            by_file.setdefault(outgoing.file, []).append(outgoing)
        for group in by_file.values():
            self.write(group)

    def outgoing(self, entry: Entry, *, eval: str, model: str) -> Outgoing:  # noqa: A002  # the project's word for it
        """The entry as `write` takes it.

        Raises:
            RecordingError: The body is not UTF-8, so it is no answer.
        """
        line = to_line(scrub_entry(entry, self._secrets))
        return Outgoing(self.file(eval=eval, model=model), entry.fingerprint, line)

    def write(self, group: Sequence[Outgoing]) -> None:
        """Writes entries of one file, all of them or none, and returns once they are on disk.

        Args:
            group: At least one; all of the same file.

        Raises:
            StorageError: The disk is full, read-only or forbidden; what was recorded before is untouched.
        """
        file = group[0].file
        after = append_locked(journal_of(file), b"".join(outgoing.line for outgoing in group))
        with self._lock:
            journal, base = self._pair(file)
            journal.learn([(outgoing.fingerprint, outgoing.line) for outgoing in group], after)
            base.expire()  # another process may fold the journal away at once
            if self._files is not None and file not in self._files:
                self._files = None

    def check_writable(self, *, eval: str, model: str) -> None:  # noqa: A002  # the project's word for it
        """Says before the first answer is paid for that it could not be kept.

        Raises:
            StorageError: The disk is read-only or forbidden.
        """
        with locked(journal_of(self.file(eval=eval, model=model))):
            pass

    def fold(self, *, eval: str | None = None, model: str | None = None) -> None:  # noqa: A002  # the project's word for it
        """Makes one sorted file of each file and its journal; a file that nothing was appended to is not touched.

        Args:
            eval: Only of this eval; None folds all that lies below the root.
            model: Only of this model.

        Raises:
            RecordingDamagedError: A line is not an entry; nothing of that file is changed.
            StorageError: A file cannot be written; it and its journal stay as they are.
        """
        for file in self._list([eval] if eval is not None else None):
            is_wanted = model is None or file.stem == safe_name(model)
            if is_wanted and journal_of(file).exists():
                self._fold(file)

    def _fold(self, file: Path, *, without: Collection[str] = ()) -> None:
        if fold_file(file, without=without):
            self._torn.add(journal_of(file))
        with self._lock:
            self._refresh(file)

    def entries(self, *, evals: Collection[str] | None = None) -> Iterator[Stored]:
        """All entries that count, file by file in their order, journals included.

        Args:
            evals: Only of these; None means all.

        Raises:
            RecordingDamagedError: A line is not an entry.
        """
        for file in self._list(evals):
            journal, base = self._pair(file)
            with self._lock:
                self._refresh(file)
            for index in (base, journal):
                for line in index.lines():
                    if index is journal or line.fingerprint not in journal:
                        entry = parse_line(line.raw, file=index.path, number=line.number)
                        yield Stored(file=index.path, number=line.number, entry=entry)

    def orphans(self, used: Container[str], *, evals: Collection[str] | None = None) -> list[Stored]:
        """Entries that nothing asked for.

        Args:
            used: Fingerprints that were asked for in a complete run.
            evals: The evals that were run completely; None means all.
        """
        return [stored for stored in self.entries(evals=evals) if stored.entry.fingerprint not in used]

    def prune(self, unwanted: Iterable[Stored]) -> int:
        """Removes these entries for good and gives their number. A file that keeps none is removed.

        Raises:
            StorageError: A file cannot be written; it stays as it is.
        """
        by_file: dict[Path, set[str]] = {}
        for stored in unwanted:
            by_file.setdefault(base_of(stored.file), set()).add(stored.entry.fingerprint)
        for file, fingerprints in by_file.items():
            self._fold(file, without=fingerprints)
        return sum(len(fingerprints) for fingerprints in by_file.values())

    def miss(
        self,
        request: Mapping[str, object],
        *,
        fingerprint: str,
        case_id: str,
        eval: str,  # noqa: A002  # the project's word for it
        model: str,
        command: str,
    ) -> RecordingMissError:
        """The error for a request that has no recording: the nearest entry, what differs there, and how to record it.

        Args:
            request: In canonical form.
            fingerprint: Its fingerprint.
            case_id: Of the case that asks; "" for an application's own call.
            eval: Where it was looked for first.
            model: Likewise.
            command: What records it, a shell command or a call.
        """
        with self._lock:
            if self._neighbours is None:
                self._neighbours = Neighbours(self.entries(), read=self._find_in)
            own = self.file(eval=eval, model=model)
            newer, older = (index.keys() for index in self._pair(own))
            return explain_miss(
                cast("dict[str, object]", scrub(request, self._secrets)),
                self._neighbours,
                fingerprint=fingerprint,
                case_id=case_id,
                file=own,
                count=len(older) + sum(key not in older for key in newer),
                command=command,
            )

    def _list(self, evals: Collection[str] | None = None) -> list[Path]:
        folders = [self.root] if evals is None else [self.root / safe_name(name) for name in evals]
        found = (
            Path(folder, name)
            for top in folders
            for folder, _, names in os.walk(top)
            for name in names
            if name.endswith(_SUFFIXES)
        )
        return sorted({base_of(path) for path in found})
