"""One asking and its outcome, and the run that all of them make, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from snellen.case import Case
from snellen.errors import ErrorKind
from snellen.response import Response
from snellen.score import Score

__all__ = [
    "Attempt",
    "Failure",
    "GateResult",
    "GateState",
    "MetricResult",
    "MetricUnit",
    "Outcome",
    "Run",
    "RunFacts",
    "RunState",
    "SentImage",
    "Skipped",
    "Trial",
    "label_of",
    "outcome_of",
]

Outcome = Literal["passed", "failed", "unscored", "error"]
RunState = Literal["running", "finished", "interrupted", "stopped"]
GateState = Literal["held", "failed", "skipped"]
"""skipped: not decided, because not all that it is about was there, as in one shard of a run."""
MetricUnit = Literal["share", "points", "number"]
"""share: 0..1, shown as per cent; points: up to 200 a subtask, as MME counts; number: in the unit of the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at getting a response.

    Attributes:
        status: HTTP status, None when none arrived.
        kind: The error's kind, None for the try that succeeded.
        wait_s: What was waited after it before the next, in seconds.
        may_be_billed: Whether the whole request had gone out and no answer arrived, so that it may cost all the same.
    """

    status: int | None
    kind: ErrorKind | None = None
    wait_s: float = 0.0
    may_be_billed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no response.

    Attributes:
        kind: Of the last attempt.
        message: For people; names what to do next.
        detail: The start of the server's body or a traceback, for the log.
    """

    kind: ErrorKind
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentImage:
    """How one picture went out.

    Attributes:
        identity: `sha256:<hex>` of the source bytes, or the URL.
        transform: What was asked for ("resize:1024"), empty for none.
        notes: What was done to it ("rotated by its EXIF orientation", "first of 12 frames"); empty on replay,
            where no pixel is read, and for a picture that went out as it is.
    """

    identity: str
    transform: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One asking: case x prompt variant x model x repeat, with its outcome.

    Attributes:
        eval: Name of the eval it belongs to.
        case: The question.
        variant: Name of the prompt variant, "" for the case's own prompt.
        model: The model's name in the configuration.
        repeat: 0-based.
        prompt: The user's text as sent.
        fingerprint: Hex digest of the request.
        outcome: passed and failed were judged; unscored has a response nobody could judge; error has no response.
        response: None exactly when the outcome is "error" and nothing came back.
        scores: One a scorer, in the eval's order.
        failure: Set exactly when the outcome is "error".
        attempts: All tries, oldest first; empty on replay.
        images: How the pictures went out.
        cost_usd: What the response cost when it was asked, by its usage; None when that is not known.
    """

    eval: str
    case: Case
    variant: str = ""
    model: str
    repeat: int = 0
    prompt: str
    fingerprint: str = ""
    outcome: Outcome
    response: Response | None = None
    scores: tuple[Score, ...] = ()
    failure: Failure | None = None
    attempts: tuple[Attempt, ...] = ()
    images: tuple[SentImage, ...] = ()
    cost_usd: float | None = None

    @property
    def label(self) -> str:
        """What tells trials of one eval apart, as pytest shows it in brackets."""
        return label_of(self.case.id, variant=self.variant, model=self.model, repeat=self.repeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A case that was not asked, on purpose.

    Attributes:
        eval: Name of the eval.
        case_id: Which case.
        model: Which model.
        reason: Why, a sentence.
    """

    eval: str
    case_id: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """Whether a gate held, for one model.

    Attributes:
        text: The gate, as `--gate` would say it.
        eval: Name of the eval that the gate belongs to; empty for a gate on all of the run.
        model: Whose trials it was held to; empty when there were none of any.
        variant: Of which prompt variant; empty for all of them, or for the cases' own prompt.
        state: How it ended.
        measured: In the unit of `threshold`; None when there was nothing to measure.
        threshold: What was asked of it; minus the margin for a gate on a difference.
        unit: share (0..1), count, usd, s (seconds), or number for a metric in units of its own.
        low: Lower end of the interval of `measured`, None without one.
        high: Upper end, likewise, and None for a one-sided interval.
        confidence: Of the interval, 0..1; None without one.
        n: How many of `counted` it is about.
        counted: What `n` counts, in the plural: "cases", "trials".
        because: What was measured, on one line for people.
        cases: Names of the first cases responsible, in the run's order or the worst first.
        more_cases: How many more there are.
        notes: What a careful reader must know, a sentence each.
    """

    text: str
    eval: str = ""
    model: str = ""
    variant: str = ""
    state: GateState
    measured: float | None = None
    threshold: float | None = None
    unit: str = "share"
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    n: int = 0
    counted: str = "cases"
    because: str
    cases: tuple[str, ...] = ()
    more_cases: int = 0
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when it held."""
        return self.state == "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResult:
    """One figure over the trials of one eval, prompt variant and model.

    Attributes:
        name: Of the metric ("f1", "pass@3").
        about: What it is, a clause.
        eval: Name of the eval that names it; empty for predictions that belong to none.
        variant: Name of the prompt variant, empty for the cases' own prompt.
        model: Whose trials it is about.
        value: In the unit of `unit`; None where it is not defined, and `note` says why.
        unit: share (0..1), points, or number for the unit of the answers.
        low: Lower end of the interval of `value` at 95 %, None without one.
        high: Upper end, likewise.
        formula: Which interval it is: "Wilson", "t" or "t, clustered"; empty without one.
        n: How many of `counted` it is about.
        counted: What `n` counts, in the plural: "cases", "groups", "answers of yes".
        unscored: Responses that could not be judged.
        errors: Trials without a response, which no metric counts.
        is_better_high: None where neither way is better.
        note: What a careful reader must know, a clause; empty when there is nothing.
    """

    name: str
    about: str = ""
    eval: str = ""
    variant: str = ""
    model: str = ""
    value: float | None
    unit: MetricUnit = "share"
    low: float | None = None
    high: float | None = None
    formula: str = ""
    n: int
    counted: str = "cases"
    unscored: int = 0
    errors: int = 0
    is_better_high: bool | None = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a reader must know about a run to believe it.

    Attributes:
        id: Sortable and unique: UTC time and a random tail.
        title: What the report is headed with.
        started_at: ISO 8601 UTC.
        duration_s: Wall time.
        mode: recorded, missing, refresh or live.
        versions: Of snellen, Python and the packages that decide results, by name.
        model_notes: What a reader must know of a model, by its name ("offline model: no network, no key").
        state: running; finished; interrupted: ended by a person or a fault; stopped: ended by a limit of its own.
        stopped_because: Why it was stopped, or how far it was when it was interrupted, a clause; else empty.
        command: What was typed.
        cwd: The folder it was typed in.
        git_commit: Of the project, empty when it is not in git.
        git_dirty: Whether files that git knows were changed since; None when that is not known.
        evals: Names of the evals, in the plan's order.
        models: name, api, host and params of each model, by its name in the configuration; never a secret.
        served_models: What the servers said had answered, by the model's name in the configuration.
        calls: Requests that were sent.
        spent_usd: What they cost, None when that is not known.
        shard: "2/8" for the second of eight parts of a run, empty for a whole run.
        parent: Ids of the runs that were merged into this one.
        notes: What to know of how the run was asked ("anthropic ignores seed: ..."), a sentence each.
        gates: Whether each gate held, in the order of the evals.
        metrics: The figures that evals name, in the order of the evals and of their metrics.
    """

    id: str
    title: str
    started_at: str
    duration_s: float
    mode: str
    versions: dict[str, str] = field(default_factory=dict)
    model_notes: dict[str, str] = field(default_factory=dict)
    state: RunState = "finished"
    stopped_because: str = ""
    command: tuple[str, ...] = ()
    cwd: str = ""
    git_commit: str = ""
    git_dirty: bool | None = None
    evals: tuple[str, ...] = ()
    models: dict[str, dict[str, object]] = field(default_factory=dict)
    served_models: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: int = 0
    spent_usd: float | None = None
    shard: str = ""
    parent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gates: tuple[GateResult, ...] = ()
    metrics: tuple[MetricResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All trials of one invocation."""

    facts: RunFacts
    trials: tuple[Trial, ...]
    skipped: tuple[Skipped, ...] = ()


def outcome_of(scores: tuple[Score, ...]) -> Outcome:
    """What these scores of a response make: failed beats unscored beats passed; no score at all is unscored."""
    if any(not score.passed and not score.is_unscored for score in scores):
        return "failed"
    if not scores or any(score.is_unscored for score in scores):
        return "unscored"
    return "passed"


def label_of(case_id: str, *, variant: str, model: str, repeat: int) -> str:
    """`stop-sign-gpt`, `stop-sign-terse-gpt-r1`: parts that say nothing are left out."""
    return "-".join(part for part in (case_id, variant, model, f"r{repeat}" if repeat else "") if part)
