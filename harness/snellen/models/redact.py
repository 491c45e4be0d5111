"""Secrets, kept out of everything a model's client says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from snellen._secrets import MIN_SECRET_CHARS, disguises, secrets_in_address, secrets_in_environ
from snellen.models.spec import ModelSpec

__all__ = ["REDACTED", "Redactor", "secrets_of"]

REDACTED = "[secret]"

_SHORTEST_IN_ANSWERS = 16  # keys for local servers are words such as lm-studio, which an answer may say


def secrets_of(spec: ModelSpec, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every value that must not be shown when this model is asked, longest first.

    These are the key, the headers from the environment, credentials in addresses (the base URL's and the proxies'),
    and whatever else the environment holds under a name that ends as names of secrets do.
    """
    found = {environ.get(name, "").strip() for name in (spec.api_key_env, *spec.headers_env.values())}
    found.update(secrets_in_address(spec.base_url or ""))
    known = {value for value in found if len(value) >= MIN_SECRET_CHARS} | secrets_in_environ(environ)
    return tuple(sorted(known, key=lambda value: (-len(value), value)))


class Redactor:
    """Replaces secrets by `[secret]`, in the forms in which a server or a log may give them back.

    These are: as it is, escaped for JSON, HTML and URLs, in base64 at any alignment, in hex, and backwards.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        long_enough = [secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS]
        self._forms = _longest_first(long_enough)
        sure = [secret for secret in long_enough if len(secret) >= _SHORTEST_IN_ANSWERS]
        self._forms_in_answers = tuple(form.encode("utf-8", "surrogatepass") for form in _longest_first(sure))

    def text(self, text: str) -> str:
        """`text` without any secret, for messages and logs."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
        return text

    def answer(self, body: bytes) -> bytes:
        """The body of a reply without any secret that is long enough to be no word of an answer."""
        for form in self._forms_in_answers:
            body = body.replace(form, REDACTED.encode("ascii"))
        return body


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    forms = {form for secret in secrets for form in disguises(secret)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))
