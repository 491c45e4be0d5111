"""What compatible servers do otherwise than OpenAI, from the dated table in `quirks.toml`.

A quirk never changes a request. It refuses one that would be answered as another question or surely fail, says what
will be ignored, and narrows the formats that pictures are converted to.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from snellen._text import plural, shorten
from snellen.errors import InputError, Problem
from snellen.images.fit import ImageRules
from snellen.request import ImagePart, Request

if TYPE_CHECKING:
    from snellen.models.spec import ModelSpec

__all__ = [
    "NO_SERVER",
    "Quirks",
    "check_request",
    "quirk_notes",
    "quirks_of",
    "rules_for",
    "server_names",
    "server_of",
]

NO_SERVER = "none"
"""Written as a model's `server`, it is taken for one without quirks, whatever its address looks like."""

_NAME_WIDTH = 200
_ALSO_CALLED = {"max_tokens": ("max_completion_tokens",)}
# What an address ends in when it is of a format that not every server reads; of others nothing is guessed.
_SUFFIXES = {".avif": "image/avif", ".gif": "image/gif", ".webp": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """One server's row.

    Attributes:
        name: What people call it.
        source: Where it was read.
        dated: When.
        hosts: Hosts it is recognised by; a leading dot stands for any name below it.
        ports: Ports it is recognised by.
        inline_only: It fetches no addresses.
        formats: The media types it reads; None: not known.
        most_images: More in one request are refused; None: not known.
        most_pixels: More in one picture are refused; None: not known.
        shrinks_over_px: A picture with a longer side is made smaller without a word; None: not known.
        ignores_detail: `detail` is taken and not used.
        ignored: Parameters of Chat Completions that it does not use, each with what follows from that.
        capped: Parameters of Chat Completions that are cut down to this value without a word.
        unset: Parameters that should be set, each with what happens otherwise.
        about: What else to know, a sentence each.
    """

    name: str
    source: str
    dated: str
    hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    inline_only: bool = False
    formats: tuple[str, ...] | None = None
    most_images: int | None = None
    most_pixels: int | None = None
    shrinks_over_px: int | None = None
    ignores_detail: bool = False
    ignored: Mapping[str, str] = field(default_factory=dict)
    capped: Mapping[str, float] = field(default_factory=dict)
    unset: Mapping[str, str] = field(default_factory=dict)
    about: tuple[str, ...] = ()


@cache
def _table() -> Mapping[str, Quirks]:
    table = tomllib.loads(files("snellen.models").joinpath("quirks.toml").read_text(encoding="utf-8"))
    return {server: _row(fields) for server, fields in table.items()}


def _row(fields: Mapping[str, Any]) -> Quirks:
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    return Quirks(**frozen)


def server_names() -> tuple[str, ...]:
    """What a model's `server` may be set to, `none` first."""
    return (NO_SERVER, *sorted(_table()))


def server_of(spec: ModelSpec) -> str:
    """The row of this model's server: the one it names, else the one its address is known by; "" for none."""
    if spec.server or spec.is_in_process:
        return "" if spec.server == NO_SERVER else spec.server
    return _server_at(spec.base_url or "")


@cache
def _server_at(base_url: str) -> str:
    address = urlsplit(base_url)
    host, port = (address.hostname or "").lower(), address.port
    for server, row in _table().items():
        if port in row.ports or any(_is_at(host, known) for known in row.hosts):
            return server
    return ""


def _is_at(host: str, known: str) -> bool:
    return host.endswith(known) if known.startswith(".") else host == known


def quirks_of(spec: ModelSpec) -> Quirks | None:
    """The row of this model's server, None when nothing is known of it."""
    return _table().get(server_of(spec))


def rules_for(spec: ModelSpec) -> ImageRules:
    """The model's image rules, with no format that its server does not read. A fingerprint never depends on formats."""
    row = quirks_of(spec)
    if row is None or row.formats is None:
        return spec.images
    read = row.formats
    formats = tuple(media_type for media_type in spec.images.formats if media_type in read)
    return dataclasses.replace(spec.images, formats=formats) if formats else spec.images


def check_request(request: Request, spec: ModelSpec) -> None:
    """Nothing, when this model's server can take the pictures of `request` as they will be sent.

    Args:
        request: What is asked.
        spec: Whom to ask.

    Raises:
        InputError: It takes no addresses, not so many pictures, or not of this format; says what to do.
    """
    row = quirks_of(spec)
    if row is None:
        return
    problems = [*_count_problems(request, row), *_address_problems(request, spec, row)]
    if problems:
        off = f'Where your server does otherwise, switch this off with server = "{NO_SERVER}".'
        raise InputError(
            Problem(f"model {spec.key!r}: {message}", hint=f"{hint} {off} Nothing was sent.")
            for message, hint in problems
        )


def _count_problems(request: Request, row: Quirks) -> Iterator[tuple[str, str]]:
    count = len(request.images)
    if row.most_images is not None and count > row.most_images:
        yield (
            f"{row.name} takes at most {plural(row.most_images, 'picture')} a request; here are {count:,}",
            ("Ask about fewer at once."),
        )


def _address_problems(request: Request, spec: ModelSpec, row: Quirks) -> Iterator[tuple[str, str]]:
    hint = (
        "Set images = { inline_urls = true } in the model's table, so that pictures are fetched here and sent inline."
    )
    if spec.images.inline_urls:
        return
    for part in request.images:
        if part.ref.url is None:
            continue
        name, media_type = shorten(part.ref.name, _NAME_WIDTH), _media_type(part)
        if row.inline_only:
            yield f"{row.name} takes pictures inline only, and {name!r} would be sent as an address", hint
        elif row.formats is not None and media_type is not None and media_type not in row.formats:
            yield f"{row.name} does not read {media_type}, and {name!r} would be sent as an address", hint


def _media_type(part: ImagePart) -> str | None:
    """What an address is of by its ending, None where the ending does not tell."""
    return _SUFFIXES.get(PurePosixPath(urlsplit(part.ref.url or "").path).suffix.lower())


def quirk_notes(request: Request, spec: ModelSpec) -> tuple[str, ...]:
    """What this model's server will ignore or change of `request` without a word, a sentence each.

    Args:
        request: What is asked.
        spec: Whom to ask.
    """
    row, server = quirks_of(spec), server_of(spec)
    if row is None:
        return ()
    # What was read of parameters is about Chat Completions.
    params = _param_notes(request.params, row) if request.api == "chat" else ()
    return tuple(f"{server} {note}" for note in (*params, *_picture_notes(request, spec, row)))


def _param_notes(params: Mapping[str, object], row: Quirks) -> Iterator[str]:
    for name in params:
        if name in row.ignored:
            yield f"ignores {name}: {row.ignored[name]}"
        value, most = params[name], row.capped.get(name)
        if most is not None and isinstance(value, int | float) and value > most:
            yield f"caps {name} at {most:g}: {value:g} is taken as {most:g}"
    for name, what in row.unset.items():
        if not params.keys() & {name, *_ALSO_CALLED.get(name, ())}:
            yield f"is sent no {name}: {what}"


def _picture_notes(request: Request, spec: ModelSpec, row: Quirks) -> Iterator[str]:
    if row.ignores_detail and any(part.detail is not None for part in request.images):
        yield "ignores detail: pictures are seen as they would be without it"
    limit, side_px = row.shrinks_over_px, spec.images.max_side_px
    if limit is not None and request.images and (side_px is None or side_px > limit):
        refused = f", and refuses those of more than {row.most_pixels:,} pixels" if row.most_pixels else ""
        yield (
            f"makes pictures with a side over {limit:,} px smaller without a word{refused}: "
            f"images = {{ max_side_px = {limit} }} does it where you can see it"
        )
