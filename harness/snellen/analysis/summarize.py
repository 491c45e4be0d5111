"""What a run amounts to: totals per model, and per eval and prompt variant, in 40 bytes a trial."""

from __future__ import annotations

import math
import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from snellen._keys import KeySet, key_of
from snellen.analysis.case_sums import CaseSums, case_key, cluster_key
from snellen.analysis.totals import Accuracy, Cost, FlakyCase, Latency, Slice, Summary, Tokens, Totals
from snellen.runs.rows import TrialRow, row_of
from snellen.stats.proportions import wilson
from snellen.stats.shares import Sure, share_interval
from snellen.trial import Outcome, Run, Skipped

__all__ = ["Tally", "summarize", "summarize_rows", "totals_of"]


def summarize(run: Run) -> Summary:
    """The totals of `run`; models and evals come in the order in which the run first names them."""
    return summarize_rows((row_of(place, trial) for place, trial in enumerate(run.trials)), skipped=run.skipped)


def summarize_rows(rows: Iterable[TrialRow], *, skipped: Iterable[Skipped] = ()) -> Summary:
    """The same of a run's rows, which are not kept; 100,000 of them take some 4 MB."""
    tally = Tally()
    for row in rows:
        tally.add(row)
    for skip in skipped:
        tally.skip(skip)
    return tally.summary()


def totals_of(rows: Sequence[TrialRow]) -> Totals:
    """What rows that are in memory amount to: the same as `summarize_rows(rows).overall`, five times as fast."""
    outcomes = Counter(row.outcome for row in rows)
    replies = [row for row in rows if row.latency_s is not None]
    costs = [row.cost_usd for row in replies if row.cost_usd is not None]
    judged = [row for row in replies if row.outcome != "error"]
    return Totals(
        passed=outcomes["passed"],
        failed=outcomes["failed"],
        unscored=outcomes["unscored"],
        error=outcomes["error"],
        not_asked=sum(row.failure == "not_asked" for row in rows),
        recorded=sum(row.recorded for row in judged),
        accuracy=_accuracy(outcomes, *_sure_of(judged)),
        latency=_latency(row.latency_s for row in judged if row.latency_s),
        input_tokens=_counted([row.input_tokens for row in judged if row.input_tokens is not None]),
        output_tokens=_counted([row.output_tokens for row in judged if row.output_tokens is not None]),
        cost=_cost(costs, unknown=len(replies) - len(costs)),
    )


def _counted(counts: Sequence[int]) -> Tokens:
    return Tokens(total=sum(counts) if counts else None, counted=len(counts))


class Tally:
    """Counts rows as they come; its summary can be asked for at any time."""

    def __init__(self) -> None:
        """Begins empty."""
        self._parts: dict[tuple[str, str, str], _Part] = {}
        self._skipped: Counter[tuple[str | None, str]] = Counter()
        self._repeats = _Repeats()

    def add(self, row: TrialRow) -> None:
        """Counts one trial."""
        key = (row.eval, row.variant, row.model)
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = _Part()
        part.add(row)
        self._repeats.add(row)

    def skip(self, skipped: Skipped) -> None:
        """Counts a case that was not asked, on purpose."""
        self._skipped.update([(None, skipped.model), (skipped.eval, skipped.model)])

    def summary(self) -> Summary:
        """What was counted so far."""
        by_model: dict[str, list[_Part]] = {}
        for (_, _, model), part in self._parts.items():
            by_model.setdefault(model, []).append(part)
        for name, model in self._skipped:
            if name is None:
                by_model.setdefault(model, [])
        models = (
            Slice(model=model, skipped=self._skipped[None, model], totals=_totals(own))
            for model, own in by_model.items()
        )
        parts = (
            Slice(eval=name, variant=variant, model=model, skipped=self._skipped[name, model], totals=_totals([part]))
            for (name, variant, model), part in self._parts.items()
        )
        return Summary(
            overall=_totals(list(self._parts.values())),
            models=tuple(models),
            parts=tuple(parts),
            flaky=tuple(self._repeats.flaky()),
        )


class _Part:
    """What is kept of the trials of one eval, prompt variant and model: eight bytes a measure."""

    __slots__ = (
        "cases",
        "clusters",
        "costs",
        "input",
        "latencies_s",
        "not_asked",
        "outcomes",
        "output",
        "recorded",
        "right",
        "tries",
        "unpriced",
    )

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.not_asked = 0
        self.recorded = 0
        self.unpriced = 0
        self.input = Tokens(total=None, counted=0)
        self.output = Tokens(total=None, counted=0)
        self.cases = array("Q")  # keys of the cases with a response, in the order in which they came
        self.clusters: array[int] | None = None  # what each may err together with, once a case has a group
        self.right, self.tries = array("I"), array("I")  # responses of each case
        self.latencies_s = array("d")
        self.costs = array("d")  # kept apart, so that their sum does not depend on their order

    def add(self, row: TrialRow) -> None:
        self.outcomes[row.outcome] += 1
        self.not_asked += row.failure == "not_asked"
        if row.latency_s is None:
            return
        if row.cost_usd is None:
            self.unpriced += 1
        else:
            self.costs.append(row.cost_usd)
        if row.outcome == "error":  # paid for all the same, but no measure of the model
            return
        self.recorded += row.recorded
        if row.latency_s:  # 0 is no time: nobody measured it, as of an answer that came by batch
            self.latencies_s.append(row.latency_s)
        self.input, self.output = _more(self.input, row.input_tokens), _more(self.output, row.output_tokens)
        self._count(row)

    def _count(self, row: TrialRow) -> None:
        key = case_key(row)
        if row.group is not None and self.clusters is None:
            self.clusters = array("Q", self.cases)
        if not self.cases or self.cases[-1] != key:  # repeats of a case come one after another
            self.cases.append(key)
            self.right.append(0)
            self.tries.append(0)
            if self.clusters is not None:
                self.clusters.append(cluster_key(row))
        self.right[-1] += row.outcome == "passed"
        self.tries[-1] += 1


def _more(tokens: Tokens, count: int | None) -> Tokens:
    return tokens if count is None else Tokens(total=(tokens.total or 0) + count, counted=tokens.counted + 1)


class _Repeats:
    """Verdicts of cases that are asked more than once; nine bytes a trial while nothing is."""

    def __init__(self) -> None:
        self._first_keys = array("Q")
        self._first_verdicts = bytearray()
        self._again: dict[int, tuple[tuple[str, str, str, str], list[int]]] = {}  # passed, asked
        self._names: dict[str, str] = {}  # each name once, however many rows bring it

    def add(self, row: TrialRow) -> None:
        if row.outcome == "error":
            return
        key = key_of("\0".join((row.eval, row.case, row.variant, row.model)))
        if row.repeat == 0:
            self._first_keys.append(key)
            self._first_verdicts.append(row.outcome == "passed")
            return
        if key not in self._again:
            name, case, variant, model = (self._names.setdefault(word, word) for word in _who(row))
            self._again[key] = ((name, case, variant, model), [0, 0])
        _count(self._again[key][1], passed=row.outcome == "passed")

    def flaky(self) -> Iterable[FlakyCase]:
        verdicts = {key: list(counts) for key, (_, counts) in self._again.items()}
        for key, passed in zip(self._first_keys, self._first_verdicts, strict=True):
            if key in verdicts:
                _count(verdicts[key], passed=bool(passed))
        for key, ((name, case, variant, model), _) in self._again.items():
            passed, asked = verdicts[key]
            if 0 < passed < asked:
                interval = wilson(passed, asked)
                yield FlakyCase(
                    eval=name, case=case, variant=variant, model=model, passed=passed, asked=asked, interval=interval
                )


def _who(row: TrialRow) -> tuple[str, str, str, str]:
    return row.eval, row.case, row.variant, row.model


def _count(counts: list[int], *, passed: bool) -> None:
    counts[0] += passed
    counts[1] += 1


def _totals(parts: list[_Part]) -> Totals:
    outcomes: Counter[Outcome] = Counter()
    for part in parts:
        outcomes.update(part.outcomes)
    return Totals(
        passed=outcomes["passed"],
        failed=outcomes["failed"],
        unscored=outcomes["unscored"],
        error=outcomes["error"],
        not_asked=sum(part.not_asked for part in parts),
        recorded=sum(part.recorded for part in parts),
        accuracy=_accuracy(outcomes, *_sure(parts)),
        latency=_latency(chain.from_iterable(part.latencies_s for part in parts)),
        input_tokens=_tokens([part.input for part in parts]),
        output_tokens=_tokens([part.output for part in parts]),
        cost=_cost(
            list(chain.from_iterable(part.costs for part in parts)), unknown=sum(part.unpriced for part in parts)
        ),
    )


def _accuracy(outcomes: Counter[Outcome], cases: int, sure: Sure | None) -> Accuracy | None:
    if sure is None or sure.interval is None:
        return None
    value = outcomes["passed"] / (outcomes.total() - outcomes["error"])
    return Accuracy(value=value, interval=sure.interval, cases=cases, formula=sure.formula)


def _sure(parts: list[_Part]) -> tuple[int, Sure | None]:
    """How many cases answered, and how sure their accuracy is; None when none did."""
    if all(part.clusters is None for part in parts):  # half as long where nothing has a group
        keys = KeySet()
        for part in parts:
            for key in part.cases:
                keys.add(key)
        n, right, tries = len(keys), sum(sum(part.right) for part in parts), sum(sum(part.tries) for part in parts)
        return n, Sure(wilson(right / tries * n, n), "Wilson") if n else None
    sums = CaseSums()
    for part in parts:
        clusters = part.cases if part.clusters is None else part.clusters
        for case, cluster, right, tries in zip(part.cases, clusters, part.right, part.tries, strict=True):
            sums.add(case, cluster, right, tries=tries)
    return len(sums), sums.interval() if len(sums) else None


def _sure_of(rows: Sequence[TrialRow]) -> tuple[int, Sure | None]:
    """The same of rows that are in memory, each with a response."""
    cases = {(row.eval, row.case) for row in rows}
    sums: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        own = sums.setdefault((row.eval, row.case, "") if row.group is None else (row.eval, "", row.group), [0, 0])
        own[0] += row.outcome == "passed"
        own[1] += 1
    if not cases:
        return 0, None
    return len(cases), share_interval(*zip(*sums.values(), strict=True), cases=len(cases))


def _latency(found_s: Iterable[float]) -> Latency | None:
    times_s = sorted(found_s)
    if not times_s:
        return None
    rank = math.ceil(0.95 * len(times_s))
    return Latency(median_s=statistics.median(times_s), p95_s=times_s[rank - 1])


def _tokens(counts: list[Tokens]) -> Tokens:
    known = [tokens.total for tokens in counts if tokens.total is not None]
    return Tokens(total=sum(known) if known else None, counted=sum(tokens.counted for tokens in counts))


def _cost(known: Sequence[float], *, unknown: int) -> Cost:
    return Cost(total_usd=math.fsum(known) if known else None, counted=len(known), unknown=unknown)
