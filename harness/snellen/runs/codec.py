"""Trials as JSON and back, for the run store and for reports that travel between processes."""

from __future__ import annotations

import base64
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from snellen.case import Case
from snellen.trial import Trial

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["dump", "load", "load_trial", "trial_from_json", "trial_to_json", "trial_without_case"]

_BYTES = "$base64"

_T = TypeVar("_T")

_ADAPTERS: dict[object, TypeAdapter[Any]] = {}  # building one takes milliseconds


def dump(value: object) -> bytes:
    """A value of the value modules as JSON; bytes become `{"$base64": ...}`.

    A case's own fields may hold anything that Python can: what JSON has no word for is kept as its text.
    """
    try:
        return orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:
        return orjson.dumps(_tamed(value), default=_plain)


def load(kind: type[_T], body: bytes) -> _T:
    """The value of this kind that `dump` wrote."""
    value: _T = _adapter(kind).validate_python(_bytes_back(orjson.loads(body)))
    return value


def trial_without_case(trial: Trial) -> bytes:
    """A trial as JSON without its case, which many trials share."""
    return dump({name: getattr(trial, name) for name in Trial.__dataclass_fields__ if name != "case"})


def load_trial(body: bytes, case: Case) -> Trial:
    """The trial that `trial_without_case` wrote, with its case."""
    trial: Trial = _adapter(Trial).validate_python({**_bytes_back(orjson.loads(body)), "case": case})
    return trial


def trial_to_json(trial: Trial) -> bytes:
    """A trial as JSON, case included."""
    return dump(trial)


def trial_from_json(body: bytes) -> Trial:
    """The trial that `trial_to_json` wrote."""
    return load(Trial, body)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode("ascii")}
    return str(value)


def _tamed(value: object) -> object:
    """The value without what orjson refuses: half a surrogate pair, a huge integer, a key that is no text."""
    if isinstance(value, dict):
        return {str(_tamed(str(key))): _tamed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tamed(item) for item in value]
    if is_dataclass(value):
        return {field.name: _tamed(getattr(value, field.name)) for field in fields(value)}
    if value is None or isinstance(value, float | bytes) or (isinstance(value, int) and -(2**63) <= value < 2**64):
        return value
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _bytes_back(value: Any) -> Any:  # JSON in, JSON out
    if isinstance(value, dict):
        if set(value) == {_BYTES}:
            return base64.b64decode(value[_BYTES])
        # A case's own fields may look like bytes of ours; they are taken as they are.
        return {key: item if key == "metadata" else _bytes_back(item) for key, item in value.items()}
    return [_bytes_back(item) for item in value] if isinstance(value, list) else value
