"""Judging stored responses again with the scorers of today, and which verdicts that turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from snellen.case import ScorerSpec
from snellen.errors import InputError
from snellen.runner.evals import Eval
from snellen.runner.judge import BODY, with_body_score
from snellen.score import Score
from snellen.scorers.asking import asks
from snellen.scorers.registered import options_hash
from snellen.scorers.registry import default_scorers, find, get_scorer
from snellen.trial import Skipped, Trial, outcome_of

__all__ = ["Rescored", "Rescorer"]


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


@dataclass(slots=True)
class Rescorer:
    """Judges stored trials again.

    Attributes:
        evals: Today's evals by name, whose scorers and functions are taken.
        scorers: What judges in place of the evals' own scorers; empty for those.
        kept: What could not be judged again and was left as it is, and how often.
    """

    evals: Mapping[str, Eval] = field(default_factory=dict)
    scorers: tuple[ScorerSpec, ...] = ()
    kept: dict[str, int] = field(default_factory=dict)

    def rescore(self, results: Iterable[tuple[int, Trial | Skipped]]) -> Iterator[tuple[int, Rescored | Skipped]]:
        """Each result with its place; a trial without a response stays what it is.

        Raises:
            InputError: A scorer does not take the options that the eval gives it.
        """
        for place, result in results:
            yield place, result if isinstance(result, Skipped) else Rescored(before=result, after=self._again(result))

    def _again(self, trial: Trial) -> Trial:
        if trial.response is None:
            return trial
        scores = tuple(self._scores(trial, self._specs(trial)))
        after = replace(trial, scores=scores, outcome=outcome_of(scores), failure=None)
        return self._with_assertions(trial, after)

    def _specs(self, trial: Trial) -> tuple[ScorerSpec, ...]:
        one = self.evals.get(trial.eval)
        if self.scorers or one is None or one.scorers is None:
            return self.scorers or default_scorers(trial.case)
        return one.scorers

    def _scores(self, trial: Trial, specs: Iterable[ScorerSpec]) -> Iterator[Score]:
        assert trial.response is not None  # noqa: S101  # looked at before
        for spec in specs:
            if not asks(spec):
                yield get_scorer(spec)(trial.case, trial.response)
                continue
            found = _of_spec(trial.scores, spec)
            self._note(f"{spec.name} asks a model: its verdict was left as it is")
            if found is not None:
                yield found

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
        return replace(after, scores=scores, outcome=outcome_of(scores))

    def _note(self, what: str) -> None:
        self.kept[what] = self.kept.get(what, 0) + 1


def _of_spec(scores: Iterable[Score], spec: ScorerSpec) -> Score | None:
    """What this scorer with these options has said before."""
    try:
        name = find(spec.name).name
    except InputError:
        return None
    known = [score for score in scores if score.scorer == name]
    same = [score for score in known if score.options == options_hash(spec.options)]
    return next(iter([*same, *known]), None)
