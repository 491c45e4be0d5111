"""Values of the value modules as JSON and back, and packed small for the run store."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from snellen.case import Case
from snellen.trial import Trial

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "as_text",
    "dump",
    "load",
    "load_trial",
    "pack",
    "pack_trial",
    "plain",
    "trial_from_json",
    "trial_to_json",
    "unpack",
    "unpack_trial",
]

_BYTES = "$base64"
_USERS = frozenset(
    {"metadata", "answer", "choices", "options"}
)  # JSON of the user's, which may look like bytes of ours

_STORED, _DEFLATED = b"\x00", b"\x01"
_HEADER = struct.Struct("<I")  # bytes of JSON before the body of the reply
_MAX_DEFLATED = 64 * 1024  # a case beyond it holds a picture, which is compressed already
_BEYOND_CASE = tuple(name for name in Trial.__dataclass_fields__ if name != "case")

# What nearly every trial and every reply have in common, the most common last, as zlib wants it. It is part of the
# format: a change makes stored runs unreadable, so a better one needs a mark of its own beside `_DEFLATED`.
_DICTIONARY = (
    b'"group":null,"metadata":{},"live":false,"source":{"file":"datasets/cases.jsonl","line":,"tags":['
    b'"system":null,"expect":{"all":[["any":[],"none":[],"regex":[]},"images":[{"path":"/home/images/.png.jpg","url":'
    b'null,"data":null,"name":"images/","title":"","detail":null}]{"id":"","prompt":"'
    b'"kind":"network""timeout""rate_limited""server_error""not_recorded""not_asked","message":"","detail":""}'
    b'"kind":"missing","kind":"negated","kind":"ambiguous","kind":"forbidden","kind":"absent","kind":"note","span":null'
    b'"outcome":"error""unscored""failed""passed":false,"stop":"length""refusal""content_filter"recorded":true'
    b'{"id":"chatcmpl-","object":"chat.completion","created":17,"model":"gpt-5-20","system_fingerprint":"fp_",'
    b'"service_tier":"default","choices":[{"index":0,"message":{"role":"assistant","content":"The ","refusal":null,'
    b'"annotations":[],"reasoning_content":null,"tool_calls":[]},"logprobs":null,"finish_reason":"stop"}],"usage":'
    b'{"prompt_tokens":,"completion_tokens":,"total_tokens":,"prompt_tokens_details":{"cached_tokens":0,'
    b'"audio_tokens":0,"text_tokens":,"image_tokens":},"completion_tokens_details":{"reasoning_tokens":0,'
    b'"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}'
    b'{"eval":"","variant":"","model":"","repeat":0,"prompt":"","fingerprint":"","outcome":"passed","response":'
    b'{"text":"The ","stop":"stop","served_model":"","usage":{"input_tokens":null,"output_tokens":null,'
    b'"cached_tokens":0,"reasoning_tokens":0,"image_tokens":null},"latency_s":0.,"request_id":"req_","recorded":false,'
    b'"recorded_at":"2026-","body":null},"scores":[{"scorer":"keywords","value":1.0,"passed":true,'
    b'"explanation":"","evidence":[{"kind":"found","keyword":"","span":[,"note":""},{"kind":"found","keyword":"",'
    b'"span":[,"note":""}]}],"failure":null,"attempts":[{"status":200,"kind":null,"wait_s":0.0}],"images":'
    b'[{"identity":"sha256:","transform":"","notes":[]}],"cost_usd":0.00}'
)

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
    """The value of this kind that `dump` wrote.

    Raises:
        ValueError: It is no JSON, or holds no such value.
    """
    return plain(kind, orjson.loads(body))


def plain(kind: type[_T], value: object) -> _T:
    """The value of this kind that `value`, as JSON gives it, stands for.

    Raises:
        ValueError: It stands for none.
    """
    found: _T = _adapter(kind).validate_python(_bytes_back(value))
    return found


def load_trial(body: bytes, case: Case) -> Trial:
    """The trial whose fields but for its case are this JSON, as stores of version 1 keep it."""
    trial: Trial = _adapter(Trial).validate_python({**_bytes_back(orjson.loads(body)), "case": case})
    return trial


def trial_to_json(trial: Trial) -> bytes:
    """A trial as JSON, case included."""
    return dump(trial)


def trial_from_json(body: bytes) -> Trial:
    """The trial that `trial_to_json` wrote."""
    return load(Trial, body)


def pack(value: object) -> bytes:
    """A value as few bytes: the JSON that `dump` gives, deflated unless it is so large that it must hold a picture."""
    body = dump(value)
    return _DEFLATED + _deflate(body) if len(body) <= _MAX_DEFLATED else _STORED + body


def pack_trial(trial: Trial) -> bytes:
    """A trial without its case, which many trials share, as few bytes: JSON, then the reply's body as it came."""
    own = {name: getattr(trial, name) for name in _BEYOND_CASE}
    body = trial.response.body if trial.response is not None else b""
    try:
        head = orjson.dumps(own, default=_nothing)
    except orjson.JSONEncodeError:
        head = orjson.dumps(_tamed(own), default=_nothing)
    return _DEFLATED + _deflate(b"".join((_HEADER.pack(len(head)), head, body)))


def unpack(kind: type[_T], packed: bytes) -> _T:
    """The value of this kind that `pack` packed."""
    return load(kind, _unpacked(packed))


def unpack_trial(packed: bytes, case: Case) -> Trial:
    """The trial that `pack_trial` packed, with its case."""
    data = _unpacked(packed)
    end = _HEADER.size + _HEADER.unpack_from(data)[0]
    own = orjson.loads(data[_HEADER.size : end])
    if own["response"] is not None:
        own["response"]["body"] = data[end:]
    trial: Trial = _adapter(Trial).validate_python({**own, "case": case})
    return trial


def as_text(text: str) -> str:
    """The text as UTF-8 can hold it: half a surrogate pair is written out, as `dump` does."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _deflate(data: bytes) -> bytes:
    press = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=_DICTIONARY)
    return press.compress(data) + press.flush()


def _unpacked(packed: bytes) -> bytes:
    if packed[:1] == _STORED:
        return packed[1:]
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=_DICTIONARY).decompress(packed[1:])


def _nothing(_: object) -> None:
    """What stands in a trial's JSON for the body that follows it."""


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
        return {key: item if key in _USERS else _bytes_back(item) for key, item in value.items()}
    return [_bytes_back(item) for item in value] if isinstance(value, list) else value
