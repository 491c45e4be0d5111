"""The pictures of a request as data URLs, made when it is asked and never on replay."""

from __future__ import annotations

from snellen._files import digest
from snellen.errors import ImageError, Problem
from snellen.images.digest import DigestCache, source_bytes
from snellen.models.spec import ModelSpec
from snellen.request import ImagePart, Request
from snellen.runner.settings import Settings
from snellen.trial import SentImage

__all__ = ["encode_pictures"]

DataUrls = dict[tuple[str, str], str]


def encode_pictures(
    request: Request, *, model: ModelSpec, settings: Settings, cache: DigestCache
) -> tuple[DataUrls, tuple[SentImage, ...]]:
    """The data URL of each picture that travels in the request, by its identity and transform, and how each went out.

    Raises:
        ImageError: A picture cannot be read, decoded or fetched, or is not the one that was fingerprinted.
    """
    # Loaded here: replaying reads no pixel, and needs neither a decoder nor a TLS library.
    from snellen.images.encode import data_url, encode_image

    urls: DataUrls = {}
    sent = []
    for part in request.images:
        notes: tuple[str, ...] = ()
        if part.ref.url is None or model.images.inline_urls:
            data = _bytes_of(part, settings)
            checked = cache.is_checked(part.identity)
            encoded = encode_image(data, name=part.ref.name, rules=model.images, checked=checked)
            cache.mark_checked(part.identity)
            urls[part.identity, part.transform] = data_url(encoded)
            notes = encoded.notes
        sent.append(SentImage(identity=part.identity, transform=part.transform, notes=notes))
    return urls, tuple(sent)


def _bytes_of(part: ImagePart, settings: Settings) -> bytes:
    if part.ref.url is None:
        data = source_bytes(part.ref)
        if part.identity != f"sha256:{digest(data)}":
            hint = "Run again; the new picture has another fingerprint."
            raise ImageError(Problem(f"picture {part.ref.name!r} changed while it was being asked about", hint=hint))
        return data
    from snellen.images.fetch import FetchPolicy, fetch_image

    return fetch_image(part.ref.url, policy=FetchPolicy(allow_hosts=settings.fetch_hosts, pinned=settings.pinned))
