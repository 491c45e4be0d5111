"""`snellen models`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from snellen._text import plural, printable
from snellen.errors import ConfigError
from snellen.models.params import sent_params
from snellen.models.prices import price_of
from snellen.models.quirks import Quirks, quirk_notes, quirks_of
from snellen.models.spec import BUILT_INS, ModelSpec, check_ready
from snellen.report.words import in_rate
from snellen.request import Request
from snellen.runner.settings import Settings, load_settings

__all__ = ["models_command"]


def models_command(names: tuple[str, ...]) -> int:
    """Lists models; 2 when one that was named cannot be asked now."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    keys = names or tuple(dict.fromkeys((*settings.default_models, *settings.model_table, *BUILT_INS)))
    are_ready = [_print(key, settings) for key in keys]
    return 2 if names and not all(are_ready) else 0


def _print(key: str, settings: Settings) -> bool:
    """Prints what is known of a model; whether it can be asked now."""
    default = " (default)" if key in settings.default_models else ""
    try:
        spec = settings.model(key)
        problem = _not_ready(spec, settings)
    except ConfigError as error:
        _say(f"{key}{default}: cannot be used: {error}")
        return False
    state = f"not ready: {problem}" if problem else "ready"
    _say(f"{spec.key}{default}: sends {spec.name!r} to {spec.host}, {spec.concurrency} at a time; {state}")
    for word, text in _facts(spec):
        _say(f"  {word:<7} {text}")
    return not problem


def _not_ready(spec: ModelSpec, settings: Settings) -> str:
    try:
        sent_params(spec.name, spec.params, api=spec.api)
        check_ready(spec, settings.environ)
    except ConfigError as error:
        return str(error)
    return ""


def _facts(spec: ModelSpec) -> Iterator[tuple[str, str]]:
    if not spec.is_in_process:
        yield "api", spec.api
        yield "price", _price(spec)
    rates = ((spec.requests_per_minute, "requests"), (spec.tokens_per_minute, "tokens"))
    limits = [f"{rate:,.10g} {what} a minute" for rate, what in rates if rate is not None]
    if limits:
        yield "limits", ", ".join(limits)
    row = quirks_of(spec)
    if row is not None:
        yield "server", f"{row.name} ({row.source}, {row.dated})"
        yield from (("", note) for note in _server_notes(spec, row))


def _price(spec: ModelSpec) -> str:
    price = price_of(spec)
    if price is None:
        return "unknown"
    cached = "" if price.cached is None else f", {in_rate(price.cached)} cached"
    source = f"list price: {price.source}" if price.source else "yours"
    return f"{in_rate(price.input)} input{cached}, {in_rate(price.output)} output per million tokens ({source})"


def _server_notes(spec: ModelSpec, row: Quirks) -> Iterator[str]:
    if row.inline_only:
        hint = "" if spec.images.inline_urls else "; addresses need images = { inline_urls = true }"
        yield f"takes pictures inline only{hint}"
    if row.formats is not None:
        yield f"reads {', '.join(row.formats)}"
    if row.most_images is not None:
        yield f"takes at most {plural(row.most_images, 'picture')} a request"
    if row.shrinks_over_px is not None:
        yield f"makes pictures with a side over {row.shrinks_over_px:,} px smaller without a word"
    if row.ignores_detail:
        yield "ignores detail"
    try:
        request = Request(api=spec.api, model=spec.name, messages=(), params=sent_params(spec.name, spec.params))
    except ConfigError:
        request = Request(api=spec.api, model=spec.name, messages=())
    yield from quirk_notes(request, spec)
    yield from row.about


def _say(text: str) -> None:
    print("\n".join(printable(line).rstrip() for line in text.splitlines()))
