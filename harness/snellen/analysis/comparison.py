"""What a comparison finds, as frozen values: figures with intervals, flipped cases and slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from snellen.analysis.totals import Totals
from snellen.stats.bootstrap import Resampled
from snellen.stats.paired import NonInferiority
from snellen.stats.proportions import Interval

__all__ = [
    "By",
    "Comparison",
    "Difference",
    "Flip",
    "FlipKind",
    "Left",
    "Measure",
    "Part",
    "SideSummary",
    "SliceDifference",
    "Verdict",
    "Verdicts",
]

Measure = Literal["accuracy", "score"]
Verdict = Literal["better", "worse", "no_worse", "cannot_tell"]
"""no_worse: shown to have lost less than the margin, if anything; cannot_tell: not enough cases for any of these."""

FlipKind = Literal["broke", "fixed", "flaky"]
"""flaky: asked again, one of the sides does not agree with itself, so that a change says nothing."""

_WORST_FIRST: tuple[Verdict, ...] = ("worse", "cannot_tell", "no_worse", "better")

By = Literal["tag", "group", "eval", "model", "variant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much one measure moved from the one side to the other, over the questions both answered.

    Attributes:
        measure: accuracy: share that passes, an unscored response counting as wrong; score: mean of the scores.
        before: Mean of the first side, 0..1. Repeats of a question are averaged first.
        before_interval: Its own interval: Wilson, or Student's t where groups or repeats make it so.
        after: Mean of the second side.
        after_interval: Its own.
        value: after - before.
        interval: Of `value`; None where nothing can be said, as from one group.
        formula: Whose interval it is: "Tango" for passes and fails of cases that stand alone; "t"; "t, clustered" where
            cases share a group; "Tango, no spread" where all questions moved by the same.
        p_value: Two-sided, were the two sides as good as swapped: the exact McNemar test for "Tango", else its
            generalisation, flipping the signs of the differences of each question or group. It decides.
        p_test: Its name.
        p_beside: A second p, for comparison: McNemar's mid-p, or Student's t; None where it is not defined.
        p_beside_test: Its name.
        n: Questions.
        clusters: Groups of questions that may err together; `n` when each stands alone.
        gained: Questions whose mean rose.
        lost: Questions whose mean fell.
        moved: Groups of questions whose mean moved, or questions where each stands alone: what the test goes by.
        fewest: How many must move, all one way, for the test to show anything at this confidence.
        bootstrap: A second interval, resampled; None where Tango's is exact enough, and in slices.
        non_inferior: Whether it is shown that less than the margin was lost.
        verdict: What follows.
        needed: About how many questions would be needed to tell, with a power of 0.8, in groups as large as these; None
            when it can be told, or when nothing that was seen gives a size to go by.
        needed_for: The difference that they would show.
        visible: The smallest difference that so many questions show, with a power of 0.8; where none moved, the
            smallest that the test can find at all; None when they can show none.
    """

    measure: Measure
    before: float
    before_interval: Interval | None
    after: float
    after_interval: Interval | None
    value: float
    interval: Interval | None
    formula: str
    p_value: float
    p_test: str
    p_beside: float | None
    p_beside_test: str
    n: int
    clusters: int
    gained: int
    lost: int
    moved: int
    fewest: int
    bootstrap: Resampled | None
    non_inferior: NonInferiority
    verdict: Verdict
    needed: int | None
    needed_for: float | None
    visible: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideSummary:
    """One side as a whole, whether or not the other side has the same cases.

    Attributes:
        name: As it was asked for.
        label: As it is shown.
        run: Id of the run; empty for trials that are in none.
        models: Names, in the order of the trials.
        variants: Names of the prompt variants, "" for the cases' own prompt.
        totals: Outcomes, latency, tokens and cost of all its trials.
        judging_usd: What its scorers' own calls cost, where it is known; None where none is known.
        repeats: How often its questions were asked at most.
        disagreement: Share of pairs of repeats whose verdicts differ: what changes by itself; None without repeats.
    """

    name: str
    label: str
    run: str
    models: tuple[str, ...]
    variants: tuple[str, ...]
    totals: Totals
    judging_usd: float | None
    repeats: int
    disagreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Trials that could not be paired.

    Attributes:
        count: How many.
        first: What the first of them are called, as a trial's label with its eval.
    """

    count: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What one side made of one question.

    Attributes:
        passed: Repeats judged right.
        asked: Repeats with a response.
        outcome: Of the trial that shows it best.
        model: Its name in the configuration.
        variant: Name of the prompt variant.
        repeat: Of that trial.
        place: Of that trial in its run.
        digest: Of that trial's answer.
        score: Of that trial, None when nothing judged.
    """

    passed: int
    asked: int
    outcome: str
    model: str
    variant: str
    repeat: int
    place: int
    digest: str
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A question that one side answers right and the other does not, or that is answered now so, now so.

    Attributes:
        kind: broke, fixed or flaky.
        eval: Name of the eval.
        case: Id of the case.
        before: What the first side made of it.
        after: What the second side made of it.
        tags: Of the case.
        group: Of the case.
        mark: known_failing or flaky when the case says so and the mark has not run out, else empty. Such cases are
            counted apart.
    """

    kind: FlipKind
    eval: str
    case: str
    before: Verdicts
    after: Verdicts
    tags: tuple[str, ...] = ()
    group: str | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceDifference:
    """The same comparison over part of the questions.

    Attributes:
        name: The tag, group or eval; None for questions without one.
        accuracy: Over these questions; its own verdict knows nothing of the other slices.
        score: Likewise, None when no score is graded.
        p_holm: Accuracy's p, adjusted so that of all slices a false alarm is as rare as of one.
        p_bh: Adjusted so that the share of false alarms is (Benjamini and Hochberg).
        verdict: better or worse by `p_holm`, else cannot_tell.
    """

    name: str | None
    accuracy: Difference
    score: Difference | None
    p_holm: float
    p_bh: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several models or prompt variants that both sides hold, compared with itself.

    Attributes:
        name: As it is shown: "gpt", "terse", "gpt, terse".
        model: Its name; None where the sides are not parted by model.
        variant: Its name, "" for the cases' own prompt; None where the sides are not parted by variant.
        comparison: Of these trials alone; its own verdict knows nothing of the other parts.
        p_holm: Accuracy's p, adjusted for the number of parts.
        verdict: better or worse by `p_holm`; no_worse by its own bound.
    """

    name: str
    model: str | None
    variant: str | None
    comparison: Comparison
    p_holm: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides compared question by question.

    Attributes:
        before: The first side.
        after: The second side.
        pairs: Trials of both sides that were paired.
        same_answers: Pairs whose answers are equal to the letter; None where answers are not known.
        only_before: Trials that the second side has no match for.
        only_after: Trials that the first side has no match for.
        errors_before: Matched trials without a response on the first side.
        errors_after: Matched trials without a response on the second side.
        accuracy: By passes and fails; it decides.
        score: By graded scores; None when every score is 0 or 1, as its verdict says.
        changed: Mean chance that the two sides differ on a question, to be held against `disagreement` of the sides.
        floor: The larger disagreement of the two sides with themselves; None without repeats.
        flips: Questions that broke, in the first side's order, then fixed, then flaky.
        by: What the slices or parts were asked to be of, None for no slices.
        slices: One a tag, group or eval, the lowest p first. Where there are parts, each has its own.
        parts: One a model or prompt variant, where the sides hold the same several; the figures above are then those
            of all of them together, every answer counting alike.
        margin: How much worse still counts as no worse.
        confidence: Of every interval.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
        notes: What a careful reader must know, a sentence each.
    """

    before: SideSummary
    after: SideSummary
    pairs: int
    same_answers: int | None
    only_before: Left
    only_after: Left
    errors_before: Left
    errors_after: Left
    accuracy: Difference
    score: Difference | None
    changed: float
    floor: float | None
    flips: tuple[Flip, ...]
    by: By | None
    slices: tuple[SliceDifference, ...]
    parts: tuple[Part, ...]
    margin: float
    confidence: float
    resamples: int
    seed: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """What `snellen compare` prints, but for the answers of flipped cases, which are not kept here."""
        from snellen.analysis.comparison_text import comparison_text

        return comparison_text(self)

    def __repr__(self) -> str:
        from snellen.analysis.comparison_words import short_comparison

        return f"<Comparison {short_comparison(self)}>"

    @property
    def verdict(self) -> Verdict:
        """What follows for accuracy; of several parts the worst, so that "worse" means that some part is."""
        if not self.parts:
            return self.accuracy.verdict
        found = {part.verdict for part in self.parts}
        return next(verdict for verdict in _WORST_FIRST if verdict in found)

    @property
    def broke(self) -> tuple[Flip, ...]:
        """Questions that passed and do not any more; marked ones among them."""
        return tuple(flip for flip in self.flips if flip.kind == "broke")

    @property
    def fixed(self) -> tuple[Flip, ...]:
        """Questions that did not pass and do now; marked ones among them."""
        return tuple(flip for flip in self.flips if flip.kind == "fixed")

    @property
    def flaky(self) -> tuple[Flip, ...]:
        """Questions whose repeats disagree on a side."""
        return tuple(flip for flip in self.flips if flip.kind == "flaky")
