"""Options of scorers, as files and command lines give them, checked against what the scorer's function takes."""

from __future__ import annotations

import inspect
import types
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from snellen._text import nearest, shorten
from snellen.scorers.registered import REPLIES

if TYPE_CHECKING:
    from pydantic import BaseModel

    from snellen.scorers.registered import Registered

__all__ = ["checked_options", "option_names", "takes_more", "type_words"]

_SHOWN_CHARS = 80
_TYPE_WORDS: Mapping[object, str] = {
    bool: "true or false",
    dict: "a mapping",
    float: "a number, such as 0.01",
    int: "a whole number, such as 3",
    list: "a list",
    Mapping: "a mapping",
    Sequence: "a list",
    None: "any value",
    object: "any value",
    str: "text",
    tuple: "a list",
}


def checked_options(entry: Registered, options: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """The options with the types that the scorer wants, and what is wrong with them, a sentence each."""
    if not options and not _required(entry.judge):
        return {}, []
    from pydantic import ValidationError

    model = _model(entry.judge)
    try:
        found = model.model_validate(dict(options))
    except ValidationError as error:
        return {}, list(_sentences(entry, options, error))
    extra = found.model_extra or {}
    return {**{name: getattr(found, name) for name in found.model_fields_set - extra.keys()}, **extra}, []


def option_names(entry: Registered) -> list[str]:
    """The options that a scorer takes, sorted."""
    return sorted(one.name for one in _parameters(entry.judge) if one.kind is inspect.Parameter.KEYWORD_ONLY)


def takes_more(entry: Registered) -> bool:
    """Whether a scorer takes options of any name."""
    return any(one.kind is inspect.Parameter.VAR_KEYWORD for one in _parameters(entry.judge))


def _parameters(judge: Callable[..., object]) -> list[inspect.Parameter]:
    """The parameters of a scorer's function, without the one by which it gets what models said."""
    return [one for name, one in inspect.signature(judge).parameters.items() if name != REPLIES]


@lru_cache(maxsize=256)
def _model(judge: Callable[..., object]) -> type[BaseModel]:
    from pydantic import ConfigDict, create_model

    hints = typing.get_type_hints(inspect.unwrap(judge), include_extras=True)
    parameters = _parameters(judge)
    takes_more = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    fields: dict[str, Any] = {
        one.name: (hints.get(one.name, Any), ... if one.default is inspect.Parameter.empty else one.default)
        for one in parameters
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    config = ConfigDict(
        extra="allow" if takes_more else "forbid",
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,  # `letters: 1234` in YAML
        protected_namespaces=(),
        strict=False,
    )
    with warnings.catch_warnings():
        # An option may be called as a method of pydantic's models is: `schema`, `json`, `copy`.
        warnings.filterwarnings("ignore", message="Field name .* shadows an attribute")
        return create_model("Options", __config__=config, **fields)


@lru_cache(maxsize=256)
def _required(judge: Callable[..., object]) -> tuple[str, ...]:
    """The options without which the scorer cannot be used."""
    named = (one for one in _parameters(judge) if one.kind is inspect.Parameter.KEYWORD_ONLY)
    return tuple(one.name for one in named if one.default is inspect.Parameter.empty)


def type_words(hint: object) -> str:
    """What values an annotation takes, in words a person who does not write Python knows."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " or ".join(", ".join(map(repr, parts)).rsplit(", ", 1))
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(type_words(part) for part in parts if part is not type(None)))
    if origin is tuple and Ellipsis not in parts:
        return f"a list of {len(parts)}, each {type_words(parts[0])}"
    if hint is typing.Any:
        return _TYPE_WORDS[object]
    if origin in (list, tuple, Sequence) and parts and parts[0] is not object:
        return f"a list, each {type_words(parts[0])}"
    return _TYPE_WORDS.get(origin or hint, "another value")


def _sentences(entry: Registered, options: Mapping[str, object], error: Any) -> Iterator[str]:
    known = option_names(entry)
    hints = typing.get_type_hints(inspect.unwrap(entry.judge))
    told: set[str] = set()
    for one in error.errors():
        name = str(one["loc"][0])
        if name in told:  # of several types that would do, each is missed
            continue
        told.add(name)
        if one["type"] == "extra_forbidden":
            meant = nearest(name, known)
            guess = f" Did you mean {meant!r}?" if meant else ""
            yield f"scorer {entry.name!r} has no option {name!r}. Options: {', '.join(known) or 'none'}.{guess}"
        elif one["type"] == "missing" and len(one["loc"]) == 1:
            written = f"{{{entry.name}: {{{name}: ...}}}}"
            about = f"All about it: snellen scorers {entry.name}"
            yield f"scorer {entry.name!r} needs the option {name!r}: {written}. {about}"
        else:
            found = shorten(repr(options.get(name)), _SHOWN_CHARS)
            own = one["msg"].removeprefix("Value error, ") if one["type"] == "value_error" else ""
            yield f"option {name!r} of scorer {entry.name!r} is {found}; right is {own or type_words(hints.get(name))}"
