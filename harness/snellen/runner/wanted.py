"""What a replay asks for, and so which recordings nothing asks for any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snellen._keys import FingerprintSet
from snellen.images.digest import DigestCache
from snellen.recordings.entry import Stored
from snellen.recordings.file import RecordingStore
from snellen.runner.answer import replayed
from snellen.runner.judge import unjudged
from snellen.runner.judging import Judges, Judging
from snellen.runner.plan import Job, Question, prepare, scorers_of
from snellen.runner.settings import Settings
from snellen.scorers.asking import asks

__all__ = ["Wanted", "wanted_by"]


@dataclass(slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        used: Fingerprints of questions, found or not.
        places: Eval and model of the recordings files in which answers to cases were looked for.
        judge_places: Those in which replies to scorers were.
    """

    used: FingerprintSet = field(default_factory=FingerprintSet)
    places: set[tuple[str, str]] = field(default_factory=set)
    judge_places: set[tuple[str, str]] = field(default_factory=set)

    def look(self, question: Question) -> None:
        """Notes in which file a question is looked for."""
        places = self.judge_places if question.is_of_scorer else self.places
        places.add((question.job.eval.recordings, question.job.model.key))

    def orphans(self, store: RecordingStore) -> list[Stored]:
        """Entries of the files that were looked into which nothing asked for.

        What a scorer was told is about the answer of some model. Where the folder of an eval holds answers of a model
        that was not replayed, nobody can tell which replies are about those, so that all of them count as asked for.

        Raises:
            RecordingDamagedError: A line is not an entry.
        """
        files, judge_files = ({store.file(eval=one, model=model) for one, model in places} for places in self._all())
        left: list[Stored] = []
        of_others: set[Path] = set()
        for stored in store.entries(evals={one for one, _ in self.places | self.judge_places}):
            home = judge_files if stored.entry.of_scorer else files
            if stored.file in home and stored.entry.fingerprint not in self.used:
                left.append(stored)
            elif stored.file not in home and not stored.entry.of_scorer:
                of_others.add(stored.file.parent)
        return [stored for stored in left if not (stored.entry.of_scorer and stored.file.parent in of_others)]

    def _all(self) -> Iterator[set[tuple[str, str]]]:
        yield self.places
        yield self.judge_places


def wanted_by(jobs: Iterable[Job], settings: Settings, *, store: RecordingStore) -> Wanted:
    """What a replay of these jobs asks for, with what scorers ask about the answers that are recorded; judges nothing.

    Args:
        jobs: A plan.
        settings: Of the run.
        store: The recordings.

    Raises:
        SnellenError: A case cannot be asked, a recording is damaged, or a model that scorers ask cannot be used.
    """
    wanted = Wanted()
    with DigestCache(settings.state / "digests.db") as cache:
        judges = Judges(settings, cache=cache)
        for job in jobs:
            question = prepare(job, cache=cache, pinned=settings.pinned)
            for one in (question, *_of_scorers(question, judges, store)):
                wanted.look(one)
                wanted.used.add(one.fingerprint)
    return wanted


def _of_scorers(question: Question, judges: Judges, store: RecordingStore) -> Iterator[Question]:
    """What scorers ask about the answer that is recorded for a question."""
    job = question.job
    if not any(map(asks, scorers_of(job))):
        return
    entry = store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key)
    response = None if entry is None else replayed(question, entry).response
    if response is None:
        return
    judging = judges.judging(job, unjudged(question, response))
    if isinstance(judging, Judging):
        yield from (one for _, one in judging.open())
