"""YAML as a tree whose values know their lines; limits hold while reading, and nothing in it can run or grow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

import yaml

from snellen.datasets.findings import quoted
from snellen.errors import InputError, Problem

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "build_tree"]

_MAX_VALUES = 1_000_000
_MAX_ALIASED = 100_000  # values that aliases repeat: a bomb has millions, a person a few
_MAX_DEPTH = 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events, a tenth of the time

_CORE = ("str", "int", "float", "bool", "null", "map", "seq")
_TEXT_TAG = "tag:yaml.org,2002:str"
_KNOWN_TAGS = frozenset({"!", *(f"tag:yaml.org,2002:{name}" for name in _CORE)})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)


@dataclass(slots=True)
class ScalarNode:
    """A text or number as it was written; `is_plain` when it stood without quotes."""

    text: str
    line: int
    is_plain: bool
    size: int = 1
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class SequenceNode:
    """A list. `size` counts the values below a node, aliases written out; `problems` are those of its lines."""

    items: list[Node]
    line: int
    size: int = 1
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class MappingNode:
    """A mapping: each key with its own line and its value, in the order of the file."""

    entries: dict[str, tuple[int, Node]]
    line: int
    size: int = 1
    problems: tuple[Problem, ...] = ()


Node = ScalarNode | SequenceNode | MappingNode


def build_tree(text: str, *, name: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of one document, None for an empty one; and what is wrong though the rest can be read.

    Raises:
        InputError: It is not one YAML document, or breaks a limit.
    """
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        what = "a NUL character" if control.group() == "\0" else f"the control character {control.group()!r}"
        raise InputError(Problem(f"the line holds {what}", file=name, line=line, hint="Remove it."))
    builder = _Builder(text, name)
    try:
        root = builder.document()
    except yaml.YAMLError as error:
        raise InputError([*builder.problems, _syntax_problem(text, name, error)]) from error
    finally:
        builder.close()
    return root, tuple(builder.problems)


class _Builder:
    """Builds values from YAML's events, so that limits hold while reading, not after."""

    def __init__(self, text: str, name: str) -> None:
        self._loader = _LOADER(text)
        self._name = name
        self._last_line = text.rstrip().count("\n") + 1
        self._anchors: dict[str, Node | None] = {}  # None while the anchored value is still being read
        self._values = 0
        self._aliased = 0
        self.problems: list[Problem] = []

    def close(self) -> None:
        self._loader.dispose()

    def document(self) -> Node | None:
        self._next()
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        root = self._node(self._next(), 0)
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "a second document begins here", "A file holds one; remove the '---'.")
        return root

    def _next(self) -> yaml.Event:
        event: yaml.Event = self._loader.get_event()
        return event

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._values += 1
        if self._values > _MAX_VALUES:
            self._refuse(event, f"the file holds more than {_MAX_VALUES:,} values", "Write the cases as cases.jsonl.")
        if depth > _MAX_DEPTH:
            self._refuse(event, f"the value is nested more than {_MAX_DEPTH} deep", None)
        before = len(self.problems)
        anchor = event.anchor if isinstance(event, yaml.NodeEvent) else None
        if anchor is not None:
            self._anchors[anchor] = None
        node = self._content(event, depth)
        if len(self.problems) > before:
            node.problems = tuple(self.problems[before:])
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _content(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._check_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        if event.anchor not in self._anchors:
            self._refuse(
                event, f"*{event.anchor} names an anchor that is not there", "Text that begins with * needs quotes."
            )
        node = self._anchors[event.anchor]
        if node is None:
            self._refuse(event, f"*{event.anchor} stands inside the value it names", None)
        self._aliased += node.size
        if self._aliased > _MAX_ALIASED:
            self._refuse(event, f"aliases repeat more than {_MAX_ALIASED:,} values", "Write the values out.")
        return node

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        tag = event.tag
        if tag is None or tag in _KNOWN_TAGS:
            return
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        self._add(event, f"the tag {quoted(shown)} is not allowed: cases are plain data", "Remove the tag.")

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        is_plain = not event.style and event.tag not in (_TEXT_TAG, "!")
        if is_plain and _NOT_A_NUMBER.fullmatch(event.value):
            self._add(event, f"{event.value} is not a number that can be used", "Put it in quotes if text is meant.")
        return ScalarNode(event.value, self._line(event), is_plain)

    def _sequence(self, start: yaml.Event, depth: int) -> SequenceNode:
        node = SequenceNode([], self._line(start))
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            item = self._node(event, depth + 1)
            node.items.append(item)
            node.size += item.size
        return node

    def _mapping(self, start: yaml.Event, depth: int) -> MappingNode:
        node = MappingNode({}, self._line(start))
        merged: list[Node] = []
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, depth)
            value = self._node(self._next(), depth + 1)
            node.size += value.size + 1
            if key == "<<":
                merged.append(value)
            elif key in node.entries:
                before = node.entries[key][0]
                self._add(event, f"the key {quoted(key)} is there twice; it is on line {before} already", "Remove one.")
            else:
                node.entries[key] = (self._line(event), value)
        for value in merged:
            self._merge(node, value)
        return node

    def _key(self, event: yaml.Event, depth: int) -> str:
        node = self._node(event, depth + 1)
        if not isinstance(node, ScalarNode):
            self._refuse(event, "a key must be text", "Text that begins with [, { or ? needs quotes.")
        return node.text

    def _merge(self, node: MappingNode, value: Node) -> None:
        for part in value.items if isinstance(value, SequenceNode) else [value]:
            if not isinstance(part, MappingNode):
                message = "<< takes in the keys of a mapping, and this is none"
                self.problems.append(Problem(message, file=self._name, line=part.line))
                continue
            for key, entry in part.entries.items():
                node.entries.setdefault(key, entry)

    def _add(self, event: yaml.Event, message: str, hint: str) -> None:
        self.problems.append(Problem(message, file=self._name, line=self._line(event), hint=hint))

    def _refuse(self, event: yaml.Event, message: str, hint: str | None) -> NoReturn:
        raise InputError([*self.problems, Problem(message, file=self._name, line=self._line(event), hint=hint)])

    def _line(self, event: yaml.Event) -> int:
        mark = event.start_mark
        # What is missing at the end of the text stands, for YAML, after its last line break.
        return min(mark.line + 1, self._last_line) if mark is not None else 1


def _syntax_problem(text: str, name: str, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            lines = text.rstrip().split("\n")
            line = min(mark.line, len(lines) - 1)  # what is missing at the end is missing after the last text
            return _marked_problem(error, name, line + 1, lines[line][mark.column : mark.column + 1])
    return Problem(f"is not YAML: {error}", file=name)


def _marked_problem(error: yaml.MarkedYAMLError, name: str, line: int, char: str) -> Problem:
    found = error.problem or error.context or ""
    if "nesting depth" in found:  # libyaml's own limit, which since PyYAML 6.0.4 is met before ours
        return Problem(f"the value is nested more than {_MAX_DEPTH} deep", file=name, line=line)
    if char == "\t":
        return Problem("a tab indents this line, and YAML takes spaces", file=name, line=line, hint="Write spaces.")
    if found == "found unexpected end of stream" and error.context_mark is not None:
        message = "is not YAML: the quote that opens here never closes"
        return Problem(message, file=name, line=error.context_mark.line + 1, hint="Close it.")
    hint = None
    if char and char in "@`%*&!|>":
        hint = f"Text that begins with {char} needs quotes."
    elif "mapping values are not allowed" in found:
        hint = "Text that holds ': ' needs quotes around it."
    elif "expected" in found:
        hint = "Look at the indentation here and in the line before, and whether every quote and bracket closes."
    return Problem(f"is not YAML: {found}", file=name, line=line, hint=hint)
