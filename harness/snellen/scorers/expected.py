"""What a case holds to be right, in the forms that scorers compare with, and why a case says too little for one."""

from __future__ import annotations

import math
import re

from snellen.case import Case

__all__ = ["answer_of", "answer_texts", "answers_of", "as_number", "as_text", "needs_answer", "needs_text"]

_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,15})?", re.ASCII)
_NO_ANSWER = "it has no answer. Write answer: what is right, beside its prompt"


def answer_of(case: Case, answer: object = None) -> object:
    """What is right: the scorer's own `answer` option, else the case's answer; None when neither says."""
    return case.answer if answer is None else answer


def answers_of(case: Case, answer: object = None) -> tuple[object, ...]:
    """Everything that is right by itself: the entries of a list, else the one answer; empty when nothing is known."""
    found = answer_of(case, answer)
    if found is None:
        return ()
    return tuple(found) if isinstance(found, list | tuple) else (found,)


def answer_texts(case: Case, answer: object = None) -> tuple[str, ...]:
    """The answers as texts, without those that are none."""
    texts = (as_text(one) for one in answers_of(case, answer))
    return tuple(text for text in texts if text is not None)


def as_text(value: object) -> str | None:
    """A text or number as text, true and false as yes and no; None for anything else."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        whole = math.isfinite(value) and value.is_integer() and abs(value) < 2**53
        return str(int(value)) if whole else repr(value)
    return value if isinstance(value, str) else None


def as_number(value: object) -> float | None:
    """A finite number as it is or as it was written ("12.5", as YAML and CSV give it); None for anything else."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value.strip()) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return float(value)


def needs_answer(case: Case, /, *, answer: object = None, **_: object) -> str:
    """Why a scorer that compares with an answer cannot judge the case, "" when it can."""
    found = answer_of(case, answer)
    if found is None:
        return _NO_ANSWER
    if isinstance(found, list | tuple) and not found:
        return "its answer is an empty list, which no response can match. Write what is right"
    return ""


def needs_text(case: Case, /, *, answer: object = None, **_: object) -> str:
    """As `needs_answer`, for scorers that compare with a text or with one of several texts."""
    if said := needs_answer(case, answer=answer):
        return said
    odd = [one for one in answers_of(case, answer) if as_text(one) is None]
    return f"its answer holds {odd[0]!r}, which is no text" if odd else ""
