"""Judging stored responses again with the scorers of today, and which verdicts that turns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from snellen.case import ScorerSpec
from snellen.errors import InputError, Problem
from snellen.runner.engine import Engine
from snellen.runner.evals import Eval
from snellen.runner.judge import BODY, with_body_score, with_scores
from snellen.runner.rejudge import rejudge, stored_job
from snellen.runner.settings import Settings
from snellen.scorers.asking import asks
from snellen.scorers.registry import case_problem, default_scorers
from snellen.trial import Skipped, Trial, outcome_of

__all__ = ["Rescored", "Rescorer"]

_CHUNK = 500
_MAX_PROBLEMS = 50  # nobody reads on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """A trial before and after.

    Attributes:
        before: As it is stored.
        after: The same response, judged now.
    """

    before: Trial
    after: Trial

    @property
    def is_flipped(self) -> bool:
        """Whether the outcome is another one."""
        return self.before.outcome != self.after.outcome


@dataclass(slots=True, kw_only=True)
class Rescorer:
    """Judges stored trials again.

    Attributes:
        evals: Today's evals by name, whose scorers and functions are taken.
        scorers: What judges in place of the evals' own scorers; empty for those.
        settings: Of the project, whose recordings hold what scorers asked of models: that is replayed, and what is not
            recorded leaves a response unscored. Nothing is ever asked.
        kept: What could not be judged again and was left as it is, and how often.
    """

    evals: Mapping[str, Eval] = field(default_factory=dict)
    scorers: tuple[ScorerSpec, ...] = ()
    settings: Settings
    kept: dict[str, int] = field(default_factory=dict)

    def rescore(self, results: Iterable[tuple[int, Trial | Skipped]]) -> Iterator[tuple[int, Rescored | Skipped]]:
        """Each result with its place; a trial without a response stays what it is.

        Raises:
            InputError: A scorer cannot judge a case; the first cases are named.
        """
        for chunk in _chunks(results):
            self._check([one for _, one in chunk if isinstance(one, Trial)])
            replayed = self._replayed([(place, one) for place, one in chunk if isinstance(one, Trial)])
            for place, result in chunk:
                if isinstance(result, Skipped):
                    yield place, result
                else:
                    yield place, Rescored(before=result, after=self._again(result, replayed.get(place)))

    def _check(self, trials: Sequence[Trial]) -> None:
        cases = {(trial.eval, trial.case.id): trial for trial in trials if trial.response is not None}
        problems = [problem for trial in cases.values() for problem in self._problems(trial)]
        if problems:
            raise InputError(problems[:_MAX_PROBLEMS])

    def _problems(self, trial: Trial) -> Iterator[Problem]:
        source = trial.case.source
        for spec in self._specs(trial):
            try:
                said = case_problem(spec, trial.case)
            except InputError as error:
                said = str(error)
            if said:
                message = f"scorer {spec.name!r} cannot judge this case: {said}"
                file, line = (source.file, source.line) if source else (None, None)
                hint = "Name scorers that can (-s), or none for those of the run's evals." if self.scorers else None
                yield Problem(message, file, line, case_id=trial.case.id, hint=hint)

    def _again(self, trial: Trial, replayed: Trial | None) -> Trial:
        if trial.response is None:
            return trial
        judged = with_scores(replace(trial, scores=()), self._specs(trial)) if replayed is None else replayed
        scores = tuple(score for score in judged.scores if score.scorer != BODY)
        outcome = "error" if judged.failure is not None else outcome_of(scores)
        return self._with_assertions(trial, replace(trial, scores=scores, outcome=outcome, failure=judged.failure))

    def _replayed(self, trials: Sequence[tuple[int, Trial]]) -> dict[int, Trial]:
        """The trials among these whose scorers ask models, judged by what is recorded of that, by place."""
        jobs = [
            stored_job(trial, self._eval(trial, specs), place=place)
            for place, trial in trials
            if trial.response is not None and any(map(asks, specs := self._specs(trial)))
        ]
        found: dict[int, Trial] = {}
        if jobs:
            engine = Engine(replace(self.settings, mode="recorded"))
            rejudge(jobs, engine=engine, on_trial=lambda job, trial: found.update({job.place: trial}))
        return found

    def _eval(self, trial: Trial, specs: tuple[ScorerSpec, ...]) -> Eval:
        one = self.evals.get(trial.eval)
        if one is not None:
            return replace(one, scorers=specs)
        home = trial.eval.partition(".")[0]
        return Eval(name=trial.eval, recordings=home, file=Path(home), load=tuple, scorers=specs)

    def _specs(self, trial: Trial) -> tuple[ScorerSpec, ...]:
        one = self.evals.get(trial.eval)
        if self.scorers or one is None or one.scorers is None:
            return self.scorers or default_scorers(trial.case)
        return one.scorers

    def _with_assertions(self, before: Trial, after: Trial) -> Trial:
        stored = [score for score in before.scores if score.scorer == BODY]
        if not stored or self.scorers:
            return after
        one = self.evals.get(before.eval)
        if one is not None and one.body is not None and not one.fixture:
            body: Callable[..., object] = one.body
            return with_body_score(after, body)
        self._note("assertions of an eval function that is not there, or takes a fixture, were left as they are")
        scores = (*after.scores, *stored)
        return replace(after, scores=scores, outcome=after.outcome if after.failure else outcome_of(scores))

    def _note(self, what: str) -> None:
        self.kept[what] = self.kept.get(what, 0) + 1


def _chunks(results: Iterable[tuple[int, Trial | Skipped]]) -> Iterator[list[tuple[int, Trial | Skipped]]]:
    """Some hundred at a time: what scorers asked is replayed together, and a run need not fit into memory."""
    iterator = iter(results)
    while chunk := list(itertools.islice(iterator, _CHUNK)):
        yield chunk
