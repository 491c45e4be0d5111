"""`snellen rescore`."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from snellen._clock import iso_now, run_id
from snellen._text import and_more, plural, printable, shorten
from snellen.analysis.metric_results import metrics_named, metrics_of_run
from snellen.analysis.rescore import Rescored, Rescorer
from snellen.case import ScorerSpec
from snellen.errors import InputError, Problem
from snellen.runner.evals import Eval
from snellen.runner.load import load_evals
from snellen.runner.modules import load_scorers
from snellen.runner.settings import Settings, load_settings
from snellen.runs.provenance import versions
from snellen.runs.store import Kept, RunStore
from snellen.runs.tables import Placed
from snellen.score import Score
from snellen.scorers.registry import option_problems
from snellen.scorers.spec import parse_scorer
from snellen.trial import RunFacts

__all__ = ["rescore_command"]

_MAX_LISTED = 50
_WHY_WIDTH = 200


def rescore_command(name: str, *, scorers: tuple[str, ...], keep: bool) -> int:
    """Judges a run's responses again and lists what flipped: 0 when nothing did, 1 when something did."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    store = RunStore(settings.state / "runs.db")
    facts = store.facts(name)  # before evals are loaded: a slip in the name is told first
    load_scorers(settings)
    specs = _specs(scorers)
    evals, notes = ({}, ()) if specs else _evals(settings, facts)
    rescorer = Rescorer(evals=evals, scorers=specs, settings=settings)
    tally = _Tally()
    with store.open(facts.id) as kept:
        if keep:
            new = _new_facts(facts)
            store.add(new, lambda _: tally.afters(rescorer, kept))
            if named := metrics_named([facts]):
                store.amend(replace(new, metrics=metrics_of_run(named, store, new)))
            notes += (f"kept as run {new.id}",)
        else:
            for _ in tally.afters(rescorer, kept):
                pass
    tally.tell(facts)
    for note in (*notes, *(f"{what} ({plural(count, 'trial')})" for what, count in rescorer.kept.items())):
        print(printable(f"note: {note}"))
    return 1 if tally.flips else 0


class _Tally:
    """What became of the verdicts, and the first lines to show."""

    def __init__(self) -> None:
        self.flips: Counter[tuple[str, str]] = Counter()
        self.lines: list[str] = []
        self.listed = 0  # flips, of which each has several lines
        self.judged = self.unanswered = 0

    def afters(self, rescorer: Rescorer, kept: Kept) -> Iterator[Placed]:
        """The results as they are judged now; each is counted on its way."""
        for place, result in rescorer.rescore(kept.results()):
            if isinstance(result, Rescored):
                self._count(result)
                yield place, result.after
            else:
                yield place, result

    def tell(self, facts: RunFacts) -> None:
        """Prints the flips and the totals."""
        count = self.flips.total()
        elsewhere = "; --keep keeps all as a run, for snellen compare and report"
        for line in (*self.lines, *and_more(count - self.listed, then=elsewhere)):
            print(printable(line))
        kinds = ", ".join(f"{before} → {after} {n:,}" for (before, after), n in sorted(self.flips.items()))
        unanswered = f"; {plural(self.unanswered, 'trial')} without a response" if self.unanswered else ""
        judged = f"{plural(self.judged, 'response')} of run {facts.id} judged again"
        print(printable(f"{judged}: {plural(count, 'verdict')} flipped{f' ({kinds})' if kinds else ''}{unanswered}"))

    def _count(self, result: Rescored) -> None:
        before, after = result.before, result.after
        self.judged += before.response is not None
        self.unanswered += before.response is None
        if result.is_flipped:
            self.flips[before.outcome, after.outcome] += 1
            if self.listed < _MAX_LISTED:
                self.listed += 1
                self.lines += [
                    f"{before.outcome} → {after.outcome}  {before.eval}[{before.label}]",
                    *(f"    {line}" for line in _reasons(result)),
                ]


def _reasons(result: Rescored) -> Iterator[str]:
    """What each side's scorers said; a scorer that says the same on both sides is left out."""
    pairs = itertools.zip_longest(result.before.scores, result.after.scores)
    for before, after in pairs:
        if before == after:
            continue
        yield shorten(f"was {_said(before)}; is {_said(after)}", _WHY_WIDTH)


def _said(score: Score | None) -> str:
    if score is None:
        return "not judged by it"
    verdict = "unscored" if score.is_unscored else "passed" if score.passed else "failed"
    version = f" v{score.version}" if score.version else ""
    return f"{score.scorer}{version} {verdict}{f' ({score.explanation})' if score.explanation else ''}"


def _specs(scorers: tuple[str, ...]) -> tuple[ScorerSpec, ...]:
    specs = tuple(parse_scorer(text) for text in scorers)
    problems = [Problem(message) for spec in specs for message in option_problems(spec)]
    if problems:
        raise InputError(problems)
    return specs


def _evals(settings: Settings, facts: RunFacts) -> tuple[dict[str, Eval], tuple[str, ...]]:
    """Today's evals by name, and what to say when there are none: the cases' own expectations judge then."""
    folder = settings.root / "evals"
    try:
        found = {one.name: one for one in load_evals([folder if folder.is_dir() else settings.root], settings)}
    except InputError as error:
        first = str(error).partition("\n")[0]
        return {}, (f"the project's evals cannot be read ({first}), so what each case needs judges",)
    gone = [name for name in facts.evals if name not in found]
    missing = f"eval {', '.join(gone)} is not there any more: what each of its cases needs judges"
    return found, (missing,) if gone else ()


def _new_facts(facts: RunFacts) -> RunFacts:
    title = f"{facts.title}, judged again"
    note = f"The responses are those of run {facts.id}, judged again at {iso_now()}."
    return replace(
        facts,
        id=run_id(),
        title=title,
        versions=versions(),
        parent=(facts.id,),
        notes=(*facts.notes, note),
        gates=(),  # of the verdicts as they were
        metrics=(),
    )
