"""Predictions that somebody else made: rows of a response and what is right, judged without a model or a picture."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snellen._text import shorten
from snellen.case import Case, ScorerSpec
from snellen.datasets.answer import parse_answer, parse_choices
from snellen.datasets.expect import parse_expectation
from snellen.datasets.findings import Findings, kind_of, text_of
from snellen.datasets.jsonl import read_jsonl
from snellen.datasets.raw import RawRow
from snellen.datasets.row import parse_tags
from snellen.errors import InputError, Problem
from snellen.response import Response
from snellen.runner.judge import with_scores
from snellen.scorers.asking import questions_of
from snellen.scorers.registry import case_problem, default_scorers
from snellen.scorers.spec import parse_scorer
from snellen.trial import Failure, Trial

__all__ = ["Prediction", "judge_predictions", "read_predictions", "score_predictions"]

_KEYS = ("answer", "choices", "expect", "group", "id", "latency_s", "model", "prompt", "question", "response", "tags")
_MAX_PROBLEMS = 50  # nobody reads on
_SHOWN_CHARS = 80  # of an id that somebody else made, in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A row, and what a scorer sees of it.

    Attributes:
        row: As it was read.
        case: The question, without pictures; keys of the row that Snellen does not know are its metadata.
        response: None where the row's response is null: nothing came, so nothing is graded.
        model: Who gave it, empty when the row does not say.
        repeat: How many rows of this id and model stand before it.
        problem: Why no scorer can judge it, as the row is; empty when one can. Such a row is an error, not a failure.
    """

    row: Mapping[str, object]
    case: Case
    response: Response | None
    model: str
    repeat: int
    problem: str = ""


def score_predictions(rows: str | Path | Iterable[Mapping[str, object]], *scorers: object) -> tuple[Trial, ...]:
    """A trial for each row: `snellen.score_predictions("rows.jsonl", "choice")`, as `snellen score` does it.

    Args:
        rows: A JSON Lines file, or rows: id, response, and answer, choices, expect, question, group, tags, model as
            needed.
        scorers: By name, with a text or options, or as functions; all must pass. None takes what each row needs.

    Raises:
        InputError: As `read_predictions`; or a scorer cannot be used.
    """
    specs = tuple(map(parse_scorer, scorers))
    given = Path(rows) if isinstance(rows, str | Path) else rows
    name = given.stem if isinstance(given, Path) else "rows"
    return tuple(judge_predictions(read_predictions(given, specs), specs, name=name))


def read_predictions(
    rows: Path | Iterable[Mapping[str, object]], scorers: Sequence[ScorerSpec] = ()
) -> list[Prediction]:
    """Rows of id, response, and answer, choices, expect, question, group, tags, model as needed.

    Args:
        rows: A JSON Lines file, or the rows themselves.
        scorers: What is to judge them; empty takes what each row needs.

    Raises:
        InputError: With everything that is wrong with the file; or no row can be judged. Nothing is scored then.
    """
    found: list[Prediction] = []
    problems: list[Problem] = []
    seen: Counter[tuple[str, str]] = Counter()
    file = str(rows) if isinstance(rows, Path) else None
    for raw in read_jsonl(rows, name=str(rows)) if isinstance(rows, Path) else map(RawRow, rows):
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        findings = Findings(raw.source, raw.lines)
        one = _prediction(raw, findings, seen)
        if findings.has("id") or findings.has("response"):
            problems += findings.problems
        elif findings.problems:
            one = replace(one, problem="; ".join(map(_on_one_line, findings.problems)))
        found.append(one if findings.problems else replace(one, problem=_why_not(one, scorers)))
    if found and not problems and all(one.problem for one in found):
        problems = [_problem_of(one, file) for one in found]
    if problems:
        more = [Problem(f"and {len(problems) - _MAX_PROBLEMS:,} problems more", file=file)]
        raise InputError([*problems[:_MAX_PROBLEMS], *(more if len(problems) > _MAX_PROBLEMS else [])])
    if not found:
        raise InputError(Problem("holds no rows" if file else "there are no rows", file=file))
    return found


def _on_one_line(problem: Problem) -> str:
    """What is wrong with a row, and what to do, for the column `why`."""
    if not problem.hint:
        return problem.message
    return f"{problem.message}{' ' if problem.message.endswith(('.', '?', '!')) else '. '}{problem.hint}"


def _problem_of(one: Prediction, file: str | None) -> Problem:
    line = one.case.source.line if one.case.source else None
    return Problem(one.problem, file, line, shorten(one.case.id, _SHOWN_CHARS))


def judge_predictions(
    predictions: Sequence[Prediction], scorers: Sequence[ScorerSpec] = (), *, name: str
) -> Iterator[Trial]:
    """A trial for each prediction, in order.

    Args:
        predictions: As `read_predictions` gave them for the same scorers.
        scorers: All of them must pass; empty takes what each row needs.
        name: Of the eval that the trials are of.
    """
    for one in predictions:
        yield _judged(one, scorers or default_scorers(one.case), name)


def _judged(one: Prediction, scorers: Sequence[ScorerSpec], name: str) -> Trial:
    failure = None
    if one.problem:
        failure = Failure(kind="bad_input", message=one.problem)
    elif one.response is None:
        failure = Failure(kind="not_recorded", message="the row's response is null")
    trial = Trial(
        eval=name,
        case=one.case,
        model=one.model,
        repeat=one.repeat,
        prompt=one.case.prompt,
        outcome="error",
        response=one.response,
        failure=failure,
    )
    return trial if failure is not None else with_scores(trial, scorers)


def _prediction(raw: RawRow, findings: Findings, seen: Counter[tuple[str, str]]) -> Prediction:
    row = raw.fields
    case_id = _text(row, "id", findings) or ""
    findings.case_id = shorten(case_id, _SHOWN_CHARS) or None
    if not case_id:
        findings.add("the row has no id", at="id", hint="Write id: a short name; rows of one id are repeats.")
    findings.adopt(raw.problems)
    if "response" not in row:
        hint = 'Write response: the model\'s text as it came; null where none came. {"id": "1", "response": "B"}'
        findings.add("the row has no response", at="response", hint=hint)
    case = Case(
        id=case_id,
        prompt=_text(row, "prompt", findings) or _text(row, "question", findings) or "",
        images=(),
        expect=parse_expectation(row.get("expect"), findings),
        answer=parse_answer(row.get("answer"), findings),
        choices=parse_choices(row.get("choices"), findings),
        tags=parse_tags(row.get("tags"), findings),
        group=_text(row, "group", findings),
        metadata={key: value for key, value in row.items() if key not in _KEYS},
        source=raw.source,
    )
    model = _text(row, "model", findings) or ""
    text = row.get("response")
    if text is not None and not isinstance(text, str):
        findings.add(f"the response is {kind_of(text)}; it must be text", at="response", hint="Put it in quotes.")
    repeat = seen[case_id, model]
    seen[case_id, model] += 1
    response = Response(text=text, latency_s=_seconds(row, findings)) if isinstance(text, str) else None
    return Prediction(row=row, case=case, response=response, model=model, repeat=repeat)


def _text(row: Mapping[str, object], key: str, findings: Findings) -> str | None:
    value = row.get(key)
    return None if value is None else text_of(value, f"'{key}'", findings, at=key)


def _seconds(row: Mapping[str, object], findings: Findings) -> float:
    value = row.get("latency_s")
    if value is None:
        return 0.0
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    findings.add(f"'latency_s' is {kind_of(value)}; it is a number of seconds", at="latency_s")
    return 0.0


def _asks(spec: ScorerSpec, case: Case, response: Response) -> bool:
    try:
        return bool(questions_of(spec, case, response))
    except InputError:
        raise
    except Exception:  # noqa: BLE001  # a fault of the user's: it would have asked
        return True


def _why_not(one: Prediction, scorers: Sequence[ScorerSpec]) -> str:
    """Why the scorers cannot judge a row, "" when they can."""
    case, response = one.case, one.response or Response(text="")
    needed = scorers or default_scorers(case)
    if not needed:
        return (
            "the row does not say what is right: write answer or expect, or name a scorer that needs neither "
            "(--scorer refusal)"
        )
    for spec in needed:
        if said := case_problem(spec, case):
            return f"scorer {spec.name!r} cannot judge this row: {said}"
        if _asks(spec, case, response):
            return f"scorer {spec.name!r} asks a model, which `snellen score` never does: put the rows into an eval"
    return ""
