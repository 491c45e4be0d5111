"""What went wrong in a run, a line a trial, as `run` and `show` list it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from snellen._clock import today
from snellen._text import and_more, plural, printable, shorten
from snellen.analysis.totals import FlakyCase, Summary
from snellen.analysis.verdict import is_excused
from snellen.runs.store import RunStore
from snellen.trial import Trial

__all__ = ["flaky_lines", "reason", "wrong_lines"]

_MAX_LISTED = 20
_REASON_WIDTH = 300


def wrong_lines(store: RunStore, name: str, *, elsewhere: str) -> Iterator[str]:
    """The first trials that did not pass, in the plan's order, and how many more there are.

    Args:
        store: Where the run is.
        name: Of the run.
        elsewhere: Where all of them are shown, a clause.
    """
    day = today()
    with store.open(name) as kept:
        wrong = [(row.place, row.failure) for row in kept.rows() if row.outcome != "passed"]
        asked = [place for place, failure in wrong if failure != "not_asked"]
        left = [place for place, failure in wrong if failure == "not_asked"]
        first_left = kept.at(left[0]) if left else None
        for place in asked[:_MAX_LISTED]:
            trial = kept.at(place)
            if isinstance(trial, Trial):
                yield printable(_wrong(trial, today=day))
    yield from and_more(len(asked) - _MAX_LISTED, then=f"; {elsewhere}")
    if isinstance(first_left, Trial):
        said = reason(first_left).removeprefix("not asked").lstrip(":, ")
        yield printable(f"NOT ASKED {plural(len(left), 'trial')}: {said}")


def _wrong(trial: Trial, *, today: str) -> str:
    """The line of a trial that did not pass; one whose case is marked has another word in front, and says why."""
    word, said, mark = trial.outcome.upper(), reason(trial), trial.case.mark
    if mark is not None and trial.outcome != "error":
        kind = mark.kind.replace("_", " ")
        if is_excused(mark.kind, mark.until, today=today):
            word = "FLAKY" if mark.kind == "flaky" else "KNOWN"
            why = f": {mark.reason}" if mark.reason else ""
            said += f" ({kind}{why}{f'; until {mark.until}' if mark.until else ''})"
        else:
            said += f" (it was marked {kind}, which ended on {mark.until})"
    return f"{word:<8} {trial.eval}[{trial.label}]  {said}"


def reason(trial: Trial) -> str:
    """Why a trial did not pass."""
    if trial.failure is not None:  # whole: its last line says what to do
        return "\n         ".join(line.strip() for line in trial.failure.message.splitlines())
    response = trial.response
    said = [f"stop: {response.stop}"] if response is not None and response.stop != "stop" else []
    said += [f"{score.scorer}: {score.explanation}" for score in trial.scores if not score.passed]
    return shorten("; ".join(said) or "nothing judges this case: it expects nothing", _REASON_WIDTH)


def flaky_lines(summary: Summary) -> Iterator[str]:
    """The cases whose repeats disagree, and how often each was right."""
    for flaky in itertools.islice(summary.flaky, _MAX_LISTED):
        yield printable(_flaky(flaky))
    yield from and_more(len(summary.flaky) - _MAX_LISTED, noun="case", then=" whose repeats disagree")


def _flaky(flaky: FlakyCase) -> str:
    who = "-".join(part for part in (flaky.case, flaky.variant, flaky.model) if part)
    low, high = flaky.interval.low, flaky.interval.high
    return f"FLAKY    {flaky.eval}[{who}]  right {flaky.passed} times of {flaky.asked} ({low:.0%}-{high:.0%})"
