"""Secrets: which values of an environment are, and every disguise in which one may come back."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

__all__ = ["MIN_SECRET_CHARS", "disguises", "secrets_in_address", "secrets_in_environ"]

MIN_SECRET_CHARS = 8
"""A shorter value ("none", "gpt-4") is a word that ordinary texts hold; blotting it out would only make holes."""

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|COOKIE)(_ID)?\Z")
_SECRET_NAMES = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID")  # sent by openai's client
_PROXY_NAME = re.compile(r"(HTTP|HTTPS|ALL)_PROXY\Z")
_CUSTOM_HEADERS = "OPENAI_CUSTOM_HEADERS"  # read by openai's client: a header a line
_PUBLIC_QUERY = ("api-version",)  # Azure's, no secret, and the very word its errors are about


def secrets_in_environ(environ: Mapping[str, str]) -> frozenset[str]:
    """The values that stand under names of secrets, in proxy addresses and in headers for openai's client."""
    found: set[str] = set()
    for name, value in environ.items():
        if name in _SECRET_NAMES or _SECRET_NAME.search(name.upper()):
            found.add(value.strip())
        elif _PROXY_NAME.search(name.upper()):
            found.update(secrets_in_address(value))
    found.update(line.partition(":")[2].strip() for line in environ.get(_CUSTOM_HEADERS, "").splitlines())
    return frozenset(value for value in found if len(value) >= MIN_SECRET_CHARS)


def secrets_in_address(address: str) -> Iterator[str]:
    """User, password and query values of an address, decoded and as they stand."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    userinfo = parts.netloc.rpartition("@")[0]
    yield userinfo
    yield from (unquote(part) for part in userinfo.split(":"))
    yield from (value for name, value in parse_qsl(parts.query) if name not in _PUBLIC_QUERY)


def disguises(secret: str) -> frozenset[str]:
    """The forms in which a server, a log or a file may give `secret` back.

    As it is, escaped for JSON, HTML, Python and URLs, in hex, in base64 at any alignment, and backwards.
    """
    data = secret.encode("utf-8", "surrogatepass")
    escaped = json.dumps(secret)[1:-1]
    texts = {secret, escaped, escaped.replace("/", "\\/"), json.dumps(secret, ensure_ascii=False)[1:-1]}
    texts |= {html.escape(secret), repr(secret)[1:-1], secret[::-1], data.hex(), data.hex().upper()}
    texts |= {quote(data, safe=""), quote(data), quote_plus(data)}
    return frozenset(texts | set(_base64_forms(data)))


def _base64_forms(data: bytes) -> Iterator[str]:
    """The characters of base64 text that `data` alone decides, wherever in the encoded text it stands."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode("ascii")
        core = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield core
        yield core.translate(str.maketrans("+/", "-_"))
