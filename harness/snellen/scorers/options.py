"""Options of scorers, as files and command lines give them, checked against what the scorer's function takes."""

from __future__ import annotations

import inspect
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from snellen._text import nearest, shorten
from snellen.scorers.registered import REPLIES

if TYPE_CHECKING:
    from pydantic import BaseModel

    from snellen.scorers.registered import Registered

__all__ = ["checked_options", "option_names"]

_SHOWN_CHARS = 80


def checked_options(entry: Registered, options: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """The options with the types that the scorer wants, and what is wrong with them, a sentence each."""
    if not options:
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


def _sentences(entry: Registered, options: Mapping[str, object], error: Any) -> Iterator[str]:
    known = option_names(entry)
    for one in error.errors():
        name = str(one["loc"][0])
        if one["type"] == "extra_forbidden":
            meant = nearest(name, known)
            guess = f" Did you mean {meant!r}?" if meant else ""
            yield f"scorer {entry.name!r} has no option {name!r}. Options: {', '.join(known) or 'none'}.{guess}"
        elif one["type"] == "missing":
            yield f"scorer {entry.name!r} needs the option {name!r}"
        else:
            found = shorten(repr(options.get(name)), _SHOWN_CHARS)
            wanted = one["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            yield f"option {name!r} of scorer {entry.name!r} is {found}; right is {wanted}"
