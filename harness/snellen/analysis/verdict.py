"""What a run says to the shell, and what the marks of its cases excuse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from snellen.analysis.gate_values import Gate
from snellen.runs.rows import TrialRow
from snellen.trial import GateResult, label_of

__all__ = ["Decided", "MarkTally", "Marked", "exit_code_of", "is_excused", "tally_marks"]

_WRONG = ("failed", "unscored")


@dataclass(frozen=True, slots=True)
class Decided:
    """A gate and what became of it, for each model."""

    gate: Gate
    results: tuple[GateResult, ...]


def is_excused(mark: str, until: str, *, today: str) -> bool:
    """Whether a case is marked, and the mark has not run out: a wrong answer to it decides nothing.

    Args:
        mark: Kind of the mark, "" for none.
        until: ISO date of the last day on which it holds, "" for ever.
        today: ISO date.
    """
    return bool(mark) and (not until or today <= until)


def exit_code_of(
    rows: Iterable[TrialRow], *, decided: Sequence[Decided] = (), today: str, is_stopped: bool = False
) -> int:
    """The exit code of `snellen`: what cannot be trusted to be complete weighs more than what is wrong.

    Where an eval has gates, its own or those of the whole run, they decide; where it has none, every case must pass
    that is not marked.

    Args:
        rows: Of all trials.
        decided: The gates with their results.
        today: ISO date, for marks that have run out.
        is_stopped: A limit ended the run, so that what is unscored may only be unasked: that of a judge, too.

    Returns:
        0: everything as it should be. 1: a gate failed, or cases did that no gate decides about. 2: a model refused the
        key. 3: cases have no response and no gate on errors allows that, or nothing was scored at all.
    """
    is_gated = _gated(decided)
    allows = [one.gate for one in decided if one.gate.measure == "errors" and _held(one)]
    is_scored = is_wrong = False
    is_incomplete = is_stopped and not allows
    for row in rows:
        if row.failure == "auth":
            return 2
        is_scored |= row.outcome in ("passed", "failed")
        if row.outcome == "error":
            is_incomplete |= not any(gate.scope.takes_row(row) for gate in allows)
        elif row.outcome in _WRONG and not is_gated(row.eval):
            is_wrong |= not is_excused(row.mark, row.mark_until, today=today)
    if is_incomplete or not is_scored:
        return 3
    is_broken = any(result.state == "failed" for one in decided for result in one.results)
    return 1 if is_wrong or is_broken else 0


def _gated(decided: Sequence[Decided]) -> Callable[[str], bool]:
    evals = {one.gate.scope.eval for one in decided}
    return lambda name: "" in evals or name in evals


def _held(one: Decided) -> bool:
    return bool(one.results) and all(result.passed for result in one.results)


@dataclass(slots=True)
class Marked:
    """The trials of one kind of mark.

    Attributes:
        passed: Names of those that passed.
        wrong: Of those that failed, or could not be judged.
        error: How many have no response.
    """

    passed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    error: int = 0

    @property
    def trials(self) -> int:
        """All of them."""
        return len(self.passed) + len(self.wrong) + self.error


@dataclass(slots=True)
class MarkTally:
    """What became of marked cases.

    Attributes:
        known_failing: Trials whose mark holds.
        flaky: Likewise.
        expired: Names of trials whose mark has run out, with its last day; they count like any other.
    """

    known_failing: Marked = field(default_factory=Marked)
    flaky: Marked = field(default_factory=Marked)
    expired: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """True when no case is marked."""
        return not (self.known_failing.trials or self.flaky.trials or self.expired)


def tally_marks(rows: Iterable[TrialRow], *, today: str) -> MarkTally:
    """What became of the marked cases among these trials."""
    tally = MarkTally()
    for row in rows:
        if not row.mark:
            continue
        name = f"{row.eval}[{label_of(row.case, variant=row.variant, model=row.model, repeat=row.repeat)}]"
        if not is_excused(row.mark, row.mark_until, today=today):
            tally.expired.append((name, row.mark_until))
            continue
        marked = tally.flaky if row.mark == "flaky" else tally.known_failing
        if row.outcome == "error":
            marked.error += 1
        else:
            (marked.passed if row.outcome == "passed" else marked.wrong).append(name)
    return tally
