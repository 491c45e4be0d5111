"""The input files of a submission: which questions go in, and the line of each, written as they are made."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

import orjson

from snellen._clock import run_id
from snellen._secrets import secrets_in_environ
from snellen.errors import InputError, Problem, StorageError
from snellen.images.digest import DigestCache
from snellen.models.api import path_of, request_body
from snellen.models.batch import MAX_BYTES, MAX_LINES
from snellen.models.quirks import check_request
from snellen.models.spec import ModelSpec
from snellen.recordings.file import RecordingStore, safe_name
from snellen.request import Api
from snellen.runner.batch_state import Asked, Batches, Part, Submission
from snellen.runner.evals import Eval
from snellen.runner.pictures import encode_pictures
from snellen.runner.plan import Job, Question, plan, prepare
from snellen.runner.settings import Settings

__all__ = ["Limits", "Written", "endpoint_of", "write_submission"]

_AT_ONCE = os.cpu_count() or 1  # encoding a picture is work for a core


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one input file may hold.

    Attributes:
        lines: At most.
        size_bytes: At most.
    """

    lines: int = MAX_LINES
    size_bytes: int = MAX_BYTES


@dataclass(slots=True, kw_only=True)
class Written:
    """What came of writing input files.

    Attributes:
        submission: With its parts; None when there is nothing to ask.
        recorded: Trials that are recorded already.
        waiting: Trials that are in batches already.
        repeated: Trials that ask what another of them asks.
        pytest_only: Trials that only pytest can ask, because their function takes a fixture.
        problems: Why some cases cannot be asked, a message each; nothing is sent for them.
    """

    submission: Submission | None = None
    recorded: int = 0
    waiting: int = 0
    repeated: int = 0
    pytest_only: int = 0
    problems: list[str] = field(default_factory=list)


def endpoint_of(api: Api) -> str:
    """What a line and a batch call the endpoint: a path of the server, whatever its base URL is."""
    return f"/v1{path_of(api)}"


def write_submission(
    evals: Sequence[Eval],
    settings: Settings,
    batches: Batches,
    *,
    waiting: Collection[bytes],
    is_dry: bool = False,
    limits: Limits | None = None,
) -> Written:
    """Writes a new submission of all that is not recorded and not waited for; each distinct question once.

    Args:
        evals: What to ask.
        settings: How; mode refresh asks what is recorded too.
        batches: Where the submission goes.
        waiting: Fingerprints, as bytes, that are in batches already.
        is_dry: It is only to be looked at.
        limits: Of an input file.

    Raises:
        InputError: The evals cannot be planned.
        StorageError: A file cannot be written; nothing is left of it.
    """
    written = Written()
    submission = Submission(
        folder=batches.root / run_id(),
        evals=[one.name for one in evals],
        refresh=settings.mode == "refresh",
        is_dry=is_dry,
    )
    submission.save()
    try:
        with DigestCache(settings.state / "digests.db") as cache, _Files(submission, limits or Limits()) as files:
            questions = _Chooser(settings, cache, waiting, written).questions(plan(evals, settings))
            for question, body in _bodies(questions, settings, cache, written):
                try:
                    files.add(question, body)
                except InputError as error:
                    written.problems.append(str(error))
    except OSError as error:
        submission.remove()
        raise StorageError(f"cannot write {submission.folder}: {error.strerror or error}") from error
    except BaseException:
        submission.remove()
        raise
    if not submission.parts:
        submission.remove()
        return written
    submission.is_written = True
    submission.save()
    written.submission = submission
    return written


class _Chooser:
    """Decides which jobs are asked, and counts the others."""

    def __init__(self, settings: Settings, cache: DigestCache, waiting: Collection[bytes], written: Written) -> None:
        self._settings = settings
        self._cache = cache
        self._store = RecordingStore(settings.recordings, secrets=secrets_in_environ(settings.environ))
        self._waiting = waiting
        self._written = written
        self._chosen: set[bytes] = set()

    def questions(self, jobs: Iterable[Job]) -> Iterator[Question]:
        """Those that are asked, in the order of the plan."""
        for job in jobs:
            if job.eval.fixture:
                self._written.pytest_only += 1
                continue
            try:
                question = prepare(job, cache=self._cache, pinned=self._settings.pinned)
            except InputError as error:
                self._written.problems.append(str(error))
                continue
            if self._is_new(question):
                yield question

    def _is_new(self, question: Question) -> bool:
        key = bytes.fromhex(question.fingerprint)
        if key in self._waiting:
            self._written.waiting += 1
        elif key in self._chosen:
            self._written.repeated += 1
        elif self._settings.mode == "missing" and self._is_recorded(question):
            self._written.recorded += 1
        else:
            self._chosen.add(key)
            return True
        return False

    def _is_recorded(self, question: Question) -> bool:
        job = question.job
        return self._store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key) is not None


def _bodies(
    questions: Iterable[Question], settings: Settings, cache: DigestCache, written: Written
) -> Iterator[tuple[Question, bytes]]:
    """Questions with their bodies, in order; pictures are encoded a few questions ahead, on threads."""

    def body_of(question: Question) -> bytes:
        request, spec = question.request, question.job.model
        check_request(request, spec)
        urls, _ = encode_pictures(request, model=spec, settings=settings, cache=cache)
        return request_body(request, urls)

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="snellen-batch") as pool:
        for question, made in _ahead(pool, body_of, questions):
            try:
                yield question, made.result()
            except InputError as error:
                label = f"{question.job.eval.name}[{question.job.label}]"
                written.problems.append(f"{label}: {error}")


def _ahead(
    pool: ThreadPoolExecutor, make: Callable[[Question], bytes], questions: Iterable[Question]
) -> Iterator[tuple[Question, Future[bytes]]]:
    pending: deque[tuple[Question, Future[bytes]]] = deque()
    for question in questions:
        pending.append((question, pool.submit(make, question)))
        if len(pending) > 2 * _AT_ONCE:
            yield pending.popleft()
    yield from pending


class _Files:
    """The input file that each model's lines go to now, and beside each the file that says what they ask."""

    def __init__(self, submission: Submission, limits: Limits) -> None:
        self._submission = submission
        self._limits = limits
        self._open: dict[str, tuple[Part, BinaryIO, BinaryIO]] = {}
        self._numbers: dict[str, int] = {}
        self._files = ExitStack()

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *error: object) -> None:
        with self._files:
            for _, *files in self._open.values():
                _settle(files)

    def add(self, question: Question, body: bytes) -> None:
        """Appends the line that asks `question`.

        Raises:
            InputError: It is larger than a file may be.
        """
        asked = _asked(question)
        line = _line(asked.custom_id, endpoint_of(question.job.model.api), body)
        if len(line) > self._limits.size_bytes:
            message = f"its request has {len(line) / 1e6:,.1f} MB, and a batch takes {self._limits.size_bytes / 1e6:g}"
            hint = "Make its pictures smaller: images = { max_side_px = ... } of the model."
            raise InputError(Problem(message, case_id=question.job.case.id, hint=hint))
        part, requests, questions = self._file_for(question.job.model, len(line))
        requests.write(line)
        questions.write(asked.to_line())
        part.lines += 1
        part.size_bytes += len(line)

    def _file_for(self, spec: ModelSpec, size: int) -> tuple[Part, BinaryIO, BinaryIO]:
        found = self._open.get(spec.key)
        if found is not None:
            part = found[0]
            if part.lines < self._limits.lines and part.size_bytes + size <= self._limits.size_bytes:
                return found
            _settle(found[1:])
        self._open[spec.key] = begun = self._begin(spec)
        return begun

    def _begin(self, spec: ModelSpec) -> tuple[Part, BinaryIO, BinaryIO]:
        number = self._numbers[spec.key] = self._numbers.get(spec.key, 0) + 1
        part = Part(name=f"{safe_name(spec.key)}.{number}", model=spec.key, host=spec.host, api=spec.api)
        self._submission.parts.append(part)
        requests = self._files.enter_context(self._submission.input_file(part).open("xb"))
        questions = self._files.enter_context(self._submission.questions_file(part).open("xb"))
        return part, requests, questions


def _settle(files: Iterable[BinaryIO]) -> None:
    """Brings files to the disk, before anything is sent that they tell of."""
    for file in files:
        file.flush()
        os.fsync(file.fileno())
        file.close()


def _asked(question: Question) -> Asked:
    job = question.job
    return Asked(
        custom_id=question.fingerprint,  # 64 characters, which is what servers take
        fingerprint=question.fingerprint,
        eval=job.eval.name,
        recordings=job.eval.recordings,
        model=job.model.key,
        case=job.case.id,
        variant=job.variant,
        repeat=job.repeat,
        request=question.canonical,
    )


def _line(custom_id: str, endpoint: str, body: bytes) -> bytes:
    """The body goes in as the bytes that a live request has."""
    head = {"custom_id": custom_id, "method": "POST", "url": endpoint, "body": orjson.Fragment(body)}
    return orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE)
