"""What a row says to be right, what it offers to choose from, and whether it is known to fail."""

from __future__ import annotations

import datetime
import math
import string
from collections.abc import Iterator, Mapping

from snellen._text import nearest
from snellen.case import Case, Mark
from snellen.datasets.findings import Findings, kind_of, quoted, text_of
from snellen.errors import InputError
from snellen.scorers.registry import case_problem, default_scorers

__all__ = ["check_scorers", "parse_answer", "parse_choices", "parse_mark"]

_MAX_CHOICES = 26
_EXACT_BELOW, _FLOAT_DIGITS = 2.0**53, 15  # a float holds 15 digits of any number, and whole numbers up to there
_YES = ("true", "yes", "1")
_NO = ("false", "no", "0")
_CHOICES_HINT = "Such as: choices: {A: cat, B: dog}, or a list of the option texts."
_FAILING_KEYS = ("reason", "until")
_FAILING_HINT = 'Such as: known_failing: {reason: "reads 8 as 3", until: "2027-03-31"}.'


def parse_answer(value: object, findings: Findings) -> object:
    """The right answer as JSON has values; a list of one is that one, an empty list is a problem."""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, list) and not value:
        findings.add("the answer is an empty list, which no response can match", at="answer")
        return None
    if isinstance(value, str) and not value.strip():
        findings.add("the answer is empty, and every response holds it", at="answer")
        return None
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, float) and _has_lost_digits(one):
            message = f"the answer is the number {one!r}, which is too large to have kept its digits"
            findings.add(message, at="answer", hint="Put it in quotes.")
    return value


def _has_lost_digits(value: float) -> bool:
    """Whether a float probably stands for a whole number with more digits than it can hold; 6.022e23 does not."""
    return math.isfinite(value) and abs(value) >= _EXACT_BELOW and len(repr(value).partition("e")[0]) > _FLOAT_DIGITS


def parse_choices(value: object, findings: Findings) -> dict[str, str]:
    """Option text by letter, in order; a list gets the letters from A on."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        pairs = [(str(letter).strip(), text) for letter, text in value.items()]
    elif isinstance(value, list | tuple) and len(value) <= _MAX_CHOICES:
        pairs = list(zip(string.ascii_uppercase, value, strict=False))
    else:
        findings.add(f"'choices' is {kind_of(value)}", at="choices", hint=_CHOICES_HINT)
        return {}
    found: dict[str, str] = {}
    for letter, given in pairs:
        text = text_of(given, f"choice {quoted(letter)}", findings, at="choices")
        if not letter or letter in found:
            findings.add(f"'choices' has the letter {quoted(letter)} twice or none", at="choices", hint=_CHOICES_HINT)
        elif text is not None:
            found[letter] = text
    if len(pairs) == 1:
        findings.add("'choices' has one option, so that nothing is to be chosen", at="choices", hint=_CHOICES_HINT)
    return found


def parse_mark(row: Mapping[str, object], findings: Findings) -> Mark | None:
    """That a case is known to fail, with the reason and the last day on which that is borne; or that it is flaky."""
    failing, flaky = row.get("known_failing"), row.get("flaky")
    if failing is not None and flaky not in (None, False):
        findings.add("the case is both 'known_failing' and 'flaky'", at="flaky", hint="Keep one of the two.")
        return None
    if failing is not None:
        return _known_failing(failing, findings)
    if flaky is None or flaky is False or str(flaky).strip().casefold() in _NO:
        return None
    if flaky is True or str(flaky).strip().casefold() in _YES:
        return Mark(kind="flaky")
    reason = text_of(flaky, "'flaky'", findings, at="flaky")
    return None if reason is None else Mark(kind="flaky", reason=reason)


def check_scorers(case: Case, findings: Findings) -> None:
    """A finding for each scorer that the case names or needs and that cannot judge it."""
    if case.answer is None and not case.expect.scorers:
        return
    for message in _problems(case):
        findings.add(message, at="answer" if case.answer is not None and not case.expect.scorers else "expect")


def _problems(case: Case) -> Iterator[str]:
    for spec in default_scorers(case):
        try:
            said = case_problem(spec, case)
        except InputError as error:
            yield from (problem.message for problem in error.problems)
        else:
            if said:
                yield f"scorer {spec.name!r} cannot judge this case: {said}"


def _known_failing(value: object, findings: Findings) -> Mark | None:
    if not isinstance(value, Mapping):
        message = f"'known_failing' is {kind_of(value)}; it is a mapping of reason and until"
        findings.add(message, at="known_failing", hint=_FAILING_HINT)
        return None
    if odd := [str(key) for key in value if key not in _FAILING_KEYS]:
        meant = nearest(odd[0], _FAILING_KEYS)
        guess = f" Did you mean '{meant}'?" if meant else ""
        message = f"'known_failing' has no key {quoted(odd[0])}. Keys: {', '.join(_FAILING_KEYS)}.{guess}"
        findings.add(message, at="known_failing", hint=_FAILING_HINT)
        return None
    reason, until = (str(value.get(key) or "").strip() for key in _FAILING_KEYS)
    for key, text in (("reason", reason), ("until", until)):
        if not text:
            findings.add(f"'known_failing' has no {key}", at="known_failing", hint=_FAILING_HINT)
    if until and not _is_date(until):
        message = f"'known_failing': until is {quoted(until)}; it is a date, such as 2027-03-31"
        findings.add(message, at="known_failing")
        return None
    return Mark(kind="known_failing", reason=reason, until=until) if reason and until else None


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2027-03-31")
