"""JSON: whether the response holds any that can be read, and whether it is what a JSON Schema asks for.

The schema is draft 2020-12 unless its `$schema` names another. `format` is checked on request only, as the standard has
it. A reference that leaves the schema is refused before anything is asked: nothing is fetched.

A response without JSON is wrong, not unscored. Texts are compared in NFC, patterns are searched in NFKC like every
pattern here. The JSON itself is read as it stands, so that for full-width brackets and quotation marks, and for lengths
of compatibility forms, the verdict depends on the Unicode form.
"""

from __future__ import annotations

import json as json_module
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from snellen._text import plural, shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.json_reader import JsonNode
from snellen.scorers.json_text import JsonText, Kind, find_json
from snellen.scorers.registered import scorer
from snellen.scorers.schema import compile_schema, message_of, schema_text, violations

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["json"]

_NAME = "json"
_MOST_ERRORS = 30
_MOST_SIBLINGS = 10_000
_LABEL_CHARS, _LINE_CHARS = 80, 200
_BARE = "bare"
_KINDS: Mapping[object, Kind] = {"object": "object", "array": "array"}


def _check(
    case: Case,
    /,
    *,
    schema: object = None,
    answer: object = None,
    formats: bool = False,
    **_: object,
) -> str:
    if schema is not None and answer is not None:
        return "it has both a schema and an answer, which is another name for the schema; leave one out"
    given = answer if schema is None else schema
    if given is None:
        return "formats are checked where a schema asks for them, and there is no schema" if formats else ""
    try:
        compile_schema(schema_text(given), formats=formats)
    except InputError as error:
        return str(error)
    return ""


def _inline(text: str) -> Mapping[str, object]:
    if text.strip() in ("", _BARE):
        return {"bare": True} if text.strip() else {}
    found = find_json(text, kind="object")
    if found.node is None or not found.is_bare:
        raise InputError('it is no schema; right is nothing, bare, or a schema in JSON, such as: {"type": "object"}')
    return {"schema": found.node.value}


@scorer(_NAME, version="1", check=_check, inline=_inline)
def json(
    case: Case,
    response: Response,
    /,
    *,
    schema: dict[str, object] | bool | None = None,
    answer: dict[str, object] | None = None,
    bare: bool = False,
    formats: bool = False,
) -> Score:
    """1 when the response's JSON is what the schema asks for, 0 when not; without a schema when it can be read.

    Unscored when a pattern had to be stopped, a number is too large for multipleOf, or so many values stand side by
    side that unevaluatedProperties would take too long.

    Args:
        case: Its own answer is not looked at; `fields` compares with it.
        response: To be judged. The last JSON value counts, in a fence or in prose; of the schema's type, if it names
            one; of objects, where the schema requires keys, the last with a key that it names.
        schema: The JSON Schema.
        answer: Another name for it, so that `{json: {answer: ...}}` and one-liners work as with other scorers.
        bare: Whether the response must be JSON and nothing else, as a program that reads it would want.
        formats: Whether `format` is checked: date, date-time, time, email, idn-email, ipv4, ipv6, uuid.

    Source:
        JSON Schema 2020-12, by the jsonschema package.
    """
    given = answer if schema is None else schema
    wanted = given.get("type") if isinstance(given, dict) else None
    kind = _KINDS.get(wanted, "any") if isinstance(wanted, str) else "any"
    found = find_json(response.text, kind=kind, keys=_keys(given))
    if found.node is None:
        return _without_json(found, response.text)
    if bare and not found.is_bare:
        return _surrounded(found.node, response.text)
    notes = tuple(Evidence(kind="note", keyword="", note=note) for note in found.notes)
    extracted = shorten(json_module.dumps(found.node.value, ensure_ascii=False), _LINE_CHARS)
    place = Evidence(kind="found", keyword="JSON", span=(found.node.start, found.node.end))
    if given is None:
        why = "it can be read"
        return Score(
            scorer=_NAME, value=1.0, passed=True, explanation=why, evidence=(place, *notes), extracted=extracted
        )
    errors = _violations(given, found.node, formats=formats)
    if isinstance(errors, str):
        return Score(scorer=_NAME, value=None, passed=False, explanation=errors, evidence=notes, extracted=extracted)
    evidence = tuple(_evidence(error, found.node) for error in errors[:_MOST_ERRORS]) or (place,)
    return Score(
        scorer=_NAME,
        value=0.0 if errors else 1.0,
        passed=not errors,
        explanation=_explanation(errors),
        evidence=(*evidence, *notes),
        extracted=extracted,
    )


def _keys(given: object) -> tuple[str, ...]:
    """The keys that a schema names, where it requires some; none for one that {} may meet."""
    required = given.get("required") if isinstance(given, dict) and given.get("type") == "object" else None
    if not isinstance(required, list) or not required or not isinstance(given, dict):
        return ()
    properties = given.get("properties")
    named = (*required, *(properties if isinstance(properties, dict) else ()))
    return tuple(unicodedata.normalize("NFC", str(one)) for one in named)


def _violations(given: object, node: JsonNode, *, formats: bool) -> list[ValidationError] | str:
    """What is wrong with the value, or why that cannot be said."""
    text = schema_text(given)
    if '"unevaluated' in text and _is_wide(node):
        return f"it holds more than {_MOST_SIBLINGS:,} values side by side, too many for unevaluatedProperties"
    try:
        return violations(compile_schema(text, formats=formats), node.value, most=_MOST_ERRORS + 1)
    except TimeoutError:
        return "a pattern of the schema ran away on it and was stopped"
    except RecursionError:
        return "the schema leads too deep into it to be judged"
    except OverflowError:
        return "it holds a number too large for the schema's multipleOf"


def _is_wide(node: JsonNode) -> bool:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if len(one.items) > _MOST_SIBLINGS:
            return True
        waiting.extend(one.items.values())
    return False


def _without_json(found: JsonText, text: str) -> Score:
    at = found.position
    span = (at, at + 1) if at is not None and at < len(text) else None
    evidence = Evidence(kind="missing", keyword="JSON", span=span, note=found.problem)
    return Score(scorer=_NAME, value=0.0, passed=False, explanation=found.problem, evidence=(evidence,))


def _surrounded(node: JsonNode, text: str) -> Score:
    before, behind = text[: node.start].rstrip(), text[node.end :]
    start = 0 if before else node.end + len(behind) - len(behind.lstrip())
    end = len(before) if before else len(text.rstrip())
    shown = shorten(text[start : min(end, start + _LINE_CHARS)], _LABEL_CHARS)
    why = f"the response is to be JSON and nothing else, and {shown!r} stands {'before' if before else 'behind'} it"
    evidence = Evidence(kind="forbidden", keyword="text around the JSON", span=(start, end))
    return Score(scorer=_NAME, value=0.0, passed=False, explanation=why, evidence=(evidence,))


def _evidence(error: ValidationError, node: JsonNode) -> Evidence:
    for key in error.absolute_path:
        node = node.items.get(key, node)
    path = shorten(error.json_path, _LABEL_CHARS)
    return Evidence(kind="missing", keyword=path, span=(node.start, node.end), note=message_of(error))


def _explanation(errors: list[ValidationError]) -> str:
    if not errors:
        return "it is what the schema asks for"
    many = len(errors) > _MOST_ERRORS
    count = f"more than {_MOST_ERRORS} violations" if many else plural(len(errors), "violation")
    return shorten(f"{count}; {errors[0].json_path}: {message_of(errors[0])}", _LINE_CHARS)
