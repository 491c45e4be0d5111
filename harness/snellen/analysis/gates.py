"""Gates: conditions that decide whether a run is good, each held to the trials of one model at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from snellen._text import nearest, plural
from snellen.analysis.gate_baselines import Pairing
from snellen.analysis.gate_figures import CONFIDENCE, Blamed, Figure, Measuring, name_of, shown
from snellen.analysis.gate_measures import measuring
from snellen.analysis.gate_quantities import MEASURES
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate, Scope, Threshold
from snellen.analysis.verdict import Decided, is_excused
from snellen.runs.baseline import Baseline
from snellen.runs.rows import TrialRow, row_of
from snellen.stats.proportions import Interval
from snellen.trial import GateResult, Trial

if TYPE_CHECKING:
    from snellen.analysis.metrics import MetricFunction

__all__ = ["Gate", "Scope", "Threshold", "hold", "hold_all", "needs_trials", "parse_gate", "skip"]

Trials = Callable[[], Iterable[Trial]]


def hold(
    gate: Gate,
    rows: Iterable[TrialRow],
    *,
    baselines: Mapping[str, Baseline] | None = None,
    trials: Trials = tuple,
    today: str,
) -> tuple[GateResult, ...]:
    """Whether a gate holds: one result for each model, and for a metric for each eval and prompt variant too.

    Args:
        gate: The condition.
        rows: Of all trials of the run, in the plan's order; the gate takes those that it is about.
        baselines: By name, those that the gate needs; one that is missing makes it fail.
        trials: Gives whole trials, for gates on metrics (`needs_trials`).
        today: ISO date, for marks that have run out.

    Returns:
        At least one result. A gate that is about no trial at all fails: it was written to decide something.
    """
    (one,) = hold_all([gate], rows, baselines=baselines, trials=trials, today=today)
    return one.results


def hold_all(
    gates: Sequence[Gate],
    rows: Iterable[TrialRow],
    *,
    baselines: Mapping[str, Baseline] | None = None,
    trials: Trials = tuple,
    today: str,
) -> tuple[Decided, ...]:
    """Whether each of several gates holds, in one reading of the rows; see `hold`."""
    holders = [_holder(gate, baselines or {}, today=today) for gate in gates]
    by_row = [one for one in holders if not isinstance(one, _OfMetric)]
    known = _Known()
    for row in rows:
        known.add(row)
        for one in by_row:
            one.take(row)
    by_trial = [one for one in holders if isinstance(one, _OfMetric)]
    for trial in trials() if by_trial else ():
        for holder in by_trial:
            holder.take_trial(trial)
    return tuple(Decided(one.gate, tuple(one.results()) or (_nothing(one.gate, known),)) for one in holders)


def needs_trials(gate: Gate) -> bool:
    """Whether whole trials are needed, and not only their rows: for metrics."""
    return isinstance(gate.condition, Threshold) and _is_metric(gate.condition)


def skip(gate: Gate, why: str, *, notes: tuple[str, ...] = ()) -> Decided:
    """A gate that could not be decided, and why."""
    result = GateResult(text=gate.text, eval=gate.scope.eval, state="skipped", because=why, notes=notes)
    return Decided(gate, (result,))


def _is_metric(threshold: Threshold) -> bool:
    return threshold.measure not in MEASURES and threshold.unit != "s"


def _holder(gate: Gate, baselines: Mapping[str, Baseline], *, today: str) -> _OfFigure | _OfMetric | _OfBaseline:
    if not isinstance(gate.condition, Threshold):
        return _OfBaseline(gate, baselines.get(gate.baseline), today=today)
    if _is_metric(gate.condition):
        return _OfMetric(gate, gate.condition, today=today)
    return _OfFigure(gate, gate.condition, today=today)


# What was there at all.


class _Known:
    """What a gate could have been about."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, None]] = {"eval": {}, "model": {}, "tag": {}, "variant": {}}

    def add(self, row: TrialRow) -> None:
        self.names["eval"][row.eval] = None
        self.names["model"][row.model] = None
        self.names["variant"][row.variant] = None
        if row.tags:
            self.names["tag"].update(dict.fromkeys(row.tags))


def _nothing(gate: Gate, known: _Known) -> GateResult:
    scope = gate.scope
    wanted = [("eval", scope.eval), ("model", scope.model), *(("tag", tag) for tag in scope.tags)]
    wanted += [] if scope.variant is None else [("variant", scope.variant)]
    missing = [(what, name) for what, name in wanted if name and name not in known.names[what]]
    because = "there is no trial that it is about"
    notes: tuple[str, ...] = ()
    if missing:
        because += f": none has {' or '.join(f'{what} {name!r}' for what, name in missing)}"
        meant = [nearest(name, known.names[what]) for what, name in missing]
        notes = tuple(f"Did you mean {one!r}?" for one in meant if one is not None)
    return GateResult(text=gate.text, eval=scope.eval, model=scope.model, state="failed", because=because, notes=notes)


# Thresholds.


class _OfFigure:
    """A threshold on what can be told by rows."""

    def __init__(self, gate: Gate, threshold: Threshold, *, today: str) -> None:
        self.gate = gate
        self._threshold = threshold
        self._today = today
        self._by_model: dict[str, Measuring] = {}

    def take(self, row: TrialRow) -> None:
        if not self.gate.scope.takes_row(row):
            return
        own = self._by_model.get(row.model)
        if own is None:
            with_eval = not self.gate.scope.eval
            own = measuring(self._threshold, with_eval=with_eval, today=self._today)
            self._by_model[row.model] = own
        own.take(row)

    def results(self) -> Iterator[GateResult]:
        for model, own in self._by_model.items():
            if own.not_asked:
                yield _unasked(self.gate, model, own.not_asked, own.trials)
            else:
                yield _judged(self.gate, self._threshold, model, own.figure())


def _unasked(gate: Gate, model: str, not_asked: int, trials: int) -> GateResult:
    verb = "was" if not_asked == 1 else "were"
    because = f"{not_asked:,} of {plural(trials, 'trial')} {verb} not asked, so it cannot be told"
    return GateResult(text=gate.text, eval=gate.scope.eval, model=model, state="failed", because=because)


def _judged(gate: Gate, threshold: Threshold, model: str, figure: Figure) -> GateResult:
    because = figure.said
    end, which = figure.value, "the estimate counts"
    interval, confidence = figure.interval, figure.confidence
    if threshold.confidence is not None and figure.value is not None:
        wants_much = threshold.op in (">=", ">")
        which = f"the {'lower' if wants_much else 'upper'} end counts"
        end = None if interval is None else interval.low if wants_much else interval.high
    if interval is not None and confidence is not None:
        low, high = (shown(one, threshold.unit, against=threshold.value) for one in (interval.low, interval.high))
        because += f" ({confidence * 100:g}% interval {low.removesuffix('%')} to {high}{figure.clustered}; {which})"
    elif threshold.confidence is not None and figure.value is not None:
        because += " (there is no interval, so nothing can be said with confidence)"
    because = "; ".join(filter(None, (figure.problem, because, figure.left_out)))
    is_held = end is not None and not figure.problem and threshold.takes(end)
    return GateResult(
        text=gate.text,
        eval=gate.scope.eval,
        model=model,
        state="held" if is_held else "failed",
        measured=figure.value,
        threshold=threshold.value,
        unit=threshold.unit,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        confidence=None if interval is None else confidence,
        n=figure.n,
        counted=figure.counted,
        because=because,
        cases=() if is_held else figure.cases,
        more_cases=0 if is_held else figure.more_cases,
    )


# Metrics.


@dataclass(slots=True)
class _Slice:
    """The trials of one eval, prompt variant and model, without what was said."""

    trials: list[Trial]
    blamed: Blamed
    not_asked: int = 0
    marked: set[str] = field(default_factory=set)


class _OfMetric:
    """A threshold on a metric, which each eval, prompt variant and model has its own of."""

    def __init__(self, gate: Gate, threshold: Threshold, *, today: str) -> None:
        from snellen.analysis.metrics import metric_of, speaks_against

        self.gate = gate
        self._threshold = threshold
        self._today = today
        self._metric: MetricFunction = metric_of(threshold.measure)
        self._is_against = speaks_against(threshold.measure)
        self._slices: dict[tuple[str, str, str], _Slice] = {}

    def take_trial(self, trial: Trial) -> None:
        row = row_of(0, trial)
        if not self.gate.scope.takes_row(row):
            return
        own = self._slices.setdefault((trial.model, trial.eval, trial.variant), _Slice([], Blamed()))
        own.trials.append(replace(trial, prompt="", response=None, attempts=(), images=()))
        own.not_asked += row.failure == "not_asked"
        if is_excused(row.mark, row.mark_until, today=self._today):
            own.marked.add(row.case)
        if self._is_against(trial):
            own.blamed.add(name_of(row, with_eval=not self.gate.scope.eval))

    def results(self) -> Iterator[GateResult]:
        for (model, name, variant), own in self._slices.items():
            if own.not_asked:
                found = _unasked(self.gate, model, own.not_asked, len(own.trials))
            else:
                found = _judged(self.gate, self._threshold, model, self._figure(own))
            yield replace(found, eval=self.gate.scope.eval or name, variant=variant)

    def _figure(self, own: _Slice) -> Figure:
        confidence = self._threshold.confidence or CONFIDENCE
        metric = self._metric(own.trials, confidence=confidence)
        if metric.value is None:
            problem = f"{metric.name} is not defined: {metric.note}"
            return Figure(value=None, n=metric.n, counted=metric.unit, problem=problem)
        interval = None if metric.interval is None else Interval(metric.interval.low, metric.interval.high)
        value = shown(metric.value, self._threshold.unit, against=self._threshold.value)
        return Figure(
            value=metric.value,
            interval=interval,
            confidence=None if interval is None else confidence,
            clustered=", clustered by group" if metric.formula == "t, clustered" else "",
            n=metric.n,
            counted=metric.unit,
            said=f"{value}, n={metric.n:,} {metric.unit}",
            left_out=f"{plural(len(own.marked), 'marked case')} counted, as in any metric" if own.marked else "",
            cases=tuple(own.blamed.names),
            more_cases=own.blamed.more,
        )


# Baselines.


class _OfBaseline:
    """A gate that holds a run to a baseline."""

    def __init__(self, gate: Gate, baseline: Baseline | None, *, today: str) -> None:
        self.gate = gate
        self._baseline = baseline
        self._today = today
        self._by_model: dict[str, Pairing] = {}

    def take(self, row: TrialRow) -> None:
        scope = self.gate.scope
        if scope.model not in ("", row.model) or scope.eval not in ("", row.eval):
            return
        own = self._by_model.get(row.model)
        if own is None:
            own = Pairing(self.gate, self._baseline, model=row.model, today=self._today)
            self._by_model[row.model] = own
        own.take(row)

    def results(self) -> Iterator[GateResult]:
        for model, own in self._by_model.items():
            if own.not_asked:
                yield _unasked(self.gate, model, own.not_asked, own.trials)
            elif own.trials:
                yield own.result()
