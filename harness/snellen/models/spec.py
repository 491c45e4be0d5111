"""How a model is configured: from its table in pyproject.toml, by a built-in name, or as simply the name to send."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

from snellen.errors import ConfigError, Problem
from snellen.images.fit import ImageRules
from snellen.models.prices import Price
from snellen.models.table import BASE_URL_ENV, table_problems
from snellen.request import Api

__all__ = ["BUILT_INS", "DEFAULT_BASE_URL", "DEFAULT_KEY_ENV", "ModelSpec", "check_ready", "resolve_model"]

BUILT_INS = ("offline-describer", "offline-reader")
"""Models that come with `snellen[offline]` and run in this process."""

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_KEY_ENV = "OPENAI_API_KEY"

_OFFLINE_SETTINGS: Mapping[str, object] = MappingProxyType(
    {
        "concurrency": 2,  # it computes on this machine's cores; a third question would only wait for them
        "retries": 0,  # what failed once in here fails the same way again
        "note": "offline model: runs on this machine, no network, no key",
    }
)
_OFFLINE_PACKAGES = ("cv2", "onnxruntime", "rapidocr")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A named endpoint with its parameters and limits. It holds names of secrets, never secrets.

    Attributes:
        key: What people call it: its table in pyproject, or the name itself.
        name: What is sent.
        api: Which endpoint of the server.
        base_url: The address before `/chat/completions`; None is OpenAI's own, or this process for a built-in.
        api_key_env: The environment variable that holds the key.
        headers_env: Further request headers, each with the environment variable that holds its value.
        params: Sent with every request, as the user wrote them.
        concurrency: Requests in flight at most; fewer while the server refuses some.
        requests_per_minute: That many start in a minute, evenly; None sets no rate.
        tokens_per_minute: Input and output that may be used in a minute; None sets no rate.
        images: What the endpoint takes.
        timeout_s: For one attempt in all, from connecting to the last byte.
        trial_timeout_s: For all attempts of a trial and the waits between them; waiting for room is not counted.
        retries: How often a request that failed in passing is asked again.
        max_retry_after_s: The longest wait that a server may ask for and get.
        price: What its tokens cost; None leaves it to the list prices.
        note: What a reader of a report must know of it.
        server: Whose quirks it has, by a name of `quirks.toml`; "" goes by the address, "none" is without.
    """

    key: str
    name: str
    api: Api = "chat"
    base_url: str | None = field(default=None, repr=False)  # its query may hold a secret
    api_key_env: str = DEFAULT_KEY_ENV
    headers_env: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    images: ImageRules = field(default_factory=ImageRules)
    timeout_s: float = 120.0
    trial_timeout_s: float = 600.0
    retries: int = 3
    max_retry_after_s: float = 60.0
    price: Price | None = None
    note: str = ""
    server: str = ""

    @property
    def is_in_process(self) -> bool:
        """True when the model is a built-in that no address was given for, so that it runs here."""
        return self.name in BUILT_INS and self.base_url is None

    @property
    def host(self) -> str:
        """Whom we ask, without scheme, path, query and credentials, for messages."""
        if self.is_in_process:
            return "this machine"
        return urlsplit(self.base_url or DEFAULT_BASE_URL).netloc.rpartition("@")[2]


def resolve_model(key: str, table: Mapping[str, object], *, environ: Mapping[str, str], where: str) -> ModelSpec:
    """The model that `key` means: its table in pyproject, a built-in, or else the name to send.

    With OPENAI_BASE_URL set, every model without a `base_url` of its own is asked there, the built-ins too: that is how
    `snellen offline serve` is asked over HTTP.

    Args:
        key: As given on the command line or in an eval.
        table: All of [tool.snellen.models].
        environ: Where OPENAI_BASE_URL is looked up.
        where: The file of `table`, for messages.

    Raises:
        ConfigError: The model's table cannot be used; everything wrong with it is named.
    """
    problems = table_problems(key, table, environ=environ)
    if problems:
        raise ConfigError(Problem(message, file=where, hint=hint or None) for message, hint in problems)
    fields = {"name": key, **cast("dict[str, Any]", table.get(key, {}))}
    fields["base_url"] = (fields.get("base_url") or environ.get(BASE_URL_ENV, "")).strip() or None
    fields["images"] = _image_rules(fields.get("images", {}))
    fields["price"] = Price(**fields["price"]) if "price" in fields else None
    if fields["name"] in BUILT_INS and fields["base_url"] is None:
        fields = {**_OFFLINE_SETTINGS, **fields}
    return ModelSpec(key=key, **fields)


def _image_rules(table: Mapping[str, Any]) -> ImageRules:
    formats = {"formats": tuple(table["formats"])} if "formats" in table else {}
    return ImageRules(**{**table, **formats})


def check_ready(spec: ModelSpec, environ: Mapping[str, str]) -> None:
    """Nothing, when a live request to this model can be sent.

    Raises:
        ConfigError: A key, a header's value or the offline packages are missing; says what to set or install.
    """
    missing = _missing_offline() if spec.is_in_process else _missing_secrets(spec, environ)
    if missing:
        raise ConfigError(Problem(f"model {spec.key!r} cannot be asked: {what}", hint=hint) for what, hint in missing)


def _missing_offline() -> list[tuple[str, str]]:
    absent = [name for name in _OFFLINE_PACKAGES if importlib.util.find_spec(name) is None]
    if not absent:
        return []
    return [(f"{', '.join(absent)} is not installed", 'Install the offline models: pip install "snellen[offline]"')]


def _missing_secrets(spec: ModelSpec, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    missing = []
    needs_key = spec.base_url is None or spec.api_key_env != DEFAULT_KEY_ENV
    key = environ.get(spec.api_key_env, "").strip()
    if needs_key and not key:
        no_address = " and no base_url is given" if spec.base_url is None else ""
        missing.append((f"{spec.api_key_env} is not set{no_address}", _key_hint(spec)))
    for variable in (spec.api_key_env, *spec.headers_env.values()):
        value = environ.get(variable, "").strip()
        if not value.isprintable() or not value.isascii():
            missing.append((f"{variable} holds a character that no header may hold", "Copy its value again."))
    missing += [
        (f"{variable}, the value of header {header}, is not set", f"Set {variable}.")
        for header, variable in spec.headers_env.items()
        if not environ.get(variable, "").strip()
    ]
    return missing


def _key_hint(spec: ModelSpec) -> str:
    own_server = f", or {BASE_URL_ENV} to ask a server of your own" if spec.base_url is None else ""
    return (
        f"Set {spec.api_key_env} to your key{own_server}. Nothing was sent. "
        "Without a key: --responses recorded replays, and --model offline-describer runs on this machine."
    )
