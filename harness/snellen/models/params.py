"""The parameters that are actually sent: what the user wrote, under the names that the model's endpoint takes.

The tables are dated, because they are about servers, and depend on the API and the model's name alone, because the base
URL is not part of a fingerprint. Where they are wrong for a server, `as_written = true` among the parameters switches
them off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from snellen.errors import ConfigError, Problem
from snellen.request import Api

__all__ = ["AS_WRITTEN", "param_problems", "sent_params", "takes_temperature"]

AS_WRITTEN = "as_written"
"""Set to true among the parameters, it sends them under exactly the names the user wrote; it is never sent itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rename:
    """One name of a parameter that some models no longer take, or an API never took."""

    api: Api
    models: re.Pattern[str]
    old: str
    new: str


# Seen 2026-11: OpenAI's reasoning models answer max_tokens with 400 unsupported_parameter and want
# max_completion_tokens; Ollama and older servers know max_tokens alone, so every other name keeps it, gpt-oss-* too.
# OpenRouter writes openai/gpt-6-luna, fine-tuned models are named ft:o4-mini:...
_OPENAI_REASONING = re.compile(r"(?:openai/|ft:)?(?:gpt-[56](?![0-9])|o[134](?![0-9a-z]))")
# Read 2026-11 in the parameters of openai 3.54: Responses knows neither of the two names, for any model.
_ANY = re.compile("")
_RENAMES = (
    _Rename(api="chat", models=_OPENAI_REASONING, old="max_tokens", new="max_completion_tokens"),
    _Rename(api="responses", models=_ANY, old="max_tokens", new="max_output_tokens"),
    _Rename(api="responses", models=_ANY, old="max_completion_tokens", new="max_output_tokens"),
)

# What the other API alone has, and what takes its place; read 2026-11 in the parameters of openai 3.54.
_CHAT_FORMAT = 'response_format = { type = "json_schema", json_schema = { name, schema, strict } }'
_TEXT_FORMAT = 'text = { format = { type = "json_schema", name, schema, strict } }'
_FOREIGN: Mapping[Api, Mapping[str, str]] = MappingProxyType(
    {
        "chat": {
            "max_output_tokens": "write max_tokens",
            "text": f"the form of an answer is {_CHAT_FORMAT}",
        },
        "responses": {
            "frequency_penalty": "there is nothing in its place",
            "logit_bias": "there is nothing in its place",
            "logprobs": 'write include = ["message.output_text.logprobs"] and top_logprobs',
            "presence_penalty": "there is nothing in its place",
            "reasoning_effort": 'write reasoning = { effort = "low" }',
            "response_format": f"the form of an answer is {_TEXT_FORMAT}, without a json_schema inside",
            "seed": "there is nothing in its place, so answers are not seeded; `repeats` of an eval shows their spread",
            "stop": "there is nothing in its place",
            "verbosity": 'write text = { verbosity = "low" }',
        },
        "embeddings": {
            "max_tokens": "there is no output to limit",
            "temperature": "there is nothing in its place: nothing is drawn at random",
        },
    }
)

# A picture and what is said of it may be private: by default nothing stays on the server for later retrieval. It is a
# parameter like any other and so part of the fingerprint: what was recorded shows how it was asked, and nothing is
# sent that a recording does not tell.
_DEFAULTS: Mapping[Api, Mapping[str, object]] = MappingProxyType(
    {"chat": {}, "responses": {"store": False}, "embeddings": {}}
)

_RESERVED = {
    "api_key": "a key is read from the environment variable named by api_key_env, never from a file",
    "base_url": "it belongs to the model's own table, beside params",
    "extra_body": "its keys are written directly among the parameters",
    "extra_headers": "headers are taken from the environment with headers_env, beside params",
    "messages": "the messages are made of the case: its system text, prompt and images",
    "model": "the name that is sent is `name`, beside params",
    "stream": "responses are read whole",
    "stream_options": "responses are read whole",
    "timeout": "it is timeout_s, beside params",
}
_RESERVED_OF: Mapping[Api, Mapping[str, str]] = MappingProxyType(
    {
        "chat": {},
        "responses": {
            "background": "responses are waited for",
            "conversation": "each case is asked on its own",
            "input": "the input is made of the case: its system text, prompt and images",
            "instructions": "the system text belongs to the case: its `system`",
            "previous_response_id": "each case is asked on its own",
        },
        "embeddings": {
            "input": "the input is the text that is compared",
        },
    }
)

_MAX_INTEGER = 2**63
_MAX_DEPTH = 20


def sent_params(model: str, params: Mapping[str, object], *, api: Api = "chat") -> dict[str, object]:
    """What goes into the request beside the model and the messages; it is part of the fingerprint.

    Args:
        model: The name as sent.
        params: What the user wrote, the model's own and the eval's together.
        api: For which they are meant. Responses gets `store = false` unless somebody wrote `store` or `as_written`.

    Raises:
        ConfigError: A parameter is not ours to send, no JSON value, or of the other API; all of them are named.
    """
    problems = [Problem(message) for message in param_problems(params, api=api)]
    sent = {name: value for name, value in params.items() if name != AS_WRITTEN}
    for rename in [] if params.get(AS_WRITTEN) else _renames_of(model, api):
        if rename.old in sent and rename.new in sent:
            problems.append(Problem(f"params has both {rename.old} and {rename.new}; {model} takes {rename.new}"))
        sent = {rename.new if name == rename.old else name: value for name, value in sent.items()}
    if problems:
        raise ConfigError(problems)
    return sent if params.get(AS_WRITTEN) else {**_DEFAULTS[api], **sent}


def takes_temperature(model: str) -> bool:
    """Whether a model of this name may be asked at temperature 0; OpenAI's reasoning models refuse any but their own.

    Args:
        model: The name as sent.
    """
    return _OPENAI_REASONING.match(model) is None


def _renames_of(model: str, api: Api) -> list[_Rename]:
    return [rename for rename in _RENAMES if rename.api == api and rename.models.match(model)]


def param_problems(params: Mapping[str, object], *, api: Api = "chat") -> Iterator[str]:
    """What is wrong with these parameters, a clause each; nothing for parameters that can be sent.

    Args:
        params: What the user wrote.
        api: For which they are meant.
    """
    if params.get(AS_WRITTEN) is not True:
        yield from _foreign_problems(params, api)
    reserved = {**_RESERVED, **_RESERVED_OF[api]}
    for name, value in params.items():
        if name in reserved:
            yield f"params may not hold {name}: {reserved[name]}"
        elif name == "n" and value != 1:
            yield f"params has n = {value!r}: one response is read; `repeats` of an eval asks several times"
        elif name == AS_WRITTEN and not isinstance(value, bool):
            yield f"params has {AS_WRITTEN} = {value!r}; right is true or false"
        elif complaint := _complaint(value):
            yield f"params.{name} {complaint}"


def _foreign_problems(params: Mapping[str, object], api: Api) -> Iterator[str]:
    name = {"chat": "Chat Completions", "responses": "the Responses API", "embeddings": "the embeddings API"}[api]
    for param, instead in _FOREIGN[api].items():
        if param in params:
            yield f"params has {param}, which {name} does not know: {instead}"
    text = params.get("text")
    form = text.get("format") if isinstance(text, Mapping) else None
    # The other way round is no mistake: llama.cpp's chat takes a schema without a json_schema around it.
    if api == "responses" and isinstance(form, Mapping) and "json_schema" in form:
        yield f"params.text has a json_schema inside its format, as Chat Completions does; right is {_TEXT_FORMAT}"


def _complaint(value: object, depth: int = 0) -> str:
    """Why `value` cannot be sent as JSON, empty when it can."""
    if depth > _MAX_DEPTH:
        return f"is nested more than {_MAX_DEPTH} deep"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return _first_complaint(value.values(), depth)
    if isinstance(value, list | tuple):
        return _first_complaint(value, depth)
    return _plain_complaint(value)


def _first_complaint(values: Iterable[object], depth: int) -> str:
    return next(filter(None, (_complaint(value, depth + 1) for value in values)), "")


def _plain_complaint(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}, which JSON cannot say"
    if isinstance(value, int) and not -_MAX_INTEGER <= value < _MAX_INTEGER:
        return "is an integer of more than 64 bits"
    if value is None or isinstance(value, bool | int | float | str):
        return ""
    return f"is a {type(value).__name__}, which JSON cannot say"
