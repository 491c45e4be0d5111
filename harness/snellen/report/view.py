"""What the report says, as frozen values without any HTML: every text in it is ready to be shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from snellen._files import digest
from snellen._text import plural
from snellen.analysis.totals import Summary
from snellen.report.answers import Answer, answer_of
from snellen.report.expects import expects_of, extras_of, mark_of
from snellen.report.gates import GateView, gate_of
from snellen.report.metrics import MetricTable, metric_table
from snellen.report.overlay import overlay_of
from snellen.report.pictures import Pictures
from snellen.report.shots import Shot, Shots
from snellen.report.table import Row, row_of
from snellen.report.words import (
    at_clock,
    in_seconds,
    language_of,
    public_text,
    visible,
)
from snellen.trial import Outcome, Run, RunFacts, Trial

__all__ = ["WORST_FIRST", "CaseView", "Prompt", "ReportView", "SkippedView", "build_view"]

_DATE_CHARS = len("2026-11-22")
_MARK = re.compile(r"(<image \d+>)")
_MODES = {
    "recorded": "replayed from recordings, nothing was asked",
    "missing": "replayed where recorded, asked where not",
    "refresh": "asked anew and recorded",
    "live": "asked live",
}
WORST_FIRST: tuple[Outcome, ...] = ("failed", "unscored", "error", "passed")
"""In which order cases are worth a look; their larger pictures are embedded in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt as it was sent, with what every model answered.

    Attributes:
        variant: Name of the prompt variant, may be empty.
        pieces: The text as sent, cut so that the marks where pictures stand (`<image 1>`) can be told apart.
        language: For the `lang` attribute, None says nothing.
        answers: One a model and repeat, in the table's order of models.
    """

    variant: str
    pieces: tuple[tuple[str, bool], ...]
    language: str | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case with its pictures, prompts and answers.

    Attributes:
        anchor: For links to it; the same in every report of this eval and case.
        eval: Name of its eval.
        id: The case's id.
        tags: Its tags.
        system: The system message, may be empty.
        expects: What was asked of an answer: a heading and its items, each.
        shots: Its pictures.
        prompts: Its prompts, in the run's order.
        extras: Further fields of its row and where it was written.
        verdict: "2 of 3 passed".
        mark: That it is known to fail, or flaky, and why; empty for neither.
        worst: The outcome that decides where its pictures stand when room is scarce.
    """

    anchor: str
    eval: str
    id: str
    tags: tuple[str, ...]
    system: str
    expects: tuple[tuple[str, tuple[str, ...]], ...]
    shots: tuple[Shot, ...]
    prompts: tuple[Prompt, ...]
    extras: tuple[tuple[str, str], ...]
    verdict: str
    mark: str
    worst: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedView:
    """A case that was not asked.

    Attributes:
        eval: Name of the eval.
        case_id: Which case.
        model: Which model.
        reason: Why.
    """

    eval: str
    case_id: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All that one report shows.

    Attributes:
        title: Its heading.
        facts: What a reader must know of the run, a name and a value each.
        rows: The table of models.
        parts: The table of evals, prompts and models; empty when it would repeat the table of models.
        evals: Names of all evals.
        models: Names of all models.
        tags: All tags, sorted.
        cases: All cases that were asked, in the run's order.
        skipped: All cases that were not.
        outcomes: Trials by outcome.
        gates: Whether each gate held.
        metrics: The figures that evals name; None without any.
        previews: Larger pictures by digest.
        notes: What the file holds and what was left out, a sentence each.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    parts: tuple[Row, ...]
    evals: tuple[str, ...]
    models: tuple[str, ...]
    tags: tuple[str, ...]
    cases: tuple[CaseView, ...]
    skipped: tuple[SkippedView, ...]
    outcomes: dict[str, int]
    gates: tuple[GateView, ...] = ()
    metrics: MetricTable | None = None
    previews: tuple[tuple[str, bytes], ...] = ()
    notes: tuple[str, ...] = ()


def build_view(run: Run, *, summary: Summary, pictures: Pictures) -> ReportView:
    """What the report of `run` says; larger pictures and notes on the file itself are added when it is written."""
    notes = {model: visible(note) for model, note in run.facts.model_notes.items()}
    rows = tuple(row_of(part, notes.get(part.model, "")) for part in summary.models)
    parts = tuple(row_of(part) for part in summary.parts)
    make = _Maker(pictures, models=[part.model for part in summary.models], today=run.facts.started_at[:_DATE_CHARS])
    cases = make.cases(run.trials)
    return ReportView(
        title=visible(run.facts.title) or "Evaluation report",
        facts=_facts(run.facts, summary=summary, cases=len(cases)),
        rows=rows,
        parts=parts if len(parts) > len(rows) else (),
        evals=tuple(dict.fromkeys(case.eval for case in cases)),
        models=tuple(row.model for row in rows),
        tags=tuple(sorted({tag for case in cases for tag in case.tags})),
        cases=cases,
        skipped=tuple(
            SkippedView(
                eval=visible(skip.eval),
                case_id=visible(skip.case_id),
                model=visible(skip.model),
                reason=public_text(skip.reason),
            )
            for skip in run.skipped
        ),
        outcomes={outcome: getattr(summary.overall, outcome) for outcome in WORST_FIRST},
        gates=tuple(map(gate_of, run.facts.gates)),
        metrics=metric_table(run.facts.metrics) if run.facts.metrics else None,
    )


def _facts(facts: RunFacts, *, summary: Summary, cases: int) -> tuple[tuple[str, str], ...]:
    overall = summary.overall
    answers = plural(overall.responses, "response")
    if 0 < overall.recorded < overall.responses:
        answers += f", {overall.recorded:,} of them recorded earlier"
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    pairs = (
        ("Date", at_clock(facts.started_at)),
        ("Mode", f"{facts.mode}: {_MODES[facts.mode]}" if facts.mode in _MODES else visible(facts.mode)),
        ("Asked", f"{plural(cases, 'case')}, {plural(len(summary.models), 'model')}, {answers}"),
        ("Ended", _ending(facts)),
        ("Took", in_seconds(facts.duration_s) if facts.duration_s else ""),
        ("Versions", visible(versions)),
        ("Run", visible(facts.id)),
        *(("Note", public_text(note)) for note in facts.notes),
    )
    return tuple((name, value) for name, value in pairs if value)


def _ending(facts: RunFacts) -> str:
    """How a run ended that did not come to its end; empty for one that did."""
    match facts.state:
        case "finished":
            return ""
        case "stopped":
            return f"stopped before its end: {public_text(facts.stopped_because)}"
        case _:
            return "interrupted before its end"


class _Maker:
    """Makes the cases of one report, one after the other."""

    def __init__(self, pictures: Pictures, *, models: Sequence[str], today: str) -> None:
        self._pictures = pictures
        self._shots = Shots(pictures)
        self._order = {model: number for number, model in enumerate(models)}
        self._today = today

    def cases(self, trials: Sequence[Trial]) -> tuple[CaseView, ...]:
        grouped: dict[tuple[str, str], list[Trial]] = {}
        for trial in trials:
            grouped.setdefault((trial.eval, trial.case.id), []).append(trial)
        return tuple(map(self._case, grouped.values()))

    def _case(self, trials: Sequence[Trial]) -> CaseView:
        case, eval_name = trials[0].case, trials[0].eval
        anchor = digest(orjson.dumps([_plain(eval_name), _plain(case.id)]))[:12]
        outcomes = Counter(trial.outcome for trial in trials)
        return CaseView(
            anchor=anchor,
            eval=visible(eval_name),
            id=visible(case.id),
            tags=tuple(dict.fromkeys(visible(tag) for tag in case.tags)),
            system=visible(case.system or ""),
            expects=expects_of(trials),
            shots=self._shots.of(trials, (anchor, visible(case.id))),
            prompts=self._prompts(trials),
            extras=extras_of(case),
            verdict=f"{outcomes['passed']} of {len(trials)} passed",
            mark=mark_of(case, today=self._today, is_right=outcomes["passed"] == len(trials)),
            worst=next(outcome for outcome in WORST_FIRST if outcomes[outcome]),
        )

    def _prompts(self, trials: Sequence[Trial]) -> tuple[Prompt, ...]:
        grouped: dict[tuple[str, str], list[Trial]] = {}
        for trial in trials:
            grouped.setdefault((trial.variant, trial.prompt), []).append(trial)
        return tuple(
            Prompt(
                variant=visible(variant),
                pieces=tuple((visible(text), bool(at % 2)) for at, text in enumerate(_MARK.split(prompt)) if text),
                language=language_of(prompt),
                answers=tuple(self._answers(own)),
            )
            for (variant, prompt), own in grouped.items()
        )

    def _answers(self, trials: Sequence[Trial]) -> Iterator[Answer]:
        is_repeated = any(trial.repeat for trial in trials)
        for trial in sorted(trials, key=lambda trial: (self._order[trial.model], trial.repeat)):
            yield answer_of(
                trial,
                model_index=self._order[trial.model],
                is_repeated=is_repeated,
                overlay=overlay_of(trial, self._pictures),
            )


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
