"""Scorers as people name them: `number`, `number: 42 ±1`, `{number: {tolerance: 1}}`, or a function of theirs."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from snellen._text import shorten
from snellen.case import ScorerSpec
from snellen.errors import InputError
from snellen.scorers.faults import fault_of
from snellen.scorers.options import option_names, takes_more
from snellen.scorers.registered import Registered, as_answer, registered_of
from snellen.scorers.registry import DENIED, find, is_registered

__all__ = ["inline_name", "is_scorer", "parse_scorer"]

_INLINE = re.compile(r"\s*([a-z][a-z0-9*-]*)\s*:(?:\s+|$)(.*)", re.DOTALL)
_SHOWN_CHARS = 60


def parse_scorer(value: object) -> ScorerSpec:
    """The scorer that `value` names, with its options.

    Args:
        value: A name; a name with a text behind a colon; a mapping of one name to its options, or to what it expects;
            a function made by `@snellen.scorer`, or a functools.partial of one; or a ScorerSpec.

    Raises:
        InputError: It names no scorer, or the text or the options cannot be used.
    """
    if isinstance(value, ScorerSpec):
        return value
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, Mapping):
        return _from_mapping(value)
    options = value.keywords if isinstance(value, functools.partial) else {}
    entry = registered_of(value.func if isinstance(value, functools.partial) else value)
    if entry is None:
        said = shorten(repr(value), _SHOWN_CHARS)
        raise InputError(
            f"{said} is no scorer; right is a name, such as 'number', or a function made by @snellen.scorer"
        )
    return ScorerSpec(name=entry.name, options=dict(options))


def inline_name(text: str) -> str | None:
    """The scorer that `text` names in front of a colon ("number: 42"), None when it names none."""
    found = _INLINE.match(text)
    return found[1] if found and is_registered(found[1]) else None


def is_scorer(text: str) -> bool:
    """Whether a text among keywords can only be a scorer: `number: 42`, or a name turned round (`not-refusal`).

    A name alone ("json", "count") may be a keyword as well, so it is none here.
    """
    name = text.strip()
    return inline_name(text) is not None or (name.startswith(DENIED) and is_registered(name))


def _from_text(text: str) -> ScorerSpec:
    found = _INLINE.match(text)
    if found is None:
        return ScorerSpec(name=find(text.strip()).name)
    entry = find(found[1])
    _check_takes_answer(entry, found[2].strip())
    try:
        return ScorerSpec(name=entry.name, options=dict(entry.inline(found[2].strip())))
    except InputError as error:
        raise InputError(f"{shorten(text, _SHOWN_CHARS)!r} cannot be used: {error}") from error
    except Exception as error:
        said = f"what reads its short form broke at {fault_of(error, entry.inline)}"
        raise InputError(f"{shorten(text, _SHOWN_CHARS)!r} cannot be used: {said}") from error


def _from_mapping(value: Mapping[object, object]) -> ScorerSpec:
    if len(value) != 1:
        keys = ", ".join(map(str, value)) or "none"
        raise InputError(
            f"a scorer with options is a mapping of one name, such as {{number: {{tolerance: 1}}}}; got {keys}"
        )
    ((name, options),) = value.items()
    entry = find(str(name))
    if isinstance(options, Mapping):
        return ScorerSpec(name=entry.name, options={str(key): option for key, option in options.items()})
    if isinstance(options, str):
        return _from_text(f"{name}: {options}")
    if isinstance(options, list | tuple) and "scorers" in option_names(entry):
        return ScorerSpec(name=entry.name, options={"scorers": list(options)})
    if options is not None:
        _check_takes_answer(entry, options)
    return ScorerSpec(name=entry.name, options={} if options is None else {"answer": options})


def _check_takes_answer(entry: Registered, given: object) -> None:
    """Raises InputError for what stands behind the name of a scorer that has no short form of its own."""
    names = option_names(entry)
    if entry.inline is not as_answer or "answer" in names or takes_more(entry):
        return
    written = f"{{{entry.name}: {{{names[0]}: {given}}}}}" if len(names) == 1 else f"{{{entry.name}: {{OPTION: ...}}}}"
    known = f" Options: {', '.join(names)}." if names else f" It has no options: write {entry.name!r}."
    message = (
        f"scorer {entry.name!r} has no short form, and {shorten(repr(given), _SHOWN_CHARS)} stands behind its name."
    )
    raise InputError(f"{message}{known}{f' Write them by name: {written}' if names else ''}")
