"""OpenAI clients whose answers are recorded, for tests of an application that makes its own calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import openai

from snellen.errors import ConfigError
from snellen.recordings.file import Mode, RecordingStore
from snellen.recordings.transport import AsyncRecordedTransport, RecordedTransport

__all__ = ["recorded_async_client", "recorded_client"]

_ROOT = Path("evals/recordings")
_CREDENTIALS = ("api_key", "admin_api_key", "workload_identity", "provider")


def recorded_client(
    name: str = "app",
    *,
    mode: Mode = "recorded",
    root: Path = _ROOT,
    transport: httpx2.BaseTransport | None = None,
    **openai_kwargs: Any,
) -> openai.OpenAI:
    """An `openai.OpenAI` that replays chat completions and responses, or asks and records them, as the mode says.

    In mode 'recorded' it needs no key and opens no connection; a call that has no recording raises RecordingMissError.

    Args:
        name: What the recordings are filed under.
        mode: recorded, missing (ask what is not recorded), refresh (ask everything anew) or live (keep nothing).
        root: The folder of all recordings.
        transport: What asks; give `httpx2.HTTPTransport(proxy=...)` behind a proxy. None is an ordinary one.
        openai_kwargs: Passed on to the client: `api_key`, `base_url`, `timeout`, ...

    Raises:
        ConfigError: The mode is unknown, or an `http_client` is given.
    """
    arguments = _arguments(openai_kwargs, mode)
    store = RecordingStore(root, secrets=_secrets(openai_kwargs))
    door = RecordedTransport(store, name=name, mode=mode, transport=transport)
    return openai.OpenAI(http_client=openai.DefaultHttpx2Client(transport=door), **arguments)


def recorded_async_client(
    name: str = "app",
    *,
    mode: Mode = "recorded",
    root: Path = _ROOT,
    transport: httpx2.AsyncBaseTransport | None = None,
    **openai_kwargs: Any,
) -> openai.AsyncOpenAI:
    """The same as an `openai.AsyncOpenAI`."""
    arguments = _arguments(openai_kwargs, mode)
    store = RecordingStore(root, secrets=_secrets(openai_kwargs))
    door = AsyncRecordedTransport(store, name=name, mode=mode, transport=transport)
    return openai.AsyncOpenAI(http_client=openai.DefaultAsyncHttpx2Client(transport=door), **arguments)


def _arguments(given: dict[str, Any], mode: Mode) -> dict[str, Any]:
    if "http_client" in given:
        raise ConfigError("recorded_client() makes the http client itself; give what is to ask as transport=...")
    if mode != "recorded":
        return given
    key = {} if any(name in given for name in _CREDENTIALS) else {"api_key": "not-needed-to-replay"}
    return {"max_retries": 0, **key, **given}


def _secrets(given: dict[str, Any]) -> set[str]:
    return {value for name in _CREDENTIALS if isinstance(value := given.get(name), str)}
