"""Scorers and their options as people write them in an eval file."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from snellen.case import ScorerSpec
from snellen.report.words import visible
from snellen.scorers.registered import registered_of

__all__ = ["as_written"]

_MOST_CHARS = 2_000  # a JSON Schema may have megabytes


def as_written(spec: ScorerSpec) -> str:
    """`number: {answer: 42, tolerance: 1}`, `contains: a dog`, `refusal`: YAML on one line, ready to be shown."""
    text = _in_yaml(_plain(spec))
    return visible(text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…")


def _in_yaml(value: object) -> str:
    import yaml

    flow = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf)
    text = flow.removesuffix("\n").removesuffix("\n...")
    return text[1:-1] if isinstance(value, dict) else text  # braces around a single name say nothing


def _plain(value: object) -> object:
    """As YAML has values: what was given in Python goes by its name."""
    if isinstance(value, ScorerSpec):
        return _of(value.name, value.options)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, bool | int | float | str) else _named(value)


def _named(value: object) -> object:
    """A scorer's function, or a partial of one, by its name; anything else by its type: a repr may hold addresses."""
    options = value.keywords if isinstance(value, functools.partial) else {}
    entry = registered_of(value.func if isinstance(value, functools.partial) else value)
    return f"({type(value).__name__})" if entry is None else _of(entry.name, options)


def _of(name: str, options: Mapping[str, object]) -> object:
    """A scorer with its options, the shortest way that an eval file allows."""
    if not options:
        return name
    given = {str(key): _plain(one) for key, one in options.items()}
    for only in ("answer", "scorers"):
        if list(given) == [only] and given[only] is not None and not isinstance(given[only], dict):
            return {name: given[only]}
    return {name: given}
