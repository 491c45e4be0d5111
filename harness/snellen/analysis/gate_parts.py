"""Gates of a project that a run of some of its evals cannot decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from snellen._text import plural, some_of
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate, NoWorse
from snellen.errors import InputError
from snellen.runner.evals import eval_name
from snellen.runner.load import eval_files
from snellen.runner.settings import Settings
from snellen.runs.baseline import Baseline

__all__ = ["undecidable"]

_MOST_NAMED = 5


def undecidable(settings: Settings, baselines: Mapping[str, Baseline], ran: Collection[str]) -> dict[Gate, str]:
    """The gates of pyproject that need evals which the project has and a run leaves out, each with why, a clause.

    That accuracy has not fallen over all evals of a baseline is shown by all of them; few show little. An eval that the
    project has no more is not waited for, and a gate that a flag names is about what is run.

    Args:
        settings: Of the project.
        baselines: By name.
        ran: Names of the evals in the run.
    """
    by_flag = {parse_gate(written) for written in settings.more_gates}
    found: dict[Gate, str] = {}
    for gate in map(parse_gate, settings.gates):
        baseline = baselines.get(gate.baseline)
        if not isinstance(gate.condition, NoWorse) or baseline is None or gate in by_flag:
            continue
        if left := _left_out(settings, {row.eval for row in baseline.rows} - set(ran)):
            names = some_of(left, most=_MOST_NAMED)
            of = f"{plural(len(left), 'eval')} of baseline {gate.baseline!r} that the project has"
            found[gate] = f"it is about the whole project, and this run leaves out {of}: {names}"
    return found


def _left_out(settings: Settings, evals: Collection[str]) -> list[str]:
    """Those of these evals whose file is still there."""
    if not evals:
        return []
    folder = settings.root / "evals"
    try:
        files = eval_files([folder if folder.is_dir() else settings.root])
    except InputError:
        return []
    known = {eval_name(file, settings.root) for file in files}
    return sorted(name for name in evals if name in known or name.rpartition(".")[0] in known)
