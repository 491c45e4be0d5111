"""The part of Jinja that prompts are made of: it runs no code, calls nothing and cannot grow without bound."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from snellen.datasets.findings import quoted

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["MAX_OUTPUT_CHARS", "TemplateProblem", "compile_prompt", "names_in"]

MAX_OUTPUT_CHARS = 1_000_000  # more than any context window reads as text
_MAX_TEMPLATE_CHARS = 20_000  # ten pages; a longer text belongs into the cases
_MAX_LOOPS = 2  # one loop inside another, over short lists: a page of template never becomes an hour of work
_MAX_ITEMS = 1_000

# Text, fields, filters, conditions and loops over what a case holds. What is missing is missing on purpose: calls
# (`range`, `cycler`, str.format), assignments, blocks, macros and `~` are what bombs for the memory are built of.
# fmt: off
_NODES = frozenset((
    "Add", "And", "Compare", "CondExpr", "Const", "Dict", "Div", "Filter", "FloorDiv", "For", "Getattr", "Getitem",
    "If", "Keyword", "List", "Mod", "Mul", "Name", "Neg", "Not", "Operand", "Or", "Output", "Pair", "Pos", "Slice",
    "Sub", "Template", "TemplateData", "Test", "Tuple",
))
_FILTERS = (
    "abs", "capitalize", "count", "default", "first", "float", "int", "items", "last", "length", "list", "lower",
    "max", "min", "reverse", "sort", "string", "title", "trim", "truncate", "unique", "upper", "wordcount",
)
# fmt: on
_TAGS = {
    "Assign": "set",
    "AssignBlock": "set",
    "Block": "block",
    "CallBlock": "call",
    "Extends": "extends",
    "FilterBlock": "filter",
    "FromImport": "from",
    "Import": "import",
    "Include": "include",
    "Macro": "macro",
    "Scope": "autoescape",
    "With": "with",
}
_SIGNS = {"Concat": "~", "Pow": "**"}
_ARITHMETIC = ("+", "-", "*", "/", "//", "%")
_BOUNDED_ITEMS = "bounded_items"  # put around what every loop goes over
_LANGUAGE = "It may use {{ fields }}, filters, {% if %} and {% for %}."


class TemplateProblem(Exception):  # noqa: N818  # it becomes an InputError as soon as its place is known
    """What is wrong with a template, before it is known where the template stands."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@lru_cache(maxsize=256)
def compile_prompt(template: str) -> Template:
    """The template, ready to render.

    Raises:
        TemplateProblem: It is not one, or uses what prompts may not use.
    """
    from jinja2 import TemplateError

    if len(template) > _MAX_TEMPLATE_CHARS:
        raise TemplateProblem(f"the prompt template has {len(template):,} characters; {_MAX_TEMPLATE_CHARS:,} may be")
    environment = _environment()
    try:
        tree = environment.parse(template)
        _check_nodes(tree)
        _bound_loops(tree, 0)
        return environment.from_string(tree)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        at = f" (line {line} of the template)" if line and "\n" in template else ""
        message = error.message or ""
        hint = f"Filters: {', '.join(sorted((*_FILTERS, 'join')))}." if "No filter" in message else None
        raise TemplateProblem(f"the prompt template {quoted(template)} is wrong: {message}{at}", hint) from error
    except RecursionError as error:
        raise TemplateProblem("the prompt template is nested too deeply") from error


def names_in(template: str) -> set[str]:
    """The fields that a template asks for."""
    from jinja2 import meta

    return meta.find_undeclared_variables(_environment().parse(template))


def _check_nodes(tree: nodes.Template) -> None:
    from jinja2 import nodes

    for node in tree.find_all(nodes.Node):
        name = type(node).__name__
        if isinstance(node, nodes.Name) and node.name == "self":
            raise TemplateProblem("a prompt template cannot use 'self'")
        if isinstance(node, nodes.Call):
            message = "a prompt template cannot call functions or methods"
            raise TemplateProblem(message, "Use a filter, such as {{ prompt | upper }}.")
        if name in _TAGS:
            raise TemplateProblem(f"a prompt template cannot use {{% {_TAGS[name]} %}}", _LANGUAGE)
        if name == "Concat":
            raise TemplateProblem("a prompt template cannot use ~", "Write texts side by side: {{ a }}{{ b }}.")
        if name not in _NODES and not isinstance(node, nodes.Helper):
            raise TemplateProblem(f"a prompt template cannot use {_SIGNS.get(name, name)}", _LANGUAGE)


def _bound_loops(node: nodes.Node, depth: int) -> None:
    from jinja2 import nodes

    for child in node.iter_child_nodes():
        inside = depth
        if isinstance(child, nodes.For):
            inside += 1
            child.iter = nodes.Filter(child.iter, _BOUNDED_ITEMS, [], [], None, None, lineno=child.lineno)
        if inside > _MAX_LOOPS:
            raise TemplateProblem(f"loops of a prompt template may nest {_MAX_LOOPS} deep, no more")
        _bound_loops(child, inside)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class PromptEnvironment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(_ARITHMETIC)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if not (isinstance(left, int | float) and isinstance(right, int | float)):
                raise SecurityError(
                    f"{operator} takes numbers here; texts are written side by side: {{{{ a }}}}{{{{ b }}}}"
                )
            return super().call_binop(context, operator, left, right)

        def getattr(self, obj: Any, attribute: str) -> Any:
            # `metadata.items` is the field called items, never the method of Python's dict.
            return super().getattr(obj, attribute) if isinstance(obj, LoopContext) else self.getitem(obj, attribute)

        def getitem(self, obj: Any, argument: Any) -> Any:
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self.undefined(hint=_no_field(obj, argument), obj=obj, name=argument)

    environment = PromptEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.filters |= {"join": _join, _BOUNDED_ITEMS: _bounded_items}
    return environment


def _no_field(obj: object, name: object) -> str | None:
    if not isinstance(obj, Mapping):
        return None
    return f"there is no {name!r} in a mapping that has: {', '.join(sorted(map(str, obj))) or 'nothing'}"


def _join(value: Any, separator: object = "") -> str:
    """Jinja's `join`, within bounds: two fields of a megabyte would make a million megabytes."""
    texts = [str(item) for item in value]
    joint = str(separator)
    if sum(map(len, texts)) + len(joint) * len(texts) > MAX_OUTPUT_CHARS:
        raise ValueError(f"'join' makes more than {MAX_OUTPUT_CHARS:,} characters")
    return joint.join(texts)


def _bounded_items(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError("a loop goes over a list or a mapping, not over the letters of a text")
    items = list(itertools.islice(value, _MAX_ITEMS + 1))  # filters give iterators
    if len(items) > _MAX_ITEMS:
        raise ValueError(f"a loop goes over at most {_MAX_ITEMS:,} items, and there are more")
    return items
