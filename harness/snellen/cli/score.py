"""`snellen score`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from snellen._files import write_atomic
from snellen._text import and_more, plural, printable
from snellen.analysis.scored import Scored, score_by_group, value_of
from snellen.case import ScorerSpec
from snellen.datasets.findings import quoted
from snellen.errors import InputError, Problem
from snellen.report.scored import scored_table
from snellen.runner.modules import load_own_scorers
from snellen.runner.predictions import Prediction, judge_predictions, read_predictions
from snellen.scorers.registry import option_problems
from snellen.scorers.spec import parse_scorer
from snellen.trial import Trial

__all__ = ["score_command"]

_NO_RESULT = 3
_MAX_LISTED = 10


def score_command(
    file: Path,
    *,
    scorers: Sequence[str],
    options: Sequence[str],
    metrics: tuple[str, ...],
    output: Path | None,
) -> int:
    """Scores the rows of a file and prints a line for each group.

    Returns:
        0 when every row has a result, right or wrong: this measures, it does not decide. 3 when some have none.

    Raises:
        InputError: A scorer, option, metric or row cannot be used, or the output would replace what it is made of.
        StorageError: The output cannot be written; the table was printed by then.
    """
    _check_input(file)
    _check_output(file, output)
    load_own_scorers(Path.cwd(), environ=os.environ)
    specs = _specs(scorers, options)
    _check_metrics(metrics)
    predictions = read_predictions(file, specs)
    trials = list(judge_predictions(predictions, specs, name=file.stem))
    groups = score_by_group(trials)
    print(scored_table(groups))
    for line in _notes(groups[0], predictions, trials, file):
        print(printable(line))
    for line in _metric_lines(trials, metrics):
        print(line)
    if output is not None:
        rows = (_row(one, trial) for one, trial in zip(predictions, trials, strict=True))
        write_atomic(output, (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
        print(f"rows: {printable(str(output))}")
    whole = groups[0]
    return _NO_RESULT if whole.error or not (whole.passed or whole.failed) else 0


def _check_input(file: Path) -> None:
    """Raises InputError for a table, with the command that makes rows of it."""
    separator = {".csv": ",", ".tsv": "\t"}.get(file.suffix.lower())
    if separator is None or not file.is_file():
        return
    read = f"csv.DictReader(open({str(file)!r}, encoding='utf-8-sig', newline='')"
    read += ")" if separator == "," else f", delimiter={separator!r})"
    code = f"import csv, json; [print(json.dumps(row, ensure_ascii=False)) for row in {read}]"
    hint = f'Make rows of it: python -c "{code}" > {file.with_suffix(".jsonl").name}'
    raise InputError(Problem("is a table; rows to score are JSON Lines: one object a line", str(file), hint=hint))


def _check_output(file: Path, output: Path | None) -> None:
    """Raises InputError when the output is the file that is scored, which may have cost money, or is no file at all."""
    if output is None or not output.exists():
        return
    if not output.is_file():
        raise InputError(Problem(f"-o {str(output)!r} is a folder or a device; right is a file, such as scored.jsonl"))
    if file.exists() and output.samefile(file):
        hint = f"Write to another file: -o {file.with_suffix('.scored.jsonl').name}"
        raise InputError(Problem(f"-o {str(output)!r} would replace the rows that are scored", hint=hint))


def _specs(scorers: Sequence[str], options: Sequence[str]) -> list[ScorerSpec]:
    """The scorers with their options: `--option tolerance=1` of the only one, `--option number.tolerance=1` of one."""
    specs = [parse_scorer(text) for text in scorers]
    for text in options:
        key, equals, value = text.partition("=")
        name, dot, option = key.rpartition(".")
        wanted = [spec for spec in specs if spec.name == name] if dot else specs
        if not equals or not option or len(wanted) != 1:
            hint = "Write --scorer NAME --option KEY=VALUE; with several scorers --option NAME.KEY=VALUE."
            raise InputError(Problem(f"--option {text!r} is no option of one scorer", hint=hint))
        at = specs.index(wanted[0])
        specs[at] = replace(specs[at], options={**specs[at].options, option: _value(value)})
    problems = [Problem(message) for spec in specs for message in option_problems(spec)]
    if problems:
        raise InputError(problems)
    return specs


def _value(text: str) -> object:
    """JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _row(one: Prediction, trial: Trial) -> dict[str, object]:
    """The row as it was read, with what was made of it."""
    extracted = [score.extracted for score in trial.scores if score.extracted is not None]
    why = [score.explanation for score in trial.scores if score.explanation]
    return {
        **one.row,
        "score": value_of(trial),
        "outcome": trial.outcome,
        "extracted": extracted[0] if extracted else None,
        "why": trial.failure.message if trial.failure is not None else "; ".join(why),
    }


def _notes(whole: Scored, predictions: Sequence[Prediction], trials: Sequence[Trial], file: Path) -> list[str]:
    odd = [one for one in trials if one.failure is not None and one.failure.kind != "not_recorded"]
    notes = [
        f"{file}:{one.case.source and one.case.source.line}: case {quoted(one.case.id)}: {one.failure.message}"
        for one in odd[:_MAX_LISTED]
        if one.failure is not None
    ]
    notes += and_more(len(odd) - _MAX_LISTED)
    if whole.mean is not None and whole.mean.formula == "clustered":
        notes.append(f"The mean's interval is clustered by {plural(whole.mean.clusters, 'group')}.")
    if whole.unscored:
        rows = plural(whole.unscored, "response")
        notes.append(f"{rows} could not be judged: wrong in accuracy, 0 in the mean. -o FILE says why, row by row.")
    if whole.error:
        notes.append(f"{plural(whole.error, 'row')} without a response, or that cannot be judged: in no figure.")
    repeats = sum(one.repeat > 0 for one in predictions)
    if repeats:
        notes.append(
            f"{plural(repeats, 'row')} of an id that was there before: taken as repeats, which narrow nothing."
        )
    return notes


def _metric_lines(trials: Sequence[Trial], metrics: tuple[str, ...]) -> list[str]:
    """A table of the metrics: one line a metric, and one a model where the rows name several."""
    if not metrics:
        return []
    from snellen.analysis.metric_results import metric_results
    from snellen.report.metrics import metric_lines

    return list(metric_lines(metric_results(trials, metrics)))


def _check_metrics(metrics: tuple[str, ...]) -> None:
    if metrics:
        from snellen.analysis.metrics import metric_problems

        if problems := [Problem(said) for name in metrics if (said := metric_problems(name))]:
            raise InputError(problems)
