"""What becomes of a job without waiting: a replay is judged, a miss and a skip are said, the rest is to be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from snellen.errors import InputError
from snellen.images.digest import DigestCache
from snellen.models.spec import BUILT_INS
from snellen.runner.answer import Answer, replayed
from snellen.runner.asking import Asker
from snellen.runner.batch_state import Pending
from snellen.runner.judge import error_trial, failure_of, unjudged
from snellen.runner.judging import Judges, Judging, unrecorded
from snellen.runner.kept import Kept
from snellen.runner.plan import Job, Question, prepare
from snellen.runner.settings import Settings
from snellen.trial import Failure, Skipped, Trial

__all__ = ["Result", "Settling"]

Result = Trial | Skipped


class Settling:
    """Settles jobs as far as that goes at once."""

    def __init__(
        self,
        settings: Settings,
        *,
        kept: Kept,
        asker: Asker,
        judges: Judges,
        cache: DigestCache,
        record_command: Callable[[Job], str],
        does_fixtures: bool,
    ) -> None:
        """Opens nothing yet.

        Args:
            settings: Of the run.
            kept: What was received before.
            asker: Knows whether the run is being ended.
            judges: The models that scorers ask.
            cache: Knows which pictures were decoded before.
            record_command: Gives the command that a miss tells people to run.
            does_fixtures: Whether eval functions may take fixtures of pytest.
        """
        self._settings = settings
        self._kept = kept
        self._asker = asker
        self._judges = judges
        self._cache = cache
        self._record_command = record_command
        self._does_fixtures = does_fixtures
        self.in_batches = Pending(())
        """What waits in a batch and is not asked beside it."""

    def at_once(self, job: Job) -> Result | Question | Judging:
        """The result of a job, or what is to be asked for it."""
        if job.stored is not None:
            return job.stored if job.stored.response is None else self._scored(job, job.stored)
        if job.eval.fixture and not self._does_fixtures:
            return _for_pytest(job)
        try:
            question = prepare(job, cache=self._cache, pinned=self._settings.pinned)
        except InputError as error:
            return error_trial(job, failure_of(error))
        entry = self._kept.look_for(question)
        if entry is not None:
            return self.judged(question, replayed(question, entry))
        return self._unrecorded(question)

    def _unrecorded(self, question: Question) -> Result | Question:
        """The question itself when it is to be asked, else why it is not."""
        job = question.job
        if reason := _skip_reason(job, self._settings):
            return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)
        if self._settings.mode == "recorded":
            return self._miss(question)
        if question.fingerprint in self.in_batches:
            return error_trial(job, self._waits_in_batch(), question=question)
        if self._asker.stop_reason and not self._asker.is_left:
            return error_trial(job, self.not_asked(), question=question)
        self._judges.check_ready_for(job)  # what is paid for now must not wait for a judge that nobody can ask
        return question

    def judged(self, question: Question, answer: Answer) -> Trial | Judging:
        """The trial that came of an answer; what is to be asked for its scores when they take asking."""
        if answer.response is None:
            failure = answer.failure or self.not_asked()
            return error_trial(question.job, failure, question=question, attempts=answer.attempts)
        trial = unjudged(question, answer.response, attempts=answer.attempts, images=answer.images)
        return self._scored(question.job, trial)

    def _scored(self, job: Job, trial: Trial) -> Trial | Judging:
        """The trial with its scores; what is to be asked for that when it takes asking."""
        judging = self._judges.judging(job, trial)
        if isinstance(judging, Trial):
            return judging
        for at, question in judging.open():
            entry = self._kept.look_for(question)
            if entry is not None:
                judging.answers[at] = replayed(question, entry)
            elif self._settings.mode == "recorded":
                judging.answers[at] = unrecorded(question, self._kept.store, command=self._record_command(job))
            elif self._asker.stop_reason and not self._asker.is_left:
                judging.answers[at] = Answer(failure=self.not_asked())
        return self._judges.judged(judging) if judging.is_settled else judging

    def _miss(self, question: Question) -> Trial:
        job = question.job
        command = self._record_command(job)
        error = self._kept.store.miss(
            question.canonical,
            fingerprint=question.fingerprint,
            case_id=job.case.id,
            eval=job.eval.recordings,
            model=job.model.key,
            command=command,
        )
        return error_trial(job, failure_of(error), question=question)

    def not_asked(self, task: asyncio.Task[object] | None = None) -> Failure:
        """Why there is no response now that the run is being ended; `task` is what may have asked."""
        if task in self._asker.flying:
            message = (
                f"no answer had come when the run was ended ({self._asker.stop_reason}); it may have been charged for"
            )
            return Failure(kind="timeout", message=message)
        return Failure(kind="not_asked", message=f"not asked: {self._asker.stop_reason}")

    def _waits_in_batch(self) -> Failure:
        batches = ", ".join(self.in_batches.batches)
        message = (
            f"not asked: it waits in a batch ({batches}), and asking it now would pay for it twice. "
            "Collect the answer: snellen batch collect. To ask it all the same: --responses refresh"
        )
        return Failure(kind="not_asked", message=message)


def _for_pytest(job: Job) -> Skipped:
    reason = f"its function takes the fixture {job.eval.fixture!r}, which only pytest has: pytest {job.eval.file.name}"
    return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)


def _skip_reason(job: Job, settings: Settings) -> str:
    """Why a case that needs the network is not asked, "" when it is."""
    if not job.case.live or all(ref.url is None or ref.url in settings.pinned for ref in job.case.images):
        return ""
    if settings.mode == "recorded":
        return "needs the network and has no recording; record it with --responses missing and a model that has one"
    if job.model.name in BUILT_INS:
        return f"needs the network; {job.model.key} never uses it"
    return ""
