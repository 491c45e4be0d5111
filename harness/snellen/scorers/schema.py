"""JSON Schemas that users write, ready to judge what models write: nothing is fetched, and nothing runs away.

The `jsonschema` package does the validating, with three of its ways changed. A `$ref` that leaves the schema is refused
and never looked up on the network. Patterns run on the engine that can be stopped, for `re` cannot. And items are
compared for being unique by hashing, where it compares each with each.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from snellen._clock import elapsed_since, monotonic
from snellen._text import nearest, shorten
from snellen.errors import InputError
from snellen.scorers import regex_guard
from snellen.scorers.json_reader import MAX_DEPTH

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import SchemaError, ValidationError
    from jsonschema.protocols import Validator
    from referencing import Resource
    from referencing._core import Resolver

__all__ = ["FORMATS", "compile_schema", "message_of", "schema_text", "violations"]

FORMATS = ("date", "date-time", "email", "idn-email", "ipv4", "ipv6", "time", "uuid")
"""The formats that are checked on request; others need packages that nothing else here needs."""

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_PATIENCE_S = 5.0  # for all patterns on one response together
_SHOWN_CHARS, _READ_CHARS = 160, 2000
_PROBES: tuple[object, ...] = (None, {}, [], "", 0)
_RFC3339_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[zZ]|[+-][0-9]{2}:[0-9]{2})"
_TIME = re.compile(_RFC3339_TIME)
_DATE_TIME = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[tT ]{_RFC3339_TIME}")
_started: ContextVar[float] = ContextVar("started")
_NEAR = 0.85
# Keywords that say nothing of what is right by themselves; the last line is OpenAPI's.
_NOTES = """
$anchor $comment $defs $dynamicAnchor $id $recursiveAnchor $schema $vocabulary contentEncoding contentMediaType
contentSchema default definitions deprecated description else examples id maxContains minContains readOnly then title
writeOnly additionalItems discriminator example externalDocs nullable xml
"""

Keyword = Callable[..., "Iterator[ValidationError]"]


def schema_text(schema: object) -> str:
    """A schema as JSON text, in NFC, as the texts of responses are.

    Raises:
        InputError: It holds what JSON has not, or is nested too deep.
    """
    try:
        return unicodedata.normalize("NFC", json.dumps(schema, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"the schema cannot be written as JSON: {said}") from error


@functools.lru_cache(maxsize=256)
def compile_schema(text: str, *, formats: bool = False) -> Validator:
    """The validator of a schema.

    Args:
        text: The schema as `schema_text` writes it.
        formats: Whether `format` is checked; otherwise it is a note to readers, as the standard has it.

    Raises:
        InputError: It is no schema, or one that cannot be used here; says where and why.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import extend, validator_for
    from referencing import Resource
    from referencing.jsonschema import EMPTY_REGISTRY, specification_with

    schema = json.loads(text)
    if not isinstance(schema, dict | bool):
        raise InputError(f"the schema is {shorten(text, _SHOWN_CHARS)}; right is a mapping, such as {{type: object}}")
    _check_depth(schema)
    dialect = schema.get("$schema") if isinstance(schema, dict) else None
    base: Any = validator_for(schema, default=cast(Any, None)) if isinstance(dialect, str | None) else None
    if base is None and dialect is not None:
        raise InputError(f"the schema's $schema is {dialect!r}, which is not known; leave it out for draft 2020-12")
    base = base or Draft202012Validator
    try:
        base.check_schema(schema)
    except SchemaError as error:
        raise InputError(f"the schema is wrong at {error.json_path}: {_schema_error(error)}") from error
    resource = Resource.from_contents(schema, default_specification=specification_with(base.META_SCHEMA["$schema"]))
    known = frozenset(base.VALIDATORS) | frozenset(_NOTES.split())
    _check_parts(resource, EMPTY_REGISTRY.resolver_with_root(resource), known, formats=formats)
    checker = _checker() if formats else None
    extended = cast(Any, extend)(base, _KEYWORDS)
    validator: Validator = extended(schema, registry=EMPTY_REGISTRY, format_checker=checker)
    _check_loops(validator)
    return validator


def violations(validator: Validator, value: object, *, most: int) -> list[ValidationError]:
    """The first things that are wrong with a value.

    Raises:
        TimeoutError: A pattern ran away, or all of them together took too long.
        RecursionError: The schema leads back to itself without end.
    """
    token = _started.set(monotonic())
    try:
        return list(islice(validator.iter_errors(cast(Any, value)), most))
    finally:
        _started.reset(token)


def message_of(error: ValidationError | SchemaError) -> str:
    """What an error says, shortened: the package puts whole values in."""
    return shorten(error.message[:_READ_CHARS], _SHOWN_CHARS)


def _schema_error(error: SchemaError) -> str:
    """What is wrong with a schema; of a type that there is not, which there are."""
    found = error.instance
    if error.validator != "anyOf" or not error.absolute_path or error.absolute_path[-1] != "type":
        return message_of(error)
    odd = [one for one in (found if isinstance(found, list) else [found]) if one not in _TYPES]
    if not odd:
        return message_of(error)
    meant = nearest(odd[0], _TYPES) if isinstance(odd[0], str) else None
    guess = f" Did you mean {meant!r}?" if meant else ""
    return f"{shorten(repr(odd[0]), _SHOWN_CHARS)} is no type.{guess} Types: {', '.join(_TYPES)}"


def _check_depth(schema: object) -> None:
    level: list[object] = [schema]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return
    raise InputError(f"the schema is nested deeper than {MAX_DEPTH} levels")


def _inner(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _check_parts(resource: Resource[Any], resolver: Resolver[Any], known: frozenset[str], *, formats: bool) -> None:
    """Looks at every schema within a schema for what the metaschema says nothing of."""
    from referencing.exceptions import Unresolvable

    contents = resource.contents
    if isinstance(contents, dict):
        _check_keywords(contents, known)
        _check_patterns(contents)
        if formats and contents.get("format", FORMATS[0]) not in FORMATS:
            raise InputError(f"format {contents['format']!r} cannot be checked; those that can: {', '.join(FORMATS)}")
        for reference in (contents.get(keyword) for keyword in ("$ref", "$dynamicRef", "$recursiveRef")):
            try:
                if isinstance(reference, str):
                    resolver.lookup(reference)
            except Unresolvable as error:
                said = f"the schema refers to {reference!r}, which it does not hold"
                raise InputError(f"{said}; nothing is fetched, so put it under $defs") from error
    for inner in resource.subresources():
        _check_parts(inner, resolver.in_subresource(inner), known, formats=formats)


def _check_keywords(contents: Mapping[str, object], known: frozenset[str]) -> None:
    """JSON Schema ignores what it does not know; a word that is nearly a keyword was meant to be one."""
    for keyword in contents.keys() - known:
        if meant := nearest(keyword, known, cutoff=_NEAR):
            raise InputError(f"the schema has {keyword!r}, which is no keyword. Did you mean {meant!r}?")


def _check_patterns(contents: Mapping[str, object]) -> None:
    pattern, keys = contents.get("pattern"), contents.get("patternProperties")
    for one in [*([pattern] if isinstance(pattern, str) else []), *(keys if isinstance(keys, dict) else [])]:
        regex_guard.compile_pattern(one)
    for one in keys if isinstance(keys, dict) else []:
        if regex_guard.can_run_away(one):
            raise InputError(f"pattern {one!r} of patternProperties repeats what repeats, which may never end")


def _check_loops(validator: Validator) -> None:
    for probe in _PROBES:
        try:
            violations(validator, probe, most=1)
        except RecursionError as error:
            raise InputError("the schema refers to itself without end") from error


def _search(pattern: str, text: str) -> bool:
    if elapsed_since(_started.get()) > _PATIENCE_S:
        raise TimeoutError
    return regex_guard.search(pattern, text) is not None


def _pattern(validator: Any, pattern: str, value: object, _: object) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not _search(pattern, value):
        yield ValidationError(f"{shorten(value[:_READ_CHARS], _SHOWN_CHARS)!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, object], value: Any, _: object
) -> Iterator[ValidationError]:
    for pattern, schema in patterns.items() if isinstance(value, dict) else ():
        for key, one in value.items():
            if _search(pattern, key):
                yield from validator.descend(one, schema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, wanted: object, value: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, one in value.items() if isinstance(value, dict) else ():
        if key in known or any(_search(pattern, key) for pattern in patterns):
            continue
        if isinstance(wanted, dict):
            yield from validator.descend(one, wanted, path=key)
        elif not wanted:
            yield ValidationError(
                f"{shorten(key[:_READ_CHARS], _SHOWN_CHARS)!r} is not among the properties", path=[key]
            )


def _unique_items(validator: Any, wanted: object, value: object, _: object) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if wanted and isinstance(value, list):
        seen: set[object] = set()
        for at, one in enumerate(map(_hashable, value)):
            if one in seen:
                yield ValidationError(f"item {at} stands there twice", path=[at])
                return
            seen.add(one)


def _hashable(value: object) -> object:
    """`value` so that equal JSON values are equal: 1 is 1.0, and neither is true."""
    if isinstance(value, dict):
        return "object", frozenset((key, _hashable(one)) for key, one in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_hashable, value))
    return isinstance(value, bool), value


_KEYWORDS: Mapping[str, Keyword] = {
    "additionalProperties": _additional_properties,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "uniqueItems": _unique_items,
}


@functools.cache
def _checker() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker([one for one in FORMATS if "time" not in one])
    checker.checks("time")(_is_time)
    checker.checks("date-time")(_is_date_time)
    return checker


def _is_time(value: object) -> bool:
    """RFC 3339: with seconds and a zone."""
    return not isinstance(value, str) or bool(_TIME.fullmatch(value) and _is_iso(f"2000-01-01T{value}"))


def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(_DATE_TIME.fullmatch(value) and _is_iso(value))


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True
