"""The scorers by name, what stands in the way of using one, and which ones a case needs when nobody named any."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from snellen._text import nearest
from snellen.case import Case, ScorerSpec
from snellen.errors import InputError, Problem
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.faults import fault_of
from snellen.scorers.options import checked_options, option_names
from snellen.scorers.protocol import Scorer
from snellen.scorers.registered import OWN, Registered

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "DENIED",
    "ENTRY_POINTS",
    "NAMES",
    "case_problem",
    "default_scorers",
    "find",
    "get_scorer",
    "is_registered",
    "offered_by",
    "option_problems",
    "scorer_names",
]

DENIED = "not-"
"""Before a scorer's name it turns the scorer round."""

ENTRY_POINTS = "snellen.scorers"
"""The entry point group under which packages offer scorers: name = function made by `@snellen.scorer`."""

NAMES: Mapping[str, str] = {
    "all": "combine",
    "anls": "anls",
    "anls*": "anls_star",
    "any": "combine",
    "bleu": "translation",
    "boxes": "boxes",
    "cer": "error_rate",
    "choice": "choice",
    "chrf": "translation",
    "contains": "contains",
    "contains-all": "contains",
    "contains-any": "contains",
    "cost": "ceilings",
    "count": "count",
    "exact": "exact",
    "fields": "fields",
    "fuzzy": "fuzzy",
    "json": "json_schema",
    "judge": "judge",
    "keywords": "keywords",
    "language": "language",
    "latency": "ceilings",
    "length": "ceilings",
    "number": "number",
    "points": "points",
    "refusal": "refusal",
    "regex": "regex",
    "relaxed": "relaxed",
    "similarity": "similarity",
    "vqa": "vqa",
    "wer": "error_rate",
    "weighted": "combine",
    "yesno": "yesno",
}
"""Snellen's own scorers and the module of each; loaded when first used, for each start-up is felt."""

_PLAIN_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?", re.ASCII)
_ASIDE = frozenset({"json", "language"})  # their `answer` is a schema and a language, not what is right of the case
_BY_REFERENCE = frozenset({"judge"})
# Each with what to write instead.
_CANNOT_BE_DENIED: Mapping[str, str] = {
    "all": "Write `any` of its parts, each turned round: any: [not-contains: cat, not-contains: dog]",
    "any": "Write `all` of its parts, each turned round: all: [not-contains: cat, not-contains: dog]",
    "judge": "Turn its criteria round, each still a sentence that is true of a right answer: it names no brand",
    "weighted": "Turn its parts round: weighted: {scorers: [not-contains: cat, not-contains: dog]}",
}


def find(name: str) -> Registered:
    """The scorer of this name; `not-NAME` is NAME turned round.

    Raises:
        InputError: None has it; names those there are and the nearest.
    """
    entry = _known(name)
    if entry is None and name.startswith(DENIED) and name.removeprefix(DENIED) not in _CANNOT_BE_DENIED:
        positive = _known(name.removeprefix(DENIED))
        entry = None if positive is None else _denied(positive)
    if entry is not None:
        return entry
    if (plain := name.removeprefix(DENIED)) in _CANNOT_BE_DENIED and name != plain:
        raise InputError(f"scorer {plain!r} cannot be turned round. {_CANNOT_BE_DENIED[plain]}")
    raise InputError(f"scorer {name!r} is not registered.{_guess(name)} Registered: {', '.join(scorer_names())}.")


def _guess(name: str) -> str:
    from snellen.scorers.slips import meant_inline

    meant = meant_inline(name) or nearest(name, scorer_names()) or nearest(name.partition(":")[0], scorer_names())
    return f" Did you mean {meant!r}?" if meant else ""


def is_registered(name: str) -> bool:
    """Whether there is a scorer of this name."""
    plain = name.removeprefix(DENIED)
    is_there = name in NAMES or name in OWN or name in _offered()
    return is_there or (plain != name and (plain in NAMES or plain in OWN or plain in _offered()))


def offered_by(name: str) -> str:
    """The installed package that offers a scorer of this name, "" when none does."""
    point = _offered().get(name)
    if point is None:
        return ""
    return f"the package {point.dist.name}" if point.dist is not None else "an installed package"


def scorer_names() -> list[str]:
    """The names of all scorers, sorted."""
    return sorted({*NAMES, *OWN, *_offered()})


def get_scorer(spec: object) -> Scorer:
    """The scorer, with its options: `get_scorer("number: 42 ±1")(case, response)`.

    Args:
        spec: As `parse_scorer` takes it: a name, a one-liner, a mapping of a name to options, or a function.

    Raises:
        InputError: There is none of this name, or it does not take these options.
    """
    if not isinstance(spec, ScorerSpec):
        from snellen.scorers.spec import parse_scorer

        spec = parse_scorer(spec)
    entry = find(spec.name)
    options, problems = checked_options(entry, spec.options)
    if problems:
        raise InputError("; ".join(problems))
    return functools.partial(entry.judge, **options) if options else entry.judge


def option_problems(spec: ScorerSpec) -> list[str]:
    """What is wrong with a scorer's name and options, a sentence each; empty when it can be used."""
    try:
        return checked_options(find(spec.name), spec.options)[1]
    except InputError as error:
        return [problem.message for problem in error.problems]


def case_problem(spec: ScorerSpec, case: Case) -> str:
    """Why this scorer cannot judge this case, "" when it can; the options are right.

    Raises:
        InputError: They are not.
    """
    entry = find(spec.name)
    options, problems = checked_options(entry, spec.options)
    if problems:
        raise InputError("; ".join(problems))
    try:
        return entry.check(case, **options)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001  # a fault of the user's check, told like any other reason
        return f"its check broke at {fault_of(error, entry.check)}"


def default_scorers(case: Case) -> tuple[ScorerSpec, ...]:
    """The scorers that the case's expectation and answer need; none when it says nothing of what is right.

    An answer to choose is judged by `choice`, a number by `number`, yes and no by `yesno`, a mapping by `fields`; any
    other text must be mentioned, and of a list one is enough.
    """
    found = [ScorerSpec(name="keywords")] if case.expect.has_keywords else []
    found += case.expect.scorers
    if case.answer is not None and not any(map(_judges_answer, case.expect.scorers)):
        found.append(_for_answer(case))
    return tuple(found)


def _judges_answer(spec: ScorerSpec) -> bool:
    """Whether the case's own answer is what this scorer compares with: `length` does not look at it."""
    if "answer" in spec.options or spec.name.removeprefix(DENIED) in _ASIDE:
        return False
    names = option_names(find(spec.name))
    if "scorers" not in names:
        return "answer" in names or spec.name.removeprefix(DENIED) in _BY_REFERENCE
    from snellen.scorers.spec import parse_scorer

    parts = spec.options.get("scorers")
    return any(_judges_answer(parse_scorer(part)) for part in (parts if isinstance(parts, list | tuple) else ()))


def _for_answer(case: Case) -> ScorerSpec:
    answer = case.answer
    text = answer.strip().casefold() if isinstance(answer, str) else ""
    if case.choices:
        return ScorerSpec(name="choice")
    if isinstance(answer, bool) or text in ("yes", "no", "예", "아니오", "아니요"):
        return ScorerSpec(name="yesno")
    if isinstance(answer, int | float) or _PLAIN_NUMBER.fullmatch(text):
        return ScorerSpec(name="number")
    if isinstance(answer, Mapping):
        return ScorerSpec(name="fields")
    return ScorerSpec(name="keywords")


def _known(name: str) -> Registered | None:
    if name not in OWN and name in NAMES:
        importlib.import_module(f"snellen.scorers.{NAMES[name]}")
    if name not in OWN and name in (offered := _offered()):
        _load(offered[name])
    return OWN.get(name)


def _load(point: EntryPoint) -> None:
    """Loads what a package offers.

    Raises:
        InputError: It cannot be loaded, or makes no scorer of this name.
    """
    package = point.dist.name if point.dist is not None else "an installed package"
    what = f"{package} offers scorer {point.name!r} as {point.value}"
    hint = f"Install another version of {package}, or remove it."
    try:
        point.load()
    except InputError:
        raise
    except Exception as error:
        message = f"{what}, which cannot be loaded: {type(error).__name__}: {error}"
        raise InputError(Problem(message, hint=hint)) from error
    if point.name not in OWN:
        message = f"{what}, and that makes no scorer of this name; right is a function under @snellen.scorer"
        raise InputError(Problem(message, hint=hint))


@functools.cache
def _offered() -> dict[str, EntryPoint]:
    """What installed packages offer; looking for it takes milliseconds, so it is done once."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


@functools.cache
def _denied(entry: Registered) -> Registered:
    name = f"{DENIED}{entry.name}"

    @functools.wraps(entry.judge)
    def judge(case: Case, response: Response, /, **options: object) -> Score:
        score = entry.judge(case, response, **options)
        if score.value is None:
            return replace(score, scorer=name)
        passes = not score.passed
        said = f"{'as wanted' if passes else 'not wanted'}: {score.explanation}" if score.explanation else ""
        evidence = tuple(_turned(one, is_right=passes) for one in score.evidence)
        return replace(
            score, scorer=name, value=float(passes), passed=passes, explanation=said, evidence=evidence, shapes=()
        )

    return replace(entry, name=name, judge=judge)


def _turned(evidence: Evidence, *, is_right: bool) -> Evidence:
    """What was looked at, as it counts when the opposite is wanted."""
    if evidence.kind == "found":
        return replace(evidence, kind="note" if is_right else "forbidden")
    return replace(evidence, kind="absent") if evidence.kind in ("missing", "negated") else evidence
