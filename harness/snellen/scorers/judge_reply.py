"""What a judge's reply says: read leniently in its form, because servers ignore schemas, and never guessed at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from snellen._text import shorten
from snellen.scorers.asking import ScorerReply
from snellen.scorers.judge_prompt import label

__all__ = ["Better", "Judged", "UnreadableError", "read_better", "read_verdicts"]

Better = Literal["1", "2", "tie"]

_MAX_CHARS = 200_000  # a verdict has a few thousand; the longest replies that models write are under 1 MB
_MAX_STARTS = 200  # braces from which an object is tried to be read
_SHOWN_CHARS = 120
_REASON_CHARS = 1_000
_WORDS = {"true": True, "false": False}
_BETTER: Mapping[str, Better] = {"1": "1", "2": "2", "tie": "tie"}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one criterion: whether it is met, and why."""

    met: bool
    reason: str = ""


class UnreadableError(Exception):
    """A reply holds no verdict; the text says why, a clause."""


def read_verdicts(reply: ScorerReply, count: int) -> tuple[Judged, ...]:
    """The verdicts on so many criteria.

    Args:
        reply: With an answer.
        count: How many verdicts there must be.

    Raises:
        UnreadableError: There is no verdict on one of them, or there are two that differ.
    """
    return _only(reply, lambda found: _verdicts(found, count))


def read_better(reply: ScorerReply) -> tuple[Better, str]:
    """Which of two answers is better, and why.

    Raises:
        UnreadableError: It says neither, or both.
    """
    return _only(reply, _better)


def _verdicts(found: Mapping[str, object], count: int) -> tuple[Judged, ...]:
    return tuple(_judged(found, label(number)) for number in range(count))


def _judged(found: Mapping[str, object], name: str) -> Judged:
    if name not in found:
        raise UnreadableError(f"it has no verdict on {name}")
    entry = found[name]
    said = entry.get("met") if isinstance(entry, Mapping) else entry
    met = _WORDS.get(said.strip().lower()) if isinstance(said, str) else said
    if not isinstance(met, bool):
        raise UnreadableError(f"its verdict on {name} is {shorten(repr(said), _SHOWN_CHARS)}, not true or false")
    return Judged(met, _reason(entry))


def _better(found: Mapping[str, object]) -> tuple[Better, str]:
    said = found.get("better")
    better = _BETTER.get(str(said).strip().lower())
    if better is None or isinstance(said, bool):
        raise UnreadableError(f"its verdict is {shorten(repr(said), _SHOWN_CHARS)}, not 1, 2 or tie")
    return better, _reason(found)


def _reason(entry: object) -> str:
    reason = entry.get("reason") if isinstance(entry, Mapping) else ""
    return shorten(reason, _REASON_CHARS) if isinstance(reason, str) else ""


def _only(reply: ScorerReply, read: Callable[[Mapping[str, object]], _T]) -> _T:
    """The one verdict of a reply. Objects that are none are read over while there is one; two that differ are none.

    Two verdicts are the same when they are but for their reasons.
    """
    if reply.stop == "refusal":
        raise UnreadableError(f"it refused: {shorten(reply.text, _SHOWN_CHARS)}")
    verdicts: dict[str, _T] = {}
    why = ""
    for found in _objects(reply.text[:_MAX_CHARS]):
        try:
            verdict = read(found)
        except UnreadableError as error:
            why = why or str(error)
        else:
            verdicts[_essence(verdict)] = verdict
    if len(verdicts) > 1:
        raise UnreadableError("it gives two verdicts that differ")
    if not verdicts:
        raise UnreadableError(_how_it_ended(reply) or why or f"it holds no JSON object: {_shown(reply.text)}")
    return verdicts.popitem()[1]


def _essence(verdict: object) -> str:
    if isinstance(verdict, tuple) and all(isinstance(one, Judged) for one in verdict):
        return repr([one.met for one in verdict])
    return repr(verdict[0]) if isinstance(verdict, tuple) else repr(verdict)


def _how_it_ended(reply: ScorerReply) -> str:
    """Why a verdict may be missing that is no fault of its form."""
    if reply.stop == "length":
        return "it was cut off: raise max_tokens in the params of the judge's model"
    if reply.stop == "content_filter":
        return "the provider's filter stopped it"
    return ""


def _shown(text: str) -> str:
    return repr(shorten(text, _SHOWN_CHARS)) if text.strip() else "it is empty"


def _objects(text: str) -> Iterator[Mapping[str, object]]:
    """The JSON objects in a text, the outermost ones, whatever stands around them."""
    decoder = json.JSONDecoder(strict=False)
    at = text.find("{")
    for _ in range(_MAX_STARTS):
        if at < 0:
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(found, dict):
                yield found
        at = text.find("{", end)
