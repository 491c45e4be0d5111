"""What a server's error means for us: whether to ask again, whether to go on, and what the user can do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from snellen.errors import ErrorKind
from snellen.models.params import AS_WRITTEN
from snellen.models.spec import ModelSpec
from snellen.models.table import table_name
from snellen.request import API_PATHS

__all__ = ["Said", "Verdict", "said_of", "verdict_of"]

_NO_MONEY = frozenset({"billing_hard_limit_reached", "billing_not_active", "insufficient_quota"})
_NO_MODEL = re.compile(r"model_not_found|\bmodel\b.{0,80}\b(not found|not exist)", re.IGNORECASE)
_FILTERED = re.compile(r"content[ _]?(filter|policy|management)|moderation|flagged", re.IGNORECASE)
# Resellers answer a picture that is too large with 429 (seen 2026-10), and OpenAI a request that is larger than a whole
# minute's tokens. Waiting helps neither.
_NEVER_FITS = re.compile(r"request (is )?too large|\bpatch(es)?\b|\bimage\b.{0,40}\btoo (large|big)", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"image.{0,80}(base64|inline|download|fetch)|(download|fetch).{0,40}image", re.IGNORECASE)
_TOO_LONG = re.compile(r"context_length_exceeded|context (length|window)|too many tokens", re.IGNORECASE)
_TOO_MANY = re.compile(r"at most \d+ image", re.IGNORECASE)
_REJECTED = re.compile(
    r"(unsupported|unknown|unrecognized|unexpected|extra)[ _](request[ _])?(parameter|argument|value|input|field)",
    re.IGNORECASE,
)
_DEFAULT_ONLY = re.compile(r"only the default\b", re.IGNORECASE)
_QUOTED = re.compile(r"['\"`](\w+)['\"`]")
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An error in its server's own words.

    Attributes:
        words: The message, as it came.
        code: The server's code for it, "" when it gave none.
        type: Its type, likewise.
        param: The parameter it is about, likewise.
    """

    words: str
    code: str = ""
    type: str = ""
    param: str = ""

    @property
    def all(self) -> str:
        """Everything it said, to look for words in."""
        return f"{self.code} {self.type} {self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an error means for us.

    Attributes:
        kind: As reports show it.
        hint: What to do next, a sentence or two.
        retryable: Whether the same request may succeed later.
        fatal: Whether no other request of this model can succeed either.
    """

    kind: ErrorKind
    hint: str
    retryable: bool = False
    fatal: bool = False


def said_of(body: object) -> Said:
    """The server's own words in the body of an error, whatever its form.

    Seen: {"error": {"message", "code", "type", "param"}} (OpenAI and most), {"error": "..."} (Ollama), the same in a
    list (Gemini), {"detail": ...} (FastAPI), {"message": ...}, a web page, plain text, nothing.
    """
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, dict):
        inner = body.get("error") or body
        return _said_in(inner) if isinstance(inner, dict) else said_of(inner)
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body, ensure_ascii=False)
    return Said(words=_TAG.sub(" ", text).strip() if text.lstrip().startswith("<") else text)


def _said_in(error: dict[str, object]) -> Said:
    words = next((error[name] for name in ("message", "detail", "error_description", "msg") if error.get(name)), error)
    text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    metadata = error.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("raw"), str):  # OpenRouter: what the provider said
        text += f" ({metadata['raw']})"
    code, kind, param = (error.get(name) for name in ("code", "type", "param"))
    return Said(words=text, code=_word(code), type=_word(kind), param=_word(param))


def _word(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def verdict_of(status: int, said: Said, *, spec: ModelSpec) -> Verdict:
    """What an answer with this HTTP status, which is no success, means."""
    if status == 402 or said.code in _NO_MONEY or said.type in _NO_MONEY:  # noqa: PLR2004  # Payment Required
        hint = (
            "There is no credit left, so nothing more is asked of this model in this run. Add credit, then run again."
        )
        return Verdict(kind="rate_limited", fatal=True, hint=hint)
    rule = _BY_STATUS.get(status)
    if rule is not None:
        return rule(said, spec)
    if status >= 500:  # noqa: PLR2004  # the server's own fault
        return Verdict(kind="server_error", retryable=True, hint="")
    if status < 400:  # noqa: PLR2004  # neither an answer nor an error: a redirect, or nonsense
        hint = "Redirects are not followed, so that the key goes to nobody else: write the final address in base_url."
        return Verdict(kind="bad_reply", hint=hint)
    return _bad_input(said, spec)


def _unauthorized(said: Said, spec: ModelSpec) -> Verdict:
    hint = (
        f"Check that {spec.api_key_env} is set, and that its key belongs to this address and may use this model. "
        "Nothing more is asked of this model in this run."
    )
    return Verdict(kind="auth", fatal=True, hint=hint)


def _forbidden(said: Said, spec: ModelSpec) -> Verdict:
    # OpenRouter's 403 is also its word for a prompt that was flagged, which says nothing of the next case.
    return _bad_input(said, spec) if _FILTERED.search(said.all) else _unauthorized(said, spec)


def _timed_out(said: Said, spec: ModelSpec) -> Verdict:
    return Verdict(kind="timeout", retryable=True, hint="")


def _conflict(said: Said, spec: ModelSpec) -> Verdict:
    return Verdict(kind="server_error", retryable=True, hint="")


def _too_many(said: Said, spec: ModelSpec) -> Verdict:
    if _NEVER_FITS.search(said.all):
        return _bad_input(said, spec)
    rate = "requests_per_minute" if spec.requests_per_minute is None else "a lower requests_per_minute"
    hint = f"Ask more slowly: set {rate} in {table_name(spec.key)}, or a lower concurrency (now {spec.concurrency})."
    return Verdict(kind="rate_limited", retryable=True, hint=hint)


_BY_STATUS: dict[int, Callable[[Said, ModelSpec], Verdict]] = {
    401: _unauthorized,
    403: _forbidden,
    408: _timed_out,
    409: _conflict,
    429: _too_many,
}


def _bad_input(said: Said, spec: ModelSpec) -> Verdict:
    """Of a request that would fail the same way again."""
    no_model = _NO_MODEL.search(said.all) is not None
    return Verdict(kind="bad_input", fatal=no_model, hint=next(_hints(said, spec), ""))


def _hints(said: Said, spec: ModelSpec) -> Iterator[str]:
    place = table_name(spec.key)
    smaller = f"Send smaller pictures: images = {{ max_side_px = 1024 }} in {place}."
    if _NO_MODEL.search(said.all):
        yield f"Check the model's name, {spec.name!r}, and base_url, which ends before {API_PATHS[spec.api]}."
    if _FILTERED.search(said.all):
        yield "The provider's filter refused the prompt or a picture; the same request would be refused again."
    if _REJECTED.search(said.all):
        yield _parameter_hint(said, spec)
    if _TOO_MANY.search(said.all):
        yield "The server takes fewer pictures at once; for vLLM raise --limit-mm-per-prompt."
    if _NO_ADDRESS.search(said.all):
        yield f"To send pictures instead of their addresses: images = {{ inline_urls = true }} in {place}."
    if _NEVER_FITS.search(said.all) or _TOO_LONG.search(said.all):
        yield smaller


def _parameter_hint(said: Said, spec: ModelSpec) -> str:
    place = table_name(spec.key)
    quoted = _QUOTED.search(said.words)
    name = said.param or (quoted[1] if quoted else "")
    if spec.api == "responses" and name in ("max_tokens", "max_completion_tokens"):
        return f"Write max_output_tokens instead of {name} in params of {place}, or of the eval."
    if spec.api == "responses" and name == "store" and "store" not in spec.params:
        return f"store = false is sent unless you say otherwise: write {AS_WRITTEN} = true in params of {place}."
    if name == "max_tokens":
        return f"Write max_completion_tokens instead of max_tokens in params of {place}, or of the eval."
    if name == "max_completion_tokens":
        return f"This server knows max_tokens: write params = {{ {AS_WRITTEN} = true, max_tokens = ... }} in {place}."
    if name and _DEFAULT_ONLY.search(said.words):
        return f"This model takes {name} at its default alone: remove {name} from params of {place} and of the eval."
    what = f"{name} from params" if name else "the parameter from params"
    return f"This model does not take it: remove {what} of {place} and of the eval, or give it another value."
