"""The values of YAML: text as it was written, and data as JSON types it."""

from __future__ import annotations

import re

from snellen.datasets.yaml_tree import Node, ScalarNode, SequenceNode

__all__ = ["as_written", "typed"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
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
