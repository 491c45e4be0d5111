"""Gates that hold a run to a baseline: the same cases then and now, pair by pair."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from snellen._text import plural, some_of
from snellen.analysis.gate_figures import MOST_CASES, Blamed, shown
from snellen.analysis.gate_values import Gate, NoBroken, NoWorse
from snellen.analysis.judges import Naming, judged_otherwise, judges_apart
from snellen.analysis.verdict import is_excused
from snellen.runs.baseline import Baseline
from snellen.runs.rows import JudgedBy, TrialRow
from snellen.stats.paired import NonInferiority, non_inferior, non_inferior_mean
from snellen.trial import GateResult, label_of

__all__ = ["Pairing"]

_NAMING = Naming(
    version="{name} is {now} now and was {then}",
    options="{name} has other options now",
    only_now="{name} did not judge it",
    only_then="{name} judged it alone",
)

_Key = tuple[str, str, str]
"""Eval, case and prompt variant: repeats of a question are one answer more or less sure."""


@dataclass(slots=True)
class _Side:
    """What became of one question on one side; without `asked` there is no verdict.

    Attributes:
        passed: Repeats that passed.
        asked: Repeats with a response.
        group: Of the case.
        tags: Of the case.
        marked: Kind of the case's mark while it holds.
        judges: The scorers of its repeats.
    """

    passed: int = 0
    asked: int = 0
    group: str | None = None
    tags: tuple[str, ...] = ()
    marked: str = ""
    judges: tuple[JudgedBy, ...] = ()


class Pairing:
    """The trials of one model beside those of a baseline."""

    def __init__(self, gate: Gate, baseline: Baseline | None, *, model: str, today: str) -> None:
        """Begins empty.

        Args:
            gate: What is asked.
            baseline: What it is held to, None when there is none of this name.
            model: Whose trials will come.
            today: ISO date, for marks that have run out.
        """
        self._gate = gate
        self._baseline = baseline
        self._model = model
        self._today = today
        self._now: dict[_Key, _Side] = {}
        self._elsewhere: set[_Key] = set()
        self._evals: set[str] = set()
        self.trials = 0
        self.not_asked = 0

    def take(self, row: TrialRow) -> None:
        """Counts a trial of this run, of the model; also one that the gate is not about, for it is not missing."""
        self._evals.add(row.eval)
        if not self._gate.scope.takes_row(row):
            self._elsewhere.add((row.eval, row.case, row.variant))
            return
        self.trials += 1
        self.not_asked += row.failure == "not_asked"
        _count(self._now, row, today=self._today)

    def result(self) -> GateResult:
        """Whether the gate holds."""
        if self._baseline is None:
            name = self._gate.baseline
            return self._failed(
                f"there is no baseline {name!r} yet",
                notes=(f"Once a run is as it should be: snellen baseline set {name} RUN",),
            )
        theirs = self._their_model(self._baseline)
        if theirs is None:
            known = ", ".join(self._baseline.facts.models)
            return self._failed(f"baseline {self._gate.baseline!r} has no model {self._model!r}; it has {known}")
        named = self._baseline.facts.name + ("" if theirs == self._model else f" ({theirs})")
        then = self._then(self._baseline, theirs)
        notes = (*self._judged_otherwise(self._baseline, then), *self._left_out(self._baseline, theirs))
        return _Pairs(self._gate, named, then, self._now).result(self._model, notes=notes)

    def _failed(self, because: str, *, notes: tuple[str, ...] = ()) -> GateResult:
        return _result(self._gate, self._model, is_held=False, because=because, notes=notes)

    def _their_model(self, baseline: Baseline) -> str | None:
        """The model of the baseline that this one is held to: its own namesake, else the only one there is."""
        models = sorted({row.model for row in baseline.rows})
        if self._model in models:
            return self._model
        return models[0] if len(models) == 1 else None

    def _then(self, baseline: Baseline, model: str) -> dict[_Key, _Side]:
        """What the baseline says of the questions that the gate is about, as far as their evals were run."""
        then: dict[_Key, _Side] = {}
        scope = self._gate.scope
        for row in baseline.rows:
            key = (row.eval, row.case, row.variant)
            if row.model != model or row.eval not in self._evals or key in self._elsewhere:
                continue
            if key in self._now or scope.takes(eval=row.eval, tags=row.tags, model=scope.model, variant=row.variant):
                _count(then, row, today=self._today)
        return then

    def _judged_otherwise(self, baseline: Baseline, then: Collection[_Key]) -> Iterator[str]:
        now = {judge for key, side in self._now.items() if key in then for judge in side.judges}
        if apart := list(judges_apart(baseline.facts.scorers, now, _NAMING, knows_more=("then",))):
            name = baseline.facts.name
            way_out = f"set it anew of a run that is judged as now: snellen baseline set {name} RUN"
            yield judged_otherwise(f"Baseline {name!r} was", apart, what="What changed", way_out=way_out)

    def _left_out(self, baseline: Baseline, model: str) -> Iterator[str]:
        others = sorted({row.eval for row in baseline.rows if row.model == model} - self._evals)
        if others and not self._gate.scope.eval:
            what = f"{plural(len(others), 'eval')} of the baseline, {_listed(others)}"
            yield f"Not asked of {self._model} in this run: {what}."


def _count(sides: dict[_Key, _Side], row: TrialRow, *, today: str) -> None:
    side = sides.setdefault((row.eval, row.case, row.variant), _Side(group=row.group, tags=row.tags))
    if is_excused(row.mark, row.mark_until, today=today):
        side.marked = row.mark
    if row.judges != side.judges:
        side.judges = tuple(dict.fromkeys((*side.judges, *row.judges)))
    if row.outcome != "error":
        side.asked += 1
        side.passed += row.outcome == "passed"


@dataclass(slots=True)
class _Pairs:
    """Questions on both sides, and on one side only."""

    gate: Gate
    named: str
    then: dict[_Key, _Side]
    now: dict[_Key, _Side]
    broke: list[_Key] = field(default_factory=list)
    fixed: list[_Key] = field(default_factory=list)

    def result(self, model: str, *, notes: tuple[str, ...]) -> GateResult:
        is_no_worse = isinstance(self.gate.condition, NoWorse)
        return self._no_worse(model, notes) if is_no_worse else self._no_broken(model, notes)

    def _no_worse(self, model: str, notes: tuple[str, ...]) -> GateResult:
        condition = self.gate.condition
        assert isinstance(condition, NoWorse)  # noqa: S101  # was looked up
        judged = [key for key in self.now if self._is_judged(key)]
        both = [key for key in judged if not self._is_marked(key)]
        marked = [key for key in judged if self._is_marked(key)]
        only_then = [key for key, side in self.then.items() if side.asked and not _asked(self.now, key)]
        only_now = [
            key
            for key, side in self.now.items()
            if side.asked and not _asked(self.then, key) and not self._is_marked(key)
        ]
        missing = self._missing(only_then, "has no verdict now") + self._missing(only_now, "is not in the baseline")
        if not both:
            because = f"no case {'without a mark ' if marked else ''}has a verdict on both sides"
            return _result(self.gate, model, is_held=False, because=because, notes=(*notes, *self._excused(marked)))
        differences = list(map(self._change, both))
        self.broke = [key for key, change in zip(both, differences, strict=True) if change < 0]
        self.fixed = [key for key, change in zip(both, differences, strict=True) if change > 0]
        shown_loss = self._bound(both, differences, condition)
        is_held = shown_loss.holds and (condition.ignores_missing or not missing)
        value = math.fsum(differences) / len(differences)
        groups = len(set(self._clusters(both)))
        because = (
            f"{_moved(value)} than {self.named} over {plural(len(both), 'case')}, and with "
            f"{condition.confidence * 100:g}% confidence {_at_most(shown_loss.bound, condition.margin)}"
            f"{'' if groups == len(both) else ', clustered in ' + plural(groups, 'group')} "
            f"({len(self.broke):,} worse, {len(self.fixed):,} better)"
        )
        if not shown_loss.holds and value > -condition.margin:
            few = "cases" if groups == len(both) else "groups"
            notes += (f"The loss itself is within the margin; so few {few} cannot show that it is.",)
        cases = self.broke or ([] if condition.ignores_missing else [*only_then, *only_now])
        return _result(
            self.gate,
            model,
            is_held=is_held,
            because=_joined(because, missing, ignores=condition.ignores_missing),
            notes=(*notes, *self._excused(marked, with_them=self._mean(judged)), *self._way_out(missing)),
            measured=value,
            threshold=-condition.margin,
            low=shown_loss.bound,
            confidence=condition.confidence,
            n=len(both),
            cases=self._names(cases),
        )

    def _bound(self, both: list[_Key], differences: list[float], condition: NoWorse) -> NonInferiority:
        """Tango's bound for single verdicts on cases that stand alone; Student's t for repeats and clusters."""
        clusters = self._clusters(both)
        if len(set(clusters)) == len(both) and all(self.now[key].asked == self.then[key].asked == 1 for key in both):
            return non_inferior(
                gained=len(self.fixed),
                lost=len(self.broke),
                n=len(both),
                margin=condition.margin,
                confidence=condition.confidence,
            )
        return non_inferior_mean(
            differences, clusters=clusters, margin=condition.margin, confidence=condition.confidence
        )

    def _clusters(self, keys: list[_Key]) -> list[tuple[str, str, bool]]:
        """What each question stands or falls with: its group, else its case, of which there may be prompt variants."""
        groups = ((key, self.now[key].group) for key in keys)
        return [(key[0], key[1] if group is None else group, group is None) for key, group in groups]

    def _no_broken(self, model: str, notes: tuple[str, ...]) -> GateResult:
        condition = self.gate.condition
        assert isinstance(condition, NoBroken)  # noqa: S101  # was looked up
        good = [key for key, side in self.then.items() if side.asked and side.passed == side.asked]
        excused = [key for key in good if self._is_marked(key)]
        counted = [key for key in good if not self._is_marked(key)]
        gone = [key for key in counted if not _asked(self.now, key)]
        self.broke = [key for key in counted if self._is_judged(key) and self.now[key].passed < self.now[key].asked]
        if not counted:
            because = f"no case of {self.named} that this gate is about had passed"
            return _result(self.gate, model, is_held=False, because=because, notes=(*notes, *self._excused(excused)))
        missing = self._missing(gone, "has no verdict now")
        of = f"{plural(len(counted), 'case')} that passed in {self.named}"
        because = f"{len(self.broke):,} of {of} fail{'s' if len(self.broke) == 1 else ''} now"
        return _result(
            self.gate,
            model,
            is_held=not self.broke and (condition.ignores_missing or not missing),
            because=_joined(because, missing, ignores=condition.ignores_missing),
            notes=(*notes, *self._excused(excused), *self._way_out(missing)),
            measured=float(len(self.broke)),
            threshold=0.0,
            unit="count",
            n=len(counted),
            cases=self._names([*self.broke, *([] if condition.ignores_missing else gone)]),
        )

    def _is_judged(self, key: _Key) -> bool:
        return _asked(self.then, key) and _asked(self.now, key)

    def _is_marked(self, key: _Key) -> bool:
        return key in self.now and bool(self.now[key].marked)

    def _missing(self, keys: list[_Key], what: str) -> list[str]:
        if not keys:
            return []
        names = _listed([_name(key, with_eval=not self.gate.scope.eval) for key in keys])
        verb = what if len(keys) == 1 else what.replace("has ", "have ").replace("is ", "are ")
        return [f"{plural(len(keys), 'case')} {verb}: {names}"]

    def _way_out(self, missing: list[str]) -> tuple[str, ...]:
        if not missing or self.gate.condition.ignores_missing:  # type: ignore[union-attr]  # a gate on a baseline
            return ()
        return (f"Where such cases may be left out: {self.gate.text} missing ignore",)

    def _names(self, keys: list[_Key]) -> Blamed:
        blamed = Blamed()
        for key in keys:
            blamed.add(_name(key, with_eval=not self.gate.scope.eval))
        return blamed

    def _excused(self, keys: list[_Key], *, with_them: float | None = None) -> Iterator[str]:
        if keys:
            names = _listed([f"{key[1]} ({self.now[key].marked})" for key in keys])
            yield f"Marked, and so left out: {names}{'' if with_them is None else f'; with them {_moved(with_them)}'}."

    def _change(self, key: _Key) -> float:
        return _rate(self.now[key]) - _rate(self.then[key])

    def _mean(self, keys: list[_Key]) -> float:
        return math.fsum(map(self._change, keys)) / len(keys)


def _asked(sides: dict[_Key, _Side], key: _Key) -> bool:
    return key in sides and sides[key].asked > 0


def _rate(side: _Side) -> float:
    return side.passed / side.asked


def _moved(value: float) -> str:
    if not value:
        return "no better or worse"
    return f"{shown(abs(value), 'share', against=0.0).removesuffix('%')} points {'better' if value > 0 else 'worse'}"


def _at_most(bound: float, margin: float) -> str:
    points = shown(abs(bound), "share", against=margin).removesuffix("%")
    return f"at least {points} points better" if bound > 0 else f"at most {points} points worse"


def _joined(because: str, missing: list[str], *, ignores: bool) -> str:
    left = " (left out)" if ignores else ""
    return "; ".join([because, *(f"{one}{left}" for one in missing)])


def _name(key: _Key, *, with_eval: bool) -> str:
    label = label_of(key[1], variant=key[2], model="", repeat=0)
    return f"{key[0]}[{label}]" if with_eval else label


def _listed(names: Iterable[str]) -> str:
    return some_of(list(names), most=MOST_CASES)


def _result(
    gate: Gate,
    model: str,
    *,
    is_held: bool,
    because: str,
    notes: tuple[str, ...] = (),
    cases: Blamed | None = None,
    **measures: object,
) -> GateResult:
    return GateResult(
        text=gate.text,
        eval=gate.scope.eval,
        model=model,
        state="held" if is_held else "failed",
        because=because,
        notes=notes,
        cases=tuple(cases.names) if cases else (),
        more_cases=cases.more if cases else 0,
        **measures,  # type: ignore[arg-type]  # fields of it, from this file
    )
