"""Prompts made by templates: what a template sees of a case, and the text that comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from snellen._text import nearest
from snellen.case import Case
from snellen.datasets.findings import quoted
from snellen.datasets.sandbox import MAX_OUTPUT_CHARS, TemplateProblem, compile_prompt, names_in
from snellen.errors import InputError, Problem

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["case_fields", "check_template", "render"]

_MAX_DEPTH = 70  # readers allow 64


def case_fields(case: Case) -> dict[str, object]:
    """What a template sees of a case: its own fields, its metadata by name (never hiding a field) and as `metadata`."""
    expect = case.expect
    groups = {"all": expect.all, "any": expect.any, "none": expect.none}
    return {
        **case.metadata,
        "id": case.id,
        "prompt": case.prompt,
        "images": [image.name for image in case.images],
        "expect": {name: [list(group) for group in group_list] for name, group_list in groups.items()},
        "answer": case.answer,
        "choices": dict(case.choices),
        "system": case.system,
        "tags": list(case.tags),
        "group": case.group,
        "metadata": case.metadata,
    }


def render(template: str, fields: Mapping[str, object], *, where: Problem | None = None) -> str:
    """The text that `template` makes of `fields`; values are data and are never rendered themselves.

    Args:
        template: What the author of an eval or a card wrote.
        fields: Text, numbers, lists and mappings by name, as from `case_fields`; nothing else is let in.
        where: What an error begins with: file, line and case, and as its message what the template is to the user
            ("prompt variant 'terse'").

    Raises:
        InputError: The template is not one, names a field that is not there, uses what prompts may not use, or
            makes more than 1,000,000 characters.
    """
    if "{" not in template:
        return template
    try:
        compiled = compile_prompt(template)
        for name, value in fields.items():
            _refuse_objects(value, name, 0)
        return "".join(_filled(compiled, template, fields))
    except TemplateProblem as problem:
        raise _placed(problem, where) from problem.__cause__


def check_template(template: str, *, where: Problem | None = None) -> None:
    """Raises InputError when `template` can render for no case at all."""
    if "{" not in template:
        return
    try:
        compile_prompt(template)
    except TemplateProblem as problem:
        raise _placed(problem, where) from problem.__cause__


def _placed(problem: TemplateProblem, where: Problem | None) -> InputError:
    if where is None:
        return InputError(Problem(problem.message, hint=problem.hint))
    message = f"{where.message}: {problem.message}" if where.message else problem.message
    return InputError(replace(where, message=message, hint=problem.hint))


def _filled(compiled: Template, template: str, fields: Mapping[str, object]) -> Iterator[str]:
    from jinja2.exceptions import SecurityError, UndefinedError

    size = 0
    try:
        for chunk in compiled.generate(fields):
            size += len(chunk)
            if size > MAX_OUTPUT_CHARS:
                raise TemplateProblem(f"the prompt template makes more than {MAX_OUTPUT_CHARS:,} characters")
            yield chunk
    except UndefinedError as error:
        raise _undefined(template, fields, error.message or "") from error
    except (SecurityError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise TemplateProblem(f"the prompt template {quoted(template)} cannot be filled in: {error}") from error


def _undefined(template: str, fields: Mapping[str, object], message: str) -> TemplateProblem:
    unknown = sorted(names_in(template) - set(fields))
    named = next((name for name in unknown if repr(name) in message), None)
    if named is None:
        return TemplateProblem(f"the prompt template {quoted(template)} cannot be filled in: {message}")
    near = nearest(named, fields)
    hint = f"Did you mean {near!r}?" if near else f"Add '{named}' to the case, or take it out of the template."
    there = ", ".join(sorted(fields))
    return TemplateProblem(f"the prompt template names {named!r}, which the case does not have. It has: {there}.", hint)


def _refuse_objects(value: object, name: str, depth: int) -> None:
    """Templates get plain values only: an object passed in would let them read whatever hangs on it."""
    if value is None or isinstance(value, str | int | float):
        return
    if depth > _MAX_DEPTH:
        raise TemplateProblem(f"field {name!r} is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_objects(item, name, depth + 1)
    elif isinstance(value, Mapping):
        for item in value.values():
            _refuse_objects(item, name, depth + 1)
    else:
        kind = type(value).__name__
        raise TemplateProblem(f"field {name!r} holds a {kind}; templates take text, numbers, lists and mappings")
