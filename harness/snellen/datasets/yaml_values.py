"""The values of YAML: text as it was written, data as JSON types it, and scorers, whose options are data.

What is right stays as it was written, for 007, 1.50 and 12,300 are texts to compare with; a tolerance is a number. The
answers of a few scorers are no texts: boxes, points, and the schema of `json`.
"""

from __future__ import annotations

import re

from snellen.datasets.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["as_written", "expectation", "scorers", "typed"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DATA_ANSWERS = frozenset({"boxes", "json", "points"})
_COMBINED = frozenset({"all", "any", "weighted"})
_WORDS = frozenset({"any", "none", "regex"})
_INT = re.compile(r"-?(0|[1-9][0-9]{0,300})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def as_written(node: Node) -> object:
    """The value with every scalar as its text; an empty one, ~ and null are None."""
    if isinstance(node, ScalarNode):
        return None if node.is_plain and node.text in _NULLS else node.text
    if isinstance(node, SequenceNode):
        return [as_written(item) for item in node.items]
    return {key: as_written(value) for key, (_, value) in node.entries.items()}


def typed(node: Node) -> object:
    """The value as JSON would type it: true, false, null and decimal numbers are no text."""
    if isinstance(node, ScalarNode):
        return _typed_scalar(node.text) if node.is_plain else node.text
    if isinstance(node, SequenceNode):
        return [typed(item) for item in node.items]
    return {key: typed(value) for key, (_, value) in node.entries.items()}


def expectation(node: Node) -> object:
    """What a case expects: keywords as they were written, and scorers."""
    if not isinstance(node, MappingNode):
        return scorers(node)
    found: dict[str, object] = {}
    for key, (_, value) in node.entries.items():
        if key == "scorers" or (key == "all" and not isinstance(value, MappingNode)):
            found[key] = scorers(value)
        elif key in _WORDS and not isinstance(value, MappingNode):
            found[key] = as_written(value)
        else:
            found[key] = _behind(key, value)
    return found


def scorers(node: Node) -> object:
    """A scorer or a list of them, each a text or a mapping of its name."""
    if isinstance(node, SequenceNode):
        return [scorers(item) for item in node.items]
    if isinstance(node, MappingNode):
        return {name: _behind(name, value) for name, (_, value) in node.entries.items()}
    return as_written(node)


def _behind(name: str, node: Node) -> object:
    """What stands behind a scorer's name: its options, or what is right."""
    plain = name.removeprefix("not-")
    if plain in _DATA_ANSWERS:
        return typed(node)
    if isinstance(node, MappingNode):
        return {key: _option(key, value) for key, (_, value) in node.entries.items()}
    return scorers(node) if plain in _COMBINED else as_written(node)


def _option(key: str, node: Node) -> object:
    if key == "answer":
        return as_written(node)
    if key != "scorers":
        return typed(node)
    if isinstance(node, MappingNode):  # of `fields`: each field has a scorer
        return {field: scorers(value) for field, (_, value) in node.entries.items()}
    return scorers(node)


def _typed_scalar(text: str) -> object:
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text
