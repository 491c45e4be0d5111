"""What was received before: the recordings, and what this run has asked or the killed one that it goes on with."""

from __future__ import annotations

from collections.abc import Iterator

from snellen._clock import run_id
from snellen._files import digest
from snellen._keys import FingerprintSet
from snellen._secrets import secrets_in_environ
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runner.journal import JOURNALS, Journal
from snellen.runner.plan import Job, Question
from snellen.runner.settings import Settings
from snellen.runner.wanted import Wanted

__all__ = ["Kept"]


class Kept:
    """The recordings and the journal of a run."""

    def __init__(self, settings: Settings) -> None:
        """Opens nothing yet."""
        self._settings = settings
        self._secrets = secrets_in_environ(settings.environ)
        self._journal: Journal | None = None
        self._run_id: str | None = None
        self._plan_key = ""
        self._header: dict[str, object] = {}
        self.store = RecordingStore(settings.recordings, secrets=self._secrets)
        """The recordings."""
        self.asked = FingerprintSet()
        """Fingerprints of the questions that this run got a response to by asking."""
        self.wanted = Wanted()
        """What was looked for; a replay also notes the fingerprints."""

    @property
    def run_id(self) -> str:
        """The id of the run: that of the killed run when this one goes on with it."""
        if self._run_id is None:
            self._run_id = self._journal.run_id if self._journal is not None else run_id()
        return self._run_id

    @property
    def is_continued(self) -> bool:
        """Whether this goes on with a run that was killed or stopped."""
        return self._journal is not None and self._journal.is_continued

    def begin(self, *, plan_key: str, header: dict[str, object]) -> None:
        """Opens the journal of this plan.

        Args:
            plan_key: The same for the same plan, so that a killed run is found again.
            header: What `snellen resume` must know.

        Raises:
            StorageError: It cannot be written.
        """
        self._plan_key, self._header = plan_key, header
        self.journal()

    def journal(self) -> Journal:
        """The run's journal, opened the first time."""
        if self._journal is None:
            key = self._plan_key or digest(f"{self._settings.mode} without a plan".encode())
            self._journal = Journal(
                self._settings.state / JOURNALS / key[:16],
                header=self._header,
                fresh=self._settings.fresh,
                secrets=self._secrets,
            )
        return self._journal

    def end(self, *, finished: bool) -> None:
        """Lets go of what was kept so that a killed run can be gone on with."""
        if self._journal is not None:
            self._journal.close(finished=finished)

    def look_for(self, question: Question) -> Entry | None:
        """What was received before and holds in this mode, with a note that it was looked for."""
        if self._settings.mode == "recorded":
            self.wanted.used.add(question.fingerprint)
        self.wanted.look(question)
        return self._find(question)

    def notes(self) -> Iterator[str]:
        """What people should know of where the run began."""
        journal = self._journal
        if journal is not None and journal.is_continued:
            yield (
                f"Went on with run {journal.run_id}, begun at {journal.begun_at}: what it had received was not asked "
                "again. To begin anew: --fresh"
            )

    def _find(self, question: Question) -> Entry | None:
        job = question.job
        if self._settings.mode in ("recorded", "missing"):
            store = self.store
        else:
            journal = self.journal()
            is_there = journal.is_continued or journal.is_shared or question.fingerprint in self.asked
            if not is_there:
                return None
            store = journal.responses
        entry = store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key)
        if entry is not None and self._settings.mode == "refresh":
            self._mend(job, entry)
        return entry

    def _mend(self, job: Job, entry: Entry) -> None:
        """Records what a killed run had received and not yet recorded anew."""
        recorded = self.store.find(entry.fingerprint, eval=job.eval.recordings, model=job.model.key)
        if recorded is None or recorded.body != entry.body:
            self.store.append(entry, eval=job.eval.recordings, model=job.model.key)
