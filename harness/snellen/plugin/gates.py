"""Gates in pytest: an item each, which runs when all cases that it is about have ended, in whatever process they ran.

Cases that gates decide about report what became of them, but do not fail; that is only so when every gate of their
eval, and all that it is about, takes part in the session. Of a part of it no gate says anything, and each case counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from _pytest.nodeid import NodeId
from _pytest.runner import runtestprotocol

from snellen._clock import today
from snellen._text import plural, printable
from snellen.analysis.gate_parts import undecidable
from snellen.analysis.gate_sources import baselines_of, gates_of_run
from snellen.analysis.gates import Gate, hold, needs_trials, skip
from snellen.analysis.verdict import Decided
from snellen.plugin.gate_items import GateFailedError, GateItem, Kind, Spec, kind_of, takes
from snellen.plugin.items import JudgedItem
from snellen.report.terminal import gate_lines
from snellen.runner.engine import Result
from snellen.runner.plan import Job
from snellen.runner.settings import Settings
from snellen.runs.baseline import Baseline
from snellen.runs.rows import TrialRow, row_of
from snellen.trial import GateResult, Trial

__all__ = ["Gates"]

RUN_WIDE = "snellen"
"""Where pytest finds the gates of pyproject and of flags, which belong to no file: `snellen::gate[...]`."""

_UNSELECTED = "it is not selected, so it decides nothing"


class Gates:
    """The gates of a session, in each of its processes."""

    def __init__(self, config: pytest.Config, settings: Settings, *, is_worker: bool) -> None:
        """Knows the gates on the whole session; those of evals come as they are collected.

        Raises:
            InputError: A gate of pyproject or of a flag means nothing, or its baseline is damaged.
        """
        self._config = config
        self._settings = settings
        self._is_worker = is_worker
        self._run_wide = gates_of_run(settings)
        self._baselines: dict[str, Baseline] = baselines_of(self._run_wide, settings)
        self._own: dict[str, tuple[Gate, ...]] = {}
        self._siblings: dict[str, list[JudgedItem]] = {}
        self._lone: set[str] = set()
        self._unselected: list[Gate] = []
        self._planned: dict[str, Counter[Kind]] = {}
        self._selected: Counter[Kind] = Counter()
        self._specs: dict[Gate, Spec] = {}
        self._rows: dict[int, TrialRow] = {}
        self._trials: dict[int, Trial] = {}
        self._ended: dict[int, tuple[Kind, NodeId]] = {}
        self._decided: dict[Gate, Decided] = {}

    # Collection.

    def collected(self, file: str, jobs: Iterable[Job], gates: Mapping[str, Sequence[Gate]]) -> None:
        """Learns what a file holds, whether or not all of it is selected.

        Raises:
            InputError: A baseline is damaged.
        """
        self._planned[file] = Counter(kind_of(job) for job in jobs)
        self._own.update({name: tuple(own) for name, own in gates.items()})
        needed = [gate for own in gates.values() for gate in own if gate.baseline not in self._baselines]
        self._baselines |= baselines_of(needed, self._settings)

    def knows(self, item: JudgedItem) -> None:
        """Learns of an item of an eval, whether or not it is selected: a gate that is selected alone brings it in."""
        if self._own.get(item.job.eval.name):
            self._siblings.setdefault(item.job.eval.name, []).append(item)

    def items(self, parent: pytest.Collector, name: str, *, prefix: str = "") -> Iterator[GateItem]:
        """The items of an eval's own gates.

        Args:
            parent: The collector of its file.
            name: Of the eval.
            prefix: What stands before the gate in a file that holds several evals.
        """
        for gate in self._own.get(name, ()):
            title = f"{prefix}gate[{gate.text}]"
            yield GateItem.from_parent(parent, name=title, nodeid=f"{parent.nodeid}::{title}", gate=gate, gates=self)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Brings in the cases of gates that are selected alone; adds gates on all of a session that has cases."""
        evals = {item.job.eval.name for item in items if isinstance(item, JudgedItem)}
        added: list[pytest.Item] = list(self._cases_of_lone(items, evals))
        self._siblings.clear()
        if evals:
            names = [f"gate[{gate.text}]" for gate in self._run_wide]
            added += [
                GateItem.from_parent(session, name=name, nodeid=f"{RUN_WIDE}::{name}", gate=gate, gates=self)
                for name, gate in zip(names, self._run_wide, strict=True)
            ]
        items += added
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if hasattr(terminal, "_numcollected"):  # counts what collectors bring; there is no public way to add to it
            terminal._numcollected += len(added)  # noqa: SLF001

    def _cases_of_lone(self, items: Iterable[pytest.Item], evals: Collection[str]) -> Iterator[JudgedItem]:
        """The cases that gates are about of whose evals no case is selected, as where one failed and is run again."""
        lone = [item.gate for item in items if isinstance(item, GateItem)]
        for name in dict.fromkeys(gate.scope.eval for gate in lone if gate.scope.eval not in ("", *evals)):
            self._lone.add(name)
            for sibling in self._siblings.get(name, ()):
                if any(takes(gate, kind_of(sibling.job)) for gate in lone):
                    sibling.ihook.pytest_itemcollected(item=sibling)
                    yield sibling

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Puts gates behind all cases, whatever sorted the items, and learns what of each gate is selected."""
        gates = [item for item in session.items if isinstance(item, GateItem)]
        evals = dict.fromkeys(item.job.eval.name for item in session.items if isinstance(item, JudgedItem))
        possible = [*(gate for name in evals for gate in self._own.get(name, ())), *(self._run_wide if evals else ())]
        chosen = {item.gate for item in gates}
        self._unselected = [gate for gate in possible if gate not in chosen]
        if not gates:
            return
        session.items[:] = [*(item for item in session.items if not isinstance(item, GateItem)), *gates]
        self._selected = Counter(kind_of(item.job) for item in session.items if isinstance(item, JudgedItem))
        part = undecidable(self._settings, self._baselines, evals)
        planned = sum(self._planned.values(), Counter[Kind]())
        for item in gates:
            about = [kind for kind in planned if takes(item.gate, kind)]
            count = sum(planned[kind] for kind in about)
            left_out = count - sum(min(planned[kind], self._selected[kind]) for kind in about)
            self._specs[item.gate] = Spec(
                id=item.nodeid,
                gate=item.gate,
                planned=count,
                left_out=left_out,
                undecidable=part.get(item.gate, ""),
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """In a worker of xdist a gate reports nothing: only the controller sees all cases, and it tells at the end."""
        if not self._is_worker or not isinstance(item, GateItem):
            return None
        runtestprotocol(item, log=False, nextitem=nextitem)  # what the last case has set up is torn down
        return True

    # While cases end.

    def deciding(self, job: Job) -> tuple[Gate, ...]:
        """The gates that decide about a case in its stead; none when one of them does not see all that it is about."""
        gates = (*self._own.get(job.eval.name, ()), *self._run_wide)
        if job.eval.name in self._lone:
            gates = tuple(gate for gate in gates if gate in self._specs)
        specs = [self._specs.get(gate) for gate in gates]
        return gates if all(spec is not None and spec.is_open for spec in specs) else ()

    def take(self, place: int, result: Result, *, kind: Kind, id: NodeId) -> None:  # noqa: A002  # its word
        """Learns how a case ended."""
        self._ended[place] = kind, id
        if isinstance(result, Trial):
            self._rows[place] = row_of(place, result)
            if any(map(needs_trials, self._specs)):
                self._trials[place] = replace(result, response=None, attempts=(), images=())

    @property
    def rows(self) -> list[TrialRow]:
        """The measures of all trials so far, by place."""
        return [self._rows[place] for place in sorted(self._rows)]

    def check(self, gate: Gate) -> None:
        """Fails the gate's item when it does not hold, skips it when it can say nothing."""
        if self._is_worker:
            return
        spec = self._specs[gate]
        decided = self._decide(spec, trials=[self._trials[place] for place in sorted(self._trials)])
        if decided.results[0].state == "skipped":
            raise pytest.skip.Exception(decided.results[0].because, _use_item_location=True)
        if said := _said(decided):
            raise GateFailedError(said)

    def _decide(self, spec: Spec, *, trials: Sequence[Trial]) -> Decided:
        self._decided[spec.gate] = decided = self._verdict(spec, trials)
        return decided

    def _verdict(self, spec: Spec, trials: Sequence[Trial]) -> Decided:
        gate = spec.gate
        if spec.left_out:
            verb = "is" if spec.left_out == 1 else "are"
            return skip(gate, f"{spec.left_out:,} of its {plural(spec.planned, 'case')} {verb} not selected")
        if spec.undecidable:
            return skip(gate, spec.undecidable)
        ended = sum(takes(gate, kind) for kind, _ in self._ended.values())
        if ended < spec.planned:
            because = f"only {ended:,} of its {plural(spec.planned, 'case')} have ended"
            failed = GateResult(text=gate.text, eval=gate.scope.eval, state="failed", because=because)
            return Decided(gate, (failed,))
        rows = self.rows
        if self._config.option.runxfail:  # as if no case were marked
            rows = [row._replace(mark="") for row in rows]
            trials = [replace(trial, case=replace(trial.case, mark=None)) for trial in trials]
        found = hold(
            gate,
            rows,
            baselines=self._baselines,
            trials=lambda: trials,
            today=today(),
        )
        return Decided(gate, found)

    # At the end.

    def packed(self) -> list[dict[str, object]]:
        """The session's gates as a worker tells them."""
        unselected = [Spec(id="", gate=gate, planned=0, left_out=0) for gate in self._unselected]
        return [spec.packed() for spec in (*self._specs.values(), *unselected)]

    def report_those_of(self, packed: Iterable[Mapping[str, Any]], *, trials: Iterable[Trial], is_whole: bool) -> bool:
        """Decides and reports, in the controller of xdist, the gates that a worker told of; false when one failed.

        Args:
            packed: As a worker's `packed` gives them.
            trials: Of the session, read only when a gate needs them.
            is_whole: Whether the session came to its end; else no gate is decided or reported, as without workers.
        """
        is_good = True
        told = [Spec.unpacked(value) for value in packed]
        specs = [spec for spec in told if spec.id]
        self._unselected = [spec.gate for spec in told if not spec.id]
        self._specs = {spec.gate: spec for spec in specs}
        if not is_whole:
            return True
        needed = [spec.gate for spec in specs if spec.gate.baseline not in self._baselines]
        self._baselines |= baselines_of(needed, self._settings)
        found = list(trials) if any(map(needs_trials, self._specs)) else []
        for spec in specs:
            decided = self._decide(spec, trials=found)
            said = _said(decided)
            is_good = is_good and not said
            self._report(spec, decided.results[0], said)
        return is_good

    def _report(self, spec: Spec, first: GateResult, said: str) -> None:
        node = NodeId.parse(spec.id)
        place = (node.path, None, node.rest or spec.id)
        hook = self._config.hook
        hook.pytest_runtest_logstart(nodeid=spec.id, location=place)
        skipped = (node.path, 0, f"Skipped: {first.because}") if first.state == "skipped" else None
        state = "skipped" if skipped else "failed" if said else "passed"
        for when, outcome, shown in (
            ("setup", "passed", None),
            ("call", state, skipped or said or None),
            ("teardown", "passed", None),
        ):
            report = pytest.TestReport(node, place, {}, outcome, shown, when)  # type: ignore[arg-type]  # as it says
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=spec.id, location=place)

    @property
    def is_good(self) -> bool:
        """False when there are gates and not one case that they could be about."""
        return not self._specs or bool(self._ended)

    def run_again(self) -> None:
        """Has --lf select all that is about a failed gate: of a part of its cases it could say nothing."""
        last = self._config.pluginmanager.get_plugin("lfplugin")
        again = getattr(last, "lastfailed", None)  # pytest has no public way to it
        failed = [
            gate for gate, one in self._decided.items() if any(result.state == "failed" for result in one.results)
        ]
        if not isinstance(again, dict) or not failed:
            return
        about = {kind[0] for kind, _ in self._ended.values() if any(takes(gate, kind) for gate in failed)}
        again.update({one: True for kind, one in self._ended.values() if kind[0] in about})
        again.update(
            {NodeId.parse(one.id): True for one in self._specs.values() if one.gate.scope.eval in ("", *about)}
        )

    def leave(self, why: str) -> None:
        """Notes that gates without a verdict will get none."""
        for gate in self._specs:
            self._decided.setdefault(gate, skip(gate, why))

    @property
    def results(self) -> tuple[GateResult, ...]:
        """Of all gates on cases that took part, those that were not selected too."""
        found = [self._decided[gate].results for gate in self._specs if gate in self._decided]
        found += [skip(gate, _UNSELECTED).results for gate in self._unselected]
        return tuple(result for results in found for result in results)


def _said(decided: Decided) -> str:
    failed = [one for one in decided.results if one.state == "failed"]
    return printable("\n".join(gate_lines(failed)))
