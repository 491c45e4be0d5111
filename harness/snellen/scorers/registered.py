"""How a function becomes a scorer: the decorator, what it remembers, and what a function may give back."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import ParamSpec, TypeVar, overload

from snellen.case import Case
from snellen.errors import InputError, Problem
from snellen.score import Score

__all__ = ["OWN", "REPLIES", "Registered", "as_answer", "options_hash", "registered_of", "scorer"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_ATTRIBUTE = "__snellen_scorer__"
_HASH_DIGITS = 8
_PASSES_AT = 0.5
REPLIES = "replies"
"""The keyword by which a scorer that asks models gets what they said; it is no option."""

# What is expected differs from case to case and is no setting of the scorer, and what models said is none either.
_NO_SETTINGS = ("answer", "choices", REPLIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A scorer as it is known by its name.

    Attributes:
        name: As eval files write it.
        version: Changes whenever the same text may get another score.
        judge: Takes a case and a response, and its options by keyword; gives a stamped score.
        check: Takes a case, and the options by keyword; says why this case cannot be judged, "" when it can. Called
            before anything is asked.
        inline: The options that the text behind `name:` means; raises InputError for a text that means none.
        questions: What the scorer asks of models before it can judge; None for one that asks nothing.
    """

    name: str
    version: str
    judge: Callable[..., Score]
    check: Callable[..., str]
    inline: Callable[[str], Mapping[str, object]]
    questions: Callable[..., object] | None = None


OWN: dict[str, Registered] = {}
"""Every scorer whose module was loaded, by name: those of Snellen and those of users."""

_LOADING: dict[str, CodeType] = {}
"""By name, the module's code that was running when the scorer was registered; a reload runs other code."""


@overload
def scorer(given: Callable[_P, _R], /) -> Callable[_P, Score]: ...


@overload
def scorer(
    given: str | None = None,
    /,
    *,
    version: str = "1",
    check: Callable[..., str] | None = None,
    inline: Callable[[str], Mapping[str, object]] | None = None,
    questions: Callable[..., object] | None = None,
) -> Callable[[Callable[_P, _R]], Callable[_P, Score]]: ...


def scorer(
    given: Callable[_P, _R] | str | None = None,
    /,
    *,
    version: str = "1",
    check: Callable[..., str] | None = None,
    inline: Callable[[str], Mapping[str, object]] | None = None,
    questions: Callable[..., object] | None = None,
) -> Callable[_P, Score] | Callable[[Callable[_P, _R]], Callable[_P, Score]]:
    """Makes a scorer of a function, so that evals and cases can name it.

    The function takes a case and a response, and its options as keyword-only arguments with annotations and defaults;
    options from files are checked against those. It gives back a Score; or True or False; or a number from 0 to 1,
    which passes from 0.5 on; or None where it cannot judge; or a pair of one of these and an explanation. It must be
    pure: same arguments, same score.

        @snellen.scorer
        def brief(case, response, *, words: int = 30):
            return len(response.text.split()) <= words

    Args:
        given: The scorer's name; default the function's, with `-` for `_`.
        version: Change it whenever the same text may get another score.
        check: Says why a case cannot be judged with these options, "" when it can; called before anything is asked.
        inline: What options the text behind `name:` means; default: it is the `answer`.
        questions: For scorers that ask models: what they ask.

    Raises:
        InputError: The name cannot be used, or is that of a scorer of Snellen's or of another function of the same
            module; or the function takes no case and response.
    """

    def register(function: Callable[_P, _R]) -> Callable[_P, Score]:
        name = given if isinstance(given, str) else function.__name__.strip("_").replace("_", "-")
        _check_function(name, function)
        _check_free(name, function)
        _check_once(name, function)

        @functools.wraps(function)
        def judge(*args: _P.args, **kwargs: _P.kwargs) -> Score:
            score = _as_score(name, function(*args, **kwargs))
            return replace(score, scorer=name, version=version, options=options_hash(kwargs))

        entry = Registered(
            name=name,
            version=version,
            judge=judge,
            check=check or _accepts_every_case,
            inline=inline or as_answer,
            questions=questions,
        )
        setattr(judge, _ATTRIBUTE, entry)
        OWN[name] = entry
        return judge

    return register(given) if callable(given) else register


def registered_of(function: object) -> Registered | None:
    """What `@scorer` made of a function, None for a function it was not used on."""
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Registered) else None


def options_hash(options: Mapping[str, object]) -> str:
    """What tells two settings of one scorer apart, what is expected left out; empty without options."""
    settings = {name: value for name, value in options.items() if name not in _NO_SETTINGS}
    if not settings:
        return ""
    canonical = json.dumps(settings, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_named)
    return hashlib.sha256(canonical.encode("utf-8", "backslashreplace")).hexdigest()[:_HASH_DIGITS]


def _named(value: object) -> str:
    """A scorer's function by its name: where it lies in memory is no setting."""
    entry = registered_of(value)
    return str(value) if entry is None else entry.name


def _check_function(name: str, function: Callable[..., object]) -> None:
    if not name or name != name.strip().lower() or not name.replace("-", "").replace("*", "").isalnum():
        raise InputError(
            f"{name!r} is no name for a scorer; right is lower-case letters, digits and -, such as 'brief'"
        )
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    places = [one for one in inspect.signature(function).parameters.values() if one.kind in kinds]
    if len(places) != len(("case", "response")):
        hint = f"def {function.__name__}(case, response, *, option=1)"
        raise InputError(
            f"scorer {name!r} takes {len(places)} arguments by position; right is a case and a response: {hint}"
        )


def _check_free(name: str, function: Callable[..., object]) -> None:
    """Raises InputError when Snellen has a scorer of this name.

    What evals and published figures mean by a name must not hang on which files were loaded.
    """
    from snellen.scorers.registry import DENIED, NAMES

    own = NAMES.get(name.removeprefix(DENIED))
    if own is None or function.__module__ == f"snellen.scorers.{own}":
        return
    message = f"{_called(function)} would take the place of Snellen's own scorer {name!r}"
    hint = f'Give it a name of its own: @snellen.scorer("my-{name}"), or rename the function.'
    raise InputError(Problem(message, hint=hint))


def _check_once(name: str, function: Callable[..., object]) -> None:
    """Raises InputError when another function of the same module has the name, and notes that this one has it.

    The same module may be loaded again, as by pytest or in a notebook: what it registers then is put in the place of
    what it registered before.
    """
    before, loading = OWN.get(name), _LOADING.get(name)
    now = _loading(function)
    if before is not None and now is not None and now is loading:
        earlier = inspect.unwrap(before.judge)
        if earlier is not inspect.unwrap(function):
            message = f"{_called(function)} would take the place of {_called(earlier)}: both are scorer {name!r}"
            hint = f'Give one of the two another name: @snellen.scorer("my-{name}"), or rename the function.'
            raise InputError(Problem(message, hint=hint))
    if now is None:
        _LOADING.pop(name, None)
    else:
        _LOADING[name] = now


def _loading(function: Callable[..., object]) -> CodeType | None:
    """The code of the function's module while it is run; None once that is loaded."""
    own = inspect.unwrap(function).__globals__
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals is own and frame.f_code.co_name == "<module>":
            return frame.f_code
        frame = frame.f_back
    return None


def _called(function: Callable[..., object]) -> str:
    """`brief (scorers.py:4)`."""
    code = inspect.unwrap(function).__code__
    return f"{function.__name__} ({Path(code.co_filename).name}:{code.co_firstlineno})"


def _accepts_every_case(case: Case, /, **_: object) -> str:
    return ""


def as_answer(text: str) -> Mapping[str, object]:
    """The text behind a scorer's name as its `answer`: the short form of scorers that name no other."""
    return {"answer": text}


def _as_score(name: str, given: object) -> Score:
    explanation = ""
    match given:
        case (verdict, said):
            given, explanation = verdict, str(said)
        case _:
            pass
    if isinstance(given, Score):
        return given
    if given is None:
        said = explanation or "the scorer could not judge it"
        return Score(scorer=name, value=None, passed=False, explanation=said)
    if isinstance(given, bool | int | float):
        value = float(given)
        return Score(scorer=name, value=value, passed=value >= _PASSES_AT, explanation=explanation)
    what = f"scorer {name!r} gave back {type(given).__name__}"
    raise TypeError(
        f"{what}; right is a Score, a bool, a number from 0 to 1, None, or one of these with an explanation"
    )
