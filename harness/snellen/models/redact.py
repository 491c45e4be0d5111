"""Secrets, kept out of everything we say: which values are secret, and a text without any of them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from snellen.models.spec import ModelSpec

__all__ = ["REDACTED", "Redactor", "secrets_of"]

REDACTED = "[secret]"

_SHORTEST = 8  # a shorter value is no secret worth the words it would blot out by chance
_SHORTEST_IN_ANSWERS = 16  # keys for local servers are words such as lm-studio, which an answer may say
_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|COOKIE)(_ID)?\Z")
_SECRET_NAMES = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID")  # sent by openai's client
_PROXY_NAME = re.compile(r"(HTTP|HTTPS|ALL)_PROXY\Z")
_CUSTOM_HEADERS = "OPENAI_CUSTOM_HEADERS"  # read by openai's client: a header a line
_PUBLIC_QUERY = ("api-version",)  # Azure's, no secret, and the very word its errors are about


def secrets_of(spec: ModelSpec, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every value that must not be shown when this model is asked, longest first.

    These are the key, the headers from the environment, credentials in addresses (the base URL's and the proxies'),
    and whatever else the environment holds under a name that ends as names of secrets do.
    """
    found = {environ.get(name, "").strip() for name in (spec.api_key_env, *spec.headers_env.values())}
    found.update(_in_address(spec.base_url or ""))
    for name, value in environ.items():
        if name in _SECRET_NAMES or _SECRET_NAME.search(name.upper()):
            found.add(value.strip())
        elif _PROXY_NAME.search(name.upper()):
            found.update(_in_address(value))
    found.update(line.partition(":")[2].strip() for line in environ.get(_CUSTOM_HEADERS, "").splitlines())
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST), key=lambda value: (-len(value), value)))


def _in_address(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    userinfo = parts.netloc.rpartition("@")[0]
    yield userinfo
    yield from (unquote(part) for part in userinfo.split(":"))
    yield from (value for name, value in parse_qsl(parts.query) if name not in _PUBLIC_QUERY)


class Redactor:
    """Replaces secrets by `[secret]`, in the forms in which a server or a log may give them back.

    These are: as it is, escaped for JSON, HTML and URLs, in base64 at any alignment, in hex, and backwards.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        long_enough = [secret for secret in secrets if len(secret) >= _SHORTEST]
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
    forms = {form for secret in secrets for form in _forms(secret)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _forms(secret: str) -> set[str]:
    data = secret.encode("utf-8", "surrogatepass")
    escaped = json.dumps(secret)[1:-1]
    forms = {secret, escaped, escaped.replace("/", "\\/"), html.escape(secret), repr(secret)[1:-1], secret[::-1]}
    forms |= {quote(data, safe=""), quote(data), quote_plus(data), data.hex(), data.hex().upper()}
    return forms | set(_base64_forms(data))


def _base64_forms(data: bytes) -> Iterator[str]:
    """The characters of base64 text that `data` alone decides, wherever in the encoded text it stands."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode("ascii")
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        core = encoded[first:last]
        yield core
        yield core.translate(str.maketrans("+/", "-_"))
