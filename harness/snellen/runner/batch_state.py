"""What is known of batches on this machine: a folder for each submission.

Its state is written before and after every step, so that what a killed process began can be gone on with, and nothing
is paid for twice.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from snellen._clock import iso_now
from snellen._files import locked, write_atomic
from snellen._keys import FingerprintSet
from snellen.errors import InputError, Problem, StorageError
from snellen.models.batch_reply import LineProblem, RemoteBatch
from snellen.request import Api
from snellen.runner.settings import Settings
from snellen.trial import label_of

__all__ = ["Asked", "Batches", "Part", "Pending", "Step", "Submission", "Tally", "pending_in_batches"]

Step = Literal["written", "uploading", "uploaded", "creating", "created", "collected", "dropped"]
"""created: it is with the server; collected: nothing more will come of it; dropped: it was never sent."""

_SENT: tuple[Step, ...] = ("created", "collected", "dropped")
_STATE = "state.json"
_VERSION = 1


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the lines of a part. What has no response is named in a file beside the state.

    Attributes:
        recorded: Answers that are new in the recordings.
        known: Answers that were recorded already.
        failed: Lines that the server answered with an error, or with something that is no answer.
        expired: Lines that the server did not come to within a day.
        absent: Lines that it said nothing of, as of those of a batch that was refused or cancelled.
        twice: Further lines of a question that has an answer.
        unknown: Answers to nothing that was asked.
        damaged: Lines of the server's files that cannot be read.
    """

    recorded: int = 0
    known: int = 0
    failed: int = 0
    expired: int = 0
    absent: int = 0
    twice: int = 0
    unknown: int = 0
    damaged: int = 0

    @property
    def unanswered(self) -> int:
        """Questions without a response."""
        return self.failed + self.expired + self.absent


@dataclass(slots=True, kw_only=True)
class Part:
    """One input file of a submission, and the batch that is made of it.

    Attributes:
        name: Unique in the submission; its files begin with it.
        model: The model's name in the configuration.
        host: Whom it was sent to.
        api: Which endpoint.
        lines: Questions in it.
        size_bytes: Of the input file.
        step: How far it is.
        file_id: The server's id of the input file.
        remote: The batch as the server last told.
        tally: Of its collection, None before.
    """

    name: str
    model: str
    host: str
    api: Api
    lines: int = 0
    size_bytes: int = 0
    step: Step = "written"
    file_id: str = ""
    remote: RemoteBatch | None = None
    tally: Tally | None = None

    @property
    def is_sent(self) -> bool:
        """True when nothing is left to send."""
        return self.step in _SENT

    @property
    def is_waiting(self) -> bool:
        """True when its questions are on their way, so that they are not asked again."""
        return self.step not in ("collected", "dropped")


@dataclass(slots=True, kw_only=True)
class Submission:
    """All that one `snellen batch submit` asks.

    Attributes:
        folder: Where its files are; the name is its id.
        created_at: ISO 8601 UTC.
        evals: Names of the evals it asks for.
        refresh: Its answers replace older recordings.
        is_dry: It is only to be looked at and is never sent.
        is_written: Its input files are complete.
        parts: In the order they are sent.
    """

    folder: Path
    created_at: str = field(default_factory=iso_now)
    evals: list[str] = field(default_factory=list)
    refresh: bool = False
    is_dry: bool = False
    is_written: bool = False
    parts: list[Part] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Sorts by time."""
        return self.folder.name

    @property
    def waiting(self) -> list[Part]:
        """The parts whose questions are on their way; none of a dry run."""
        return [] if self.is_dry else [part for part in self.parts if part.is_waiting]

    def waiting_fingerprints(self) -> Iterator[str]:
        """Of the questions that are on their way."""
        for part in self.waiting:
            with self.questions_file(part).open("rb") as lines:
                yield from (orjson.loads(line)["fingerprint"] for line in lines)

    @property
    def is_sent(self) -> bool:
        """True when nothing of it is left to send."""
        return self.is_dry or all(part.is_sent for part in self.parts)

    def mark(self, part: Part) -> str:
        """What the batch of this part is found by at the server."""
        return f"{self.id}/{part.name}"

    def input_file(self, part: Part) -> Path:
        """The requests, a line each, as the server takes them."""
        return self.folder / f"{part.name}.jsonl"

    def questions_file(self, part: Part) -> Path:
        """What is asked by each line of the input file, so that collecting needs neither evals nor pictures."""
        return self.folder / f"{part.name}.questions.jsonl"

    def output_file(self, part: Part, kind: Literal["answers", "errors"]) -> Path:
        """What the server gave."""
        return self.folder / f"{part.name}.{kind}.jsonl"

    def lost_file(self, part: Part) -> Path:
        """The questions without a response, and why."""
        return self.folder / f"{part.name}.unanswered.jsonl"

    def save(self) -> None:
        """Writes the state in one step.

        Raises:
            StorageError: It cannot be written; the old state is untouched.
        """
        state = {name: value for name, value in asdict(self).items() if name != "folder"}
        data = orjson.dumps({"version": _VERSION, **state}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        write_atomic(self.folder / _STATE, data, mode=0o600)

    def remove(self) -> None:
        """Removes all its files."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A line of a questions file.

    Attributes:
        custom_id: Of the line in the input file.
        fingerprint: Of the request.
        eval: Name of the eval.
        recordings: Whose recordings the answer goes to.
        model: The model's name in the configuration.
        case: Id of the case.
        variant: Name of the prompt variant.
        repeat: 0-based.
        request: In canonical form.
    """

    custom_id: str
    fingerprint: str
    eval: str
    recordings: str
    model: str
    case: str
    variant: str
    repeat: int
    request: dict[str, object]

    @property
    def label(self) -> str:
        """As a run shows it: `signs[stop-sign-gpt]`."""
        label = label_of(self.case, variant=self.variant, model=self.model, repeat=self.repeat)
        return f"{self.eval}[{label}]"

    def to_line(self) -> bytes:
        """As it is kept."""
        return orjson.dumps(asdict(self), option=orjson.OPT_APPEND_NEWLINE)


class Batches:
    """The submissions of a project, below its state folder."""

    def __init__(self, state: Path) -> None:
        """Opens nothing yet.

        Args:
            state: The project's state folder.
        """
        self.root = state / "batches"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keeps every other process from submitting, collecting and cancelling meanwhile; it waits for its turn."""
        with locked(self.root / ".lock"):
            yield

    def all(self) -> list[Submission]:
        """All whose input files are complete, oldest first.

        Raises:
            InputError: A state file is damaged.
        """
        return [found for found in self._read_all() if found.is_written]

    def find(self, name: str) -> Submission:
        """The submission with this id, or the only one whose id begins so; `latest` is the newest.

        Raises:
            InputError: There is none, or several.
        """
        known = self.all()
        found = known[-1:] if name == "latest" else [one for one in known if one.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        ids = ", ".join(one.id for one in (found or known)[-5:])
        message = f"{len(found)} batches have an id that begins {name!r}" if found else f"there is no batch {name!r}"
        hint = f"Newest: {ids}." if ids else "Nothing was submitted yet: snellen batch submit PATH"
        raise InputError(Problem(message, hint=hint))

    def remove_halves(self) -> None:
        """Removes what a process left that was killed while it wrote input files; nothing of it was sent."""
        for found in self._read_all():
            if not found.is_written:
                found.remove()

    def _read_all(self) -> list[Submission]:
        folders = sorted(path for path in self.root.iterdir() if path.is_dir()) if self.root.is_dir() else []
        return [_read(folder) for folder in folders]


class Pending:
    """The questions that wait in batches which are not collected: to ask them now would pay for them again."""

    def __init__(self, submissions: Iterable[Submission]) -> None:
        """Reads what they ask.

        Args:
            submissions: Any; what of them is collected, given up or never sent is left out.
        """
        self._fingerprints = FingerprintSet()
        waiting = []
        for submission in submissions:
            if submission.waiting:
                waiting.append(submission.id)
                with contextlib.suppress(FileNotFoundError):  # cancelled by another process since
                    for fingerprint in submission.waiting_fingerprints():
                        self._fingerprints.add(fingerprint)
        self.batches = tuple(waiting)
        """Ids of the submissions they are in, oldest first."""

    def __len__(self) -> int:
        return len(self._fingerprints)

    def __contains__(self, fingerprint: object) -> bool:
        """Whether the question with this fingerprint waits."""
        return fingerprint in self._fingerprints


def pending_in_batches(settings: Settings) -> Pending:
    """What waits in the batches of this project; where none was ever submitted, that costs a look for a folder.

    Raises:
        SnellenError: The state of a batch is damaged or cannot be read.
    """
    try:
        return Pending(Batches(settings.state).all())
    except OSError as error:
        raise StorageError(f"cannot read {error.filename}: {error.strerror or error}") from error


def _read(folder: Path) -> Submission:
    file = folder / _STATE
    try:
        fields = orjson.loads(file.read_bytes())
        if fields.pop("version") != _VERSION:
            raise InputError(Problem("was written by another version of snellen", file=str(file)))
        parts = [_part(entry) for entry in fields.pop("parts")]
        return Submission(folder=folder, parts=parts, **fields)
    except FileNotFoundError:
        return Submission(folder=folder)  # killed before its first word
    except OSError as error:
        raise StorageError(f"cannot read {file}: {error.strerror or error}") from error
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        hint = "Its batches may be with the server, and paid for: look there before you remove the folder."
        raise InputError(Problem(f"is damaged: {error}", file=str(file), hint=hint)) from error


def _part(fields: dict[str, Any]) -> Part:
    remote, tally = fields.pop("remote"), fields.pop("tally")
    if remote is not None:
        problems = tuple(LineProblem(**problem) for problem in remote.pop("problems"))
        remote = RemoteBatch(**remote, problems=problems)
    return Part(**fields, remote=remote, tally=None if tally is None else Tally(**tally))
