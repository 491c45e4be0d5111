"""What is wrong with a model's table in pyproject.toml: all of it at once, and never a value that may be a secret."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import cast, get_args
from urllib.parse import urlsplit

from snellen._text import nearest
from snellen.models.params import param_problems
from snellen.models.quirks import server_names
from snellen.request import ANSWERING, API_PATHS, Api

__all__ = ["BASE_URL_ENV", "Found", "table_name", "table_problems"]

BASE_URL_ENV = "OPENAI_BASE_URL"

Found = tuple[str, str]
"""What was found and what would have been right, and what to do about it ("" where that is plain)."""

_ENV_NAME = re.compile(r"[A-Z_][A-Z0-9_]*\Z")  # capitals, so that a key pasted here is noticed and never shown
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_BARE_TOML_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_LITERAL_KEYS = ("api_key", "apikey", "key", "secret", "token")
_MAY_HOLD_SECRETS = ("api_key_env", "base_url", "headers_env")
_FORMATS = ("image/gif", "image/jpeg", "image/png", "image/webp")
_CONVERTED_TO = ("image/jpeg", "image/png")


def table_name(key: str) -> str:
    """How the table of this model is headed in pyproject.toml: `[tool.snellen.models."gpt-5.1"]`."""
    return f"[tool.snellen.models.{key}]" if _BARE_TOML_KEY.match(key) else f'[tool.snellen.models."{key}"]'


def table_problems(key: str, table: Mapping[str, object], *, environ: Mapping[str, str]) -> list[Found]:
    """All that keeps [tool.snellen.models.KEY] from being used; empty for a table that is fine or not there.

    Args:
        key: The model's name in the configuration.
        table: All of [tool.snellen.models].
        environ: Where OPENAI_BASE_URL is looked up for a model without a `base_url` of its own.
    """
    entry = table.get(key, {})
    found = [*_entry_problems(key, entry), *_dotted_problems(key, table)]
    has_address = isinstance(entry, dict) and "base_url" in entry
    return found if has_address else [*found, *_address_problems(environ)]


def _entry_problems(key: str, entry: object) -> list[Found]:
    if not isinstance(entry, dict):
        hint = f'Write {table_name(key)} and below it name = "..."'
        return [(f"the model {key!r} is no table but of type {type(entry).__name__}", hint)]
    place = table_name(key)
    found = [
        (f"{place} {name} is {_shown(name, value)}; right is {complaint}", "")
        for name, value in entry.items()
        if (check := _FIELDS.get(name)) is not None and (complaint := check(value))
    ]
    found += [_unknown(place, name, _FIELDS) for name in entry if name not in _FIELDS]
    for inner, known in _INNER_TABLES.items():
        inside = entry.get(inner)
        if isinstance(inside, dict):
            found += [_unknown(f"{place} {inner}", name, known) for name in inside if name not in known]
    params = entry.get("params")
    if isinstance(params, dict):
        found += [(f"{place} {complaint}", "") for complaint in param_problems(params, api=_api_of(entry))]
    return found


def _api_of(entry: Mapping[str, object]) -> Api:
    return next((api for api in get_args(Api) if entry.get("api") == api), "chat")


def _shown(name: str, value: object) -> str:
    """The value as found, unless someone may have written a secret there."""
    return "something else" if name in _MAY_HOLD_SECRETS else repr(value)


def _unknown(place: str, name: str, known: Iterable[str]) -> Found:
    if name.replace("-", "_").lower() in _LITERAL_KEYS:
        return (
            f"{place} holds {name}: a key written in a file gets committed and shared",
            'Put the key into an environment variable and write its name: api_key_env = "OPENAI_API_KEY". '
            "If the file was shared already, revoke that key.",
        )
    meant = nearest(name, known)
    hint = f"Did you mean {meant!r}?" if meant else f"Known: {', '.join(sorted(known))}."
    return (f"{place} has no setting {name!r}", hint)


def _dotted_problems(key: str, table: Mapping[str, object]) -> list[Found]:
    """TOML reads [tool.snellen.models.gpt-5.1] as table 1 in table gpt-5: the settings would be ignored in silence."""
    if "." not in key or key in table:
        return []
    inner: object = table
    for part in key.split("."):
        inner = inner.get(part) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        return []
    hint = f"A name with a dot is quoted: {table_name(key)}"
    return [(f"[tool.snellen.models.{key}] is not the table of model {key!r}", hint)]


def _address_problems(environ: Mapping[str, str]) -> list[Found]:
    address = environ.get(BASE_URL_ENV, "").strip()
    complaint = _base_url(address) if address else ""
    return [(f"{BASE_URL_ENV} in the environment cannot be used; right is {complaint}", "")] if complaint else []


# What is right, in words, for a value that is not; empty for one that is.


def _name(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else 'the name to send, such as "gpt-5.1"'


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "a text"


def _api(value: object) -> str:
    return "" if value in get_args(Api) else ", ".join(f'"{api}"' for api in ANSWERING) + ' or "embeddings"'


def _server(value: object) -> str:
    return "" if value in server_names() else f"one of {', '.join(server_names())}"


def _base_url(value: object) -> str:
    right = "an address such as http://127.0.0.1:8000/v1, without user name and password"
    if not isinstance(value, str):
        return right
    try:
        parts = urlsplit(value.strip())
        parts.port  # noqa: B018  # raises for a port that is no number
    except ValueError:
        return right
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return right
    path = parts.path.rstrip("/")
    added = next((own for own in API_PATHS.values() if path.endswith(own)), "")
    return f"the address before {added}, which is added to it" if added else ""


def _env_name(value: object) -> str:
    right = "the name of an environment variable in capitals, not the key itself"
    return "" if isinstance(value, str) and _ENV_NAME.match(value) else right


def _headers_env(value: object) -> str:
    right = 'a table of header = environment variable, such as { X-Gateway-Key = "GATEWAY_KEY" }'
    if not isinstance(value, dict):
        return right
    return "" if all(_HEADER_NAME.match(name) and not _env_name(env) for name, env in value.items()) else right


def _table(value: object) -> str:
    return "" if isinstance(value, dict) else "a table, such as { max_tokens = 300 }"


def _count(lowest: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        fine = isinstance(value, int) and not isinstance(value, bool) and value >= lowest
        return "" if fine else f"a whole number of at least {lowest}"

    return check


def _seconds(value: object) -> str:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return "" if fine else "a number of seconds above 0"


def _per_minute(value: object) -> str:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return "" if fine else "a number per minute above 0"


def _images(value: object) -> str:
    if not isinstance(value, dict):
        return "a table of max_side_px, formats and inline_urls"
    wrong = {name: check(value[name]) for name, check in _IMAGE_FIELDS.items() if name in value}
    return "; ".join(f"{complaint} for {name}" for name, complaint in wrong.items() if complaint)


def _formats(value: object) -> str:
    fine = isinstance(value, list) and all(item in _FORMATS for item in value)
    if fine and any(item in _CONVERTED_TO for item in cast("list[str]", value)):
        return ""
    return f"a list of {', '.join(_FORMATS)} that holds image/jpeg or image/png, to which others are converted"


def _bool(value: object) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _price(value: object) -> str:
    right = "USD per million tokens, such as { input = 2.5, cached = 0.25, output = 15 }; cached may be left out"
    if not isinstance(value, dict) or not {"input", "output"} <= value.keys():
        return right
    wrong = {name: check(value[name]) for name, check in _PRICE_FIELDS.items() if name in value}
    return "; ".join(f"{complaint} for {name}" for name, complaint in wrong.items() if complaint)


def _usd(value: object) -> str:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return "" if fine else "a number of USD of at least 0"


_IMAGE_FIELDS: dict[str, Callable[[object], str]] = {
    "formats": _formats,
    "inline_urls": _bool,
    "max_side_px": _count(1),
}

_PRICE_FIELDS: dict[str, Callable[[object], str]] = {
    "cached": _usd,
    "input": _usd,
    "output": _usd,
}

_INNER_TABLES = {"images": _IMAGE_FIELDS, "price": _PRICE_FIELDS}

_FIELDS: dict[str, Callable[[object], str]] = {
    "api": _api,
    "api_key_env": _env_name,
    "base_url": _base_url,
    "concurrency": _count(1),
    "headers_env": _headers_env,
    "images": _images,
    "max_retry_after_s": _seconds,
    "name": _name,
    "note": _text,
    "params": _table,
    "price": _price,
    "requests_per_minute": _per_minute,
    "retries": _count(0),
    "server": _server,
    "timeout_s": _seconds,
    "tokens_per_minute": _per_minute,
    "trial_timeout_s": _seconds,
}
