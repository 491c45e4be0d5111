"""Collecting batches: the server's files, matched to what was asked, become recordings like any live answer's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from snellen._clock import iso_now
from snellen._files import write_atomic
from snellen._secrets import secrets_in_environ
from snellen._text import printable, shorten
from snellen.errors import ModelError
from snellen.models.api import parse_reply
from snellen.models.batch import BatchClient
from snellen.models.batch_reply import RemoteBatch
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runner.batch import Clients, of_gone, retrieve
from snellen.runner.batch_state import Asked, Batches, Part, Submission, Tally
from snellen.runner.settings import Settings

__all__ = ["Collected", "Lost", "collect", "lost_of"]

_MAX_LINE_BYTES = 16 * 2**20  # twice the longest live reply that is read
_AT_ONCE = 500  # entries of some KB each
_OK = 200
_SAID_WIDTH = 300

Why = Literal["failed", "expired", "absent"]
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A question without a response.

    Attributes:
        label: As a run shows it.
        why: Which kind.
        reason: For people.
    """

    label: str
    why: Why
    reason: str


@dataclass(slots=True, kw_only=True)
class Collected:
    """One part, looked at by `collect`.

    Attributes:
        submission: Whose.
        part: With its tally, when it has ended.
        error: Why nothing could be collected, None when something could or it has not ended.
    """

    submission: Submission
    part: Part
    error: ModelError | None = None


def collect(
    settings: Settings, *, name: str | None = None, on_part: Callable[[Collected], object] = lambda _: None
) -> list[Collected]:
    """Puts the answers of batches that have ended into the recordings. Doing so again changes nothing.

    Args:
        settings: Where the recordings are, and how the models are asked.
        name: Only this submission, also when it was collected before; None takes all that are not.
        on_part: Called after each part.

    Raises:
        SnellenError: There is no such submission, a key is missing, or an answer cannot be kept.
    """
    batches = Batches(settings.state)
    store = RecordingStore(settings.recordings, secrets=secrets_in_environ(settings.environ))
    done: list[Collected] = []
    with batches.held(), Clients(settings) as clients:
        chosen = batches.all() if name is None else [batches.find(name)]
        steps = ("created",) if name is None else ("created", "collected")
        for submission in chosen:
            for part in submission.parts:
                if part.step in steps and part.remote is not None:
                    done.append(_collect_part(submission, part, clients, store))
                    on_part(done[-1])
    return done


def _collect_part(submission: Submission, part: Part, clients: Clients, store: RecordingStore) -> Collected:
    try:
        if part.step == "created":
            part.remote = retrieve(submission, part, clients)
        remote = part.remote
        if remote is None or not remote.has_ended:
            return Collected(submission=submission, part=part)
        files = [
            _fetched(submission, part, clients, kind="answers", file_id=remote.output_file),
            _fetched(submission, part, clients, kind="errors", file_id=remote.error_file),
        ]
        client = clients.of(part)
    except ModelError as error:
        if error.kind == "auth":
            raise
        return Collected(submission=submission, part=part, error=error)
    sorter = _Sorter(submission, part, client, store)
    try:
        for file in files:
            if file is not None:
                sorter.read(file)
    finally:
        for recordings in sorter.touched:
            store.fold(eval=recordings, model=part.model)
    part.tally = sorter.finish(remote)
    part.step = "collected"
    submission.save()
    submission.input_file(part).unlink(missing_ok=True)  # up to 190 MB that nobody needs any more
    return Collected(submission=submission, part=part)


def _fetched(
    submission: Submission, part: Part, clients: Clients, *, kind: Literal["answers", "errors"], file_id: str
) -> Path | None:
    """The server's file, kept here for good; None when it made none."""
    if not file_id:
        return None
    file = submission.output_file(part, kind)
    if not file.exists():
        try:
            clients.of(part).download(file_id, file)
        except ModelError as error:
            raise of_gone(error, f"file {file_id}", submission) from error
    return file


def lost_of(submission: Submission, part: Part) -> Iterator[Lost]:
    """The questions of a collected part that have no response."""
    file = submission.lost_file(part)
    if file.exists():
        with file.open("rb") as lines:
            yield from (Lost(**orjson.loads(line)) for line in lines)


@dataclass(slots=True)
class _Answer:
    """A line with a body that the server calls an answer."""

    custom_id: str
    body: bytes = field(repr=False)
    request_id: str


@dataclass(slots=True)
class _NoAnswer:
    """A line that says why there is none."""

    custom_id: str
    why: Why
    reason: str


class _Sorter:
    """Takes the lines of a part's files, in whatever order they come, and records what is an answer."""

    def __init__(self, submission: Submission, part: Part, client: BatchClient, store: RecordingStore) -> None:
        self._submission = submission
        self._part = part
        self._client = client
        self._store = store
        self._tally = Tally()
        self._places = _places(submission.questions_file(part))
        self._answered: set[str] = set()
        self._failures: dict[str, _NoAnswer] = {}
        self._pending: list[tuple[Entry, str, str]] = []
        self.touched: set[str] = set()
        """Recordings that were written to."""

    def read(self, file: Path) -> None:
        """Takes all lines of a file.

        Raises:
            StorageError: An answer cannot be kept.
        """
        with self._submission.questions_file(self._part).open("rb") as questions, file.open("rb") as lines:
            while line := lines.readline(_MAX_LINE_BYTES):
                if len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while (rest := lines.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                        pass
                    self._tally.damaged += 1
                elif line.strip():
                    self._take(_said_by(line), questions)
        self._flush()

    def _take(self, said: _Answer | _NoAnswer | None, questions: Any) -> None:
        if said is None:
            self._tally.damaged += 1
        elif said.custom_id not in self._places:
            self._tally.unknown += 1
        elif said.custom_id in self._answered:
            self._tally.twice += 1
        elif isinstance(said, _NoAnswer):
            self._failures[said.custom_id] = said
        else:
            questions.seek(self._places[said.custom_id])
            self._keep(Asked(**orjson.loads(questions.readline())), said)

    def _keep(self, asked: Asked, answer: _Answer) -> None:
        body = self._client.redacted(answer.body)
        try:
            response = parse_reply(self._part.api, body, latency_s=0.0, request_id=answer.request_id)
        except ModelError as error:
            reason = shorten(printable(str(error)), _SAID_WIDTH)
            self._failures[asked.custom_id] = _NoAnswer(asked.custom_id, "failed", reason)
            return
        self._answered.add(asked.custom_id)
        entry = Entry(
            fingerprint=asked.fingerprint,
            case=asked.case,
            variant=asked.variant,
            repeat=asked.repeat,
            request=asked.request,
            body=body,
            served_model=response.served_model,
            recorded_at=_asked_at(body),
            request_id=response.request_id,
            via="batch",
        )
        if self._is_known(asked, entry):
            self._tally.known += 1
            return
        self._pending.append((entry, asked.recordings, asked.model))
        if len(self._pending) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        """Writes what is waiting, with one wait for the disk: the answers are on it already, as the server's file."""
        pending, self._pending = self._pending, []
        self.touched.update(recordings for _, recordings, _ in pending)
        self._store.append_all(pending)
        self._tally.recorded += len(pending)

    def _is_known(self, asked: Asked, entry: Entry) -> bool:
        """True when the recordings hold this answer, or one that it may not replace."""
        found = self._store.find(asked.fingerprint, eval=asked.recordings, model=asked.model)
        if found is None:
            return False
        is_same = found.via == "batch" and found.request_id == entry.request_id != ""
        return is_same or not self._submission.refresh or found.recorded_at >= self._submission.created_at

    def finish(self, remote: RemoteBatch) -> Tally:
        """The tally, once all files were read; the questions without a response are written down.

        Raises:
            StorageError: They cannot be.
        """
        lines = []
        with self._submission.questions_file(self._part).open("rb") as questions:
            for custom_id in self._places.keys() - self._answered:
                lost = self._failures.get(custom_id) or _absent(custom_id, remote)
                setattr(self._tally, lost.why, getattr(self._tally, lost.why) + 1)
                questions.seek(self._places[custom_id])
                label = Asked(**orjson.loads(questions.readline())).label
                lines.append((self._places[custom_id], {"label": label, "why": lost.why, "reason": lost.reason}))
        lines.sort(key=lambda entry: entry[0])
        file = self._submission.lost_file(self._part)
        write_atomic(file, b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for _, line in lines))
        return self._tally


def _places(file: Path) -> dict[str, int]:
    """Where each question begins in its file."""
    places, offset = {}, 0
    with file.open("rb") as lines:
        for line in lines:
            places[orjson.loads(line)["custom_id"]] = offset
            offset += len(line)
    return places


def _absent(custom_id: str, remote: RemoteBatch) -> _NoAnswer:
    if remote.state == "expired":
        return _NoAnswer(custom_id, "expired", "the batch expired before the server came to it")
    first = f": {remote.problems[0].message}" if remote.problems else ""
    return _NoAnswer(custom_id, "absent", f"the batch {_ENDS.get(remote.state, 'ended without a word of it')}{first}")


_ENDS = {"cancelled": "was cancelled before the server came to it", "failed": "was refused, so it was not asked"}


def _said_by(line: bytes) -> _Answer | _NoAnswer | None:
    """What a line of an output or error file says; None when it cannot be read."""
    said = _loads(line)
    custom_id = said.get("custom_id") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(custom_id, str):
        return None
    response, error = said.get("response"), said.get("error")
    if isinstance(error, dict) and error.get("code") == "batch_expired":
        return _NoAnswer(custom_id, "expired", _words(error))
    if error or not isinstance(response, dict):
        return _NoAnswer(custom_id, "failed", _words(error or "the server gave no reason"))
    body, status = response.get("body"), response.get("status_code")
    if status != _OK:
        inner = body.get("error", body) if isinstance(body, dict) else body
        return _NoAnswer(custom_id, "failed", f"HTTP {status}: {_words(inner)}")
    request_id = response.get("request_id")
    return _Answer(custom_id, _dumps(body), request_id if isinstance(request_id, str) else "")


def _words(error: object) -> str:
    words = error.get("message", error) if isinstance(error, dict) else error
    return shorten(printable(words if isinstance(words, str) else json.dumps(words)), _SAID_WIDTH)


def _loads(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    try:  # Python's own reader takes halves of surrogate pairs, which models do write
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _dumps(body: object) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        return json.dumps(body).encode("ascii")


def _asked_at(body: bytes) -> str:
    """When the answer was made, as it says itself, else now."""
    said = _loads(body)
    for name in ("created", "created_at"):
        moment = said.get(name) if isinstance(said, dict) else None
        if isinstance(moment, int | float) and 0 < moment < 2**33:  # the year 2242
            return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return iso_now()
