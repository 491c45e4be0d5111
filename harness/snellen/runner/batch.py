"""Submitting, watching and cancelling batches: each step is on disk before it is taken and after it is done."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import orjson

from snellen.errors import ConfigError, ModelError, Problem
from snellen.models.batch import BatchClient, refuse_local
from snellen.models.batch_reply import RemoteBatch
from snellen.models.spec import check_ready
from snellen.runner.batch_state import Asked, Batches, Part, Step, Submission
from snellen.runner.batch_write import Limits, Written, endpoint_of, write_submission
from snellen.runner.evals import Eval
from snellen.runner.settings import Settings

__all__ = ["Clients", "Submitted", "asked_at", "cancel", "check_models", "look", "of_gone", "retrieve", "submit"]

_GONE = 404

OnStep = Callable[[Submission, Part], object]


@dataclass(slots=True, kw_only=True)
class Submitted:
    """What one `submit` did.

    Attributes:
        written: What was asked for now.
        continued: Earlier submissions of these evals that had not been sent in full, and are now.
        left: Earlier submissions of other evals that are still not sent in full.
        uncollected: Submissions that hold questions which are not asked again for that reason.
    """

    written: Written
    continued: list[Submission] = field(default_factory=list)
    left: list[Submission] = field(default_factory=list)
    uncollected: list[Submission] = field(default_factory=list)


class Clients:
    """A client for each model, opened when it is first needed: `with Clients(settings) as clients`."""

    def __init__(self, settings: Settings) -> None:
        """Opens nothing yet."""
        self._settings = settings
        self._clients: dict[str, BatchClient] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def of(self, part: Part) -> BatchClient:
        """The client of the part's model.

        Raises:
            ConfigError: The model has no key, or is asked somewhere else than when the part was written.
        """
        if part.model not in self._clients:
            spec = self._settings.model(part.model)
            if spec.host != part.host:
                hint = f"Set base_url of the model, or OPENAI_BASE_URL, so that it asks {part.host} again."
                message = f"the batch is at {part.host}, and model {spec.key!r} now asks {spec.host}"
                raise ConfigError(Problem(message, hint=hint))
            client = BatchClient(spec, environ=self._settings.environ)
            self._clients[part.model] = self._stack.enter_context(client)
        return self._clients[part.model]


def check_models(evals: Iterable[Eval], settings: Settings, *, is_dry: bool = False) -> None:
    """Makes sure, before anything is written, that the models of these evals take batches.

    Raises:
        ConfigError: A model runs on this machine, is not configured, or has no key.
    """
    for key in dict.fromkeys(key for one in evals for key in settings.models_for(one.models)):
        spec = settings.model(key)
        refuse_local(spec)
        if not is_dry:
            check_ready(spec, settings.environ)


def submit(
    evals: Sequence[Eval],
    settings: Settings,
    *,
    is_dry: bool = False,
    limits: Limits | None = None,
    on_written: Callable[[Submitted], object] = lambda _: None,
    on_step: OnStep = lambda *_: None,
) -> Submitted:
    """Leaves everything that is to be asked with the models' servers, and goes on with what was broken off.

    Args:
        evals: What to ask.
        settings: How: mode missing leaves out what is recorded, refresh does not.
        is_dry: Writes the files and sends nothing.
        limits: Of an input file.
        on_written: Called once, before anything is sent.
        on_step: Called after each step that was taken down.

    Raises:
        SnellenError: It cannot be planned, written or sent. What was sent is known, and submitting again goes on.
    """
    check_models(evals, settings, is_dry=is_dry)
    batches = Batches(settings.state)
    with batches.held():
        batches.remove_halves()
        earlier = [one for one in batches.all() if not one.is_dry]
        waiting, uncollected = _waiting(earlier)
        unsent = [one for one in earlier if not one.is_sent]
        continued = [] if is_dry else [one for one in unsent if _is_within(one, evals, settings)]
        left = [one for one in unsent if one not in continued]
        written = write_submission(evals, settings, batches, waiting=waiting, is_dry=is_dry, limits=limits)
        done = Submitted(written=written, continued=continued, left=left, uncollected=uncollected)
        on_written(done)
        if not is_dry:
            with Clients(settings) as clients:
                for submission in [*continued, *([written.submission] if written.submission else [])]:
                    _send(submission, clients, on_step)
    return done


def _waiting(submissions: Iterable[Submission]) -> tuple[set[bytes], list[Submission]]:
    """Fingerprints that are on their way, as bytes, and the submissions they are in."""
    waiting: set[bytes] = set()
    found = []
    for submission in submissions:
        waiting.update(map(bytes.fromhex, submission.waiting_fingerprints()))
        if submission.waiting:
            found.append(submission)
    return waiting, found


def _is_within(submission: Submission, evals: Sequence[Eval], settings: Settings) -> bool:
    """True when all that is left to send of it is asked for now: nobody shall pay for what he did not name."""
    models = {key for one in evals for key in settings.models_for(one.models)}
    unsent = {part.model for part in submission.parts if not part.is_sent}
    return set(submission.evals) <= {one.name for one in evals} and unsent <= models


def _send(submission: Submission, clients: Clients, on_step: OnStep) -> None:
    def take(part: Part, step: Step) -> None:
        part.step = step
        submission.save()
        on_step(submission, part)

    for part in submission.parts:
        if part.step in ("written", "uploading"):
            client, may_be_there = clients.of(part), part.step == "uploading"
            take(part, "uploading")
            name = f"snellen-{submission.id}-{part.name}.jsonl"
            part.file_id = client.upload(submission.input_file(part), name=name, may_be_there=may_be_there)
            take(part, "uploaded")
        if part.step in ("uploaded", "creating"):
            client, may_be_there = clients.of(part), part.step == "creating"
            take(part, "creating")
            part.remote = client.create(
                part.file_id,
                endpoint=endpoint_of(part.api),
                mark=submission.mark(part),
                may_be_there=may_be_there,
            )
            take(part, "created")


def look(submissions: Iterable[Submission], settings: Settings) -> None:
    """Asks the servers how the batches stand and puts it into the parts; nothing is written down.

    Raises:
        SnellenError: A server does not say.
    """
    with Clients(settings) as clients:
        for submission in submissions:
            for part in submission.parts:
                if part.step == "created" and part.remote is not None and not part.remote.has_ended:
                    part.remote = retrieve(submission, part, clients)


def retrieve(submission: Submission, part: Part, clients: Clients) -> RemoteBatch:
    """How the part's batch stands.

    Raises:
        ModelError: The server does not say, or does not know it.
    """
    if part.remote is None:
        raise ValueError(f"{submission.mark(part)} was not created")
    try:
        return clients.of(part).retrieve(part.remote.id)
    except ModelError as error:
        raise of_gone(error, f"batch {part.remote.id}", submission) from error


def of_gone(error: ModelError, what: str, submission: Submission) -> ModelError:
    """The error with what a 404 means here."""
    if error.status != _GONE:
        return error
    hint = (
        "It belongs to another project of the account than the key does, or it was removed: servers keep the files of "
        f"a batch for 30 days. To give its answers up: snellen batch cancel {submission.id} --forget"
    )
    return ModelError(f"{_first_line(error)}: there is no {what}\n  {hint}", kind=error.kind, status=error.status)


def _first_line(error: ModelError) -> str:
    """The first line of an error, without the advice that is meant for a live question."""
    return str(error).splitlines()[0]


def cancel(name: str, settings: Settings, *, forget: bool = False) -> Submission:
    """Cancels a submission: what is not answered yet stays unanswered, what is can be collected.

    A submission that nothing was sent of is removed.

    Args:
        name: Its id, or how that begins.
        settings: How its models are asked.
        forget: Gives up the answers of batches that have ended, so that the questions can be asked again.

    Raises:
        SnellenError: There is no such submission, or a server refused.
    """
    batches = Batches(settings.state)
    with batches.held(), Clients(settings) as clients:
        submission = batches.find(name)
        for part in submission.parts:
            if part.is_waiting and not submission.is_dry:
                _cancel_part(submission, part, clients, forget=forget)
                submission.save()
        if submission.is_dry or all(part.step == "dropped" and part.remote is None for part in submission.parts):
            submission.remove()
    return submission


def _cancel_part(submission: Submission, part: Part, clients: Clients, *, forget: bool) -> None:
    if part.step == "creating":  # perhaps it was created and nobody was left to write it down
        part.remote = clients.of(part).find(submission.mark(part))
        part.step = "created" if part.remote is not None else part.step
    if part.remote is None:
        part.step = "dropped"
        return
    try:
        part.remote = clients.of(part).retrieve(part.remote.id)
        if not part.remote.has_ended:
            part.remote = clients.of(part).cancel(part.remote.id)
    except ModelError as error:
        if not (forget and error.status == _GONE):
            raise of_gone(error, f"batch {part.remote.id}", submission) from error
    if forget:
        part.step = "dropped"


def asked_at(submission: Submission, part: Part, line: int) -> Asked | None:
    """What a line of the part's input file asks, None when there is no such line.

    Args:
        submission: Whose.
        part: Which.
        line: 1-based.
    """
    with submission.questions_file(part).open("rb") as lines:
        found = next(itertools.islice(lines, line - 1, line), None)
    return None if found is None else Asked(**orjson.loads(found))
