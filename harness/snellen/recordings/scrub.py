"""Nothing secret reaches a recording: known values in every disguise, and what looks like a key."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import cast

import orjson

from snellen._secrets import MIN_SECRET_CHARS, disguises
from snellen.recordings.entry import Entry
from snellen.recordings.fingerprint import identity_of_url

__all__ = ["REDACTED", "scrub", "scrub_answer", "scrub_entry", "secrets_of_call"]

REDACTED = "[redacted]"

# Keys of the providers people use, told by their own prefix; a digit is asked for, so that "sk-" before words stays.
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[\w-]*\d)[\w-]{20,}|hf_[A-Za-z0-9]{24,}|AIza[\w-]{30,}|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|xox[abprs]-[\w-]{20,})"
)
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?=\S*\d)[\w.~+/-]{16,}=*")
_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s\"'<>\\]+")
_USER_INFO = re.compile(r"(?<=://)([^/?#@]+)@")
_PERCENT = re.compile("%([0-9A-F]{2})")
_QUERY = re.compile(r"([?&;]([\w-]+)=)([^&#]+)")

# Names of query parameters, headers and fields whose value is a secret, without case, "-" and "_".
_SECRET_NAME = re.compile(
    r"(?:access|aws|awssecret|secret|x)?(?:access|api)?key(?:id|pairid)?|ocpapimsubscriptionkey"
    r"|(?:access|auth|id|refresh|security|session|xamzsecurity)?token|(?:proxy)?auth(?:orization)?|(?:set)?cookie"
    r"|passw(?:or)?d|policy|pwd|(?:client)?secret|sig|(?:xamz|xgoog)?(?:credential|signature)"
)

_SHORT_CHARS = 40

# Pictures are kept as digests only, also where an answer or a parameter carries one.
_DATA_URI = re.compile(r"(?i)data:[\w.+/-]*(?:;[\w.=+-]+)*;base64,[\w+/=-]{64,}")

# What every client sends and that says nothing about who sends it.
_PLAIN_HEADER = re.compile(
    r"(?i)accept.*|connection|content-.*|host|idempotency-key|te|transfer-encoding|user-agent|x-stainless-.*"
)
# A header of any other name may hold a key; a title or a language would only be a hole in an answer.
_LOOKS_RANDOM = re.compile(r"(?=\S*\d)\S{16,}")


def scrub(value: object, secrets: Collection[str] = ()) -> object:
    """`value` as it may be written down: what was sent, or a name that somebody chose.

    Taken out are the known secrets (raw, URL-encoded, JSON-escaped, hex, base64 at any alignment), keys of known
    shape, bearer tokens, and in addresses signatures, keys and passwords. Pictures inside become their digest.

    Args:
        value: Plain JSON values.
        secrets: Values that must not be written; those under 8 characters are words and stay.
    """
    return _walk(value, _cleaner(frozenset(secrets), sent=True), named=True)


def scrub_answer(value: object, secrets: Collection[str] = ()) -> object:
    """`value` as it may be written down when a model said it.

    An answer is a measurement: an address that the model read off a picture stays whole. Only known secrets, keys of
    known shape and pictures are taken out.
    """
    return _walk(value, _cleaner(frozenset(secrets), sent=False), named=False)


def scrub_entry(entry: Entry, secrets: Collection[str] = ()) -> Entry:
    """The entry as it may be written down. Its fingerprint stays, so that it is found by those who know the secret."""
    request = cast("dict[str, object]", scrub(entry.request, secrets))
    known = {*secrets, *_secrets_in_addresses(orjson.dumps(entry.request).decode())}
    case, variant, served_model, request_id = (
        str(scrub_answer(text, known)) for text in (entry.case, entry.variant, entry.served_model, entry.request_id)
    )
    return replace(
        entry,
        request=request,
        body=_clean_body(entry.body, known),
        case=case,
        variant=variant,
        served_model=served_model,
        request_id=request_id,
        scrubbed=entry.scrubbed or request != entry.request,
    )


def _clean_body(body: bytes, secrets: Collection[str]) -> bytes:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = body.decode("utf-8", "surrogateescape")
        return str(scrub_answer(text, secrets)).encode("utf-8", "surrogateescape")
    clean = scrub_answer(value, secrets)
    return body if clean == value else orjson.dumps(clean)


def secrets_of_call(headers: Iterable[tuple[str, str]], url: str) -> frozenset[str]:
    """What a call authenticates itself with: headers that are not plain, and keys and passwords in its address."""
    found = set(_secrets_in_addresses(url))
    for name, value in headers:
        if _PLAIN_HEADER.fullmatch(name):
            continue
        words = [value, *re.split(r"[\s;,=]+", value)] if _is_secret_name(name) else [value]
        found.update(word for word in words if _is_secret_name(name) or _LOOKS_RANDOM.fullmatch(word))
    return frozenset(found)


def _secrets_in_addresses(text: str) -> set[str]:
    found: set[str] = set()
    if "://" not in text:
        return found
    for address in _ADDRESS.findall(text):
        found.update(value for _, name, value in _QUERY.findall(address) if _is_secret_name(name))
        for user_info in _USER_INFO.findall(address):
            found.update([user_info, *user_info.split(":")])
    return found


@functools.lru_cache(maxsize=1_024)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.fullmatch(re.sub("[-_]", "", name.lower())) is not None


def _walk(value: object, clean: Callable[[str], str], *, named: bool) -> object:
    # In the order of how often each comes: this is run for every value of every entry.
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {
            clean(key): REDACTED
            if named and isinstance(item, str) and _is_secret_name(key)
            else _walk(item, clean, named=named)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walk(item, clean, named=named) for item in value]
    return value


@functools.lru_cache(maxsize=64)
def _cleaner(secrets: frozenset[str], *, sent: bool) -> Callable[[str], str]:
    """Cleans texts. It remembers the short ones: the keys and words of every answer are the same few dozen."""
    exact = _exact(secrets)
    clean = _clean_sent if sent else _clean_answer
    remembered = functools.lru_cache(maxsize=512)(lambda text: clean(text, exact))
    return lambda text: remembered(text) if len(text) <= _SHORT_CHARS else clean(text, exact)


def _clean_sent(text: str, exact: re.Pattern[str] | None) -> str:
    text = _clean_answer(text, exact)
    text = _BEARER.sub(rf"\1{REDACTED}", text)
    return _ADDRESS.sub(_clean_address, text) if "://" in text else text


def _clean_address(match: re.Match[str]) -> str:
    return _QUERY.sub(_clean_parameter, _USER_INFO.sub(f"{REDACTED}@", match[0]))


def _clean_parameter(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if _is_secret_name(match[2]) else match[0]


def _clean_answer(text: str, exact: re.Pattern[str] | None) -> str:
    if ";base64," in text:
        text = _DATA_URI.sub(lambda match: identity_of_url(match[0]), text)
    if exact is not None:
        text = exact.sub(REDACTED, text)
    return _TOKENS.sub(REDACTED, text)


@functools.lru_cache(maxsize=64)
def _exact(secrets: frozenset[str]) -> re.Pattern[str] | None:
    forms = {form for secret in secrets if len(secret) >= MIN_SECRET_CHARS for form in disguises(secret)}
    if not forms:
        return None
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    # URL-encoding may be written in either case: %2F is %2f.
    return re.compile("|".join(_PERCENT.sub(r"%(?i:\1)", re.escape(form)) for form in longest_first))
