"""The pictures of a request as data URLs, made when it is asked and never on replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from snellen._files import digest
from snellen.errors import ImageError, Problem
from snellen.images.digest import DigestCache, Plain, source_bytes
from snellen.images.fit import ImageRules
from snellen.models.quirks import rules_for
from snellen.models.spec import ModelSpec
from snellen.request import ImagePart, Request
from snellen.runner.settings import Settings
from snellen.trial import SentImage

if TYPE_CHECKING:
    from snellen.images.encode import Encoded

__all__ = ["encode_pictures", "is_quick"]

DataUrls = dict[tuple[str, str], str]

_JPEG_SUFFIXES = (".jpg", ".jpeg")  # checked without decoding
_TINY_BYTES = 16 * 1024  # decoded in less time than a thread takes to begin
_QUICK_BYTES = 512 * 1024  # reading, digesting and base64 of so much takes about what handing it to a thread takes


def is_quick(request: Request, cache: DigestCache) -> bool:
    """True when the pictures are small files that need only be read and wrapped, as far as can be told before."""
    total = 0
    for part in request.images:
        path = part.ref.path
        if path is None or part.transform:
            return False
        try:
            size = path.stat().st_size
        except OSError:
            return False
        if not (size <= _TINY_BYTES or path.suffix.lower() in _JPEG_SUFFIXES or cache.is_checked(part.identity)):
            return False
        total += size
    return total <= _QUICK_BYTES


def encode_pictures(
    request: Request, *, model: ModelSpec, settings: Settings, cache: DigestCache
) -> tuple[DataUrls, tuple[SentImage, ...]]:
    """The data URL of each picture that travels in the request, by its identity and transform, and how each went out.

    Raises:
        ImageError: A picture cannot be read, decoded or fetched, or is not the one that was fingerprinted.
    """
    from snellen.images.encode import data_url

    rules = rules_for(model)
    urls: DataUrls = {}
    sent = []
    for part in request.images:
        notes: tuple[str, ...] = ()
        if part.ref.url is None or model.images.inline_urls:
            data = _bytes_of(part, settings, cache)
            encoded = _encoded(data, part, rules, cache)
            urls[part.identity, part.transform] = data_url(encoded)
            notes = encoded.notes
        sent.append(SentImage(identity=part.identity, transform=part.transform, notes=notes))
    return urls, tuple(sent)


def _encoded(data: bytes, part: ImagePart, rules: ImageRules, cache: DigestCache) -> Encoded:
    # Loaded here: replaying reads no pixel, and needs neither a decoder nor a TLS library.
    from snellen.images.encode import encode_image, encode_plain

    plain = cache.plain_of(part.identity)
    encoded = None if plain is None else encode_plain(data, plain, rules)
    if encoded is not None:
        return encoded
    encoded = encode_image(data, name=part.ref.name, rules=rules, checked=cache.is_checked(part.identity))
    is_plain = encoded.data is data and not encoded.notes
    cache.mark_checked(
        part.identity, Plain(encoded.media_type, encoded.width_px, encoded.height_px) if is_plain else plain
    )
    return encoded


def _bytes_of(part: ImagePart, settings: Settings, cache: DigestCache) -> bytes:
    if part.ref.url is None:
        data = source_bytes(part.ref)
        if part.ref.path is None:  # noqa: SIM108  # there would be no place for the reason
            found = digest(data)
        else:  # after reading: a file that is unchanged by now was read as it was when it was fingerprinted
            found = cache.digest_of(part.ref.path, name=part.ref.name)
        if part.identity != f"sha256:{found}":
            hint = "Run again; the new picture has another fingerprint."
            raise ImageError(Problem(f"picture {part.ref.name!r} changed while it was being asked about", hint=hint))
        return data
    from snellen.images.fetch import FetchPolicy, fetch_image

    return fetch_image(part.ref.url, policy=FetchPolicy(allow_hosts=settings.fetch_hosts, pinned=settings.pinned))
